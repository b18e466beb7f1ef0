#!/usr/bin/env bash
# Films that need nothing else: .apng and raw frames; and what is asked for that can't be. PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"

# A small picture, and its frames by themselves.
{ printf 'P6 21 13 255\n' && head -c $((21 * 13 * 3)) cat.png; } >small.ppm
expect 0 "$qsample" noise small.ppm -t 0 -o small.png --no-metadata

# number FILE OFFSET: four bytes, the highest first.
number() { printf '%d' "0x$(tail -c +$(($2 + 1)) "$1" | head -c 4 | od -An -v -tx1 | tr -d ' \n')"; }
# chunks FILE: "TYPE OFFSET-OF-DATA SIZE" of each.
chunks() {
  local at=8 size=0
  while [ $at -lt "$(stat -c %s "$1")" ]; do
    size=$(number "$1" $at)
    echo "$(tail -c +$((at + 5)) "$1" | head -c 4) $((at + 8)) $size"
    at=$((at + 12 + size))
  done
}
count() { awk -v type="$2" '$1 == type { n++ } END { print n + 0 }' "$1"; }

# .apng: as many frames as it says, shown for as long as asked; one that is shown again takes a pixel.
expect 0 "$qsample" trajectory small.png -o a.apng --timesteps 0,500,1000 --fps 8
silent
chunks a.apng >list
[ "$(number a.apng "$(awk '$1 == "acTL" { print $2 }' list)")" = 3 ] || fail "acTL"
[ "$(count list fcTL) $(count list IDAT) $(count list fdAT)" = "3 1 2" ] || fail "chunks: $(cat list)"
while read -r _ at _; do
  [ "$(tail -c +$((at + 21)) a.apng | head -c 4 | od -An -tu1 | xargs)" = "0 1 0 8" ] || fail "a delay"
done < <(grep fcTL list)
expect 0 "$qsample" trajectory small.png -o held.apng --timesteps 0,500,1000 --fps 8 --hold 1 --boomerang
chunks held.apng >list
[ "$(count list fcTL)" = $((5 + 3 * 8)) ] || fail "held: $(count list fcTL) frames"
[ "$(number held.apng "$(awk '$1 == "acTL" { print $2 }' list)")" = $((5 + 3 * 8)) ] || fail "acTL"
[ "$(stat -c %s held.apng)" -lt $((2 * $(stat -c %s a.apng) + 29 * 150)) ] || fail "frames shown again are large"

# As many as are asked for; --seconds and --fps make them.
frames_of() { chunks "$1" >list && count list fcTL; }
expect 0 "$qsample" trajectory small.png -o n.apng --frames 7
[ "$(frames_of n.apng)" = 7 ] || fail "--frames 7: $(frames_of n.apng)"
expect 0 "$qsample" trajectory small.png -o s.apng --seconds 1.5 --fps 10
[ "$(frames_of s.apng)" = 15 ] || fail "--seconds 1.5: $(frames_of s.apng)"
expect 0 "$qsample" trajectory small.png -o usual.apng
[ "$(frames_of usual.apng)" = 120 ] || fail "by default: $(frames_of usual.apng)"

# Its first frame is what programs take that know no animation; the record makes it again.
expect 0 "$qsample" noise a.apng -t 0 -o first.png --no-metadata
says "it is animated, in 3 frames"
expect 0 "$qsample" noise small.png -t 0 -o alone.png --no-metadata
same first.png alone.png
expect 0 "$qsample" info --json usual.apng
holds out '"space":"log-snr"'
holds out '"fps":24'
expect 0 "$qsample" info usual.apng
sed -n 's/^again *//p' out >again
holds again "qsample trajectory small.png -o small.apng --frames 120 --space log-snr --fps 24"
mkdir bin again-here && ln -s "$qsample" bin/qsample && cp small.png again-here
(cd again-here && PATH=../bin:$PATH bash ../again) || fail "again: $(cat again)"
same again-here/small.apng usual.apng
expect 0 "$qsample" info held.apng
sed -n 's/^again *//p' out >again
(cd again-here && rm small.apng && PATH=../bin:$PATH bash ../again) || fail "again: $(cat again)"
same again-here/small.apng held.apng
expect 0 "$qsample" trajectory small.png -o bare.apng --frames 3 --no-metadata
expect 1 "$qsample" info bare.apng
expect 0 "$qsample" trajectory small.png -o auto.apng --every 7 -T 50 --range auto --hold 0.1 --compression small
expect 0 "$qsample" info auto.apng
sed -n 's/^again *//p' out >again
holds again "--timesteps '0-49:7'"
(cd again-here && rm small.apng && PATH=../bin:$PATH bash ../again) || fail "again: $(cat again)"
same again-here/small.apng auto.apng

expect 0 "$qsample" trajectory cat.png -o fast.apng --timesteps 0
expect 0 "$qsample" trajectory cat.png -o tight.apng --timesteps 0 --compression small
[ "$(stat -c %s tight.apng)" -lt "$(stat -c %s fast.apng)" ] || fail "--compression small is not small"

# Threads change nothing; there and back are the same frames; it goes to a pipe as well.
expect 0 "$qsample" trajectory small.png -o one.apng --frames 30 --boomerang -j 1
expect 0 "$qsample" trajectory small.png -o many.apng --frames 30 --boomerang -j 7
same one.apng many.apng
"$qsample" trajectory small.png -o - --format apng --frames 30 --boomerang | cat >piped.apng
same one.apng piped.apng

# Raw frames: what the header says follows.
expect 0 "$qsample" trajectory small.png -o - --format y4m --timesteps 0,1000 --fps 29.97 --hold 0.1
[ "$(head -1 out)" = "YUV4MPEG2 W21 H13 F2997:100 Ip A1:1 C444 XCOLORRANGE=LIMITED" ] || fail "header: $(head -1 out)"
[ "$(stat -c %s out)" = $(($(head -1 out | wc -c) + 8 * (6 + 3 * 21 * 13))) ] || fail "y4m: $(stat -c %s out) bytes"
cp out piped.y4m
expect 0 "$qsample" trajectory small.png -o file.y4m --timesteps 0,1000 --fps 29.97 --hold 0.1
same file.y4m piped.y4m
# Grey frames are there as they are.
{ printf 'P5 16 16 255\n' && head -c 256 cat.png; } >grey.pgm
expect 0 "$qsample" trajectory grey.pgm -o grey.y4m --timesteps 0,700 --path shared
expect 0 "$qsample" noise grey.pgm -t 700 -o noisy.pgm
tail -c 256 grey.y4m | cmp -s - <(tail -c 256 noisy.pgm) || fail "grey frames of y4m differ"

# The frames are scaled as in a folder.
expect 0 "$qsample" trajectory small.png -o wide.y4m --timesteps 5 --view-size 42
[ "$(head -1 wide.y4m | cut -d' ' -f2,3)" = "W42 H26" ] || fail "view: $(head -1 wide.y4m)"

# A film is whole or not there, and nothing is replaced unasked.
expect 1 "$qsample" trajectory small.png -o one.apng --frames 3
says "one.apng: exists already; --overwrite replaces it"
same one.apng many.apng
expect 0 "$qsample" trajectory small.png -o one.apng --frames 3 -f
differ one.apng many.apng
cp small.png self.apng
expect 2 "$qsample" trajectory self.apng -o self.apng -f
says "is the input itself"
same self.apng small.png
expect 1 "$qsample" trajectory none.png -o none.apng
missing none.apng
status=0
(
  ulimit -f 100
  "$qsample" trajectory cat.png -o large.apng --frames 5 2>err
) || status=$?
[ $status = 1 ] || fail "a full disk: status $status"
says "large.apng: File too large"
missing large.apng

# refused STATUS WORDS OPTION...
refused() {
  local status=$1 words=$2
  shift 2
  expect "$status" "$qsample" trajectory small.png "$@"
  says "$words"
  [ ! -s out ] || fail "something on standard output: $*"
}
touch after && ls >before
refused 2 "film.avi: no form of a trajectory ends so" -o film.avi
refused 2 ".mp4, .mkv, .webm, .gif, .apng, .y4m" -o film.xyz
refused 2 "is MP4, and --format gif is GIF; leave out one" -o film.mp4 --format gif
refused 2 "is APNG, and --format png is of frames in a folder; leave out one" -o film.apng --format png
refused 2 "is a folder, and --format mp4 is MP4; leave out one" -o bin --format mp4
refused 2 "ends in .png, and --format apng is APNG" -o film.png --format apng
refused 2 "frames do not go to standard output" -o -
refused 2 "MP4 does not go to standard output; choose --format apng or y4m" -o - --format mp4
refused 2 "a film can't --resume" -o film.apng --resume
refused 2 "APNG does not hold --depth 32" -o film.apng --depth 32
refused 2 "Y4M does not hold --depth 16" -o film.y4m --depth 16
refused 2 "--quality is of .mp4, .mkv and .webm, not of .apng" -o film.apng --quality 50
refused 2 "--compatible is of .mp4, .mkv and .webm, not of .gif" -o film.gif --compatible
refused 2 "GIF can't be --lossless" -o film.gif --lossless
refused 2 "--lossless and --quality exclude each other" -o film.mkv --lossless --quality 50
refused 2 "--quality: 101 is outside 0..100" -o film.mp4 --quality 101
refused 2 "--fps: 0 is outside 0.1..240" -o film.mp4 --fps 0
refused 2 "--fps 60 is outside 0.1..50, which GIF has" -o film.gif --fps 60
refused 2 "--hold: -1 is outside" -o film.apng --hold -1
refused 2 "--compression is of PNG and .apng" -o film.y4m --compression small
refused 2 "--layout is of .npy" -o film.apng --layout chw
refused 2 "--frames 0 is outside 2.." -o film.apng --frames 0
refused 2 "make a film of 0 frames" -o film.apng --seconds 0
refused 2 "exclude each other" -o film.apng --seconds 2 --frames 5
refused 2 "exclude each other" -o film.apng --space sigma --every 5
refused 2 "--space says how --frames N are spread" -o frames --space sigma
for option in "--fps 5" "--seconds 5" "--hold 1" --boomerang "--quality 5" --lossless --compatible; do
  # shellcheck disable=SC2086 # two words
  refused 2 "frames go to a folder, and ${option%% *} is of films; name one by its ending: .mp4" -o frames $option
done
refused 1 "there is no folder nowhere; make it first" -o nowhere/film.apng
ls >after
same before after
if command -v script >/dev/null; then
  script -qec "$qsample trajectory small.png -o - --format y4m" /dev/null </dev/null >terminal 2>&1
  holds terminal "standard output is a terminal"
fi

# What is not made of 8 bits becomes it, or stays 16 in .apng; alpha only goes where it is kept.
expect 0 "$qsample" noise small.png -t 0 --depth 16 -o deep.png
expect 0 "$qsample" trajectory deep.png -o deep.apng --frames 3
[ "$(tail -c +25 deep.apng | head -c 2 | od -An -tu1 | xargs)" = "16 2" ] || fail "not 16 bits"
expect 0 "$qsample" trajectory deep.png -o deep8.apng --frames 3 --depth 8
expect 0 "$qsample" trajectory deep.png -o deep.y4m --frames 3
expect 0 "$qsample" noise small.png -t 0 -o floats.npy
expect 0 "$qsample" trajectory floats.npy -o floats.apng --frames 3
[ "$(tail -c +25 floats.apng | head -c 2 | od -An -tu1 | xargs)" = "8 2" ] || fail "not 8 bits"
{ printf 'P7\nWIDTH 2\nHEIGHT 2\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n' && head -c 16 cat.png; } >alpha.pam
expect 0 "$qsample" trajectory alpha.pam -o alpha.apng --frames 3
[ "$(tail -c +25 alpha.apng | head -c 2 | od -An -tu1 | xargs)" = "8 6" ] || fail "no alpha"
expect 1 "$qsample" trajectory alpha.pam -o alpha.y4m --frames 3
says "alpha.y4m: Y4M holds no alpha channel; .apng does"
missing alpha.y4m

# In a folder, N frames are N, whatever they are spread over.
expect 0 "$qsample" trajectory small.png -o spread --frames 90 --space log-snr
[ "$(find spread -name '*.png' | wc -l)" = 90 ] || fail "spread: $(find spread -name '*.png' | wc -l)"
exists spread/small_t0000.png
exists spread/small_t1000.png
finish

#!/usr/bin/env bash
# Films by ffmpeg, as ffprobe and ffmpeg see them; and what happens without it, or when it fails. PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"

# Without it: one line, and nothing written.
mkdir empty
for name in film.mp4 film.mkv film.webm film.gif; do
  expect 1 env PATH="$PWD/empty" "$qsample" trajectory cat.png -o $name
  says "$name: needs ffmpeg, which is not installed (Debian: ffmpeg); .apng needs none"
  missing $name
done
expect 0 env PATH="$PWD/empty" "$qsample" trajectory cat.png -o film.apng --frames 2
rm film.apng

# shellcheck disable=SC2016 # what is not to be expanded here
# One that fails: at once, in the middle, at the end; that lacks a codec; that ends with status 0 but wrote nothing.
fake() {
  mkdir -p fake
  { echo '#!/bin/bash' && cat; } >fake/ffmpeg
  chmod +x fake/ffmpeg
}
# fails WORDS FORM: a film of this form, by the fake.
fails() {
  expect 1 env PATH="$PWD/fake:$PATH" "$qsample" trajectory cat.png -o "film.$2" --frames 20
  says "$1"
  missing "film.$2"
  no_remains
}
echo 'echo "it broke" >&2; exit 1' | fake
fails "film.mp4: ffmpeg failed: it broke" mp4
echo 'head -c 1000000 >/dev/null; echo "one" >&2; echo "two" >&2; exit 3' | fake
fails "film.mkv: ffmpeg failed: one; two" mkv
echo 'cat >/dev/null; for i in $(seq 10000); do echo "long $i" >&2; done; exit 1' | fake
fails "long 10000" webm
echo 'cat >/dev/null; kill -SEGV $$' | fake
fails "film.mp4: ffmpeg failed: it was ended by signal 11" mp4
echo "echo \"Unknown encoder 'libx264'\" >&2; exit 1" | fake
fails "film.mp4: this ffmpeg lacks the encoder libx264" mp4
echo 'cat >/dev/null' | fake
fails "film.gif: ffmpeg made no whole GIF of it" gif
# It has no words of ours but those that it should: no shell is there, whatever the names.
echo 'for word in "$@"; do echo "$word"; done >words; exit 1' | fake
name='$(touch harm);-f null.mp4'
expect 1 env PATH="$PWD/fake:$PATH" "$qsample" trajectory cat.png -o "$name" --frames 2
grep -q harm words && fail "a name is among ffmpeg's words"
missing harm
rm -r fake words

if ! command -v ffprobe >/dev/null; then
  finish
  skip "the films themselves: no ffmpeg"
fi

{ printf 'P6 62 42 255\n' && head -c $((62 * 42 * 3)) cat.png; } >small.ppm
expect 0 "$qsample" noise small.ppm -t 0 -o small.png --no-metadata

# is FILE FIELD=VALUE...: what ffprobe says of its stream.
is() {
  local file=$1 field
  shift
  ffprobe -v error -count_frames -show_streams -show_format -of default=nw=1 "$file" >probed
  for field in "$@"; do grep -qx -- "$field" probed || fail "$file: not $field but $(grep "^${field%%=*}=" probed | xargs)"; done
}
common="width=62 height=42 nb_read_frames=24 color_range=tv color_space=bt709 color_transfer=bt709 color_primaries=bt709"
film() {
  local name=$1
  shift
  expect 0 "$qsample" trajectory small.png -o "$name" --fps 12 --seconds 1.5 --hold 0.25 "$@"
  silent
}
# shellcheck disable=SC2086 # several words
{
  film a.mp4 && is a.mp4 codec_name=h264 pix_fmt=yuv444p duration=2.000000 r_frame_rate=12/1 $common
  film a.mkv && is a.mkv codec_name=h264 pix_fmt=yuv444p duration=2.000000 $common
  film a.webm && is a.webm codec_name=vp9 pix_fmt=yuv444p duration=2.000000 $common
  film c.mp4 --compatible && is c.mp4 codec_name=h264 pix_fmt=yuv420p $common
  film c.webm --compatible && is c.webm codec_name=vp9 pix_fmt=yuv420p $common
}
film a.gif
# A GIF counts hundredths of a second.
is a.gif codec_name=gif width=62 height=42 nb_read_frames=24 duration=2.010000
film a.apng && is a.apng codec_name=apng width=62 height=42 nb_read_frames=24
film a.y4m && is a.y4m pix_fmt=yuv444p nb_read_frames=24 color_range=tv
film small.mp4 --quality 20 && film fine.mp4 --quality 95
[ "$(stat -c %s small.mp4)" -lt "$(stat -c %s a.mp4)" ] || fail "--quality 20 is larger"
[ "$(stat -c %s fine.mp4)" -gt "$(stat -c %s a.mp4)" ] || fail "--quality 95 is smaller"
film again.mkv && same again.mkv a.mkv
# The index of an .mp4 comes first, so that it plays while it comes.
[ "$(head -c 2000 a.mp4 | grep -c moov)" = 1 ] || fail "moov is not in front"

# The pixels of .apng and of what is lossless are those of the frames.
pixels() { ffmpeg -v error -i "$1" -f rawvideo -pix_fmt "${2:-rgb24}" - </dev/null; }
steps=0,1,37,400,1000
# shellcheck disable=SC2086 # names without blanks
for name in grey colour; do
  if [ $name = grey ]; then kind=5 channels=1; else kind=6 channels=3; fi
  { printf 'P%s 31 17 255\n' $kind && head -c $((31 * 17 * channels)) cat.png; } >$name.pnm
  expect 0 "$qsample" noise $name.pnm -t 0 -o $name.png --no-metadata
  rm -rf frames && expect 0 "$qsample" trajectory $name.png -o frames --timesteps $steps
  for frame in frames/*.png; do pixels "$frame"; done >wanted
  for film in $name.apng $name.mkv $name.mp4 $name.webm; do
    expect 0 "$qsample" trajectory $name.png -o $film --timesteps $steps --lossless
    pixels $film | cmp -s - wanted || fail "$film: other pixels"
  done
done
# Of large frames of noise too, which take an encoder more bytes than most.
rm -r frames && expect 0 "$qsample" trajectory cat.png -o frames --timesteps 900,950,1000
for frame in frames/*.png; do pixels "$frame"; done >wanted
expect 0 "$qsample" trajectory cat.png -o large.webm --timesteps 900,950,1000 --lossless
is large.webm pix_fmt=gbrp color_range=pc color_space=gbr color_primaries=bt709 color_transfer=bt709
pixels large.webm | cmp -s - wanted || fail "large.webm: other pixels"
expect 0 "$qsample" trajectory cat.png -o large.webm --timesteps 900,950,1000 --quality 100 -f
# 16 bits and alpha as well; there and back.
expect 0 "$qsample" noise colour.png -t 0 --depth 16 -o deep.png
rm -r frames && expect 0 "$qsample" trajectory deep.png -o frames --timesteps $steps
for frame in frames/*.png; do pixels "$frame" rgb48be; done >wanted
expect 0 "$qsample" trajectory deep.png -o deep.apng --timesteps $steps
pixels deep.apng rgb48be | cmp -s - wanted || fail "deep.apng: other pixels"
{ printf 'P7\nWIDTH 9\nHEIGHT 8\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n' && head -c 288 cat.png; } >alpha.pam
rm -r frames && expect 0 "$qsample" trajectory alpha.pam -o frames --timesteps 0,300,600
expect 0 "$qsample" trajectory alpha.pam -o alpha.apng --timesteps 0,300,600 --boomerang
for t in 0000 0300 0600 0300 0000; do pixels "frames/alpha_t$t.png" rgba; done >wanted
pixels alpha.apng rgba | cmp -s - wanted || fail "alpha.apng: other pixels"

# Raw frames are the colours that they were, as near as 8 bits of YUV are.
expect 0 "$qsample" trajectory colour.png -o colour.y4m --timesteps $steps
expect 0 "$qsample" trajectory colour.png -o lossless.mkv --timesteps $steps --lossless -f
# psnr FILM: against the lossless one, in whole dB.
psnr() {
  ffmpeg -v info -i "$1" -i lossless.mkv -lavfi '[0]settb=1/24,setpts=N,scale=flags=accurate_rnd+full_chroma_int,format=gbrp[a];[1]settb=1/24,setpts=N,format=gbrp[b];[a][b]psnr' \
    -f null - 2>&1 </dev/null | sed -n 's/.*average:\([0-9]*\).*/\1/p'
}
[ "$(psnr colour.y4m)" -ge 45 ] || fail "y4m: $(psnr colour.y4m) dB"
# Those of a film are tagged: ffmpeg, told nothing, finds them.
expect 0 "$qsample" trajectory colour.png -o colour.mp4 --timesteps $steps --quality 100 -f
[ "$(psnr colour.mp4)" -ge 45 ] || fail "mp4 of the best quality: $(psnr colour.mp4) dB"
for form in mp4 webm; do
  expect 0 "$qsample" trajectory colour.png -o usual.$form --timesteps $steps -f
  [ "$(psnr usual.$form)" -ge 25 ] || fail "$form: $(psnr usual.$form) dB"
done
expect 0 "$qsample" trajectory colour.png -o usual.gif --timesteps $steps
[ "$(psnr usual.gif)" -ge 20 ] || fail "gif: $(psnr usual.gif) dB"

# The record of each, and the command that makes it again.
mkdir bin again-here && ln -s "$qsample" bin/qsample && cp small.png again-here
for form in mp4 mkv webm gif; do
  expect 0 "$qsample" info --json a.$form
  holds out "\"format\":\"$form\""
  expect 0 "$qsample" info a.$form
  sed -n 's/^again *//p' out >again
  (cd again-here && PATH=$PWD/../bin:$PATH bash ../again) || fail "again: $(cat again)"
  same again-here/small.$form a.$form
  expect 1 env PATH="$PWD/empty" "$qsample" info a.$form
  says "a.$form: needs ffprobe, which is not installed (Debian: ffmpeg)"
  expect 0 "$qsample" trajectory small.png -o bare.$form --frames 2 --no-metadata
  expect 1 "$qsample" info bare.$form
  says "carries no record of qsample"
done
{ head -c 32 a.mp4 && head -c 1000 /dev/zero; } >cut.mp4
expect 1 "$qsample" info cut.mp4
says "cut.mp4: ffprobe failed"

# Sides that 4:2:0 can't have; a file that is there; what is no file.
expect 1 "$qsample" trajectory colour.png -o odd.mp4 --compatible
says "odd.mp4: frames of 31x17 have an odd side"
says "--view-size 32x18, or leave out --compatible"
missing odd.mp4
cp a.mkv kept.mkv
expect 1 "$qsample" trajectory small.png -o a.mkv
says "exists already; --overwrite"
same a.mkv kept.mkv
mkfifo pipe.mp4
expect 1 "$qsample" trajectory small.png -o pipe.mp4
says "pipe.mp4: is a pipe, not a file"

# Ctrl-C, also where ffmpeg is slow: nothing is left, no process either.
set -m
for form in mkv gif; do
  status=0
  "$qsample" trajectory cat.png -o stopped.$form --frames 2000 2>err &
  job=$!
  sleep 1
  kill -INT $job
  wait $job || status=$?
  [ $status = 130 ] || fail "stopped.$form: status $status"
  says "interrupted before stopped.$form was written"
  missing stopped.$form
  no_remains
done
mkdir slow && printf '#!/bin/bash\necho $$ >pid\nexec sleep 1000\n' >slow/ffmpeg && chmod +x slow/ffmpeg
PATH="$PWD/slow:$PATH" "$qsample" trajectory cat.png -o slow.mp4 2>err &
job=$!
for _ in $(seq 100); do [ -s pid ] && break; sleep 0.05; done
sleep 0.3
kill -TERM $job
status=0
wait $job || status=$?
[ $status = 143 ] || fail "a slow ffmpeg: status $status"
kill -0 "$(cat pid)" 2>/dev/null && fail "ffmpeg is left"
missing slow.mp4

# Memory does not grow with the number of frames.
most() { /usr/bin/time -f %M "$qsample" trajectory small.png -o most.mkv -f -j 2 --frames "$1" 2>&1 | tail -1; }
if [ -x /usr/bin/time ] && ! is_sanitized; then
  few=$(most 50) many=$(most 2000)
  [ "$many" -lt $((few + 4000)) ] || fail "$few KB for 50 frames, $many KB for 2000"
fi
finish

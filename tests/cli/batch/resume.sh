#!/usr/bin/env bash
# What --resume keeps, replaces and refuses, in every format: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
data=$(cd "$(dirname "$0")/../../data" && pwd)
mkdir in && cp "$data/endings/a.png" in/a.png
mkdir in2 && cp "$data/foreign/foreign.ppm" in2/a.ppm

# refused FILE: it is, by this line, and stays as it was.
batch() { "$qsample" batch in -o noisy --resume "$@"; }
foreign() {
  rm -rf noisy && mkdir noisy && cp "$1" "noisy/a.$2"
  expect 1 batch -t 5 "${@:3}"
  holds err "noisy/a.$2: exists already and is not one of qsample's"
  holds err "; --overwrite replaces it"
  same "$1" "noisy/a.$2"
  # Unless it may be replaced.
  expect 0 batch -t 5 -f "${@:3}"
  differ "$1" "noisy/a.$2"
}
echo "dear diary" >diary
printf '\x93NUMPY\x01\x00' >broken.npy
head -c 40 "$data/foreign/foreign.safetensors" >cut.safetensors
for format in png tiff tif webp jpg jpeg bmp ppm pnm exr pfm npy safetensors; do
  # A text of that name, and an image of another format.
  foreign diary $format --format $format -q
  case $format in webp) other=bmp ;; *) other=webp ;; esac
  foreign "$data/foreign/foreign.$other" $format --format $format -q
  # What was made is kept, untouched; what is missing is made; what was made in another way is
  # replaced where a record says so, and refused elsewhere.
  rm -rf noisy
  expect 0 batch -t 5 --format $format -q
  cp -p noisy/a.$format made
  expect 0 batch -t 5 --format $format -v
  holds err "0 of 1 images written, 1 kept"
  [ noisy/a.$format -nt made ] && fail "$format: written again"
  case $format in
    png | safetensors) expect 0 batch -t 6 --format $format -q ;;
    *)
      expect 1 batch -t 6 --format $format -q
      same noisy/a.$format made
      ;;
  esac
  # An empty file holds nothing that could be lost.
  : >noisy/a.$format
  expect 0 batch -t 5 --format $format -q
  same noisy/a.$format made
done
for format in bmp jpg ppm safetensors tiff webp; do
  foreign "$data/foreign/foreign.$format" $format --format $format -q
done
foreign broken.npy npy --format npy
foreign cut.safetensors safetensors --format safetensors

# Beyond a limit, of another format, without a record: none of these is ours.
foreign "$data/foreign/big.png" png
foreign "$data/images/cmyk.jpg" png
foreign "$data/images/palette.png" png
foreign "$data/images/palette.png" png --no-metadata
# One that another program wrote, with a text of our keyword that is no record.
"$qsample" noise in/a.png -t 0 -o plain.png
sed 's/{"qsample"/{"qsampl_"/' plain.png >text.png
foreign text.png png

# Without records the bytes tell, where the mode has none and where a record is there.
rm -rf noisy
expect 0 batch -t 5 --no-metadata
expect 0 batch -t 5 --no-metadata -v
holds err "1 kept"
expect 1 batch -t 6 --no-metadata
holds err "is not one of qsample's as far as its bytes tell"
expect 1 batch -t 5
holds err "is not one of qsample's;"
rm -rf noisy
expect 0 batch -t 5
expect 0 batch -t 6 --no-metadata -v
holds err "1 of 1 images written"

# Ours and cut short: replaced as long as its record can be read, refused where nothing tells.
rm -rf noisy
expect 0 batch -t 5
cp noisy/a.png whole.png
size=$(stat -c %s whole.png)
for left in $((size - 1)) $((size / 2)) 1000; do
  head -c "$left" whole.png >noisy/a.png
  expect 0 batch -t 5 -v
  holds err "1 of 1 images written"
  same noisy/a.png whole.png
done
head -c 60 whole.png >noisy/a.png
expect 1 batch -t 5
holds err "not one of qsample's"
[ "$(stat -c %s noisy/a.png)" = 60 ] || fail "60 bytes that are no one's were replaced"

# A record that is damaged is one of ours, too.
cp "$data/records/evil.png" noisy/a.png
expect 0 batch -t 5
same noisy/a.png whole.png

# Ours and larger than is usual: kept under the limit that it was made under.
rm -rf noisy
expect 0 batch -t 5 --max-pixels 4000
expect 0 batch -t 5 --max-pixels 4000 -v
holds err "1 kept"

# A pipe in an output's place receives nothing.
rm -rf noisy && mkdir noisy && mkfifo noisy/a.png
for way in "" -f --resume; do
  expect 1 timeout 20 "$qsample" batch in -o noisy -t 5 $way
done
mkdir pipes && mkfifo pipes/a_t0005.png
for way in -f --resume; do
  expect 1 timeout 20 "$qsample" trajectory in/a.png -o pipes --timesteps 5 $way
done

# A trajectory likewise.
for format in png tiff bmp npy safetensors; do
  rm -rf frames && mkdir frames && cp diary frames/a_t0005.$format
  expect 1 "$qsample" trajectory in/a.png -o frames --timesteps 0,5 --format $format --resume
  says "frames/a_t0005.$format: exists already and is not one of qsample's"
  same diary frames/a_t0005.$format
  rm frames/a_t0005.$format
  expect 0 "$qsample" trajectory in/a.png -o frames --timesteps 0,5 --format $format --resume
  cp frames/a_t0005.$format made
  expect 0 "$qsample" trajectory in/a.png -o frames --timesteps 0,5 --format $format --resume
  same frames/a_t0005.$format made
done

# A manifest is replaced by one that completes it, and by nothing else.
rm -rf noisy
expect 0 batch -t 5 --manifest rows.jsonl
expect 0 batch -t 5 --manifest rows.jsonl
for text in '{"input": "a", "status": "fine"}' '{"input": "a", "output": 3, "status": "written"}' '[]' '"input"'; do
  echo "$text" >theirs.jsonl
  expect 1 batch -t 5 --manifest theirs.jsonl
  says "theirs.jsonl: exists already and is not a manifest"
  [ "$(cat theirs.jsonl)" = "$text" ] || fail "their file was written over"
done

# Many that are in the way are two lines and the count, and all are named if asked.
mkdir many
for i in 1 2 3 4 5; do cp in/a.png many/$i.png && mkdir -p full && cp diary full/$i.png; done
expect 1 "$qsample" batch many -o full -t 5 --resume -j 1
[ "$(wc -l <err)" = 3 ] || fail "not three lines: $(cat err)"
holds err "full/1.png: exists already and is not one of qsample's"
holds err "4 more outputs exist already and are not qsample's; --overwrite replaces them, -v names them"
holds err "0 of 5 images written, 5 failed"
expect 1 "$qsample" batch many -o full -t 5 --resume -v
[ "$(grep -c "exists already and is not one" err)" = 5 ] || fail "not all are named: $(cat err)"
expect 1 "$qsample" batch many -o full -t 5 --manifest full.jsonl
[ "$(wc -l <err)" = 2 ] || fail "not two lines: $(cat err)"
holds err "full/1.png: exists already, and so do 4 other outputs; --overwrite replaces what exists, --resume keeps"
[ "$(grep -c '"error":"full/..png: exists already; --overwrite' full.jsonl)" = 5 ] || fail "$(cat full.jsonl)"
rm full/3.png
expect 1 "$qsample" batch many -o full -t 5
holds err "and so do 3 other outputs"
holds err "1 of 5 images written, 4 failed"
expect 0 "$qsample" info full/3.png
finish

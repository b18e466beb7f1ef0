#!/usr/bin/env bash
# qsample verify: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
data=$(cd "$(dirname "$0")/../../data" && pwd)
mkdir -p photos/deep elsewhere
cp cat.png photos/deep/a.png
"$qsample" noise cat.png -t 40 -o other.png
cp other.png photos/b.png
expect 0 "$qsample" batch -r photos -o noisy -t random --seed 5 --depth 16
expect 0 "$qsample" verify noisy/deep/a.png noisy/b.png --source photos
printf 'noisy/deep/a.png: equal\nnoisy/b.png: equal\n' | cmp -s - out || fail "$(cat out)"
silent
cp out first
expect 0 "$qsample" verify noisy/deep/a.png noisy/b.png --source photos -j 1
same out first
expect 0 "$qsample" verify noisy/deep/a.png --source photos -q
[ ! -s out ] || fail "quiet, and equal is told"

# Here, and beside it, where no folder is named.
expect 0 "$qsample" noise cat.png -t 30 -o elsewhere/x.png
expect 0 "$qsample" verify elsewhere/x.png
cp cat.png elsewhere/
(cd / && expect 0 "$qsample" verify "$folder/elsewhere/x.png")
expect 0 "$qsample" trajectory cat.png -o films --timesteps 5,500
expect 0 "$qsample" verify films/*.png

# A lossy form is held against what its encoder makes now.
expect 0 "$qsample" noise photos/b.png -t 30 -o c.webp -q
if "$qsample" info c.webp >/dev/null 2>&1; then expect 0 "$qsample" verify c.webp --source photos; fi

# One sample that is another, beside the very record.
if command -v python3 >/dev/null && python3 -c 'import PIL' 2>/dev/null; then
  expect 0 "$qsample" noise cat.png -t 30 -o x.png
  python3 - <<'PYTHON'
from PIL import Image, PngImagePlugin
image = Image.open("x.png")
texts = PngImagePlugin.PngInfo()
for key, value in image.text.items():
    texts.add_text(key, value)
r, g, b = image.getpixel((3, 2))
image.putpixel((3, 2), (r, (g + 128) % 256, b))
image.save("changed.png", pnginfo=texts)
PYTHON
  expect 1 "$qsample" verify changed.png
  grep -qE '^changed.png: different: 1 of [0-9]+ samples differ, by at most 128, the first at x 3, y 2$' out ||
    fail "$(cat out)"
  silent
  expect 1 "$qsample" verify --json changed.png x.png
  holds out '{"file":"changed.png","result":"different","how":"1 of '
  holds out '{"file":"x.png","result":"equal"}'
  says "1 of 2 files are not shown equal"
fi

# told FILE WHY OPTION...: what cannot be told, and why.
told() {
  local file=$1 why=$2
  shift 2
  expect 1 "$qsample" verify "$file" "$@"
  grep -qF -- "$file: cannot be told: $why" out || fail "$file: $(cat out err)"
}
told cat.png "carries no record of qsample"
told none.png "No such file"
cp photos/b.png elsewhere/other.png
told noisy/b.png "b.png, which it was made from, is not found; --source names" --source elsewhere
told noisy/deep/a.png "deep/a.png, which it was made from, is not found" --source films
cp other.png cat.png
told elsewhere/x.png "cat.png is not the file that it was made from" --source .
printf '0.1 0.2 0.3\n' >betas.txt
"$qsample" noise cat.png -t 2 --schedule betas.txt -q
expect 0 "$qsample" verify cat_t2.png
printf '0.1 0.2 0.4\n' >betas.txt
told cat_t2.png "./betas.txt is not the schedule that it was made with"
rm betas.txt
told cat_t2.png "betas.txt, the schedule that it was made with, is not found"
"$qsample" noise - -t 2 -o piped.png <cat.png
told piped.png "its source came from standard input"
"$qsample" trajectory cat.png -o cat.apng --frames 3 -q
told cat.apng "it is a film"

# Nobody may have made such a file: its record is refused as a whole.
told "$data/records/evil.png" "its record of qsample is damaged"
expect 2 "$qsample" verify
finish

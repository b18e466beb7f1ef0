#!/usr/bin/env bash
# Mixed folders: sizes, crops, colours, alpha: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import numpy, PIL' 2>/dev/null || skip "python3-numpy and python3-pil are not there"
py() { "$python" -c "
import numpy as np
from PIL import Image
def a(name): return np.asarray(Image.open(name)).astype(float)
def psnr(x, y): return 10 * np.log10(255 ** 2 / max(1e-9, ((x - y) ** 2).mean()))
$1" || fail "not so: $1"; }
# ready OUT OPTION...: x_0 of photo.png
ready() {
  local out=$1
  shift
  expect 0 "$qsample" noise photo.png -t 0 -f -o "$out" "$@"
}

py '
rng = np.random.default_rng(3)
base = Image.fromarray(rng.integers(0, 255, (24, 31, 3), dtype=np.uint8)).resize((301, 203), Image.BICUBIC)
base.save("photo.png")
base.convert("L").save("grey.png")
rgba = base.convert("RGBA"); rgba.putalpha(Image.fromarray((np.arange(301 * 203) % 256).astype(np.uint8).reshape(203, 301)))
rgba.save("alpha.png")
exif = Image.Exif(); exif[0x112] = 6
base.save("turned.jpg", exif=exif, quality=95)
Image.fromarray(rng.integers(0, 65535, (40, 60), dtype=np.uint16)).save("deep.png")'

# Against Pillow: resized, then the centre, as torchvision's Resize and CenterCrop.
for filter in linear:BILINEAR:45 cubic:BICUBIC:45 lanczos:LANCZOS:45; do
  IFS=: read -r ours theirs least <<<"$filter"
  ready o.png --size 64 --resize-filter "$ours"
  py "
im = Image.open('photo.png').resize((int(64 * 301 / 203), 64), Image.$theirs)
left = round((im.width - 64) / 2)
x = a('o.png'); y = np.asarray(im.crop((left, 0, left + 64, 64))).astype(float)
assert x.shape == (64, 64, 3) and psnr(x, y) > $least, psnr(x, y)"
done
# The mean of what each pixel covers, where that is whole; and larger.
ready o.png --size 43x29 --crop none
py "assert a('o.png').shape[:2] == (29, 43)"
py "Image.open('photo.png').crop((0, 0, 300, 200)).save('whole.png')"
expect 0 "$qsample" noise whole.png -t 0 -o o.png -f --size 60x40
py "assert np.abs(a('o.png') - a('whole.png').reshape(40, 5, 60, 5, 3).mean((1, 3))).max() <= 0.5001"
ready o.png --size 602x406
py "assert psnr(a('o.png'), np.asarray(Image.open('photo.png').resize((602, 406), Image.LANCZOS)).astype(float)) > 40"
ready o.png --size 512x768
py "assert a('o.png').shape == (768, 512, 3)"
ready o.png --size 128 --crop none
py "assert a('o.png').shape == (86, 128, 3)"

# Floats of 64 bits keep them.
py "
x = np.random.default_rng(1).uniform(-3, 3, (3, 40, 60)); np.save('wide.npy', x)
np.save('narrow.npy', x.astype(np.float32))"
for filter in area linear lanczos; do
  for name in wide narrow; do
    expect 0 "$qsample" noise $name.npy -t 0 -o $name-x.npy -f --size 12x8 --resize-filter $filter
  done
  py "
wide, narrow = np.load('wide-x.npy'), np.load('narrow-x.npy')
assert wide.dtype == np.float64 and narrow.dtype == np.float32
assert 0 < np.abs(wide - narrow).max() < 1e-5
if '$filter' == 'area':
    assert np.abs(wide - np.load('wide.npy').reshape(3, 8, 5, 12, 5).mean((2, 4))).max() < 1e-7  # OpenCV weighs by 32-bit floats"
done

# Random crops: the seed's, within the image, recorded, and made again.
for seed in 1 2 3; do
  ready "crop$seed.png" --size 100 --crop random --seed $seed --resize-filter lanczos
  expect 0 "$qsample" info "crop$seed.png"
  holds out "--crop random"
  at=$(grep -oE '^cropped-at +\[[0-9]+,0\]' out) || fail "no place: $(grep crop out)"
  left=$(grep -oE '[0-9]+,' <<<"$at" | tr -d ,)
  py "im = Image.open('photo.png').resize((148, 100), Image.LANCZOS); assert psnr(a('crop$seed.png'), np.asarray(im)[:, $left:$left + 100].astype(float)) > 45"
  expect 0 "$qsample" verify "crop$seed.png"
done
differ crop1.png crop2.png

# Colours, alpha, and in what order.
ready o.png --mode grey
py "assert np.abs(a('o.png') - a('photo.png') @ [0.299, 0.587, 0.114]).max() < 0.51"
expect 0 "$qsample" noise grey.png -t 0 -o o.png -f --mode rgb
py "assert (a('o.png') == np.repeat(a('grey.png')[..., None], 3, 2)).all()"
expect 0 "$qsample" noise deep.png -t 0 -o o.png -f --mode rgb --size 20
py "assert a('o.png').shape == (20, 20, 3)"
expect 0 "$qsample" noise alpha.png -t 0 -o o.png -f --alpha drop
py "assert (a('o.png') == a('photo.png')).all()"
expect 0 "$qsample" noise alpha.png -t 0 -o o.png -f --alpha '#ff8000'
py "
im = a('alpha.png'); share = im[..., 3:] / 255
assert np.abs(a('o.png') - (im[..., :3] * share + np.array([255, 128, 0]) * (1 - share))).max() < 0.51"
expect 0 "$qsample" noise turned.jpg -t 0 -o o.png -f --size 50x100
py "
im = Image.open('turned.jpg').transpose(Image.ROTATE_270)
im = im.resize((67, 100), Image.BOX).crop((8, 0, 58, 100))
assert psnr(a('o.png'), np.asarray(im).astype(float)) > 25"
expect 0 "$qsample" noise alpha.png -t 7 -o o.png -f --alpha white --mode grey --size 32x48 --crop none --resize-filter cubic
expect 0 "$qsample" info o.png
for words in "--alpha '#ffffff'" "--mode grey" "--size 32x48" "--crop none" "--resize-filter cubic"; do holds out "$words"; done
expect 0 "$qsample" verify o.png

# A mixed folder becomes one shape.
mkdir in && cp photo.png grey.png alpha.png turned.jpg deep.png in/
expect 0 "$qsample" batch in -o same -t 100 --size 48 --mode rgb --alpha drop --depth 8 --crop random
py "
import glob
assert {a(f).shape for f in glob.glob('same/*.png')} == {(48, 48, 3)} and len(glob.glob('same/*.png')) == 5"
expect 0 "$qsample" batch in -o same -t 100 --size 48 --mode rgb --alpha drop --depth 8 --crop random --resume -v
holds err "5 kept"
expect 0 "$qsample" trajectory photo.png -o films --timesteps 0,5 --size 40
py "assert a('films/photo_t0005.png').shape == (40, 40, 3)"
# A film says its place too, and its command makes it again.
expect 0 "$qsample" trajectory photo.png -o film.apng --timesteps 0,5 --size 100 --crop random --seed 3
at=$("$qsample" info crop3.png | grep '^cropped-at')
expect 0 "$qsample" info film.apng
holds out "$at"
holds out "--size 100x100 --crop random"
expect 0 "$qsample" sheet photo.png -o sheet.png --size 40 --frames 3

refused() {
  local text=$1
  shift
  expect 2 "$qsample" noise photo.png -t 5 -o no.png "$@"
  says "$text"
  missing no.png
}
refused "--crop" --crop random
refused "--resize-filter" --resize-filter area
refused "--size: 0 is outside 1..65535" --size 0
refused "--size: 'a' is not a whole number" --size axb
refused "--mode: 'cmyk' is not one of rgb, grey, gray, keep" --mode cmyk
refused "--alpha: 'pink' is no colour" --alpha pink
expect 1 "$qsample" noise photo.png -t 5 -o no.png --size 1x60000
says "would be"
finish

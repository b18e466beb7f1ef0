#!/usr/bin/env bash
# Images of CMYK, with and without a colour profile: PROGRAM IMAGE
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import numpy; from PIL import ImageCms' 2>/dev/null ||
  skip "python3-numpy and python3-pil are not there"
py() { PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 "$python" -c "
import io
import numpy as np
from PIL import Image, ImageCms
from cmyk_profile import corners, corner_srgb, make_profile
def a(name): return np.asarray(Image.open(name)).astype(float)
def by_profile(image, profile):
    return np.asarray(ImageCms.profileToProfile(
        image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile('sRGB'),
        outputMode='RGB')).astype(float)
$1" || fail "not so: $1"; }
# ready IN OPTION...: o.png is x_0 of it
ready() {
  local in=$1
  shift
  expect 0 "$qsample" noise "$in" -t 0 -f -o o.png "$@"
}

# Each corner of the inks as a field of 8x8, and inks at random.
py '
profile = make_profile(); open("inks.icc", "wb").write(profile)
fields = np.array(corners(), dtype=np.uint8).reshape(4, 4, 4).repeat(8, 0).repeat(8, 1) * 255
fields = Image.fromarray(fields, "CMYK"); fields.save("fields.tiff", icc_profile=profile)
rng = np.random.default_rng(5)
small = Image.fromarray(rng.integers(0, 255, (9, 13, 4), dtype=np.uint8), "CMYK")
photo = small.resize((130, 90), Image.BICUBIC)
photo.save("photo.tiff", icc_profile=profile)
photo.save("plain.tiff")
photo.save("broken.tiff", icc_profile=profile[:200])
photo.save("wrong.tiff", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
photo.save("photo.jpg", icc_profile=profile, quality=95)
exif = Image.Exif(); exif[0x112] = 6
photo.save("turned.jpg", icc_profile=profile, quality=95, exif=exif)
photo.save("plain.jpg", quality=95)
# Without the marker of Adobe, by which nobody goes.
data = open("plain.jpg", "rb").read()
at = data.index(b"\xff\xee\0\x0eAdobe")
open("straight.jpg", "wb").write(data[:at] + data[at + 16:])'

# A profile's colours: at the corners as its table has them, between them as Little CMS does
# elsewhere.
ready fields.tiff --mode rgb
silent
py "
wanted = np.array([corner_srgb(ink) for ink in corners()]).reshape(4, 4, 3) * 255
assert np.abs(a('o.png')[4::8, 4::8] - wanted).max() < 1.01, np.abs(a('o.png')[4::8, 4::8] - wanted).max()"
ready photo.tiff --mode rgb
py "assert np.abs(a('o.png') - by_profile(Image.open('photo.tiff'), make_profile())).max() <= 1"
py "assert 'icc_profile' not in Image.open('o.png').info"
ready photo.jpg --mode rgb
py "assert np.abs(a('o.png') - by_profile(Image.open('photo.jpg'), make_profile())).max() <= 1"
ready photo.tiff --mode grey
py "
rgb = by_profile(Image.open('photo.tiff'), make_profile())
assert a('o.png').ndim == 2 and np.abs(a('o.png') - rgb @ [0.299, 0.587, 0.114]).max() < 1.6"
ready turned.jpg --mode rgb
py "
upright = Image.open('turned.jpg').transpose(Image.ROTATE_270)
assert np.abs(a('o.png') - by_profile(upright, make_profile())).max() <= 1"

# Without one that can be used: said, and as Pillow does it.
for name in plain.tiff plain.jpg straight.jpg; do
  ready $name --mode rgb
  says "$name: its CMYK has no colour profile; its red is taken as (1 - C)(1 - K)"
  py "assert np.abs(a('o.png') - np.asarray(Image.open('$name').convert('RGB'))).max() <= 1"
done
for name in broken.tiff wrong.tiff; do
  ready $name --mode rgb
  says "$name: its colour profile is damaged, or not for CMYK; its red is taken as (1 - C)(1 - K)"
  py "assert np.abs(a('o.png') - np.asarray(Image.open('plain.tiff').convert('RGB'))).max() <= 1"
done

# 16 bits, planes apart, with alpha, and scaled: as ImageMagick and libtiff write them.
if command -v convert >/dev/null && convert -version | grep -q ' lcms'; then
  convert photo.tiff -depth 16 -define tiff:alpha=unassociated -alpha set -channel A -evaluate set 40% +channel deep.tiff
  convert photo.tiff -interlace plane planes.tiff
  ready deep.tiff --mode rgb
  expect 0 "$qsample" info o.png
  py "im = Image.open('o.png'); assert im.mode in ('RGBA',), im.mode"
  py "
x = a('o.png'); assert np.abs(x[..., :3] - by_profile(Image.open('photo.tiff'), make_profile())).max() <= 1.5
assert np.abs(x[..., 3] - 102).max() <= 1"
  ready planes.tiff --mode rgb
  py "assert np.abs(a('o.png') - by_profile(Image.open('photo.tiff'), make_profile())).max() <= 1"
  # Its own way, by a profile of sRGB that Little CMS makes.
  py "open('srgb.icc', 'wb').write(ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes())"
  convert photo.tiff -intent perceptual -profile srgb.icc -depth 8 theirs.png
  ready photo.tiff --mode rgb
  py "
difference = np.abs(a('o.png') - a('theirs.png')[..., :3])
assert difference.max() <= 3 and difference.mean() < 0.6, (difference.max(), difference.mean())"
else
  echo "ImageMagick with lcms is not there: not compared"
fi

# Made again from its record, which tells whose profiles and whose scaling these are.
expect 0 "$qsample" noise photo.jpg -t 5 -o o.png -f --mode rgb --size 32 --crop random
expect 0 "$qsample" info o.png
holds out "--mode rgb"
grep -qE 'Little CMS [0-9.]+, OpenCV [0-9.]+' out || fail "no reader: $(grep -i reader out)"
expect 0 "$qsample" verify o.png
expect 0 "$qsample" batch photo.jpg plain.tiff turned.jpg cat.png -o same --keep-ending -t 5 --mode rgb --size 32 --depth 8 --alpha drop
py "
import glob
assert {a(f).shape for f in glob.glob('same/*.png')} == {(32, 32, 3)}"
expect 0 "$qsample" trajectory photo.jpg -o frames --timesteps 0,5 --mode rgb
expect 0 "$qsample" sheet photo.jpg -o sheet.png --mode rgb --frames 3
expect 0 "$qsample" page photo.jpg -o page.html --mode rgb

# What is not converted is refused, with the remedy; a file of inks for what they are.
for name in photo.jpg photo.tiff; do
  for mode in "" "--mode keep"; do
    # shellcheck disable=SC2086 # two words, or none
    expect 1 "$qsample" noise $name -t 5 -o no.png $mode
    says "its colours are CMYK; --mode rgb or grey converts them"
    missing no.png
  done
done
py "
data = bytearray(open('plain.tiff', 'rb').read())
import struct
first = struct.unpack_from('<I', data, 4)[0]
count = struct.unpack_from('<H', data, first)[0]
# The tag of the inks in the place of the last, which nobody needs: resolution and such.
entries = [bytes(data[first + 2 + 12 * i:first + 14 + 12 * i]) for i in range(count)]
names = [struct.unpack_from('<H', e)[0] for e in entries]
entries = [e for e, n in zip(entries, names) if n < 332] + [struct.pack('<HHIHH', 332, 3, 1, 2, 0)]
data += struct.pack('<H', len(entries)) + b''.join(entries) + bytes(4)
struct.pack_into('<I', data, 4, len(data) - 4 - 12 * len(entries) - 2)
open('inks.tiff', 'wb').write(data)"
expect 1 "$qsample" noise inks.tiff -t 5 -o no.png --mode rgb
says "its colours are inks other than CMYK"
missing no.png

# A damaged file gives no half picture, and takes what is left where that is wanted.
head -c 3000 plain.jpg >cut.jpg
expect 1 "$qsample" noise cut.jpg -t 5 -o no.png --mode rgb
says "truncated"
expect 0 "$qsample" noise cut.jpg -t 5 -o o.png -f --mode rgb --allow-damaged
# Without the module, plain conversion goes on; a profile says what it needs.
mkdir bare && cp "$qsample" bare/qsample
expect 0 bare/qsample noise plain.jpg -t 0 -f -o o.png --mode rgb
expect 1 bare/qsample noise photo.jpg -t 0 -o no.png --mode rgb
says "a colour profile of CMYK needs Little CMS (Debian: liblcms2-dev), and qsample-cmyk.so can't be loaded"
missing no.png
finish

#!/usr/bin/env bash
# Makes the seeds of the corpora: make.sh QSAMPLE. Inputs that a fuzzer found are kept beside them,
# under the names that it gave them.
set -eu
qsample=$(realpath "$1")
cd "$(dirname "$0")"
images=../../data/images
mkdir -p resume

for name in grey2bit palette grey-trns grey16 turned6; do cp $images/$name.png png_decoder/; done
"$qsample" noise $images/grey16.png -t 5 -o png_decoder/noised-grey16.png -f
"$qsample" noise $images/palette.png -t 5 -o png_decoder/noised-rgb.png -f
"$qsample" noise $images/grey-trns.png -t 0 -o png_decoder/grey-alpha.png -f
convert -seed 1 -size 9x11 plasma:red-blue -colors 9 -strip -interlace PNG PNG8:png_decoder/interlaced-palette.png
convert -seed 1 -size 9x11 plasma:red-blue -strip -interlace PNG PNG48:png_decoder/interlaced-rgb16.png
printf '\x07\x05\x00\x00noise' >png_encoder/grey
printf '\x07\x05\x0f\x31noise and alpha' >png_encoder/deep
printf '\xff\xff\x09\x01flat' >png_encoder/large

cp $images/{grey.jpg,turned6.jpg,turned6.webp,turned6.tiff,turned6.png,cmyk.jpg} image/
cp $images/{rle4-padded.bmp,rle8-padded.bmp,opaque-animation.webp,huge-canvas.webp,premultiplied.exr} image/
cp $images/{fax.tiff,fax-no-photometric.tiff,band-unspecified16.tiff,trailing.png} image/
cp $images/{profile-bad-sequence.jpg,profile-behind-frame.jpg,extra-table.jpg} image/
# An orientation in XMP, and a text to inflate.
python3 - <<'PYTHON'
import struct
import zlib


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


with open("image/texts.png", "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0))
               + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation=\"6\"/>")
               + chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(
                   b"\nexif\n      26\n49492a0008000000010012010300010000000600000000000000\n"))
               + chunk(b"IDAT", zlib.compress(b"\0\x0a\xc8")) + chunk(b"IEND", b""))
PYTHON
for ending in bmp ppm webp; do
  "$qsample" noise $images/palette.png -t 5 -o image/small.$ending -f
done
for ending in tiff pfm exr; do
  "$qsample" noise $images/palette.png -t 5 --depth 32 -o image/small-float.$ending -f
done
printf 'P2 3 1 100 0 50 100' >image/text.pgm
printf 'P1 4 2 1010 1 1\n0 0' >image/text.pbm
printf 'P5 2 1 1023\n\x03\xff\x02\x00P4 9 1\n\x80\x80' >image/two.pnm
printf 'P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n\x07\x08\x09\x0a' >image/rgba.pam
# bmp WIDTH HEIGHT BITS COMPRESSION COLOURS REST: a header, all in octal or hexadecimal escapes.
bmp() {
  local offset=$((54 + $5 * 4))
  [ "$4" != 3 ] || offset=66
  printf "BM\0\0\0\0\0\0\0\0\\x$(printf %x $offset)\0\0\0\x28\0\0\0$1\0\0\0$2\1\0$3\0\\$4"
  printf "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\\$5\0\0\0\0\0\0\0$6"
}
grey='\0\0\0\0\1\1\1\0\2\2\2\0'
bmp '\4' '\2\0\0\0' '\10' 1 3 "$grey"'\2\1\2\2\0\0\0\3\1\2\1\0\0\1' >image/rle8.bmp
bmp '\4' '\2\0\0\0' '\4' 2 3 "$grey"'\3\x12\0\0\0\3\x12\x10\0\1' >image/rle4.bmp
bmp '\3' '\xff\xff\xff\xff' '\1' 0 2 '\1\2\3\0\4\5\6\0\x40\0\0\0' >image/palette.bmp
bmp '\1' '\1\0\0\0' '\20' 3 0 '\0\xf8\0\0\xe0\7\0\0\x1f\0\0\0\x30\x08\0\0' >image/565.bmp
"$qsample" noise $images/palette.png -t 5 -o tensor/small.npy -f
"$qsample" noise $images/palette.png -t 5 -o tensor/small-hwc.npy --layout hwc -f
"$qsample" noise $images/palette.png -t 5 -o tensor/small.safetensors --save eps=tensor/small.safetensors -f

cat >scheduler_config/sd <<'JSON'
{"_class_name": "EulerDiscreteScheduler", "beta_schedule": "scaled_linear", "beta_start": 0.00085,
 "beta_end": 0.012, "num_train_timesteps": 1000, "rescale_betas_zero_snr": true}
JSON
echo '{"_class_name": "DDPMScheduler", "trained_betas": [0.1, 0.2, 0.5]}' >scheduler_config/trained
echo '{"_class_name": "EDMEulerScheduler", "sigma_min": 0.002, "sigma_max": 80, "rho": 7}' >scheduler_config/edm
cat >scheduler_config/flow <<'JSON'
{"_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": true, "base_shift": 0.5,
 "max_shift": 1.15, "base_image_seq_len": 256, "max_image_seq_len": 4096}
JSON
printf '# betas\n0.1, 0.2\n[1e-3]\n1\n' >schedule_file/list
printf 't,beta,alpha,sigma\n0,,1,0\n1,0.5,0.5,0.5\n2,0.5,0.25,0.75\n' >schedule_file/table
echo '[{"alpha": 0.5, "sigma": 0.75}, {"alpha": 0.25, "sigma": 2}]' >schedule_file/rows
printf '0,10,100-200:20' >timesteps/list
printf 'sigma=25/255' >timesteps/sigma
printf '50%%' >timesteps/percent

# Records: of each sort, of an older version, of a stranger, and brackets deeper than a stack.
text_of() { "$qsample" info --json "$1" | sed 's/,"again":.*/}/'; }
trap 'rm -rf "$folder"' EXIT
folder=$(mktemp -d)
odd=$folder/$'o\xe9\n.png' float=$folder/f.safetensors
cp $images/palette.png "$odd"
printf '0.1 0.2 0.3' >"$folder/betas.txt"
"$qsample" noise "$odd" -t 3 --schedule "$folder/betas.txt" --zero-terminal-snr -o "$folder/a.png"
text_of "$folder/a.png" >record/betas
"$qsample" noise "$odd" -t 9 -T 20 --schedule sigmoid-jabri --start -2 --path markov --range auto \
  --input-range 0,1 --layout hwc --compression small -o "$float" --save eps="$float" --save v="$float"
text_of "$float" >record/saved
text_of png_decoder/noised-rgb.png >record/json
"$qsample" noise $images/palette.png --log-snr -1.5 --path markov -o "$folder/place.png"
text_of "$folder/place.png" >record/place
cp ../../data/records/*.png tensor/small.safetensors record/
deep=$(printf '%50000s' '' | tr ' ' '[')$(printf '%50000s' '' | tr ' ' ']')
printf '{"qsample":"0","source":%s}' "$deep" >record/deep
printf '{"_class_name":"DDPMScheduler","beta_start":%s}' "$deep" >scheduler_config/deep
echo '{"_class_name":"SASolverScheduler","lambda_min_clipped":-Infinity,"x":NaN}' >scheduler_config/python
printf '\xc5\x86\x01\0\0\0\0\0{"__metadata__":{"qsample":"","x":%s}} ' "$deep" >tensor/deep
cp png_decoder/noised-rgb.png resume/made.png
cp tensor/small.safetensors tensor/deep record/numeric-seed.png $images/turned6.png resume/

#!/usr/bin/env bash
# Makes the images of this folder. Needs python3, ImageMagick and exiftool.
set -eu
cd "$(dirname "$0")"

# Small PNG files written byte by byte, so that their layout is certain.
python3 - <<'PYTHON'
import struct
import zlib


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(name, width, depth, colour_type, row, *extra):
    header = struct.pack(">IIBBBBB", width, 1, depth, colour_type, 0, 0, 0)
    with open(name, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(extra)
                   + chunk(b"IDAT", zlib.compress(b"\0" + row)) + chunk(b"IEND", b""))


png("grey2bit.png", 4, 2, 0, bytes([0b00011011]))
png("palette.png", 2, 1, 3, bytes([0b01000000]), chunk(b"PLTE", bytes([255, 0, 0, 0, 0, 255])))
png("grey-trns.png", 2, 8, 0, bytes([10, 200]), chunk(b"tRNS", struct.pack(">H", 10)))
png("grey16.png", 4, 16, 0, struct.pack(">4H", 0, 1, 258, 65535))
PYTHON

# Red, green and blue side by side; and the same stored a quarter turn counter-clockwise, with
# orientation 6 saying so.
colours=(-size 16x16 xc:red xc:lime xc:blue +append)
convert "${colours[@]}" -quality 95 -sampling-factor 1x1 right-side-up.jpg
for ending in jpg png webp tiff; do
  convert "${colours[@]}" -depth 8 -rotate -90 -quality 95 -sampling-factor 1x1 -define webp:lossless=true turned6.$ending
  exiftool -q -overwrite_original -n -IFD0:Orientation=6 turned6.$ending
done
convert "${colours[@]}" -colorspace Gray grey.jpg
convert "${colours[@]}" -colorspace CMYK cmyk.jpg

# The others are kept as they are. From ImageMagick: rle4-padded.bmp and rle8-padded.bmp (-compress RLE,
# which pads rows), grey-with-rgb-profile.jpg. From Pillow and libwebp: opaque-animation.webp. From libtiff:
# fax.tiff, and fax-no-photometric.tiff, which is the same without that tag. From tifffile:
# band-unspecified.tiff and band-unspecified16.tiff, whose last band ExtraSamples calls unspecified. From
# OpenCV: premultiplied.exr. Changed by hand: huge-canvas.webp (a canvas of 16384x16384 with a frame that is
# broken), profile-*.jpg and extra-table.jpg (markers that are wrong), trailing.png (some bytes behind the end).

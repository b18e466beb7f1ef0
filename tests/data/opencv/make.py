#!/usr/bin/env python3
"""Makes the files beside it, with Pillow (its JPEG 2000 is OpenJPEG's) and ImageMagick."""
import os
import struct
import subprocess

from PIL import Image

os.chdir(os.path.dirname(os.path.abspath(__file__)))
W, H = 13, 9


def picture(mode, value):
    image = Image.new(mode, (W, H))
    image.putdata([value(x, y) for y in range(H) for x in range(W)])
    return image


rgb = picture("RGB", lambda x, y: (x * 19, y * 28, (x * y * 7 + 3) % 256))
rgba = picture("RGBA", lambda x, y: (x * 19, y * 28, 7, (x * 17 + y) % 256))
grey = picture("L", lambda x, y: (x * 19 + y * 3) % 256)
grey16 = picture("I;16", lambda x, y: x * 5000 + y * 37)
for name, image in {"rgb": rgb, "rgba": rgba, "grey": grey, "grey16": grey16}.items():
    image.save(name + ".png")


def write(name, *parts):
    with open(name, "wb") as file:
        file.write(b"".join(parts))


# JPEG 2000, lossless.
rgb.save("rgb.jp2", tile_size=(8, 8))
rgb.save("bare.j2k", no_jp2=True)
rgba.save("rgba.jp2")
grey.save("grey.jp2")
grey16.save("grey16.jp2")
grey.convert("LA").save("grey-alpha.jp2")
rgb.convert("YCbCr").save("ycc.jp2", mct=0)
subprocess.run(["convert", "grey16.png", "-depth", "12", "grey12.jp2"], check=True)
subprocess.run(["convert", "rgb.png", "-resize", "12x8!", "-sampling-factor", "4:2:0",
                "subsampled.jp2"], check=True)

# Radiance: runs, and rows too short for them.
pixels = b"".join(bytes(rgb.getpixel((x, y))) + bytes([120 + x]) for y in range(H) for x in range(5))
header = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n"
write("flat.hdr", header, b"-Y %d +X 5\n" % H, pixels)
write("turned.hdr", header, b"+Y %d +X 5\n" % H, pixels)
write("xyz.hdr", header.replace(b"rgbe", b"xyze"), b"-Y %d +X 5\n" % H, pixels)
runs = []
for y in range(H):
    runs.append(b"\2\2" + struct.pack(">H", W))
    for channel in range(4):
        row = [120 + y if channel == 3 else rgb.getpixel((x, y))[channel] for x in range(W)]
        if len(set(row)) == 1:
            runs.append(bytes([128 + W, row[0]]))
        else:
            runs.append(bytes([W]) + bytes(row))
write("runs.hdr", header, b"-Y %d +X %d\n" % (H, W), *runs)


# Sun raster.
def padded(row):
    return row + b"\0" * (len(row) % 2)


def rows(image, order):
    return b"".join(
        padded(b"".join(bytes(image.getpixel((x, y))[c] for c in order) for x in range(W)))
        for y in range(H))


def raster(name, bits, kind, data, table=b""):
    write(name, struct.pack(">8I", 0x59A66A95, W, H, bits, len(data), kind, 1 if table else 0,
                            len(table)), table, data)


raster("rgb.ras", 24, 1, rows(rgb, (2, 1, 0)))
raster("old.ras", 24, 0, rows(rgb, (2, 1, 0)))
raster("wide.ras", 32, 1, rows(rgba, (3, 2, 1, 0)))
raster("rgb-order.ras", 24, 3, rows(rgb, (0, 1, 2)))
greys = b"".join(padded(bytes(grey.getpixel((x, y)) for x in range(W))) for y in range(H))
raster("grey.ras", 8, 1, greys, bytes(range(256)) * 3)
raster("no-table.ras", 8, 1, greys)
palette = rgb.quantize(8)
palette.convert("RGB").save("palette.png")
colours = palette.getpalette()[:24]
indices = b"".join(padded(bytes(palette.getpixel((x, y)) for x in range(W))) for y in range(H))
raster("palette.ras", 8, 1, indices, bytes(colours[0::3] + colours[1::3] + colours[2::3]))
raster("short-table.ras", 8, 1, indices, bytes(colours[0:21:3] + colours[1:21:3] + colours[2:21:3]))
raster("runs.ras", 8, 2, b"\x80\xff\x01", bytes(range(256)) * 3)

# Files that OpenCV reads otherwise than they are meant: a bitmap of OS/2 and one of 5 bits a colour,
# from the bottom, and PNMs of other greatest values. Red, green, blue, white.
colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]
bgr = b"".join(bytes(c[::-1]) for c in colours)
write("os2.bmp", b"BM", struct.pack("<IHHI", 26 + 12, 0, 0, 26),
      struct.pack("<IHHHH", 12, 4, 1, 1, 24), bgr)
small = b"".join(struct.pack("<H", (c[0] >> 3) << 10 | (c[1] >> 3) << 5 | c[2] >> 3) for c in colours)
write("555.bmp", b"BM", struct.pack("<IHHI", 54 + 8, 0, 0, 54),
      struct.pack("<IiiHHIIiiII", 40, 4, 1, 1, 16, 0, 8, 0, 0, 0, 0), small)
write("maxval15.pgm", b"P5\n4 1\n15\n", bytes([0, 5, 10, 15]))
write("maxval1023.pgm", b"P5\n4 1\n1023\n", struct.pack(">4H", 0, 341, 682, 1023))

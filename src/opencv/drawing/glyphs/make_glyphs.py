#!/usr/bin/python3
"""Draws glyphs.png and glyphs.txt, the letters of pictures, from a font file.

usage: make_glyphs.py /usr/share/fonts/opentype/inter/Inter-Regular.otf

Debian: python3-pil, fonts-inter. The files are committed, so that pictures have the same letters
everywhere; this script says how they came to be.

glyphs.txt, all in pixels of the atlas: a line "em SIZE CAP_HEIGHT"; a line for each glyph,
"glyph CODE LEFT WIDTH HEIGHT X Y ADVANCE": its picture stands at LEFT in the atlas, from the top, and goes
X to the right of the pen and Y below the baseline; lines "kern CODE CODE SHIFT".
"""

import sys
from PIL import Image, ImageDraw, ImageFont

SIZE = 56
FEATURES = ["tnum"]  # digits of one width: columns of numbers stand below each other
CHARACTERS = (
    [chr(c) for c in range(0x20, 0x7F)]
    + [chr(c) for c in range(0xA1, 0x100) if c != 0xAD]
    + list("αβγδεηθλμξπρστφχψω" "ᾱ" "–—‘’“”…−√∞≈≤≥" "⁰⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉" "�")
)
KERNED = [c for c in CHARACTERS if c.isascii() and not c.isdigit() and c != " "]


def main():
    font = ImageFont.truetype(sys.argv[1], SIZE, layout_engine=ImageFont.Layout.RAQM)
    large = ImageFont.truetype(sys.argv[1], SIZE * 16, layout_engine=ImageFont.Layout.RAQM)

    def length(text):
        return large.getlength(text, features=FEATURES) / 16

    pictures = []
    lines = [f"em {SIZE} {-font.getbbox('H', anchor='ls')[1]}"]
    left = 0
    for character in CHARACTERS:
        box = font.getbbox(character, anchor="ls", features=FEATURES)
        width, height = box[2] - box[0], box[3] - box[1]
        lines.append(
            f"glyph {ord(character)} {left} {width} {height} {box[0]} {box[1]} {length(character):.3f}"
        )
        pictures.append((character, left, box))
        left += width
    for a in KERNED:
        for b in KERNED:
            shift = length(a + b) - length(a) - length(b)
            if abs(shift) >= 0.5:
                lines.append(f"kern {ord(a)} {ord(b)} {shift:.2f}")
    atlas = Image.new("L", (left, max(box[3] - box[1] for _, _, box in pictures)))
    draw = ImageDraw.Draw(atlas)
    for character, x, box in pictures:
        draw.text((x - box[0], -box[1]), character, fill=255, font=font, anchor="ls", features=FEATURES)
    # Sixteen shades are as many as the eye tells, and pack better.
    atlas.point(lambda v: (v + 8) // 17 * 17).save("glyphs.png", optimize=True)
    with open("glyphs.txt", "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")


main()

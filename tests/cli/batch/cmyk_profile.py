"""A colour profile of CMYK (ICC.1:2001, lut16Type) whose sixteen corners are colours of its own,
and what those are in sRGB."""

import struct

import numpy as np

D50 = (0.9642, 1.0, 0.8249)
# Bradford, from D50 to D65 and on to linear sRGB (IEC 61966-2-1).
TO_SRGB = np.array([[3.1338561, -1.6168667, -0.4906146],
                    [-0.9787684, 1.9161415, 0.0334540],
                    [0.0719453, -0.2289914, 1.4052427]])


def corner_lab(ink):
    """Lab of a corner: inks that darken, and colour it a little; all four are black."""
    cyan, magenta, yellow, black = ink
    if all(ink):
        return 0.0, 0.0, 0.0
    light = 100 - 14 * cyan - 20 * magenta - 6 * yellow - 38 * black
    return light, 18 * magenta - 16 * cyan, 22 * yellow - 14 * cyan


def corner_srgb(ink):
    """0..1 of a corner."""
    light, a, b = corner_lab(ink)
    fy = (light + 16) / 116
    f = np.array([fy + a / 500, fy, fy - b / 200])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29)**2 * (f - 4 / 29)) * D50
    linear = np.clip(TO_SRGB @ xyz, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear**(1 / 2.4) - 0.055)


def corners():
    """In the order of the table: the first ink changes last."""
    return [tuple(i >> (3 - k) & 1 for k in range(4)) for i in range(16)]


def _fixed(*values):
    return b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def make_profile():
    """The bytes of the profile."""
    lut = b"mft2" + bytes(4) + bytes([4, 3, 2, 0]) + _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    lut += struct.pack(">HH", 2, 2) + struct.pack(">HH", 0, 65535) * 4
    for ink in corners():
        light, a, b = corner_lab(ink)
        lut += struct.pack(">HHH", round(light * 652.8), round((a + 128) * 256),
                           round((b + 128) * 256))
    lut += struct.pack(">HH", 0, 65535) * 3
    text = b"inks of a test\0"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": b"XYZ " + bytes(4) + _fixed(*D50),
        b"A2B0": lut,
    }
    table, data = struct.pack(">I", len(tags)), b""
    begin = 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        table += name + struct.pack(">II", begin + len(data), len(tag))
        data += tag + bytes(-len(tag) % 4)
    header = struct.pack(">I4sI4s4s4s12x4s", begin + len(data), b"test", 0x02400000, b"prtr",
                         b"CMYK", b"Lab ", b"acsp")
    header += bytes(28) + _fixed(*D50)
    return header.ljust(128, b"\0") + table + data

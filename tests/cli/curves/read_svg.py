"""Compares the curves of an SVG with a table of the schedule: SVG CSV. The scales are read off the
picture's own ticks, as a reader of the picture does."""

import csv
import sys
import xml.etree.ElementTree as ET

NS = "{http://www.w3.org/2000/svg}"
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def number(label):
    """The value of a label, and whether it is a power of ten."""
    label = label.replace("−", "-")
    if label.startswith("10") and label[2:].translate(RAISED) != label[2:]:
        return 10.0 ** int(label[2:].translate(RAISED))
    return float(label)


def points(element):
    return [tuple(map(float, p.split(","))) for p in element.get("points").split()]


def inside(group, kind, tag):
    for part in group.findall(NS + "g"):
        if part.get("class").split()[0] == kind:
            yield from ((part, e) for e in part.findall(NS + tag))


def scale(pairs, logarithmic):
    """From pixels to values, by two labelled places."""
    import math

    (p0, v0), (p1, v1) = pairs[0], pairs[-1]
    f, g = (math.log10, lambda x: 10.0**x) if logarithmic else (float, float)
    return lambda p: g(f(v0) + (p - p0) * (f(v1) - f(v0)) / (p1 - p0)), lambda v: p0 + (f(v) - f(v0)) * (p1 - p0) / (f(v1) - f(v0))


def distance(p, line):
    """Of a point from a polyline."""
    best = 1e9
    for (ax, ay), (bx, by) in zip(line, line[1:]):
        length = (bx - ax) ** 2 + (by - ay) ** 2
        along = 0 if length == 0 else ((p[0] - ax) * (bx - ax) + (p[1] - ay) * (by - ay)) / length
        along = min(1, max(0, along))
        best = min(best, ((p[0] - ax - along * (bx - ax)) ** 2 + (p[1] - ay - along * (by - ay)) ** 2) ** 0.5)
    return best


def main(svg, table):
    rows = list(csv.DictReader(open(table)))
    root = ET.parse(svg).getroot()
    groups = {g.get("id"): g for g in root.findall(NS + "g")}
    compared = 0
    for name in ("alpha_bar", "sigma", "log_snr", "beta"):
        group = groups[name]
        grid = sorted(points(e)[0][1] for _, e in inside(group, "grid", "polyline"))
        labels = sorted((float(e.get("y")), e.text) for part, e in inside(group, "muted", "text")
                        if part.get("text-anchor") == "end" and e.text != "SNR = 1")
        heights = [(y, number(text)) for y, (_, text) in zip(grid, labels)]
        assert len(heights) == len(labels) >= 2, (name, grid, labels)
        steps = [b[1] - a[1] for a, b in zip(heights, heights[1:])]
        logarithmic = max(steps) - min(steps) > 1e-6 * (max(v for _, v in heights) - min(v for _, v in heights))
        value_of, y_of = scale(heights, logarithmic)
        frame = next(points(e) for _, e in inside(group, "axis", "polyline") if len(points(e)) == 3)
        left, right, top, bottom = frame[0][0], frame[2][0], frame[0][1], frame[1][1]
        last = len(rows) - 1
        drawn = [points(e) for _, e in inside(group, "c0", "polyline")]
        assert drawn, name
        for row in rows:
            value = float(row[name] or "nan")
            if value != value or abs(value) == float("inf") or (logarithmic and value <= 0):
                continue
            at = (left + (right - left) * int(row["t"]) / last, y_of(value))
            if not top <= at[1] <= bottom:
                continue
            off = min(distance(at, line) for line in drawn)
            assert off < 0.12, (name, row["t"], value, at, off)
            compared += 1
        # And no point of the picture lies where the schedule is not.
        whole = [(left + (right - left) * int(r["t"]) / last, y_of(float(r[name]))) for r in rows
                 if r[name] and abs(float(r[name])) != float("inf") and not (logarithmic and float(r[name]) <= 0)]
        for line in drawn:
            for p in line:
                assert distance(p, whole) < 0.12, (name, p)
    print(compared)


main(*sys.argv[1:])

#!/usr/bin/env python3
"""Copies images that peers have noised: python3 make_end_to_end.py ORACLE/end-to-end

Each case names the code that was run (repository, file, function and commit), and its tensor x_t and its
8-bit picture are what that code gave. This script only takes the smaller ones, one of each kind of
forward process, and leaves out the fields that the tests do not read.
"""
import json
import pathlib
import shutil
import sys

KEPT = ["09_", "10_", "12_", "16_", "18_"]
FIELDS = ["name", "source", "source_commit", "scheduler", "parameters", "T", "timestep_one_based",
          "sigma_index", "sigma_float32", "seed", "input", "x_t", "png"]

source = pathlib.Path(sys.argv[1])
target = pathlib.Path(__file__).parent / "end-to-end"
data = json.loads((source / "cases.json").read_text())
kept = []
for case in data["cases"]:
    if case["name"][:3] not in KEPT:
        continue
    kept.append({key: case[key] for key in FIELDS if key in case})
    for file in (case["input"], case["x_t"], case["png"]):
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, target / file)
out = {"inputs": {k: v for k, v in data["inputs"].items()
                  if f"input/{k}.png" in {case["input"] for case in kept}}, "cases": kept}
(target / "cases.json").write_text(json.dumps(out, indent=1) + "\n")

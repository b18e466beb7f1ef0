#!/usr/bin/env python3
"""Compares --rng numpy and --rng torch with numpy and torch themselves:

    compare.py PROGRAM [SAMPLES]

draws SAMPLES samples (10^8 by default) of each, over many seeds and sizes. numpy is to agree bit for
bit, torch within 3e-6 (float64 2e-15), and bit for bit below 16 samples. A generator whose package is missing is
skipped, and said to be.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np

SHAPES = [(1, 1, 1), (1, 3, 5), (1, 4, 4), (1, 1, 17), (3, 5, 7), (3, 32, 32), (3, 128, 96),
          (1, 511, 513), (3, 512, 512), (1, 2000, 2000)]
program = os.path.abspath(sys.argv[1])
samples = int(float(sys.argv[2])) if len(sys.argv) > 2 else 10**8


def drawn(folder, generator, seed, shape, dtype):
    """The noise itself: a single step of a flow keeps nothing of the image."""
    np.save(f"{folder}/x0.npy", np.zeros(shape, dtype))
    subprocess.run([program, "noise", f"{folder}/x0.npy", "-t", "1", "-T", "1", "--schedule", "flow",
                    "--rng", generator, "--seed", str(seed), "-q", "-f", "-o", f"{folder}/eps.npy"],
                   check=True)
    return np.load(f"{folder}/eps.npy")


def of_numpy(seed, shape, dtype):
    return np.random.default_rng(seed).standard_normal(shape, dtype=dtype)


def of_torch(seed, shape, dtype):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=getattr(torch, dtype)).numpy()


def compare(name, peer, tolerance, dtype="float32"):
    seeds = np.random.default_rng(len(name))
    done = draws = worst = 0
    with tempfile.TemporaryDirectory() as folder:
        while done < samples:
            shape = SHAPES[draws % len(SHAPES)]
            # Large seeds and small ones, whose high words are 0.
            seed = int(seeds.integers(2**64, dtype=np.uint64)) >> int(seeds.integers(64))
            expected, actual = peer(seed, shape, dtype), drawn(folder, name, seed, shape, dtype)
            allowed = tolerance if expected.size >= 16 else 0
            apart = np.abs(expected.astype(np.float64) - actual)
            worst = max(worst, apart.max())
            if apart.max() > allowed:
                at = int(np.argmax(apart.ravel() > allowed))
                sys.exit(f"{name} in {dtype}: seed {seed}, shape {shape}: sample {at} is "
                         f"{actual.ravel()[at]!r}, not {expected.ravel()[at]!r}")
            done += expected.size
            draws += 1
    print(f"{name} in {dtype}: {done} samples of {draws} draws, greatest difference {worst:.3g}")


compare("numpy", of_numpy, 0)
compare("numpy", of_numpy, 0, "float64")
try:
    import torch
except ImportError:
    print("torch: SKIPPED, it is not installed")
else:
    compare("torch", of_torch, 3e-6)
    compare("torch", of_torch, 2e-15, "float64")

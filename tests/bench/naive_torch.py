"""As a torch user would write it.

naive_torch.py INPUT T OUTPUT             one frame
naive_torch.py INPUT FOLDER               all frames of a trajectory
naive_torch.py FOLDER T FOLDER PROCESSES  every image of a folder
"""
import functools
import multiprocessing
import pathlib
import sys

import numpy
import torch
from PIL import Image

STEPS = 1000
ALPHA_BAR = torch.cat([torch.ones(1), torch.cumprod(1 - torch.linspace(1e-4, 0.02, STEPS), 0)])


def load(path):
    pixels = torch.from_numpy(numpy.array(Image.open(path).convert("RGB")))
    return pixels.permute(2, 0, 1).float() / 127.5 - 1


def save(x, path):
    pixels = ((x + 1) * 127.5).round().clamp(0, 255).byte().permute(1, 2, 0)
    Image.fromarray(pixels.numpy()).save(path)


def noised(x, t):
    return ALPHA_BAR[t].sqrt() * x + (1 - ALPHA_BAR[t]).sqrt() * torch.randn_like(x)


def one(source, t, target):
    save(noised(load(source), t), target)


def trajectory(source, folder):
    x = load(source)
    for t in range(STEPS + 1):
        save(noised(x, t), f"{folder}/t{t:04}.png")


def one_of_batch(source, t, folder):
    torch.set_num_threads(1)
    one(source, t, f"{folder}/{source.stem}.png")


def batch(source, t, folder, processes):
    with multiprocessing.Pool(processes) as pool:
        pool.map(functools.partial(one_of_batch, t=t, folder=folder), sorted(pathlib.Path(source).iterdir()))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if len(arguments) == 2:
        trajectory(*arguments)
    elif len(arguments) == 3:
        one(arguments[0], int(arguments[1]), arguments[2])
    else:
        batch(arguments[0], int(arguments[1]), arguments[2], int(arguments[3]))

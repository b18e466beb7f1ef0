"""The module of Python against numpy, and torch where it is: lines of `WHAT|PEER|QSAMPLE|PEER|RUNS`, in microseconds.

Each is the median of rounds in which both sides run in turn, on one thread.
"""

import functools
import statistics
import sys
import time

import numpy as np

import qsample

try:
    import torch

    torch.set_num_threads(1)
except ImportError:
    torch = None
    print("bench: no torch for the module of Python; that peer is left out", file=sys.stderr)

ROUNDS = 31


def timed(call, times):
    begin = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - begin) / times * 1e6


def compare(what, times, own, **peers):
    sides = [own, *peers.values()]
    rounds = [[timed(side, times) for side in sides] for _ in range(ROUNDS)]
    own_time, *peer_times = (statistics.median(column) for column in zip(*rounds))
    for peer, peer_time in zip(peers, peer_times):
        print(f"{what}|{peer}|{own_time:.1f}|{peer_time:.1f}|{ROUNDS}")


shape, one = (3, 256, 256), (1, 1)
schedule = qsample.Schedule()
rng = np.random.default_rng(0)
x0, xt, eps = (np.zeros(shape, np.float32) for _ in range(3))
small = np.zeros(one, np.float32)
alpha, sigma = np.float32(schedule.alpha[500]), np.float32(schedule.sigma[500])


def numpy_q_sample():
    noise = rng.standard_normal(shape, np.float32)
    return alpha * x0 + sigma * noise, noise


peers = [{"numpy": functools.partial(rng.standard_normal, size, np.float32)} for size in (one, shape)]
mixed = {"numpy": numpy_q_sample}
if torch is not None:
    for peer, size in zip(peers, (one, shape)):
        peer["torch"] = functools.partial(torch.randn, size)
    clean = torch.zeros(shape)

    def torch_q_sample():
        noise = torch.randn(shape)
        return float(alpha) * clean + float(sigma) * noise, noise

    mixed["torch"] = torch_q_sample
compare("Python: noise of one sample, us", 500, lambda: qsample.noise(one), **peers[0])
compare("Python: noise 256x256x3, us", 5, lambda: qsample.noise(shape), **peers[1])
compare("Python: x_t and eps 256x256x3, us", 5, lambda: qsample.q_sample(x0, 500, schedule, eps=True), **mixed)
compare("Python: the same, into arrays, us", 5, lambda: qsample.q_sample(x0, 500, schedule, out=xt, eps=eps), **mixed)

"""The module's samples are the program's, bit for bit."""

import os
import subprocess
import unittest

import numpy as np

import qsample

PROGRAM = os.environ["QSAMPLE_PROGRAM"]
RNG = np.random.default_rng(1)


def program(*arguments):
    subprocess.run([PROGRAM, *map(str, arguments)], check=True)


def noised(x0, *options):
    """x_t of an array, by the program."""
    np.save("x0.npy", x0)
    program("noise", "x0.npy", "-o", "xt.npy", "-f", "-q", *options)
    return np.load("xt.npy")


def some(*shape, dtype=np.float32):
    return RNG.uniform(-1, 1, shape).astype(dtype)


class Program(unittest.TestCase):
    def same(self, ours, theirs):
        self.assertEqual(ours.dtype, theirs.dtype)
        self.assertEqual(ours.shape, theirs.shape)
        self.assertEqual(ours.tobytes(), theirs.tobytes())

    def test_every_shape(self):
        schedule = qsample.Schedule("cosine")
        for shape in (7, 9), (4, 33, 21), (2, 65, 2), (3, 5, 16, 17), (2, 4, 3, 6, 5):
            for dtype in np.float32, np.float64:
                with self.subTest(shape=shape, dtype=dtype):
                    x0 = some(*shape, dtype=dtype)
                    theirs = noised(x0, "--schedule", "cosine", "-t", 250, "--seed", 7, "--layout", "chw")
                    self.same(qsample.q_sample(x0, 250, schedule, seed=7), theirs)

    def test_channels_last(self):
        x0 = some(9, 8, 3)
        self.same(qsample.q_sample(x0, 9, qsample.Schedule(), layout="hwc"), noised(x0, "-t", 9))

    def test_every_path(self):
        schedule = qsample.Schedule("linear", 100)
        for path in "shared", "markov", "independent":
            for dtype in np.float32, np.float64:
                x0 = some(5, 30, 31, dtype=dtype)
                ours = qsample.q_sample(x0, 63, schedule, seed=-1, path=path)
                self.same(ours, noised(x0, "-T", 100, "-t", 63, "--path", path, "--seed", -1))

    def test_draws(self):
        x0 = some(2, 4, 8, 8)
        self.same(qsample.q_sample(x0, 9, qsample.Schedule(), draw=5), noised(x0, "-t", 9, "--draw", 5))

    def test_noise_is_what_is_saved(self):
        np.save("x0.npy", some(4, 20, 20))
        program("noise", "x0.npy", "-t", 30, "-o", "xt.npy", "-f", "-q", "--seed", 3, "--save", "eps=eps.npy")
        self.same(qsample.noise((4, 20, 20), 3), np.load("eps.npy"))
        program("noise", "x0.npy", "-t", 30, "-o", "xt.npy", "-f", "-q", "--save", "eps=eps.npy", "--path", "markov")
        _, eps = qsample.q_sample(np.load("x0.npy"), 30, qsample.Schedule(), path="markov", eps=True)
        self.same(eps, np.load("eps.npy"))

    def test_files_of_a_batch(self):
        os.makedirs("in/below", exist_ok=True)
        names = ["a.npy", "below/b c.npy", "below/\u00fc.npy"]
        images = some(3, 4, 12, 13)
        for name, image in zip(names, images):
            np.save("in/" + name, image)
        program("batch", "in", "-r", "-o", "out", "-t", 400, "--seed", 11, "-q", "--format", "npy")
        seeds = [qsample.file_seed(name, 11) for name in names]
        ours = qsample.q_sample(images, [400] * 3, qsample.Schedule(), seeds)
        for name, one in zip(names, ours):
            self.same(one, np.load("out/" + name))

    def test_schedules(self):
        columns = ("alpha_bar", "alpha", "sigma", "snr", "log_snr", "beta")
        for name, parameters in (
            ("linear", {}),
            ("linear", {"beta_start": 0.001, "beta_end": 0.01, "zero_terminal_snr": True}),
            ("quad", {"snr_shift": 3, "precision": "float64"}),
            ("karras", {"rho": 5, "sigma_max": 40}),
            ("flow", {"shift": 3}),
            ("cosine-log-snr", {"form": "ve"}),
        ):
            options = []
            for parameter, value in parameters.items():
                options.append("--" + parameter.replace("_", "-"))
                options += [] if value is True else [value]
            program("schedule", "--schedule", name, "-T", 60, *options, "--format", "csv", "-o", "s.csv", "-f", "-q")
            table = np.genfromtxt("s.csv", delimiter=",", names=True)
            schedule = qsample.Schedule(name, 60, **parameters)
            self.assertEqual(schedule.T, 60)
            for column in columns:
                np.testing.assert_array_equal(getattr(schedule, column), table[column], f"{name} {column}")


unittest.main()

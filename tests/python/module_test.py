"""What the module does for a caller: shapes, places, other libraries' arrays, threads, and its errors."""

import copy
import math
import os
import pickle
import subprocess
import sys
import threading
import types
import unittest

import numpy as np

import qsample

SCHEDULE = qsample.Schedule("cosine", 100)
X0 = np.random.default_rng(1).uniform(-1, 1, (3, 4, 6, 5)).astype(np.float32)


class Tensor:
    """An array of another library, which shares its memory by DLPack alone."""

    def __init__(self, array, device=(1, 0)):
        self.array, self.__device = array, device

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.__device


# That library, as torch is one: named by its arrays, with a from_dlpack of its own.
library = types.ModuleType("another")
library.from_dlpack = lambda array: Tensor(np.asarray(array))
sys.modules["another"] = library
Tensor.__module__ = "another.tensors"


class Samples(unittest.TestCase):
    def test_closed_form(self):
        ts = [1, 50, 100]
        xt, eps = qsample.q_sample(X0, ts, SCHEDULE, seed=5, draw=2, eps=True)
        for x, e, x0, t in zip(xt, eps, X0, ts):
            np.testing.assert_allclose(x, SCHEDULE.alpha[t] * x0 + SCHEDULE.sigma[t] * e, atol=1e-6)
        np.testing.assert_array_equal(eps, qsample.noise(X0.shape, 5, 2))
        self.assertAlmostEqual(float(qsample.noise((1000, 1000)).std()), 1, 2)

    def test_t_of_every_kind(self):
        expected = qsample.q_sample(X0, [7, 7, 7], SCHEDULE)
        for t in 7, np.int64(7), np.array(7), np.uint8([7] * 3), (7, 7, 7), Tensor(np.array([7] * 3)):
            np.testing.assert_array_equal(qsample.q_sample(X0, t, SCHEDULE), expected)

    def test_seeds(self):
        each = qsample.noise(X0.shape, [3, -1, 2**64 - 1], 4)
        np.testing.assert_array_equal(each[0], qsample.noise(X0.shape[1:], 3, 4))
        np.testing.assert_array_equal(each[1], each[2])
        np.testing.assert_array_equal(each, qsample.noise(X0.shape, np.array([3, -1, -1]), 4))

    def test_independent_step_is_t(self):
        _, eps = qsample.q_sample(X0, 9, SCHEDULE, path="independent", eps=True)
        np.testing.assert_array_equal(eps, qsample.noise(X0.shape, step=9))

    def test_layouts_have_the_same_noise(self):
        last = qsample.noise((3, 6, 5, 4), layout="hwc", dtype="float64")
        np.testing.assert_array_equal(last.transpose(0, 3, 1, 2), qsample.noise(X0.shape))

    def test_places(self):
        expected, noise = qsample.q_sample(X0, 9, SCHEDULE, eps=True)
        self.assertIsNot(expected, X0)
        out, eps = np.empty_like(X0), np.empty_like(X0)
        xt, drawn = qsample.q_sample(X0, 9, SCHEDULE, out=out, eps=eps)
        self.assertIs(xt, out)
        self.assertIs(drawn, eps)
        np.testing.assert_array_equal(out, expected)
        np.testing.assert_array_equal(eps, noise)
        self.assertIs(qsample.noise(X0.shape, 1, out=out), out)
        np.testing.assert_array_equal(out, qsample.noise(X0.shape, 1))
        mine = X0.copy()
        qsample.q_sample(mine, 9, SCHEDULE, out=mine)
        np.testing.assert_array_equal(mine, expected)

    def test_x0_of_any_strides(self):
        turned = np.asfortranarray(X0)
        turned.flags.writeable = False
        np.testing.assert_array_equal(qsample.q_sample(turned, 9, SCHEDULE), qsample.q_sample(X0, 9, SCHEDULE))

    def test_other_libraries(self):
        expected, noise = qsample.q_sample(X0, 9, SCHEDULE, eps=True)
        xt, eps = qsample.q_sample(Tensor(X0), 9, SCHEDULE, eps=True)
        self.assertIsInstance(xt, Tensor)
        np.testing.assert_array_equal(xt.array, expected)
        np.testing.assert_array_equal(eps.array, noise)
        out = Tensor(np.zeros_like(X0))
        self.assertIs(qsample.q_sample(Tensor(X0, (3, 0)), 9, SCHEDULE, out=out), out)
        np.testing.assert_array_equal(out.array, expected)

    def test_no_items(self):
        self.assertEqual(qsample.q_sample(X0[:0], 9, SCHEDULE).shape, (0, 4, 6, 5))
        self.assertEqual(qsample.noise((3, 0, 5)).shape, (3, 0, 5))

    def test_threads(self):
        big = np.ones((3, 200, 200), np.float32)
        expected = [qsample.q_sample(big, t, SCHEDULE, t) for t in range(8)]
        found = [None] * 8

        def work(t):
            for _ in range(20):
                found[t] = qsample.q_sample(big, t, SCHEDULE, t)
                with self.assertRaisesRegex(ValueError, f"`t` {t + 101} "):
                    qsample.q_sample(big, t + 101, SCHEDULE)

        threads = [threading.Thread(target=work, args=(t,)) for t in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        np.testing.assert_array_equal(found, expected)


class Schedules(unittest.TestCase):
    def test_arrays(self):
        self.assertEqual(len(SCHEDULE.alpha), 101)
        self.assertTrue(math.isinf(SCHEDULE.snr[0]) and math.isnan(SCHEDULE.beta[0]))
        np.testing.assert_allclose(np.cumprod(1 - SCHEDULE.beta[1:]), SCHEDULE.alpha_bar[1:])
        with self.assertRaises(ValueError):
            SCHEDULE.alpha[0] = 2

    def test_from_betas(self):
        for betas in [0.1, 0.5], np.array([0.1, 0.5]), Tensor(np.array([0.1, 0.5])):
            schedule = qsample.Schedule.from_betas(betas, form="ve")
            np.testing.assert_allclose(schedule.sigma[1:] ** 2, [0.1 / 0.9, 0.55 / 0.45])

    def test_workers_get_their_own(self):
        for schedule in qsample.Schedule("karras", 9, rho=3), qsample.Schedule.from_betas([0.1, 0.2]):
            for other in pickle.loads(pickle.dumps(schedule)), copy.deepcopy(schedule):
                np.testing.assert_array_equal(other.sigma, schedule.sigma)
                self.assertEqual(repr(other), repr(schedule))
        self.assertEqual(repr(qsample.Schedule("flow", 9, shift=3)), "Schedule('flow', T=9, shift=3)")


class Errors(unittest.TestCase):
    def refused(self, error, text, call, *arguments, **named):
        with self.assertRaises(error) as caught:
            call(*arguments, **named)
        self.assertIn(text, str(caught.exception))

    def test_q_sample(self):
        def refused(error, text, x0=X0, t=9, schedule=SCHEDULE, **named):
            self.refused(error, text, qsample.q_sample, x0, t, schedule, **named)

        refused(TypeError, "`x0` is a numpy array or one that has __dlpack__, not list", x0=[[1.0]])
        refused(TypeError, "`x0` is of dtype uint8; it must be float32 or float64", x0=X0.astype(np.uint8))
        refused(TypeError, "`x0` is of dtype float16", x0=X0.astype(np.float16))
        refused(TypeError, "`x0` is of dtype >f4", x0=X0.astype(">f4"))
        refused(ValueError, "`x0` is on device number 0 of DLPack's kind 2; qsample computes on the CPU", x0=Tensor(X0, (2, 0)))
        refused(TypeError, "`x0` is not to be had by DLPack: ", x0=Tensor(np.array(["a"])))
        refused(ValueError, "the shape (5,) is none of (H, W), (C, H, W), (N, C, H, W)", x0=X0[0, 0, 0])
        refused(ValueError, "`t` 101 is outside 0..100", t=101)
        refused(ValueError, "`t` -1 is outside 0..100", t=-1)
        refused(ValueError, "`t[1]` 300 is outside 0..100", t=[1, 300, 2])
        refused(ValueError, "`t` has 2 elements; it must be a whole number, or one for each of 3 items", t=[1, 2])
        refused(ValueError, "`t` has 1 elements; it must be a whole number, since there is one item", x0=X0[0], t=[1])
        refused(TypeError, "`t` is a whole number, not float", t=0.5)
        refused(TypeError, "`t` is of dtype float64; it must be whole numbers", t=np.array([1.0, 2, 3]))
        refused(TypeError, "`t` is a whole number, or one for each item, not str", t="random")
        refused(TypeError, "`schedule` is a qsample.Schedule, not str", schedule="cosine")
        refused(ValueError, f"`seed` {2**64} is outside", seed=2**64)
        refused(ValueError, "`seed[2]` -9223372036854775809 is outside", seed=[1, 2, -(2**63) - 1])
        refused(ValueError, "`seed` has 4 elements", seed=[1, 2, 3, 4])
        refused(ValueError, "`draw` -1 is outside 0..2147483647", draw=-1)
        refused(ValueError, "`draw` 1073741824 is too large", draw=2**30)
        refused(ValueError, "`path` is one of shared, markov, independent, not 'chain'", path="chain")
        refused(ValueError, "`layout` is one of chw, hwc, not 'nchw'", layout="nchw")
        refused(ValueError, "`eps`: along a Markov path there is no noise yet at t = 0", t=0, path="markov", eps=True)

    def test_places(self):
        def refused(error, text, **named):
            self.refused(error, text, qsample.q_sample, X0, 9, SCHEDULE, **named)

        read_only = np.empty_like(X0)
        read_only.flags.writeable = False
        buffer = np.zeros(X0.size + 1, np.float32)
        shifted, start = buffer[1:].reshape(X0.shape), buffer[:-1].reshape(X0.shape)
        for name in "out", "eps":
            refused(TypeError, f"`{name}` is of dtype float64, and what goes there of float32", **{name: X0.astype(float)})
            refused(ValueError, f"`{name}` has shape (4, 6, 5), and what goes there (3, 4, 6, 5)", **{name: X0[0]})
            refused(ValueError, f"`{name}` is not contiguous", **{name: np.asfortranarray(X0)})
            refused(ValueError, f"`{name}` is read-only", **{name: read_only})
            refused(TypeError, f"`{name}` is a numpy array or one that has __dlpack__, not list", **{name: [1]})
        refused(ValueError, "`eps` overlaps", out=start, eps=shifted)
        refused(ValueError, "`eps` overlaps", eps=X0)
        self.refused(ValueError, "`out` overlaps `x0`", qsample.q_sample, start, 9, SCHEDULE, out=shifted)

    def test_noise(self):
        self.refused(TypeError, "`dtype` must be float32 or float64", qsample.noise, (4, 4), dtype="float16")
        self.refused(TypeError, "`dtype` must be float32 or float64", qsample.noise, (4, 4), dtype="brain")
        self.refused(TypeError, "`shape` is a tuple, not int", qsample.noise, 4)
        self.refused(ValueError, "`shape` -4 is outside", qsample.noise, (4, -4))
        self.refused(TypeError, "`shape` is a whole number, not float", qsample.noise, (4, 4.0))
        self.refused(ValueError, "`step` 4294967296 is outside", qsample.noise, (4, 4), step=2**32)
        self.refused(ValueError, "is outside", qsample.file_seed, "a.png", 2**64)
        self.refused(TypeError, "`name` is a path, not int", qsample.file_seed, 5)

    def test_schedules(self):
        self.refused(ValueError, "did you mean cosine", qsample.Schedule, "cosin")
        self.refused(ValueError, "does not use `beta_start`", qsample.Schedule, "flow", beta_start=1)
        self.refused(ValueError, "`form` takes a word: vp, ve", qsample.Schedule, form=1)
        self.refused(TypeError, "`beta_end` is a number or a word, not list", qsample.Schedule, beta_end=[1])
        self.refused(ValueError, "`T` 0 is outside 1..1000000", qsample.Schedule, "linear", 0)
        self.refused(TypeError, "`name` is a string, not int", qsample.Schedule, 5)
        self.refused(ValueError, "`betas` has shape (1, 1)", qsample.Schedule.from_betas, [[1]])
        self.refused(ValueError, "beta_1 = 2 is outside (0, 1]", qsample.Schedule.from_betas, [2])

    def test_library_that_is_not_there(self):
        def imported(library):
            ran = subprocess.run(
                [sys.executable, "-c", "import qsample"], capture_output=True, text=True,
                env={**os.environ, "QSAMPLE_LIBRARY": library},
            )
            self.assertNotEqual(ran.returncode, 0)
            return ran.stderr.splitlines()[-1]

        self.assertIn("ImportError: qsample: its library can't be loaded: none.so", imported("none.so"))
        self.assertIn("set QSAMPLE_LIBRARY to the libqsample.so.0 that is meant", imported("none.so"))
        self.assertIn("libm.so.6 is another library, or older than this module", imported("libm.so.6"))


unittest.main()

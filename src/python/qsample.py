"""The forward process of diffusion models, in the very numbers of the program qsample.

    import numpy as np
    import qsample

    schedule = qsample.Schedule("cosine")
    xt, eps = qsample.q_sample(x0, t, schedule, seed=42, eps=True)

Arrays are numpy's, or those of anything that speaks DLPack in the memory of the processor, as torch does; they are of
float32 or float64. x_0 is (H, W), (C, H, W), (N, C, H, W) or, of video, (N, C, F, H, W), in [-1, 1] as a rule, and gets
the noise that the program gives to the same samples in a file; layout="hwc" is for those whose channels come last.
Calls let other threads run, and may come from several at once.

The library is libqsample: the file that the environment variable QSAMPLE_LIBRARY names, else the one beside this file
or in one of the three folders above it, else the one that the system's linker finds.
"""

import ctypes
import functools
import operator
import os
import pathlib
import re
import sys

import numpy as np

__all__ = ["Schedule", "file_seed", "noise", "q_sample"]

_NAME = "libqsample.so.0"


class _Shape(ctypes.Structure):
    _fields_ = [
        ("items", ctypes.c_size_t),
        ("channels", ctypes.c_size_t),
        ("pixels", ctypes.c_size_t),
        ("layout", ctypes.c_int),
        ("dtype", ctypes.c_int),
    ]


class _Parameter(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("value", ctypes.c_double), ("word", ctypes.c_char_p)]


def _load():
    named = os.environ.get("QSAMPLE_LIBRARY")
    if named:
        place = named
    else:
        above = pathlib.Path(__file__).resolve().parents
        places = (folder / _NAME for folder in above[:4])
        place = next((str(path) for path in places if path.exists()), _NAME)
    try:
        library = ctypes.CDLL(place)
    except OSError as error:
        raise ImportError(
            f"qsample: its library can't be loaded: {error}; set QSAMPLE_LIBRARY to the {_NAME} that is meant"
        ) from error
    pointer, size, integer = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    seeds = (pointer, size, ctypes.c_uint32)
    for name, result, arguments in (
        ("error_text", ctypes.c_char_p, ()),
        ("version", ctypes.c_char_p, ()),
        ("schedule_make", integer, (ctypes.c_char_p, integer, pointer, size, pointer)),
        ("schedule_from_betas", integer, (pointer, size, pointer, size, pointer)),
        ("schedule_free", None, (pointer,)),
        ("schedule_steps", integer, (pointer,)),
        ("schedule_values", integer, (pointer, integer, pointer)),
        ("noise", integer, (pointer, *seeds, ctypes.c_uint32, pointer)),
        ("q_sample", integer, (pointer, integer, pointer, *seeds, pointer, size, pointer, pointer, pointer)),
        ("file_seed", ctypes.c_uint64, (ctypes.c_char_p, size, ctypes.c_uint64)),
    ):
        try:
            function = getattr(library, "qsample_" + name)
        except AttributeError as error:
            raise ImportError(f"qsample: {place} is another library, or older than this module: {error}") from error
        function.restype, function.argtypes = result, arguments
    return library


_library = _load()
__version__ = _library.qsample_version().decode()


def _check(status):
    """Raises what a status means; the library's text names options as the program does."""
    if status == 0:
        return
    text = _library.qsample_error_text().decode(errors="replace")
    text = re.sub("`([a-z0-9-]+)`", lambda name: "`" + name[1].replace("-", "_") + "`", text)
    raise {1: ValueError, 2: MemoryError}.get(status, RuntimeError)(text)


# --- Arguments ---

_DTYPES = {np.dtype(np.float32): 0, np.dtype(np.float64): 1}
_LAYOUTS = {"chw": 0, "hwc": 1}
_PATHS = {"shared": 0, "markov": 1, "independent": 2}
# Before version 2.1 numpy can't tell what is read-only of what came by DLPack, and says so of all.
_KNOWS_READ_ONLY = np.lib.NumpyVersion(np.__version__) >= "2.1.0"
_HOST = (1, 3, 11)  # kinds of memory in DLPack that the processor reads: its own, and pinned for CUDA or ROCm


def _one_of(name, word, known):
    try:
        return known[word]
    except (KeyError, TypeError):
        raise ValueError(f"`{name}` is one of {', '.join(known)}, not {word!r}") from None


def _whole(name, value, least, most):
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"`{name}` is a whole number, not {type(value).__name__}") from None
    if not least <= number <= most:
        raise ValueError(f"`{name}` {number} is outside {least}..{most}")
    return number


def _view(name, value):
    """The numpy array that shares an array's memory, and whether it may be written to."""
    if isinstance(value, np.ndarray):
        return value, value.flags.writeable
    if not hasattr(value, "__dlpack__"):
        raise TypeError(f"`{name}` is a numpy array or one that has __dlpack__, not {type(value).__name__}")
    kind, number = value.__dlpack_device__()
    if int(kind) not in _HOST:
        device = getattr(value, "device", f"number {number} of DLPack's kind {int(kind)}")
        raise ValueError(f"`{name}` is on device {device}; qsample computes on the CPU, so move it there first")
    try:
        array = np.from_dlpack(value)
    except Exception as error:  # whatever its library raises
        raise TypeError(f"`{name}` is not to be had by DLPack: {error}") from error
    return array, array.flags.writeable or not _KNOWS_READ_ONLY


def _samples(name, value):
    array, _ = _view(name, value)
    if array.dtype not in _DTYPES:
        raise TypeError(f"`{name}` is of dtype {array.dtype}; it must be float32 or float64")
    return np.ascontiguousarray(array)


def _result(name, value, shape, dtype):
    """The array that is to be written to."""
    if value is None:
        return np.empty(shape, dtype)
    array, writable = _view(name, value)
    if array.dtype != dtype:
        raise TypeError(f"`{name}` is of dtype {array.dtype}, and what goes there of {dtype}")
    if array.shape != shape:
        raise ValueError(f"`{name}` has shape {array.shape}, and what goes there {shape}")
    if not array.flags.c_contiguous:
        raise ValueError(f"`{name}` is not contiguous; only arrays without gaps, in C's order, can be filled")
    if not writable:
        raise ValueError(f"`{name}` is read-only")
    return array


def _address(array):
    if array.flags.writeable and array.size:
        return ctypes.addressof(ctypes.c_char.from_buffer(array))  # thrice as quick as the other way
    return array.ctypes.data


@functools.lru_cache(maxsize=256)
def _shape_of(shape, dtype, layout):
    """A shape in the library's terms, kept since making it takes as long as a small call."""
    order = _one_of("layout", layout, _LAYOUTS)
    if not 2 <= len(shape) <= 5:
        known = ("(H, W), (C, H, W), (N, C, H, W), (N, C, F, H, W)", "(H, W), (H, W, C), (N, H, W, C), (N, F, H, W, C)")
        raise ValueError(f"the shape {shape} is none of {known[order]}")
    items = shape[0] if len(shape) > 3 else 1
    sides = list(shape[1:] if len(shape) > 3 else shape)
    channels = 1 if len(shape) == 2 else sides.pop(0 if order == 0 else -1)
    return _Shape(items, channels, int(np.prod(sides, dtype=object)), order, _DTYPES[dtype])


def _one_or_each(name, value, items, least, most, dtype):
    """A number, or one for each item, as a pointer, how many they are, and the memory that it points to."""
    if type(value) is int or not (hasattr(value, "__len__") or hasattr(value, "__dlpack__")):
        memory = dtype(_whole(name, value, least, most))
        return ctypes.addressof(memory), 1, memory
    if hasattr(value, "__dlpack__"):
        value, _ = _view(name, value)
        if value.dtype.kind not in "iu":
            raise TypeError(f"`{name}` is of dtype {value.dtype}; it must be whole numbers")
        value = value.tolist()
        if isinstance(value, int):
            return _one_or_each(name, value, items, least, most, dtype)
    if isinstance(value, (str, bytes)):
        raise TypeError(f"`{name}` is a whole number, or one for each item, not {type(value).__name__}")
    if items is None or len(value) != items:
        each = "since there is one item" if items is None else f"or one for each of {items} items"
        raise ValueError(f"`{name}` has {len(value)} elements; it must be a whole number, {each}")
    memory = (dtype * items)(*(_whole(f"{name}[{i}]", one, least, most) for i, one in enumerate(value)))
    return ctypes.addressof(memory), items, memory


def _seeds(value, items):
    return _one_or_each("seed", value, items, -(2**63), 2**64 - 1, ctypes.c_uint64)


def _draw(value):
    return _whole("draw", value, 0, 2**31 - 1)


# --- Schedules ---


class Schedule:
    """alpha_t and sigma_t for t = 0..T, so that q(x_t | x_0) = N(alpha_t x_0, sigma_t^2 I); t = 0 is the clean image.

    `name` and the parameters are those of the program's options --schedule and what goes with it: beta_start=0.001 is
    --beta-start 0.001, zero_terminal_snr=True is --zero-terminal-snr, form="ve" is --form ve.
    """

    def __init__(self, name="linear", T=1000, **parameters):
        self._make(("name", name, T), parameters)

    @classmethod
    def from_betas(cls, betas, **parameters):
        """From beta_1..beta_T, such as the `betas` of a scheduler of diffusers; the parameters are modifiers."""
        schedule = cls.__new__(cls)
        array = np.array(_view("betas", betas)[0] if hasattr(betas, "__dlpack__") else betas, np.float64)
        if array.ndim != 1:
            raise ValueError(f"`betas` has shape {array.shape}; it must have one dimension")
        schedule._make(("betas", array), parameters)
        return schedule

    def _make(self, origin, parameters):
        self._handle = None
        self._origin, self._parameters = origin, parameters
        rows = (_Parameter * len(parameters))()
        for row, (name, value) in zip(rows, parameters.items()):
            row.name = name.replace("_", "-").encode()
            if isinstance(value, str):
                row.word = value.encode()
            else:
                try:
                    row.value = value
                except TypeError:
                    raise TypeError(f"`{name}` is a number or a word, not {type(value).__name__}") from None
        handle = ctypes.c_void_p()
        rest = (ctypes.addressof(rows), len(rows), ctypes.addressof(handle))
        if origin[0] == "betas":
            _check(_library.qsample_schedule_from_betas(origin[1].ctypes.data, len(origin[1]), *rest))
        else:
            _, name, steps = origin
            if not isinstance(name, str):
                raise TypeError(f"`name` is a string, not {type(name).__name__}")
            steps = _whole("T", steps, 1, 1_000_000)
            _check(_library.qsample_schedule_make(name.encode(errors="surrogateescape"), steps, *rest))
        self._handle = handle.value

    def __del__(self):
        if getattr(self, "_handle", None):
            _library.qsample_schedule_free(self._handle)

    def __reduce__(self):
        return _made_again, (self._origin, self._parameters)

    def __repr__(self):
        kind, *values = self._origin
        words = [f"of {len(values[0])} betas"] if kind == "betas" else [repr(values[0]), f"T={values[1]}"]
        words += [f"{name}={value!r}" for name, value in self._parameters.items()]
        return f"Schedule({', '.join(words)})"

    @property
    def T(self):
        """The last timestep."""
        return _library.qsample_schedule_steps(self._handle)

    def _values(self, quantity):
        values = np.empty(self.T + 1)
        _check(_library.qsample_schedule_values(self._handle, quantity, values.ctypes.data))
        values.flags.writeable = False
        return values

    @functools.cached_property
    def alpha(self):
        """The factor of x_0 in x_t, for t = 0..T; read-only float64, as are the others."""
        return self._values(0)

    @functools.cached_property
    def sigma(self):
        """The factor of eps in x_t."""
        return self._values(1)

    @functools.cached_property
    def alpha_bar(self):
        """alpha_t^2."""
        return self._values(2)

    @functools.cached_property
    def snr(self):
        """alpha_t^2 / sigma_t^2; infinite at t = 0."""
        return self._values(3)

    @functools.cached_property
    def log_snr(self):
        """The natural logarithm of snr."""
        return self._values(4)

    @functools.cached_property
    def beta(self):
        """The variance that the step t - 1 -> t adds; NaN at t = 0."""
        return self._values(5)


def _made_again(origin, parameters):
    schedule = Schedule.__new__(Schedule)
    schedule._make(origin, parameters)
    return schedule


# --- Noise and noised samples ---


def file_seed(name, seed=0):
    """The seed that `qsample batch --seed SEED` gives to the file whose path below the input folder is `name`."""
    try:
        path = os.fsencode(name)
    except TypeError:
        raise TypeError(f"`name` is a path, not {type(name).__name__}") from None
    return _library.qsample_file_seed(path, len(path), _whole("seed", seed, -(2**63), 2**64 - 1))


def noise(shape, seed=0, draw=0, *, step=0, dtype=np.float32, layout="chw", out=None):
    """Standard normal noise of a shape: the eps in x_t of q_sample with the same seed and draw.

    A draw, 0..2^31 - 1, is one of many for a seed: an epoch's, for instance. Of N items, `seed` may be one number, of
    which item n takes draw number N draw + n, as an item of a batched tensor does in the program, or one for each, as
    the files of `qsample batch` have. `step` is 0 for the path "shared" and t for "independent". `out` is filled and
    returned.
    """
    if isinstance(shape, (str, bytes)) or not hasattr(shape, "__len__"):
        raise TypeError(f"`shape` is a tuple, not {type(shape).__name__}")
    shape = tuple(_whole("shape", side, 0, 2**62) for side in shape)
    try:
        dtype = np.dtype(dtype)
    except TypeError:
        dtype = None
    if dtype not in _DTYPES:
        raise TypeError("`dtype` must be float32 or float64")
    known = _shape_of(shape, dtype, layout)
    seeds, count, _kept = _seeds(seed, known.items if len(shape) > 3 else None)
    array = _result("out", out, shape, dtype)
    step = _whole("step", step, 0, 2**32 - 1)
    _check(_library.qsample_noise(ctypes.addressof(known), seeds, count, _draw(draw), step, _address(array)))
    return array if out is None else out


def q_sample(x0, t, schedule, seed=0, draw=0, *, path="shared", layout="chw", out=None, eps=None):
    """x_t = alpha_t x_0 + sigma_t eps, bit for bit what the program computes of such a tensor; x_0 is left as it is.

    `t` is in 0..T, one for all or one for each of N items; seed and draw are as noise() has them. `path` says how the
    noise at different t relates: "shared" is one eps for all, "independent" a fresh one for each, "markov" that of the
    chain. `out` is filled and returned, and may be x0. With eps=True the result is the pair of x_t and eps; an array
    as `eps` is filled and returned as the second. Arrays that are made are of x0's library.
    """
    if not isinstance(schedule, Schedule):
        raise TypeError(f"`schedule` is a qsample.Schedule, not {type(schedule).__name__}")
    clean = _samples("x0", x0)
    known = _shape_of(clean.shape, clean.dtype, layout)
    items = known.items if clean.ndim > 3 else None
    kind = _one_of("path", path, _PATHS)
    ts, t_count, _kept_ts = _one_or_each("t", t, items, 0, schedule.T, ctypes.c_int64)
    seeds, count, _kept = _seeds(seed, items)
    noised = _result("out", out, clean.shape, clean.dtype)
    if eps is None or eps is False:
        drawn, drawn_at = None, None
    else:
        drawn = _result("eps", None if eps is True else eps, clean.shape, clean.dtype)
        drawn_at = _address(drawn)
    _check_apart(clean, noised if out is not None else None, drawn if eps is not True else None)
    status = _library.qsample_q_sample(
        schedule._handle, kind, ctypes.addressof(known), seeds, count, _draw(draw), ts, t_count,
        _address(clean), _address(noised), drawn_at,
    )
    _check(status)
    xt = _like(x0, noised) if out is None else out
    if drawn is None:
        return xt
    return xt, (_like(x0, drawn) if eps is True else eps)


def _check_apart(clean, out, eps):
    """Only x0 and out may be the same memory, and then the whole of it."""
    if out is not None and np.may_share_memory(out, clean) and out.ctypes.data != clean.ctypes.data:
        raise ValueError("`out` overlaps `x0`; it may be the same array or another")
    if eps is not None and (np.may_share_memory(eps, clean) or (out is not None and np.may_share_memory(eps, out))):
        raise ValueError("`eps` overlaps `x0` or `out`")


def _like(model, array):
    """An array as one of the library that `model` is of."""
    if isinstance(model, np.ndarray):
        return array
    if hasattr(model, "__array_namespace__"):
        library = model.__array_namespace__()
    else:
        library = sys.modules.get(type(model).__module__.partition(".")[0])
    return library.from_dlpack(array) if hasattr(library, "from_dlpack") else array

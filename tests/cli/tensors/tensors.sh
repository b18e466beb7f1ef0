#!/usr/bin/env bash
# Tensors of trainers, in and out: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import numpy' 2>/dev/null || skip "python3-numpy is not there"

# A reader and a writer of safetensors by the format's description: eight bytes of length, JSON, data.
cat >tensors.py <<'PYTHON'
import json, struct
import numpy as np

NAMES = {"float64": "F64", "float32": "F32", "float16": "F16", "uint8": "U8", "int32": "I32", "int64": "I64"}

def write(path, arrays, metadata=None):
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    for name, array in arrays.items():
        raw = array[1] if isinstance(array, tuple) else np.ascontiguousarray(array)
        kind = array[0] if isinstance(array, tuple) else NAMES[str(raw.dtype)]
        blob = raw.tobytes()
        header[name] = {"dtype": kind, "shape": list(raw.shape), "data_offsets": [len(data), len(data) + len(blob)]}
        data += blob
    text = json.dumps(header).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)

def bfloat16(array):  # nearest, ties to even
    bits = np.asarray(array, "<f4").view("<u4").astype(np.uint64)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")

def read(path):
    blob = open(path, "rb").read()
    length = struct.unpack("<Q", blob[:8])[0]
    header = json.loads(blob[8:8 + length])
    kinds = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__": continue
        begin, end = entry["data_offsets"]
        array = np.frombuffer(blob[8 + length + begin:8 + length + end], kinds[entry["dtype"]]).reshape(entry["shape"])
        if entry["dtype"] == "BF16": array = (array.astype("<u4") << 16).view("<f4")
        tensors[name] = (entry["dtype"], array)
    return tensors
PYTHON

# py CODE: with the above; fails where it does.
py() { PYTHONPATH=. "$python" -c "from tensors import *
$1" || fail "not so: $1"; }

# noised IN OUT OPTION...
noised() {
  local from=$1 to=$2
  shift 2
  expect 0 "$qsample" noise "$from" -o "$to" -f "$@"
}

# Every dtype, order and endianness gives the image its own samples back at t = 0, and the same
# x_t as float32 at others.
py '
rng = np.random.default_rng(1)
x = rng.normal(0, 0.5, (4, 6, 5)).astype(np.float16)
np.save("f4.npy", x.astype(np.float32))
for kind in ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8"):
    np.save(f"a{kind[0] == chr(60)}{kind[1:]}.npy", x.astype(kind))
    np.save(f"b{kind[0] == chr(60)}{kind[1:]}.npy", np.asfortranarray(x.astype(kind)))
y = rng.normal(0, 0.5, (2, 4, 3, 6, 5))
np.save("video.npy", y)
np.save("batch.npy", y[:, :, 0].astype(np.float32))
np.save("flat.npy", y[0, 0, 0].astype(np.float32))
np.save("hwc.npy", np.moveaxis(x, 0, 2).astype(np.float32))
write("x.safetensors", {"z": ("BF16", bfloat16(x.astype(np.float32)))})
write("two.safetensors", {"first": x.astype(np.float16), "second": y[0].astype(np.float32)}, {"a": "b"})
'
noised f4.npy want.npy -t 400
for file in [ab][TF]*.npy; do
  noised "$file" zero.npy -t 0
  noised "$file" some.npy -t 400
  py "
x, zero, some, want = (np.load(n) for n in ('$file', 'zero.npy', 'some.npy', 'want.npy'))
assert zero.dtype == x.dtype.newbyteorder('<') and zero.shape == x.shape and (zero == x).all()
assert some.dtype == zero.dtype and some.shape == x.shape
assert np.abs(some.astype('f8') - want).max() < (1e-6 if some.dtype.itemsize > 2 else 2e-3)
if some.dtype == np.float16: assert (some == want.astype(np.float16)).all()"
done
for file in video batch flat; do
  noised $file.npy zero.npy -t 0
  noised $file.npy some.npy -t 400 --save eps=eps.npy
  py "
x, zero, some, eps = (np.load(n) for n in ('$file.npy', 'zero.npy', 'some.npy', 'eps.npy'))
assert (zero == x).all() and zero.dtype == x.dtype and some.shape == x.shape == eps.shape"
done
noised batch.npy batch-eps.npy -t 9 --save eps=e.npy
py 'e = np.load("e.npy"); assert np.abs(e[0] - e[1]).max() > 1; assert abs(e.std() - 1) < 0.1'

# An item has the noise that it has in whatever company: the k-th draw of N is k N + n.
py 'np.save("item.npy", np.load("batch.npy")[0])'
noised item.npy item-eps.npy -t 9 --save eps=i0.npy
noised item.npy item-eps.npy -t 9 --draw 1 --save eps=i1.npy
py 'e = np.load("e.npy"); assert (e[0] == np.load("i0.npy")).all() and (e[1] == np.load("i1.npy")).all()'

# safetensors, by name; bfloat16 as it is, and rounded once.
noised x.safetensors zero.safetensors -t 0
py '(k, a), = read("zero.safetensors").values(); (w, b), = read("x.safetensors").values(); assert k == "BF16" and (a == b).all()'
noised x.safetensors some.safetensors -t 400
noised x.safetensors want.safetensors -t 400 --dtype float32
py '
(k, a), = read("some.safetensors").values(); (w, b), = read("want.safetensors").values()
assert (k, w) == ("BF16", "F32") and ((bfloat16(b).astype("<u4") << 16).view("<f4") == a).all()'
noised two.safetensors second.npy -t 0 --tensor second
py 'assert (np.load("second.npy") == read("two.safetensors")["second"][1]).all()'
noised two.safetensors f16.safetensors -t 30 --tensor first --save eps=f16.safetensors
py 't = read("f16.safetensors"); assert t["x_t"][0] == "F16" and t["eps"][1].shape == (4, 6, 5)'
noised x.safetensors f32.npy -t 400
py 'assert np.load("f32.npy").dtype == np.float32'
noised f4.npy double.npy -t 400 --dtype float64
py 'assert np.load("double.npy").dtype == np.float64'
expect 0 "$qsample" noise two.safetensors --tensor first -t 30 --dtype float64 --latent-scale 0.18215 --latent-shift 0.25 -o s.safetensors
expect 0 "$qsample" info s.safetensors
for words in "--tensor first" "--dtype float64" "--latent-scale 0.18215" "--latent-shift 0.25"; do holds out "$words"; done

# Latents of a model's scale, and integers by their range.
noised f4.npy l.npy -t 0 --latent-scale 0.5 --latent-shift 0.25
py 'assert np.abs(np.load("l.npy") - (np.load("f4.npy") - 0.25) * 0.5).max() < 1e-6'
for kind in uint8 uint16 int16 int32 int64 '>i4'; do
  py "np.save('int.npy', np.arange(60).reshape(4, 5, 3).astype('$kind'))"
  expect 1 "$qsample" noise int.npy -t 5 -o no.npy
  says "int.npy: holds integers; --input-range says which are -1 and 1"
  noised int.npy int-x.npy -t 0 --input-range 0,100
  py 'assert np.abs(np.load("int-x.npy") - (np.arange(60).reshape(4, 5, 3) / 50 - 1)).max() < 1e-6'
done

# (H, W, C) of any C by --layout.
noised hwc.npy h.npy -t 0 --layout hwc
noised hwc.npy h2.npy -t 400 --layout hwc
py 'assert (np.load("h.npy") == np.load("hwc.npy")).all() and (np.moveaxis(np.load("h2.npy"), 2, 0) == np.load("want.npy")).all()'

# A look at what can't be x.
py 'np.save("bytes.npy", np.load("f4.npy") * 100 + 100)'
expect 0 "$qsample" noise bytes.npy -t 5 -o bytes-x.npy
says "are taken for x, which is mostly in [-1, 1]; --input-range"

# In a trajectory and a batch.
expect 0 "$qsample" trajectory x.safetensors -o films --timesteps 0,400 --path shared --format safetensors
same films/x_t0400.safetensors <(cat some.safetensors)
mkdir in && cp x.safetensors f4.npy in/
expect 0 "$qsample" batch in -o latents -t 400 --format safetensors
py '(k, a), = read("latents/x.safetensors").values(); assert k == "BF16" and a.shape == (4, 6, 5)'
expect 0 "$qsample" verify latents/x.safetensors --source in

# refused FILE TEXT OPTION...
refused() {
  local file=$1 text=$2
  shift 2
  status=0
  "$qsample" noise "$file" -t 5 -o no.npy "$@" 2>err || status=$?
  [ "$status" != 0 ] || fail "taken: $file"
  says "$text"
  missing no.npy
}
py '
x = np.load("f4.npy"); x[2, 3, 1] = np.nan; np.save("nan.npy", x)
y = np.load("video.npy"); y[1, 2, 1, 4, 3] = np.inf; np.save("inf.npy", y)
write("nothing.safetensors", {})
write("f8.safetensors", {"a": ("F8_E4M3", np.zeros((2, 2), "u1"))})
write("strange.safetensors", {"a": ("Q4", np.zeros((2, 2), "u1"))})
def raw(path, header, size):
    text = json.dumps(header).encode() if isinstance(header, dict) else header
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + bytes(size))
F = lambda a, b: {"dtype": "F32", "shape": [2, 2], "data_offsets": [a, b]}
raw("overlap.safetensors", {"a": F(0, 16), "b": F(8, 24)}, 24)
raw("gap.safetensors", {"a": F(0, 16), "b": F(20, 36)}, 36)
raw("short.safetensors", {"a": F(0, 16), "b": F(16, 32)}, 31)
raw("shape.safetensors", {"a": {"dtype": "F32", "shape": [3, 2], "data_offsets": [0, 16]}}, 16)
raw("huge.safetensors", {"a": {"dtype": "F32", "shape": [2**62, 16], "data_offsets": [0, 16]}}, 16)
raw("twice.safetensors", b"{\"a\": %s, \"a\": %s}" % ((json.dumps(F(0, 16)).encode(),) * 2), 16)
raw("negative.safetensors", {"a": F(-16, 0)}, 16)
raw("extra.safetensors", {"a": F(0, 16)}, 17)
np.save("six.npy", np.zeros((1, 1, 1, 1, 2, 2), "f4"))
np.save("complex.npy", np.zeros((2, 2), "c8"))
'
refused nan.npy "holds NaN, first at pixel (1, 3)"
refused inf.npy "holds infinity, first at pixel (3, 4) of frame 1 of item 1"
refused nothing.safetensors "it holds no tensor"
refused two.safetensors "it holds several; --tensor chooses of first, second"
refused two.safetensors "it holds no tensor 'third'; it has first, second" --tensor third
refused f8.safetensors "is of dtype F8_E4M3, which is not read"
refused strange.safetensors "has the unknown dtype Q4"
refused overlap.safetensors "tensor 'b' begins at 8, where 16: it overlaps another"
refused gap.safetensors "tensor 'b' begins at 20, where 16: bytes lie between"
refused short.safetensors "it is truncated" --tensor a
refused shape.safetensors "has not the bytes of its shape (3, 2)"
refused huge.safetensors "which no memory holds"
refused twice.safetensors "its header"
refused negative.safetensors "tensor 'a' of its header is damaged"
refused extra.safetensors "there is more behind its end"
refused six.npy "its shape is (1, 1, 1, 1, 2, 2)"
refused complex.npy "its dtype is '<c8'"
refused f4.npy "NPY does not hold --dtype bfloat16; .safetensors does" --dtype bfloat16
refused f4.npy "says the depth too; leave out --depth" --dtype float32 --depth 32
refused cat.png "holds integers, which are no latents" --latent-scale 0.5
status=0
"$qsample" noise batch.npy -t 5 -o no.png --depth 8 2>err || status=$?
[ $status = 1 ] || fail "a batch became a PNG"
says "PNG holds one image, and this has 2 items of 1 frames"
missing no.png
expect 2 "$qsample" noise cat.png -t 5 -o no.png --dtype float16
says "PNG does not hold --dtype float16; .npy or .safetensors does"
expect 2 "$qsample" noise f4.npy -t 5 -o no.npy --latent-scale 0
says "--latent-scale"
finish

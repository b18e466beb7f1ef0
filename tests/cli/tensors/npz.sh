#!/usr/bin/env bash
# Tensors in NumPy's .npz: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import numpy' 2>/dev/null || skip "python3-numpy is not there"

# py CODE: fails where it does.
py() { "$python" -c "import struct, warnings, zipfile
import numpy as np
$1" || fail "not so: $1"; }

# taken FILE OPTION...: its tensor at t = 0 is written to zero.npy.
taken() { expect 0 "$qsample" noise "$1" -t 0 -o zero.npy -f "${@:2}"; }

# refused FILE TEXT OPTION...
refused() {
  status=0
  "$qsample" noise "$1" -t 5 -o no.npy "${@:3}" 2>err || status=$?
  [ "$status" = 1 ] || fail "taken, or not with status 1: $1"
  says "$2"
  missing no.npy
}

py '
x = np.random.default_rng(1).normal(0, 0.5, (4, 6, 5)).astype(np.float16)
np.save("x.npy", x)
np.savez("one.npz", x)
np.savez_compressed("small.npz", latents=x)
np.savez("two.npz", first=x, second=np.asfortranarray(x.astype(">f8")))
np.savez("far.npz", **{"größe": x, "a/b": x + 1})
with zipfile.ZipFile("mixed.npz", "w", zipfile.ZIP_DEFLATED) as z:
    z.write("x.npy", "x.npy")
    z.writestr("note.txt", "latents of a model")
'
for file in one small mixed; do
  taken $file.npz
  same zero.npy x.npy
done
taken two.npz --tensor second
py 'a = np.load("zero.npy"); assert a.dtype == np.float64 and (a == np.load("x.npy")).all()'
taken far.npz --tensor größe
same zero.npy x.npy
taken far.npz --tensor a/b
expect 0 "$qsample" noise x.npy -t 400 -o want.npy
expect 0 "$qsample" noise small.npz -t 400 -o some.npy
same some.npy want.npy
expect 0 sh -c "'$qsample' noise - --tensor first -t 400 -o - --format npy <two.npz >piped.npy"
same piped.npy want.npy
expect 0 "$qsample" noise two.npz --tensor first -t 400 -o told.safetensors
expect 0 "$qsample" info told.safetensors
holds out "--tensor first"
expect 0 "$qsample" verify told.safetensors
mkdir in && cp one.npz small.npz in/
printf 'PK\3\4 no tensors' >in/photos.zip
expect 0 "$qsample" batch in -o latents -t 400 --format npy
missing latents/photos.npy

# What does not tell, or can't be.
refused two.npz "it holds several; --tensor chooses of first, second"
refused two.npz "it holds no tensor 'third'; it has first, second" --tensor third
py '
warnings.simplefilter("ignore")
with zipfile.ZipFile("twice.npz", "w") as z:
    z.write("x.npy", "x.npy"); z.write("x.npy", "x.npy")
with zipfile.ZipFile("stranger.npz", "w") as z: z.writestr("x.npy", b"no numbers" * 20)
def member(header, size):
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text + bytes(size)
form = "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": %s}".replace(chr(34), chr(39))
def bomb(path, shape, size):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z: z.writestr("x.npy", member(form % shape, size))
bomb("behind.npz", "(2, 2)", 300_000_000)
bomb("large.npz", "(16, 2000, 2000)", 256_000_000)
bomb("wide.npz", "(1000000, 1000000)", 1000)
bomb("short.npz", "(20, 20)", 1000)
blob = bytearray(open("one.npz", "rb").read())
blob[blob.index(b"NUMPY") + 200] ^= 1
open("changed.npz", "wb").write(blob)
'
refused twice.npz "it holds tensor 'x' twice"
refused stranger.npz "its member is no NPY"
refused changed.npz "it is damaged: ZIP bad CRC"
refused wide.npz "more than"
refused short.npz "it is truncated or damaged"
expect 2 "$qsample" noise x.npy -t 5 -o no.npz
says "no format is written as '.npz'"

# A bomb of a few hundred kilobytes is refused in a few megabytes, without its zeros.
for file in behind large; do
  [ "$(stat -c %s $file.npz)" -lt 400000 ] || fail "$file.npz is no bomb"
done
( is_sanitized || ulimit -v 300000; "$qsample" noise behind.npz -t 5 -o no.npy 2>err ) && fail "taken: behind.npz"
says "there is more behind its end"
refused large.npz "more than --max-memory 100M" --max-memory 100M

# Cut at any byte it is refused.
py '
blob = open("small.npz", "rb").read()
import os; os.mkdir("cut")
for size in range(1, len(blob)): open(f"cut/{size}.npz", "wb").write(blob[:size])'
for file in cut/*.npz; do
  if "$qsample" noise "$file" -t 5 -o no.npy 2>err; then fail "taken: $file"; fi
done
missing no.npy
finish

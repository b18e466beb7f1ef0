#!/usr/bin/env bash
# Noise that peers draw for batches, in dtypes, on devices: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import numpy' 2>/dev/null || skip "python3-numpy is not there"
data=$(cd "$(dirname "$0")/../../data" && pwd)
py() { "$python" -c "
import numpy as np
$1" || fail "not so: $1"; }
eps() { expect 0 "$qsample" noise "$1" -t 5 -f -o x.npy --save "eps=$2" "${@:3}"; }

# A batch is one draw; an image is an item of it.
py '
for shape, name in (((3, 2, 8, 6), "batch"), ((2, 8, 6), "one")): np.save(f"{name}.npy", np.zeros(shape, "f4"))
np.save("half.npy", np.zeros((33, 1), "f2").reshape(1, 33)); np.save("double.npy", np.zeros((1, 33), "f8"))
np.save("hwc.npy", np.zeros((17, 13, 1), "f8")); np.save("big.npy", np.zeros((1, 600, 500), "f4"))'
for rng in torch philox numpy; do
  eps batch.npy all.npy --rng $rng
  for item in 0 2; do
    eps one.npy item.npy --rng $rng --batch-shape 3 --item $item
    py "assert (np.load('all.npy')[$item] == np.load('item.npy')).all()"
  done
done
eps one.npy item.npy --rng torch --batch-shape 3 --item 1 --draw 2 --offset-noise 0.1
cp item.npy other.npy
expect 0 "$qsample" noise cat.png -t 5 --rng torch --batch-shape 3 --item 1 -o one.png
expect 0 "$qsample" verify one.png
expect 0 "$qsample" info one.png
holds out "--batch-shape 3 --item 1"

# Of a tensor's dtype, or the one that is asked for, as torch draws them.
eps half.npy e.npy --rng torch --seed 3
py "assert (np.load('e.npy').ravel() == np.load('$data/rng/torch_randn_seed3_33_float16.npy')).all()"
eps double.npy e.npy --rng torch --seed 3
py "assert np.abs(np.load('e.npy').ravel() - np.load('$data/rng/torch_randn_seed3_33_float64.npy')).max() < 2e-15"
eps double.npy e.npy --rng torch --seed 3 --noise-dtype bfloat16
py "
bits = np.load('$data/rng/torch_randn_seed3_33_bfloat16.npy').astype('u4') << 16
assert (np.load('e.npy').ravel() == bits.view('f4')).all()"
eps double.npy e.npy --rng numpy --seed 3
py "assert (np.load('e.npy').ravel() == np.random.default_rng(3).standard_normal(33)).all()"
eps double.npy e.npy --rng numpy --seed 3 --noise-dtype float32 --draw 1
py "
rng = np.random.default_rng(3); rng.standard_normal(33, dtype='f4')
assert (np.load('e.npy').ravel() == rng.standard_normal(33, dtype='f4')).all()"
eps hwc.npy e.npy --rng numpy-legacy --seed 0
py "
rng = np.random.RandomState(0)
assert (np.load('e.npy') == rng.normal(0, 1, (17, 13, 1))).all()"
eps hwc.npy e.npy --rng numpy-legacy --seed 0 --draw 1
py "
rng = np.random.RandomState(0); rng.normal(0, 1, (17, 13, 1))
assert (np.load('e.npy') == rng.normal(0, 1, (17, 13, 1))).all()"

# Beyond what every device has at once it depends on the device.
status=0
"$qsample" noise big.npy -t 5 -o no.npy --rng torch-cuda 2>err || status=$?
[ $status != 0 ] || fail "a device was not asked for"
says "--cuda-multiprocessors says how many it has"
eps big.npy a100.npy --rng torch-cuda --cuda-multiprocessors 108
eps big.npy t4.npy --rng torch-cuda --cuda-multiprocessors 40 --cuda-threads 1024
differ a100.npy t4.npy
py "assert (np.load('a100.npy').ravel()[:40960] == np.load('t4.npy').ravel()[:40960]).all()"

refused() {
  expect 2 "$qsample" noise one.npy -t 5 -o no.npy "${@:2}"
  says "$1"
  missing no.npy
}
refused "--batch-shape: --item says which of them it is" --batch-shape 3
refused "--item: 3 is outside 0..2" --batch-shape 3 --item 3
refused "--batch-shape" --item 1
refused "--noise-dtype is of --rng torch" --noise-dtype float16
refused "float32 and float64 of --rng numpy" --rng numpy --noise-dtype float16
refused "--cuda-multiprocessors is of --rng torch-cuda" --cuda-multiprocessors 40
refused "is no multiple of 256" --rng torch-cuda --cuda-multiprocessors 1 --cuda-threads 300
expect 2 "$qsample" noise one.npy -t 5 -o no.npy --rng numpy-legacy --seed 4294967296
says "is beyond 2^32 - 1"
status=0
"$qsample" noise batch.npy -t 5 -o no.npy --batch-shape 3 --item 1 2>err || status=$?
[ $status != 0 ] || fail "a batch is taken for an item"
says "--item: an image is an item of a batch"
finish

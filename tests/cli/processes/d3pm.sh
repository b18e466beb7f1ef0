#!/usr/bin/env bash
# D3PM on pixels, by Python with the matrices of the paper and the uniforms as they are documented.
# PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import numpy, PIL' 2>/dev/null || skip "python3-numpy or python3-pil is not there"

# The pixels that are to be: of Philox words and products of matrices.
cat >d3pm.py <<'PYTHON'
import numpy as np
from PIL import Image

def pixels(name): return np.array(Image.open(name)).reshape(-1)

def philox(c, k0, k1):
    c = [np.asarray(x, dtype=np.uint64) + np.zeros(np.shape(c[0]), dtype=np.uint64) for x in c]
    low, shift = np.uint64(0xFFFFFFFF), np.uint64(32)
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(p1 >> shift) ^ c[1] ^ np.uint64(k0), p1 & low, (p0 >> shift) ^ c[3] ^ np.uint64(k1), p0 & low]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack(c)

def block(number, stream, seed, draw=0):
    return philox([number & np.uint64(0xFFFFFFFF), number >> np.uint64(32), 2**31 + 2**20 + stream, 2 * draw + 1],
                  seed & 0xFFFFFFFF, seed >> 32)

def words(count, stream, seed, draw=0):
    n = np.arange(count, dtype=np.uint64)
    return block(n // np.uint64(4), stream, seed, draw)[n % np.uint64(4), np.arange(count)]

def q(kind, beta):
    if kind == "uniform": return (1 - beta) * np.eye(256) + beta / 256
    if kind == "absorbing":
        m = (1 - beta) * np.eye(256)
        m[:, 128] += beta
        return m
    d = np.arange(256)[:, None] - np.arange(256)
    n = np.arange(-255, 256)
    m = np.exp(-4 * d**2 / (255**2 * beta)) / np.exp(-4 * n**2 / (255**2 * beta)).sum()
    np.fill_diagonal(m, 0)
    np.fill_diagonal(m, 1 - m.sum(1))
    return m

def bar(kind, betas):
    m = np.eye(256)
    for beta in betas: m = m @ q(kind, beta)
    return m

def drawn(law, x, w):  # by the inverse of each row's distribution function
    bounds = np.rint(np.cumsum(law, axis=1) * 2**32)
    bounds[:, -1] = 2**32
    return (bounds[x] <= w[:, None]).sum(1)
PYTHON
# so CODE...: of Python after that file exits with 0 where the first is true.
so() {
  "$python" - <<PYTHON || fail "not so: $1"
exec(open("d3pm.py").read())
${2:-}
assert $1
PYTHON
}
"$python" -c 'from PIL import Image; Image.open("cat.png").crop((300, 200, 401, 267)).save("small.png")'

betas="betas = np.linspace(1e-4, 0.02, 1000)[:t]; x = pixels('small.png')"
jsd="betas = 1 / np.linspace(1000, 1, 1000)[:t]; x = pixels('small.png')"
for kind in uniform absorbing gaussian; do
  schedule=$betas
  [ $kind = absorbing ] && schedule=$jsd
  for t in 1 130; do
    run() { expect 0 "$qsample" noise small.png -f -t $t --process d3pm-$kind --seed 81985529216486895 --draw 3 "$@"; }
    run -o shared.png
    so "(pixels('shared.png') == drawn(bar('$kind', betas), x, words(x.size, 0, 81985529216486895, 3))).mean() > 0.9999" "t = $t; $schedule"
    run -o independent.png --path independent
    so "(pixels('independent.png') == drawn(bar('$kind', betas), x, words(x.size, t, 81985529216486895, 3))).mean() > 0.9999" "t = $t; $schedule"
    run -o markov.png --path markov
    if [ $kind = absorbing ]; then
      same <("$python" -c "$(cat d3pm.py); print(pixels('markov.png').tobytes())") <("$python" -c "$(cat d3pm.py); print(pixels('shared.png').tobytes())")
    else
      differ markov.png shared.png
    fi
  done
done
# The chain itself, step by step: of Gaussians each step's own uniform says how far.
so "(pixels('markov.png') == x).mean() > 0.9999" "t = 130; $betas
for s, beta in enumerate(betas):
    n = np.arange(-255, 256)
    law = np.exp(-4 * n**2 / (255**2 * beta))
    bounds = np.rint(np.cumsum(law / law.sum()) * 2**32)
    y = x + np.searchsorted(bounds, words(x.size, s + 1, 81985529216486895, 3), side='right') - 255
    x = np.where((y >= 0) & (y <= 255), y, x)"
# Of uniform jumps: each jump says where, and how far the next is.
expect 0 "$qsample" noise small.png -t 700 --process d3pm-uniform --path markov --seed 5 -o jumps.png
so "(pixels('jumps.png') == x).all() and (chance < none).all()" "t = 700; $betas
none, n, chance = np.prod(1 - betas), np.arange(x.size, dtype=np.uint64), np.ones(x.size)
for jump in range(1, 60):
    w = block(np.uint64(jump << 48) + n, 0, 5)
    chance = chance * (w[0] + 0.5) / 2**32
    x = np.where(chance >= none, w[1] >> np.uint64(24), x)"

# Ends; 16 bits and floats of what is drawn; the same by a trajectory, a batch and again.
for kind in uniform absorbing gaussian; do
  expect 0 "$qsample" noise small.png -t 0 --process d3pm-$kind -o zero.png -f
  so "(pixels('zero.png') == pixels('small.png')).all()"
  expect 0 "$qsample" noise small.png -t 300 --process d3pm-$kind --path markov -o one.png -f
  expect 0 "$qsample" verify one.png
  expect 0 "$qsample" info one.png
  holds out "--process d3pm-$kind"
  expect 0 "$qsample" noise small.png -t 300 --process d3pm-$kind --path markov -o one.npy -f --save x0=x0.npy
  so "(np.rint((np.load('one.npy').transpose(1, 2, 0).reshape(-1) + 1) * 127.5) == pixels('one.png')).all()"
  expect 0 "$qsample" trajectory small.png -o frames-$kind --process d3pm-$kind --timesteps 0,200-400:50,999,1000 -j 3
  same frames-$kind/small_t0300.png one.png
done
so "(pixels('frames-absorbing/small_t1000.png') == 128).all()"
expect 0 "$qsample" trajectory small.png -o film.apng --process d3pm-uniform --frames 5
expect 0 "$qsample" sheet small.png -o sheet.png --process d3pm-absorbing --frames 3
mkdir in && cp small.png in && "$qsample" noise small.png -t 0 --depth 16 -o in/deep.png
expect 1 "$qsample" batch in -o noisy -t 300 --process d3pm-uniform
grep -q 'in/deep.png: --process d3pm-uniform is for the 256 values of 8-bit integers, and it has 16 bits' err || fail "$(cat err)"
expect 0 "$qsample" verify noisy/small.png --source in

# refused STATUS TEXT OPTION...: before anything is written.
refused() {
  local status=$1 text=$2
  shift 2
  expect "$status" "$qsample" noise "$@" -o no.png
  says "$text"
  missing no.png
}
u=(-t 5 --process d3pm-uniform)
refused 1 "deep.png: --process d3pm-uniform is for the 256 values of 8-bit integers, and it has 16 bits" in/deep.png "${u[@]}"
refused 1 "one.npy: --process d3pm-uniform is for the 256 values of 8-bit integers, and it has floats" one.npy "${u[@]}"
refused 2 "--save eps: --process d3pm-uniform has no eps; x0 there is" small.png "${u[@]}" --save eps=e.npy
refused 2 "--save v: --process d3pm-uniform has no eps" small.png "${u[@]}" --save v=e.npy
refused 2 "leave out --rng" small.png "${u[@]}" --rng torch
refused 2 "--process d3pm-uniform draws uniforms" small.png "${u[@]}" --offset-noise 0.1
refused 2 "preserves the variance" small.png "${u[@]}" --schedule flow
refused 2 "has whole timesteps alone" small.png --u 0.3333 --process d3pm-uniform --schedule cosine-log-snr
refused 2 "--blur-sigma-max is not used by --process d3pm-uniform" small.png "${u[@]}" --blur-sigma-max 3
missing e.npy
finish

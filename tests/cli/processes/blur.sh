#!/usr/bin/env bash
# Blurring diffusion and heat dissipation, by numpy with the matrix of the cosine transform.
# PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import numpy, PIL' 2>/dev/null || skip "python3-numpy or python3-pil is not there"

# numbers CODE...: Python, exits with 0 where the first is true; the others come before it.
numbers() {
  "$python" - <<PYTHON || fail "not so: $1"
import numpy as np
from PIL import Image
def a(name): return np.load(name + ".npy").astype(np.float64)
def near(x, y, by=2e-6): return x.shape == y.shape and np.abs(x - y).max() < by
def matrix(n):
    k, i = np.mgrid[:n, :n]
    m = np.cos(np.pi * k * (2 * i + 1) / (2 * n)) * np.sqrt(2 / n)
    m[0] /= np.sqrt(2)
    return m
def blurred(x, sigma, least=0):  # (C, H, W)
    h, w = x.shape[1:]
    rows, columns = matrix(h), matrix(w)
    lam = np.pi ** 2 * ((np.arange(h) / h)[:, None] ** 2 + (np.arange(w) / w) ** 2)
    left = least + (1 - least) * np.exp(-lam * sigma ** 2 / 2)
    return np.stack([rows.T @ (left * (rows @ c @ columns.T)) @ columns for c in x])
def blur_sigma(t, steps=1000, most=20): return most * np.sin(np.pi * t / (2 * steps)) ** 2
def heat_sigma(t, steps=1000, least=0.5, most=20): return np.exp(np.linspace(np.log(least), np.log(most), steps))[t - 1]
alpha_bar = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
${2:-}
assert $1
PYTHON
}
"$python" -c 'from PIL import Image; Image.open("cat.png").crop((3, 5, 104, 72)).save("odd.png")' # 101 x 67

run() { expect 0 "$qsample" noise odd.png -f -q "$@"; }
for path in shared independent markov; do
  for t in 1 400 1000; do
    run -t $t --process blur --path $path --save eps=eps.npy --save x0=x0.npy -o b.npy
    numbers "near(a('b'), np.sqrt(alpha_bar[$t - 1]) * blurred(a('x0'), blur_sigma($t), 0.001) + np.sqrt(1 - alpha_bar[$t - 1]) * a('eps')) and abs(a('eps').std() - 1) < 0.02"
    run -t $t --process heat --path $path --save eps=eps.npy --save x0=x0.npy -o h.npy
    numbers "near(a('h'), blurred(a('x0'), heat_sigma($t)) + 0.01 * a('eps')) and abs(a('eps').std() - 1) < 0.02"
  done
done
# The parameters, and a schedule of one's own.
run -t 30 -T 100 --process blur --blur-sigma-max 5 --blur-min-scale 0.1 --schedule flow --save eps=eps.npy -o b.npy
numbers "near(a('b'), 0.7 * blurred(a('x0'), blur_sigma(30, 100, 5), 0.1) + 0.3 * a('eps'))"
run -t 30 -T 100 --process heat --blur-sigma-min 1 --blur-sigma-max 8 --sigma-max 0.01 --save eps=eps.npy -o h.npy
numbers "near(a('h'), blurred(a('x0'), heat_sigma(30, 100, 1, 8)) + 0.01 * a('eps'))"
run --u 0.3005 --process blur --schedule cosine-log-snr --path markov -o place.png
expect 0 "$qsample" verify place.png

# Films go over t where the SNR never changes, and over the log SNR as others do where it does.
expect 0 "$qsample" trajectory odd.png --process heat --frames 5 -o heat-5.apng
expect 0 "$qsample" info heat-5.apng
holds out "timesteps    [0,250,500,750,1000]"
expect 0 "$qsample" trajectory odd.png --process blur --frames 5 -o blur-5.apng
expect 0 "$qsample" info blur-5.apng
holds out "space        log-snr"
expect 0 "$qsample" sheet odd.png --process heat --frames 3 -o heat-sheet.png
expect 2 "$qsample" trajectory odd.png --process heat --frames 5 --space log-snr -o none.apng
says "--space log-snr does not go on after t = 1; take t"
missing none.apng

# Noise of peers is theirs.
run -t 400 --process blur --rng torch --save eps=torch.npy -o b.npy
run -t 400 --rng torch --save eps=plain.npy -o g.npy
same torch.npy plain.npy

# At t = 0 nothing is done; integers are those of the floats.
for process in blur heat; do
  expect 0 "$qsample" noise cat.png -t 0 --process $process -o zero.png -f
  expect 0 "$qsample" noise cat.png -t 0 -o plain.png -f
  numbers "(np.array(Image.open('zero.png')) == np.array(Image.open('plain.png'))).all()"
  run -t 300 --process $process -o x.npy
  run -t 300 --process $process -o x.png
  numbers "(np.abs(np.array(Image.open('x.png')) - np.clip(np.round((a('x').transpose(1, 2, 0) + 1) * 127.5), 0, 255)) <= 0).all()"
  expect 0 "$qsample" verify x.png
  expect 0 "$qsample" info x.png
  holds out "--process $process --blur"
  # A trajectory, a batch and a single image have the same frames, whole or one by one.
  for path in markov independent; do
    expect 0 "$qsample" trajectory odd.png -o frames-$process-$path --process $process --timesteps 0,1,300,999,1000 --path $path -j 3
    run -t 300 --process $process --path $path -o one.png
    same frames-$process-$path/odd_t0300.png one.png
  done
done
mkdir in && cp odd.png in
expect 0 "$qsample" batch in -o noisy -t 300 --process heat --path markov --save eps=eps
expect 0 "$qsample" verify noisy/odd.png --source in
expect 0 "$qsample" sheet odd.png -o sheet.png --frames 3 --process heat
expect 0 "$qsample" sheet odd.png -o gaussian.png --frames 3
differ sheet.png gaussian.png
expect 0 "$qsample" trajectory odd.png -o heat.apng --process heat --frames 4
expect 0 "$qsample" info heat.apng
holds out "--process heat"

# refused TEXT OPTION...: before anything is written.
refused() {
  local text=$1
  shift
  expect 2 "$qsample" noise odd.png -o no.npy "$@"
  says "$text"
  missing no.npy
}
refused "--process: 'het' is not one of gaussian, blur, heat" -t 5 --process het
refused "--blur-sigma-max is not used by --process gaussian" -t 5 --blur-sigma-max 3
refused "--blur-sigma-min is not used by --process blur" -t 5 --process blur --blur-sigma-min 3
refused "--blur-sigma-max must be positive" -t 5 --process blur --blur-sigma-max 0
refused "--blur-min-scale: 1 is outside [0, 1)" -t 5 --process blur --blur-min-scale 1
refused "--blur-sigma-min 30 and --blur-sigma-max 20 are not a range" -t 5 --process heat --blur-sigma-min 30
refused "schedule 'exponential' does not use --beta-end" -t 5 --process heat --beta-end 0.1
refused "--save v: --process blur does not scale the whole image alike" -t 5 --process blur --save v=v.npy
missing v.npy
missing page.html
finish

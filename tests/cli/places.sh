#!/usr/bin/env bash
# Real places on a path: --sigma, --u, --log-snr. PROGRAM IMAGE
. "$(dirname "$0")/lib.sh"

# The name and the record say the place, the record its t as well; the command makes it again.
for place in "sigma 1.234" "u 0.3707" "log-snr -1.5"; do
  read -r kind value <<<"$place"
  expect 0 "$qsample" noise cat.png "--$kind" "$value"
  silent
  exists "cat_$kind$value.png"
  expect 0 "$qsample" info --json "cat_$kind$value.png"
  holds out "\"place\":{\"$kind\":$value},\"t\":"
  again=$(sed 's/.*"again":"qsample \([^"]*\)".*/\1/' out)
  # shellcheck disable=SC2086 # words
  expect 0 "$qsample" $again -o again.png
  same again.png "cat_$kind$value.png"
  rm again.png
  expect 0 "$qsample" verify "cat_$kind$value.png"
done
expect 0 "$qsample" noise cat.png --u 0.3707 -v -f
says "cat.png -> cat_u0.3707.png: t 370.7 of 1000, alpha 0.49"
expect 0 "$qsample" noise cat.png --log-snr=-1.5 -o equals.png
same equals.png cat_log-snr-1.5.png

# The table's row of a place is that of the closed forms: where the variance is preserved alpha_bar is
# the logistic function of log SNR, EDM's t is its eq. 5 solved for it, and t is the record's.
row() { # FORM OPTION...: the row's fields
  expect 0 "$qsample" schedule --format csv "$@"
  tail -1 out
}
close_to() { awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(d * d <= 1e-24 * b * b) }' || fail "$3: $1, not $2"; }
IFS=, read -r t beta alpha_bar _ _ snr log_snr <<<"$(row --log-snr -1.5)"
close_to "$alpha_bar" "$(awk 'BEGIN { printf "%.17g", 1 / (1 + exp(1.5)) }')" alpha_bar
close_to "$snr" "$(awk 'BEGIN { printf "%.17g", exp(-1.5) }')" snr
close_to "$log_snr" -1.5 "log SNR"
[ -z "$beta" ] || fail "a place between timesteps has a beta: $beta"
expect 0 "$qsample" info --json cat_log-snr-1.5.png
close_to "$t" "$(sed 's/.*"log-snr":-1.5},"t":\([0-9.]*\).*/\1/' out)" t
IFS=, read -r t _ _ alpha sigma _ <<<"$(row --schedule karras --sigma 1.234)"
close_to "$sigma" 1.234 sigma
close_to "$alpha" 1 alpha
close_to "$t" "$(awk 'BEGIN { r = 1 / 7; least = 0.002 ^ r; most = 80 ^ r
  printf "%.17g", 1 + 999 * (1.234 ^ r - least) / (most - least) }')" "t of EDM"
expect 0 "$qsample" schedule --u 0.37 --schedule linear --schedule cosine
cp out u.txt
expect 0 "$qsample" schedule --find 37% --schedule linear --schedule cosine
same out u.txt

# A place on a timestep is that timestep, to the last byte of the file.
mkdir at && cd at || exit 1
expect 0 "$qsample" noise ../cat.png -t 370 --path markov
expect 0 "$qsample" noise ../cat.png --u 0.37 --path markov -o u.png
same u.png cat_t0370.png
expect 0 "$qsample" noise ../cat.png --u 0.37 --path markov -f
expect 0 "$qsample" noise ../cat.png --schedule flow -t 250 -o t.png
expect 0 "$qsample" noise ../cat.png --schedule flow --sigma 0.25 -o sigma.png
same sigma.png t.png
expect 0 "$qsample" noise ../cat.png --sigma 0 -o clean.png
expect 0 "$qsample" noise ../cat.png -t 0 -o t0.png
same clean.png t0.png
cd ..

# Beyond the schedule, and beside what says where as well.
refused() {
  local text=$1
  shift
  expect 2 "$qsample" noise cat.png "$@" -o none.png
  says "$text"
  missing none.png
}
refused "--sigma: 500 is outside 0.01000050004..157.4072808, which this schedule has from t = 1 to 1000" --sigma 500
refused "--sigma: 0.001 is outside" --sigma 0.001
refused "--u: 1.2 is outside 0.001..1" --u 1.2
refused "--u: 0 is the clean image, which is t = 0" --u 0
refused "--log-snr: 14 is outside -5..13.3, which this schedule has from t = 0 to 1000" --log-snr 14 --schedule vdm
refused "from t = 1 to 999" --sigma 1e6 --zero-terminal-snr
refused "--sigma: 'much' is not a number" --sigma much
refused "-t and --sigma exclude each other" -t 5 --sigma 1
refused "--at and --u exclude each other" --at snr=1 --u 0.5
refused "--sigma and --log-snr exclude each other" --sigma 1 --log-snr 0
refused "--zero-based and --u exclude each other" --zero-based --u 0.5
refused "--sigma is given twice" --sigma 1 --sigma 2
refused "--t-min is of -t random" --sigma 1 --t-min 3
expect 2 "$qsample" noise cat.png --sigma 1 --name 'none{t}.png'
says "--name: 'none{t}.png' has {t}, a whole number; {place} names what is between two timesteps"
expect 2 "$qsample" trajectory cat.png --sigma 1 -o frames/
says "which is an option of noise, batch and schedule"
printf '%s\n' t,alpha,sigma 1,0.9,0.3 2,0.5,0.4 >own.csv
refused "--u: this schedule has its timesteps only" --schedule own.csv --u 0.75

# Several draws, and names.
expect 0 "$qsample" noise cat.png --sigma 2.5 --samples 2
exists cat_sigma2.5_k0.png
exists cat_sigma2.5_k1.png
differ cat_sigma2.5_k0.png cat_sigma2.5_k1.png
expect 0 "$qsample" noise cat.png --sigma 2.5 --name '{place}/{stem}_{seed}.npy'
exists sigma2.5/cat_0.npy
expect 0 "$qsample" noise cat.png -t 5 --name '{place}/{stem}.png'
exists t0005/cat.png

# A batch: each image with noise of its own, named by the place; --resume keeps, of this place only.
mkdir photos && cp cat.png photos/a.png && cp equals.png photos/b.png
expect 0 "$qsample" batch photos -o noisy --log-snr -0.5
exists noisy/a_log-snr-0.5.png
expect 0 "$qsample" noise photos/a.png --log-snr -0.5 --seed-from-name -o one.png --no-metadata
expect 0 "$qsample" noise noisy/a_log-snr-0.5.png -t 0 --no-metadata -o two.png
same one.png two.png
expect 0 "$qsample" verify noisy/*.png --source photos
expect 0 "$qsample" batch photos -o noisy --log-snr -0.5 --resume -v
holds err "2 kept"
expect 0 "$qsample" batch photos -o noisy --log-snr -0.25 --name '{stem}_log-snr-0.5.png' --resume -v
holds err "2 of 2 images written"
expect 0 "$qsample" batch photos -o shard.tar --u 0.1234
expect 0 tar -xf shard.tar a.qsample.json
holds a.qsample.json '"place":{"u":0.1234},"t":123.'
expect 2 "$qsample" batch photos -o other.tar --u 0.1234 --name '{stem}_{place}'
says "may have a dot in its {place}"
missing other.tar

/usr/bin/python3 -c 'import numpy, PIL' 2>/dev/null || {
  echo "SKIPPED: what is at a place, for want of numpy and PIL"
  finish
  exit
}

# x at a place is alpha x_0 + sigma eps of the closed form, and so are the targets.
saved() {
  "$qsample" noise cat.png "$@" -f -o xt.npy --save eps=eps.npy --save v=v.npy --save score=score.npy \
    --save edm-input=edm.npy || fail "status $? of $*"
}
check() {
  saved "${@:3}"
  /usr/bin/python3 - "$1" "$2" <<'PY' || fail "what is at ${*:3}"
import json, sys
import numpy as np
from math import *
from PIL import Image
alpha, sigma = eval(sys.argv[1]), eval(sys.argv[2])
x0 = np.asarray(Image.open("cat.png").convert("RGB"), np.float64).transpose(2, 0, 1) / 127.5 - 1
eps, x, v, score, edm = (np.load(f + ".npy") for f in ("eps", "xt", "v", "score", "edm"))
def near(a, b, what):
    assert np.abs(a - b).max() < 2e-6 * max(1, np.abs(b).max()), (what, np.abs(a - b).max())
assert abs(eps.std() - 1) < 0.01 and abs(eps.mean()) < 0.01
near(x, alpha * x0 + sigma * eps, "x")
near(score, -eps / sigma, "score")
near(edm, (x0 + sigma / alpha * eps) / hypot(sigma / alpha, 0.5), "edm")
if abs(alpha + sigma - 1) < 1e-9: near(v, eps - x0, "v")
elif alpha == 1: near(v, (eps - sigma * x0) / hypot(1, sigma), "v")
else: near(v, alpha * eps - sigma * x0, "v")
assert abs(json.load(open("edm.json"))["sigma"] / (sigma / alpha) - 1) < 1e-12
PY
}
for path in shared markov independent; do
  check '1 / hypot(1, 1.234)' '1.234 / hypot(1, 1.234)' --sigma 1.234 --path $path
  check 1 1.234 --sigma 1.234 --schedule karras --path $path
  check '1 - 0.345' 0.345 --sigma 0.345 --schedule flow -T 50 --path $path
  check 'exp(-(19.9 * 0.37**2 / 2 + 0.1 * 0.37) / 2)' 'sqrt(1 - exp(-(19.9 * 0.37**2 / 2 + 0.1 * 0.37)))' \
    --u 0.37 --schedule vp-sde -T 50 --path $path
  check 'sqrt(1 / (1 + exp(1.5)))' 'sqrt(1 / (1 + exp(-1.5)))' --log-snr -1.5 --schedule cosine --path $path
done

# Between its two timesteps a Markov path has it close to both, as the bridge says.
for t in 300 301; do
  expect 0 "$qsample" noise cat.png -t $t --path markov -o n$t.npy --save eps=n$t-eps.npy
done
for place in 0.3001 0.3005 0.3009; do
  expect 0 "$qsample" noise cat.png --u $place --path markov -o n.npy --save eps=p.npy -f
  /usr/bin/python3 - $place <<'PY' || fail "the bridge at $place"
import numpy as np, sys
f = (float(sys.argv[1]) - 0.3) * 1000
beta = np.linspace(1e-4, 0.02, 1000)
bar = np.cumprod(1 - beta)
tau = 1 / bar - 1
a, c = tau[299], tau[300]
m = a ** (1 - f) * c ** f
W = [np.load(n).ravel().astype(np.float64) * s**0.5 for n, s in (("n300-eps.npy", a), ("p.npy", m), ("n301-eps.npy", c))]
rest = W[1] - W[0] - (m - a) / (c - a) * (W[2] - W[0])
z = rest / ((m - a) * (c - m) / (c - a)) ** 0.5
assert abs(z.std() - 1) < 0.02 and abs(z.mean()) < 0.02, (z.std(), z.mean())
assert all(abs(np.corrcoef(z, w)[0, 1]) < 0.02 for w in (W[0], W[2]))
PY
done
finish

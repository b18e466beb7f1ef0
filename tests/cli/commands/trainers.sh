#!/usr/bin/env bash
# What trainers add to the noise, and what they want beside x_t: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import numpy' 2>/dev/null || skip "python3-numpy is not there"

# numbers CODE...: Python, where a(NAME) is an array, exits with 0 where all(...) of it is true.
numbers() {
  "$python" - <<PYTHON || fail "not so: $1"
import json, numpy as np
def a(name): return np.load(name + ".npy").astype(np.float64)
def near(x, y, by=1e-5): return np.abs(x - y).max() < by
${2:-}
assert $1
PYTHON
}

run() { expect 0 "$qsample" noise cat.png -t 300 -f -q "$@"; }
run -o plain.npy --save eps=n.npy --save x0=x0.npy
run -o offset.npy --save eps=offset-eps.npy --offset-noise 0.1
numbers "np.ptp(a('offset-eps') - a('n'), axis=(1, 2)).max() < 1e-6 and np.ptp((a('offset-eps') - a('n')).mean(axis=(1, 2))) > 1e-3"
read -r alpha sigma < <("$qsample" schedule --format csv | awk -F, '
  NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
  $1 == 300 { print $column["alpha"], $column["sigma"] }')
numbers "near(a('offset'), $alpha * a('x0') + $sigma * a('offset-eps'))"
run -o offset2.npy --save eps=adaptive-eps.npy --offset-noise 0.1 --offset-noise-adaptive 0.5
numbers "near((a('adaptive-eps') - a('n')).mean(axis=(1, 2)),
              (a('offset-eps') - a('n')).mean(axis=(1, 2)) * (1 + 5 * np.abs(a('x0').mean(axis=(1, 2)))))"

# eps lacks the perturbation, x_t has it.
run -o perturbed.npy --save eps=perturbed-eps.npy --input-perturbation 0.2
same n.npy perturbed-eps.npy
numbers "abs(((a('perturbed') - a('plain')) / ($sigma * 0.2)).std() - 1) < 0.02"
run -o wholly.npy --save eps=wholly-eps.npy --input-perturbation 0.2 --perturb-targets
same perturbed.npy wholly.npy
numbers "near(a('wholly'), $alpha * a('x0') + $sigma * a('wholly-eps'))"
run -o weak.npy --save eps=weak-eps.npy --offset-noise 0.1 --offset-noise-random --input-perturbation 0.2 --input-perturbation-random
numbers "0 < u[0] < 1 and np.ptp(u) < 1e-4" \
  "u = (a('weak-eps') - a('n')).mean(axis=(1, 2)) / (a('offset-eps') - a('n')).mean(axis=(1, 2))"
numbers "0.01 < u.mean() < 1 and near(d, u.mean() * e)" \
  "d = a('weak') - $alpha * a('x0') - $sigma * a('weak-eps'); e = a('perturbed') - a('plain'); u = np.array((d * e).sum() / (e * e).sum())"
run -o pyramid.npy --save eps=pyramid-eps.npy --pyramid-noise 6 --pyramid-discount 0.5
numbers "abs(a('pyramid-eps').std(ddof=1) - 1) < 1e-5 and a('pyramid-eps').mean(axis=(1, 2)).std() > 3 * a('n').mean(axis=(1, 2)).std()"
run -o pyramid2.npy --pyramid-noise 6 --pyramid-discount 0.5 --pyramid-seed 0
same pyramid.npy pyramid2.npy
run -o pyramid3.npy --pyramid-noise 6 --pyramid-discount 0.5 --pyramid-seed 1
differ pyramid.npy pyramid3.npy
for rng in philox torch; do run --rng "$rng" -o all.npy --offset-noise 0.1 --pyramid-noise 4 --input-perturbation 0.1; done

# In a trajectory and a batch, and in what they record.
added=(--offset-noise 0.1 --offset-noise-random --perturb-targets --input-perturbation-random --input-perturbation 0.05 --pyramid-noise 4 --pyramid-discount 0.4 --pyramid-seed 9)
expect 0 "$qsample" trajectory cat.png -o films --timesteps 300 --path shared --seed 3 "${added[@]}"
expect 0 "$qsample" noise cat.png -t 300 --seed 3 "${added[@]}" -o one.png
same films/cat_t0300.png one.png
expect 0 "$qsample" verify one.png
mkdir in && cp cat.png in
expect 0 "$qsample" batch in -o noisy -t 300 --offset-noise 0.1 --pyramid-noise 3
expect 0 "$qsample" verify noisy/cat.png --source in
expect 0 "$qsample" info one.png
for word in "offset-noise 0.1" offset-noise-random perturb-targets input-perturbation-random "pyramid-seed 9" "pyramid-discount 0.4"; do holds out "--$word"; done

# Targets.
run -o flow.npy --schedule flow --save velocity=velocity.npy --save v=v.npy
same velocity.npy v.npy
numbers "near(a('velocity'), a('n') - a('x0'))"
run -o s.npy --save score=score.npy
numbers "near(a('score'), -a('n') / $sigma)"
run -o e.npy --save edm=edm.npy --save edm-input=input.npy --sigma-data 0.6
same edm.json input.json
numbers "near(c['c_skip'] * x + c['c_out'] * a('edm'), a('x0')) and near(a('input'), c['c_in'] * x) and c['sigma_data'] == 0.6" \
  "c = json.load(open('edm.json')); x = a('plain') / $alpha"
expect 1 "$qsample" noise cat.png -t 300 -o new.npy --save edm=edm.npy
missing new.npy
mv edm.npy other.npy
expect 1 "$qsample" noise cat.png -t 300 -o new.npy --save edm=edm.npy
says "edm.json: exists already"
missing new.npy
missing edm.npy
run -o t.safetensors --save edm=t.safetensors --save score=t.safetensors --sigma-data 0.6
expect 0 "$qsample" info t.safetensors
holds out "--sigma-data 0.6"

# refused STATUS TEXT OPTION...: before anything is written.
refused() {
  local status=$1 text=$2
  shift 2
  expect "$status" "$qsample" noise cat.png -o no.npy "$@"
  says "$text"
  missing no.npy
}
refused 2 "use --path shared, not markov" -t 5 --offset-noise 0.1 --path markov
refused 2 "--offset-noise needs draws that follow the first" -t 5 --offset-noise 0.1 --rng numpy
refused 2 "--pyramid-discount goes with --pyramid-noise" -t 5 --pyramid-discount 0.1
refused 2 "--perturb-targets goes with --input-perturbation" -t 5 --perturb-targets
refused 2 "--pyramid-seed goes with --pyramid-noise" -t 5 --pyramid-seed 0
refused 2 "--offset-noise: -1 is outside 0..1000" -t 5 --offset-noise=-1
refused 2 "--pyramid-noise: '1.5' is not a whole number" -t 5 --pyramid-noise 1.5
refused 2 "--save score: there is no noise yet at t = 0" -t 0 --save score=s.npy
refused 2 "--save velocity: eps - x0 is the velocity of flows" -t 5 --save velocity=s.npy
refused 2 "--save edm: nothing is left of the image at t = 1000" -t 1000 --zero-terminal-snr --save edm=e.npy
refused 2 "--sigma-data is of --save edm=FILE" -t 5 --sigma-data 1
refused 2 "--sigma-data: 0 is not above 0" -t 5 --sigma-data 0 --save edm=e.npy
refused 2 "EDM's scalings go beside it" -t 5 --save edm=-
expect 2 "$qsample" trajectory cat.png -o none --offset-noise 0.1
says "use --path shared"
missing none
finish

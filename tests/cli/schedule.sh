#!/usr/bin/env bash
# qsample schedule, as a user runs it.
. "$(dirname "$0")/lib.sh"

expect 0 "$qsample" schedule --format csv
silent
[ "$(head -1 out)" = "t,beta,alpha_bar,alpha,sigma,snr,log_snr" ] || fail "header: $(head -1 out)"
[ "$(wc -l <out)" = 1002 ] || fail "$(wc -l <out) lines"
[ "$(sed -n 2p out)" = "0,,1,1,0,inf,inf" ] || fail "t = 0: $(sed -n 2p out)"
# In csv the numbers keep their identities: alpha^2 = alpha_bar, alpha^2 + sigma^2 = 1.
awk -F, 'NR > 2 { a = $4 * $4 - $3; b = $4 * $4 + $5 * $5 - 1; if (a * a > 1e-28 || b * b > 1e-28) exit 1 }' out ||
  fail "the columns disagree"

expect 0 "$qsample" schedule --format json -T 3
holds out '{"t": 0, "beta": null, "alpha_bar": 1'
[ "$(grep -c '"t"' out)" = 4 ] || fail "json rows"
number='-?[0-9]+(\.[0-9]+)?(e[-+][0-9]+)?'
row="\\{\"t\": [0-9]+, \"beta\": (null|$number)(, \"[a-z_]+\": (null|$number)){5}\\}"
[ "$(head -1 out)" = "[" ] && [ "$(tail -1 out)" = "]" ] && [ "$(wc -l <out)" = 6 ] || fail "json brackets"
[ "$(sed -n '2,4p' out | grep -cxE "$row,")" = 3 ] && sed -n 5p out | grep -qxE "$row" || fail "json: $(cat out)"
holds out '{"t": 1, "beta": 0.0001,'

expect 0 "$qsample" schedule
[ "$(wc -l <out)" = 1002 ] || fail "table: $(wc -l <out) lines"
expect 0 "$qsample" schedule --stats
holds out "9.7e-06 bits/dim"
holds out "t = 259"

# Aliases and a list of betas give the same table.
expect 0 "$qsample" schedule --schedule quad --format csv
mv out quad.csv
for name in scaled-linear scaled_linear; do
  expect 0 "$qsample" schedule --schedule $name --format csv
  same out quad.csv
done
expect 0 "$qsample" schedule --schedule vdm --gamma-min -10 --gamma-max 10 --find 50% --format csv
holds out ",1,0" # log SNR 0
printf '[0.1, 0.2]' >betas.json
expect 0 "$qsample" schedule --schedule betas.json --format csv
[ "$(cut -d, -f2 out | tail -2 | tr '\n' ' ')" = "0.10000000000000001 0.20000000000000001 " ] || fail "$(cat out)"

expect 2 "$qsample" schedule --schedule linaer
says "unknown schedule 'linaer'; did you mean linear; known are linear, linear-scaled, quad, scaled-linear, scaled_linear"
expect 2 "$qsample" schedule -T 0
expect 2 "$qsample" schedule -T 1000001
expect 2 "$qsample" schedule --beta-end 1.5
says "outside (0, 1]"
expect 2 "$qsample" schedule --schedule cosine --beta-end 0.1
says "does not use"
expect 2 "$qsample" schedule --schedule betas.json -T 3
says "lists 2 betas"
echo "0.1 zero" >bad.txt
expect 1 "$qsample" schedule --schedule bad.txt
says "bad.txt: line 1: 'zero'"
status=0
"$qsample" schedule >/dev/full 2>err || status=$?
[ $status = 1 ] || fail "full disk: status $status"
says "standard output: No space left on device"
"$qsample" schedule 2>err | head -1 >/dev/null
silent_pipe=$(cat err)
[ -z "$silent_pipe" ] || fail "a closed pipe: $silent_pipe"
# Where on the schedule.
"$qsample" schedule --schedule cosine --format csv >whole.csv
for t in 0 1 250 1000; do
  expect 0 "$qsample" schedule --schedule cosine -t $t --format csv
  sed -n "1p; $((t + 2))p" whole.csv | cmp - out || fail "-t $t: $(cat out)"
done
expect 2 "$qsample" schedule -t 1001
says "row 1001 is outside 0..1000"
expect 2 "$qsample" schedule -t -1
expect 2 "$qsample" schedule -t 0.5
for place in snr=1 log-snr=0 alpha-bar=0.5; do
  expect 0 "$qsample" schedule --find $place --format csv
  [ "$(sed -n 2p out | cut -d, -f1)" = 259 ] || fail "$place: $(sed -n 2p out)"
done
expect 0 "$qsample" schedule --find 25% --format csv
[ "$(sed -n 2p out | cut -d, -f1)" = 250 ] || fail "25%: $(sed -n 2p out)"
expect 0 "$qsample" schedule --find grey-levels=25 --format csv
[ "$(sed -n 2p out | cut -d, -f1)" = 57 ] || fail "grey-levels=25: $(sed -n 2p out)"
expect 0 "$qsample" schedule --find log-snr=-50 --format csv
[ "$(sed -n 2p out | cut -d, -f1)" = 1000 ] || fail "log-snr=-50: $(sed -n 2p out)"
says "warning: --find log-snr=-50: no timestep comes near; the nearest has log-snr -10.1177"
expect 0 "$qsample" schedule --find sigma=25/255 --format csv
# The nearest of the whole table, by another program.
t=$("$qsample" schedule --format csv | awk -F, 'NR > 2 { d = $5 - 25 / 255; d = d < 0 ? -d : d
  if (best == "" || d < least) { best = $1; least = d } } END { print best }')
[ "$(sed -n 2p out | cut -d, -f1)" = "$t" ] || fail "sigma=25/255: $(sed -n 2p out), not $t"
for place in snr=-1 colour=1 snr 101% snr=x sigma=1/0; do
  expect 2 "$qsample" schedule --find "$place"
done

# A short schedule is warned of; every family has a table.
expect 0 "$qsample" schedule -T 100
says "warning: the last timestep still shows the image (alpha_bar_T = 0.364"
for name in linear linear-scaled quad const jsd warmup10 warmup50 cosine exp laplace sigmoid \
  sigmoid-jabri vp-sde linear-log-snr vdm cosine-log-snr shifted-cosine gamma-linear gamma-cosine \
  interpolated-cosine trigflow wuerstchen karras-ve beta-sigmas gamma-sigmoid geometric karras exponential polyexponential vp-sigmas flow; do
  expect 0 "$qsample" schedule --schedule $name -q --format csv
  silent
  [ "$(wc -l <out)" = 1002 ] || fail "$name: $(wc -l <out) lines"
done
# Unscaled, only the timestep without an image is not there.
expect 2 "$qsample" noise cat.png -o no.png --zero-terminal-snr --form ve -t 1000
says "-t 1000: alpha is 0 there, so x_0 + (sigma / alpha) eps does not exist; the last is 999"
expect 0 "$qsample" noise cat.png -o ve.npy --zero-terminal-snr --form ve -t 999
expect 0 "$qsample" schedule -T 100000 --zero-terminal-snr --format csv -q
[ "$(tail -1 out | cut -d, -f1,3)" = 100000,0 ] || fail "$(tail -1 out)"
expect 2 "$qsample" schedule --schedule karras --beta-end 0.1
says "does not use --beta-end"
expect 2 "$qsample" schedule --schedule linear-scaled -T 10
says "use more steps"

# The table that is printed is a schedule, to all its digits; a byte order mark is passed over.
for schedule in linear flow karras "scaled-linear --zero-terminal-snr" cosine; do
  for format in csv json; do
    # shellcheck disable=SC2086 # several words
    expect 0 "$qsample" schedule --schedule $schedule --format $format -q
    mv out table.$format
    { printf '\xef\xbb\xbf' && cat table.$format; } >marked.$format
    for file in table marked; do
      expect 0 "$qsample" schedule --schedule ./$file.$format --format $format -q
      same out table.$format
    done
  done
done
# Of others alpha and sigma are; the SNR is made of these and may differ in its last digit.
for schedule in "linear --form ve" vdm gamma-cosine vp-sde; do
  # shellcheck disable=SC2086 # several words
  expect 0 "$qsample" schedule --schedule $schedule --format csv
  cut -d, -f1,4,5 out >whole.csv
  mv out table.csv
  expect 0 "$qsample" schedule --schedule table.csv --format csv
  same whole.csv <(cut -d, -f1,4,5 out)
done
expect 2 "$qsample" schedule --schedule table.csv -T 5
says "table.csv: lists 1000 timesteps, so -T 5 does not fit"
expect 2 "$qsample" schedule --schedule table.csv --zero-terminal-snr
says "table.csv: a table of alpha and sigma is not made of betas"
printf 't,alpha,sigma\n1,0.5,x\n' >broken.csv
expect 1 "$qsample" schedule --schedule broken.csv
says "broken.csv: line 2: 'x' is not a number"

# safetensors, and each form is read back as what it was.
expect 0 "$qsample" schedule --schedule flow -T 50 --shift 3 -o flow.safetensors
expect 0 "$qsample" schedule --schedule flow -T 50 --shift 3 -o flow.csv
expect 0 "$qsample" schedule --schedule flow.safetensors --format csv
same out flow.csv
expect 0 "$qsample" schedule --schedule flow.csv -o again.safetensors
same again.safetensors flow.safetensors
if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
  /usr/bin/python3 -c '
import json, numpy as np
data = open("flow.safetensors", "rb").read()
size = int.from_bytes(data[:8], "little")
header = json.loads(data[8:8 + size])
assert all(e["dtype"] == "F64" and e["shape"] == [51] for e in header.values()), header
begin, end = header["sigma"]["data_offsets"]
sigma = np.frombuffer(data[8 + size:][begin:end])
u = np.arange(51) / 50
assert np.abs(sigma - 3 * u / (1 + 2 * u)).max() < 1e-15' || fail "flow.safetensors is not so"
fi
head -c 700 flow.safetensors >cut.safetensors
expect 1 "$qsample" schedule --schedule cut.safetensors
says "cut.safetensors: it is truncated"
printf '\xef\xbb\xbfsigmas\r\n80\r\n1\r\n# the end\r\n0\r\n' >k.txt
expect 0 "$qsample" schedule --schedule k.txt --format csv
[ "$(tail -1 out | cut -d, -f1,4,5)" = 2,1,80 ] || fail "$(cat out)"

# The configuration of a model of diffusers.
cat >scheduler_config.json <<'JSON'
{
  "_class_name": "PNDMScheduler",
  "beta_schedule": "scaled_linear",
  "beta_start": 0.00085,
  "beta_end": 0.012,
  "num_train_timesteps": 1000,
  "skip_prk_steps": true
}
JSON
expect 0 "$qsample" schedule --schedule scheduler_config.json --format csv
says "x_t at the timesteps of training does not depend on these fields, which are about sampling: skip_prk_steps"
same out quad.csv
expect 0 "$qsample" schedule --schedule scheduler_config.json --precision float32 -q
sed -i 's/"skip_prk_steps": true/"lambda_min_clipped": -Infinity, "use_karras_sigmas": true/
  s/PNDM/DPMSolverMultistep/' scheduler_config.json
expect 0 "$qsample" schedule --schedule scheduler_config.json --format csv
grep -q 'about sampling: lambda_min_clipped' err || fail "$(cat err)"
grep -q 'x_t is that of the training timesteps; "use_karras_sigmas"' err || fail "$(cat err)"
same out quad.csv
sed -i 's/"use_karras_sigmas": true/"use_karras_sigmas": true, "sigma_max": 700.0/' scheduler_config.json
expect 0 "$qsample" schedule --schedule scheduler_config.json --format csv
grep -q 'within the bounds of the config, which the class has only after set_timesteps' err || fail "$(cat err)"
[ "$(tail -1 out | cut -d, -f6 | cut -c1-6)" = "699.99" ] ||
  [ "$(awk -F, 'END { printf "%.6f", $6 / $5 }' out)" = 700.000000 ] || fail "$(tail -1 out)"
expect 0 "$qsample" schedule --schedule scheduler_config.json --as-constructed --format csv
holds out '1000,0,'

# The steps of set_timesteps, what pipelines hand over, and where image-to-image begins.
cat >flow.json <<'JSON'
{"_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": true, "shift": 3.0}
JSON
expect 0 "$qsample" schedule --schedule flow.json --image-tokens 4096 --find snr=1
expect 0 "$qsample" schedule --schedule flow.json --inference-steps 4 --image-tokens 4096 --format csv
holds out 't,timestep,beta'
[ "$(awk -F, '{ printf "%.3f ", $2 }' out)" = "0.000 0.000 3.151 612.979 863.497 1000.000 " ] || fail "$(cat out)"
expect 0 "$qsample" schedule --schedule flow.json --inference-steps 4 --image-size 1024 --pipeline-sigmas flux --format csv
[ "$(awk -F, '{ printf "%.3f ", $2 }' out)" = "0.000 0.000 512.844 759.511 904.531 1000.000 " ] || fail "$(cat out)"
# FLUX.2's shift is of the number of steps as well: e^2.291 for 4096 tokens and 4 steps.
expect 0 "$qsample" schedule --schedule flow.json --inference-steps 4 --image-tokens 4096 --pipeline-sigmas flux2 --format csv
[ "$(awk -F, '{ printf "%.3f ", $2 }' out)" = "0.000 0.000 767.200 908.144 967.384 1000.000 " ] || fail "$(cat out)"
expect 0 "$qsample" noise cat.png -o two.png --schedule flow.json --inference-steps 4 --image-tokens 4096 --pipeline-sigmas flux2 -t 2
expect 0 "$qsample" info two.png
holds out '--pipeline-sigmas flux2'
expect 0 "$qsample" verify two.png
expect 1 "$qsample" schedule --schedule flow.json --inference-steps 4
says "depends on the image's size; give it by --image-size or --image-tokens"
expect 0 "$qsample" noise cat.png -o a.safetensors --schedule flow.json --inference-steps 28 --image-tokens 4096 --strength 0.6
says "--strength 0.6: t = 17 of 28"
expect 0 "$qsample" noise cat.png -o b.safetensors --schedule flow.json --inference-steps 28 --image-tokens 4096 -t 17
same a.safetensors b.safetensors
expect 0 "$qsample" info a.safetensors
holds out '-t 17' && holds out '--inference-steps 28 --image-tokens 4096'
expect 0 "$qsample" verify a.safetensors
expect 0 "$qsample" trajectory cat.png -o grid --schedule flow.json --inference-steps 3 --image-tokens 256
[ "$(ls grid | wc -l)" = 4 ] || fail "$(ls grid)"
printf '{"_class_name": "PNDMScheduler", "skip_prk_steps": true, "steps_offset": 1}' >pndm.json
expect 0 "$qsample" noise cat.png -o c.png --schedule pndm.json --inference-steps 50 --strength 0.05
says "--strength 0.05: t = 3 of 51"
expect 0 "$qsample" schedule --schedule pndm.json -T 100 --inference-steps 10 --format csv
[ "$(tail -1 out | cut -d, -f2)" = 91 ] || fail "$(cat out)"
expect 0 "$qsample" noise cat.png -o d.png --schedule pndm.json -T 100 --inference-steps 10 -t 4
expect 0 "$qsample" info d.png
holds out '-T 100'
expect 0 "$qsample" verify d.png
# What cannot be is refused.
expect 2 "$qsample" noise cat.png -o no.png --schedule pndm.json --inference-steps 50 --strength 1.5
says "--strength 1.5 is not in (0, 1]"
expect 2 "$qsample" noise cat.png -o no.png --schedule pndm.json --inference-steps 50 --strength 0.01
says "--strength 0.01 takes none of 50 steps; the least is 0.02"
expect 2 "$qsample" noise cat.png -o no.png --strength 0.5
says "--strength goes with --inference-steps"
expect 2 "$qsample" noise cat.png -o no.png -t 5 --inference-steps 4
says "--inference-steps goes with a scheduler_config.json; give one by --schedule"
expect 2 "$qsample" schedule --schedule pndm.json --inference-steps 4.5
says "--inference-steps 4.5 is not a whole number"
expect 2 "$qsample" schedule --schedule pndm.json --inference-steps 4 --pipeline-sigmas flux
says "PNDMScheduler takes no sigmas from a pipeline; leave out --pipeline-sigmas"
expect 2 "$qsample" schedule --schedule pndm.json --as-constructed
says "leave out --as-constructed"
missing no.png
sed -i 's/0.012,/0.012/' scheduler_config.json
expect 1 "$qsample" schedule --schedule scheduler_config.json
says "scheduler_config.json: is not JSON: line 6, column"
finish

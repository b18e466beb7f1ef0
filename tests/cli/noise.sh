#!/usr/bin/env bash
# qsample noise, as a user runs it.
. "$(dirname "$0")/lib.sh"

# The name says the timestep, padded to the width of the last.
expect 0 "$qsample" noise cat.png -t 250
silent
exists cat_t0250.png
expect 0 "$qsample" noise cat.png -t 5 -T 50
says "still shows the image"
exists cat_t05.png

# Reproducible; another seed is another noise; the default seed is 0.
expect 0 "$qsample" noise cat.png -t 250 -o again.png
same cat_t0250.png again.png
expect 0 "$qsample" noise cat.png -t 250 --seed 0 -o seed0.png
same cat_t0250.png seed0.png
expect 0 "$qsample" noise cat.png -t 250 --seed 18446744073709551615 -o seedmax.png
differ cat_t0250.png seedmax.png

# Counted from 0, k is our k + 1.
expect 0 "$qsample" noise cat.png -t 249 --zero-based -o zero.png
same cat_t0250.png zero.png
expect 2 "$qsample" noise cat.png -t 1000 --zero-based -o none.png
says "0..999"
# What is said and the default name count so, too, and the name to the width of 999.
expect 0 "$qsample" noise cat.png -t 249 --zero-based -v
says "cat.png -> cat_t249.png: t 249 of 999"
same cat_t249.png zero.png
expect 0 "$qsample" noise cat.png --at 0% --zero-based -o percent.png
says "--at 0%: t = 0 of 999"
expect 0 "$qsample" noise cat.png -t 1 -o percent1.png
same percent.png percent1.png
expect 0 "$qsample" noise cat.png --at snr=inf --zero-based -o percent.png -f
says "no timestep comes near"
same percent.png percent1.png

# t = 0 is the image: through two formats and back, the pixels are those of the input.
expect 0 "$qsample" noise cat.png -t 0 -o zero.ppm
expect 0 "$qsample" noise zero.ppm -t 0 -o back.png
expect 0 "$qsample" noise back.png -t 0 -o back.ppm
same back.ppm zero.ppm

# Through pipes, with the same bytes but for the source's name.
expect 0 "$qsample" noise cat.png -t 250 --no-metadata -o plain.png
"$qsample" noise - -t 250 --no-metadata -o - <cat.png >piped.png || fail "pipe: status $?"
same plain.png piped.png
"$qsample" noise - -t 9 <cat.png || fail "stdin: status $?"
exists stdin_t0009.png

# The record, and the same pixels without it.
expect 0 "$qsample" info --json cat_t0250.png
holds out '"t":250'
expect 1 "$qsample" info plain.png
says "plain.png: carries no record"
expect 0 "$qsample" noise cat_t0250.png -t 0 --no-metadata -o stripped.png
same plain.png stripped.png

# 16 bit on request.
expect 0 "$qsample" noise cat.png -t 250 --depth 16 -o deep.png
[ "$(head -c 25 deep.png | tail -c 1 | od -An -tu1 | tr -d ' ')" = 16 ] || fail "deep.png is not 16 bit"

# Each format by its ending; JPEG with a warning that -q takes away.
for ending in png tiff webp bmp ppm pnm; do
  expect 0 "$qsample" noise cat.png -t 100 -o "all.$ending"
  silent
  exists "all.$ending"
done
expect 0 "$qsample" noise cat.png -t 100 -o all.jpg
says "lossy"
expect 0 "$qsample" noise cat.png -t 100 -f -q -o all.jpg
silent
expect 0 "$qsample" noise all.jpg -t 100 -o from-jpeg.png

# The three kinds of path differ, but for a schedule's only step.
for path in markov shared independent; do
  expect 0 "$qsample" noise cat.png -t 500 --path $path --no-metadata -o path-$path.png
done
differ path-markov.png path-shared.png
differ path-markov.png path-independent.png
same path-shared.png <("$qsample" noise cat.png -t 500 --no-metadata -o -)

# A schedule from a file equals the same schedule by name.
printf '0.1\n0.1\n0.1\n' >betas.txt
expect 0 "$qsample" noise cat.png -t 2 --schedule betas.txt --no-metadata -o listed.png
expect 0 "$qsample" noise cat.png -t 2 --schedule const --beta-end 0.1 -T 3 --no-metadata -o named.png
same listed.png named.png

# Where on the schedule: the nearest timestep, and which it is.
expect 0 "$qsample" noise cat.png --at snr=1 -o at.png
says "--at snr=1: t = 259 of 1000"
expect 0 "$qsample" noise cat.png -t 259 -o at259.png
same at.png at259.png
# Noise in grey levels, of the unscaled image: t = 57 of linear has sigma/alpha nearest to 50/255.
expect 0 "$qsample" noise cat.png --at grey-levels=25 --form ve -o grainy.png
says "--at grey-levels=25: t = 57 of 1000, alpha 1, sigma 0.195"
expect 0 "$qsample" noise cat.png --at grey-levels=0 -o clean.png
says "t = 0 of 1000"
# What is further away than a step is said to be.
expect 0 "$qsample" noise cat.png --at snr=1e9 -o far.png
says "warning: --at snr=1e9: no timestep comes near; the nearest has snr 9999: t = 1 of 1000"
expect 0 "$qsample" noise cat.png --at grey-levels=inf -o far.png -f
says "no timestep comes near; the nearest has grey-levels 20069.4: t = 1000 of 1000"
expect 2 "$qsample" noise cat.png --at snr=1 -t 5
expect 2 "$qsample" noise cat.png

# Floats, nothing clipped; what training wants beside x_t.
for ending in npy safetensors exr pfm; do
  expect 0 "$qsample" noise cat.png -t 700 -o "float.$ending"
  silent
  exists "float.$ending"
done
expect 0 "$qsample" noise cat.png -t 700 --depth 32 -o float.tiff
expect 0 "$qsample" noise float.npy -t 0 --depth 8 -o from-npy.png
for ending in exr pfm tiff; do
  expect 0 "$qsample" noise "float.$ending" -t 0 --depth 8 -o "from-$ending.ppm"
  same "from-$ending.ppm" <("$qsample" noise cat.png -t 700 --format ppm -o -)
done
expect 1 "$qsample" noise float.npy -t 0 -o float.png
says "PNG holds 8-bit or 16-bit samples"
expect 0 "$qsample" noise cat.png -t 700 -o all.safetensors --save eps=all.safetensors --save v=all.safetensors
for tensor in x_t eps v; do grep -aq "\"$tensor\"" all.safetensors || fail "no $tensor"; done
expect 0 "$qsample" info all.safetensors
holds out "t            700"
expect 0 "$qsample" noise cat.png -t 700 -o xt.npy --save eps=eps.npy --save x0=x0.npy
expect 0 "$qsample" noise cat.png -t 700 --schedule flow -o flow.npy --save v=v.safetensors
expect 0 "$qsample" info --json v.safetensors
holds out '"v":"eps - x0"'
expect 2 "$qsample" noise cat.png -t 700 --schedule gamma-linear --input-scale 0.5 -o none.npy --save v=none.tiff
says "--save v: no v is known for this schedule"
missing none.npy
expect 2 "$qsample" noise cat.png -t 700 -o xt2.npy --save eps=xt2.npy
expect 2 "$qsample" noise cat.png -t 700 --save eps=eps.png
expect 2 "$qsample" noise cat.png -t 700 --save noise=eps.npy
missing xt2.npy

# How x becomes integers is a choice that is recorded.
expect 0 "$qsample" noise cat.png -t 700 --range auto --depth 16 -o wide.png -v
grep -q "0\.[0-2][0-9]% clipped" err || fail "three sigmas: $(cat err)" # at most 0.27% by the law
expect 0 "$qsample" info wide.png
holds out "range"
expect 2 "$qsample" noise cat.png -t 700 --range 1,-1
expect 2 "$qsample" noise cat.png -t 700 --range wide

# Integers as well have the range that is said; 0..255 is their own.
expect 0 "$qsample" noise cat.png -t 0 --input-range 0,255 -o own.ppm
silent
same own.ppm <("$qsample" noise cat.png -t 0 --format ppm -o -)
expect 0 "$qsample" noise cat.png -t 0 --input-range 0,1 -o beyond.npy
says "cat.png: samples are outside --input-range 0,1: x goes from"
expect 0 "$qsample" noise beyond.npy -t 0 -o beyond2.npy
says "--input-range LO,HI says which of them are -1 and 1"

# A peer's noise, which is drawn once.
for rng in torch numpy; do
  expect 0 "$qsample" noise cat.png -t 500 --rng $rng --no-metadata -o $rng.png
done
differ torch.png numpy.png
expect 2 "$qsample" noise cat.png -t 500 --rng torch --path markov -o x.png
says "use --path shared"
expect 2 "$qsample" noise cat.png -t 500 --rng torch-cuda -o x.png
says "depends on the device"

# -v says what was done, and names are literal.
expect 0 "$qsample" noise cat.png -t 250 -v -f
says "cat.png -> cat_t0250.png: t 250 of 1000"
for name in 'a b.png' '%d[0].png' $'new\nline.png' $'\xff.png' ./-dash.png; do
  cp cat.png "$name"
  expect 0 "$qsample" noise "$name" -t 3 -o "out $(basename "$name")"
  exists "out $(basename "$name")"
done
# In a loop, noise of each image's own if asked for: that of a batch, to the byte; info makes it again.
cp cat.png dog.png
for name in cat dog; do
  expect 0 "$qsample" noise $name.png -t 900 -o $name-same.png --no-metadata
  expect 0 "$qsample" noise $name.png -t 900 -o $name-own.png --seed-from-name --seed 3
done
same cat-same.png dog-same.png
for name in cat dog; do
  expect 0 "$qsample" batch $name.png -o batched -t 900 --seed 3
  same batched/$name.png $name-own.png
done
expect 0 "$qsample" info dog-own.png
eval "$(sed -n 's/^again *//p' out | sed "s#^qsample#$qsample#") -o dog-again.png"
same dog-again.png dog-own.png
mkdir folder-of && cp dog.png folder-of/
expect 0 "$qsample" noise folder-of/dog.png -t 900 -o dog-else.png --seed-from-name --seed 3 --no-metadata
expect 0 "$qsample" noise dog.png -t 900 -o dog-bare.png --seed-from-name --seed 3 --no-metadata
same dog-else.png dog-bare.png
expect 2 "$qsample" noise - -t 900 -o - --seed-from-name
says "--seed-from-name: standard input has no name"
expect 0 "$qsample" trajectory dog.png -o dogs --timesteps 900 --seed-from-name --seed 3 --path shared
same dogs/dog_t0900.png dog-own.png
finish

#!/usr/bin/env bash
# What a trajectory saves beside each frame: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"

# Each file is the one that a frame alone has.
for path in markov shared independent; do
  how=(--path "$path" --seed 5 --sigma-data 0.6)
  [ "$path" != shared ] || how+=(--input-perturbation 0.2 --offset-noise 0.1)
  expect 0 "$qsample" trajectory cat.png -o "$path" --timesteps 1,40,1000 "${how[@]}" \
    --save "eps=$path-eps" --save "v=$path" --save "edm=$path-edm/targets" --save "edm-input=$path-input"
  silent
  for t in 1 40 1000; do
    expect 0 "$qsample" noise cat.png -t "$t" "${how[@]}" -f -o xt.png \
      --save eps=eps.npy --save v=v.npy --save edm=edm.npy --save edm-input=input.npy
    name=cat_t$(printf %04d "$t")
    same xt.png "$path/$name.png"
    same eps.npy "$path-eps/$name.npy"
    same v.npy "$path/$name.npy"
    for file in edm-edm/targets input-input; do
      same "${file%%-*}.npy" "$path-${file#*-}/$name.npy"
      same "${file%%-*}.json" "$path-${file#*-}/$name.json"
    done
  done
done

# Workers change nothing; names count as timesteps do; another format has a record.
run() { expect "$1" "$qsample" trajectory cat.png --path shared "${@:2}"; }
run 0 -o one --timesteps 0,39 --zero-based --save eps=one-eps --save x0=one-x0 --save-format safetensors -j 1
[ "$(ls one-eps one-x0 | tr '\n' ' ')" = "one-eps: cat_t000.safetensors cat_t039.safetensors  one-x0: cat_t000.safetensors cat_t039.safetensors " ] ||
  fail "zero-based: $(ls one-eps one-x0)"
run 0 -o four --timesteps 0,39 --zero-based --save eps=four-eps --save x0=four-x0 --save-format safetensors -j 4
same one-eps/cat_t039.safetensors four-eps/cat_t039.safetensors
expect 0 "$qsample" info one-eps/cat_t039.safetensors
holds out "noise cat.png -t 40 --path shared"
holds out "--save eps="

# Of 64-bit floats too, whose noise torch draws in 64 bits.
expect 0 "$qsample" noise cat.png -t 0 -o double.npy --dtype float64
expect 0 "$qsample" trajectory double.npy -o double --path shared --timesteps 0,300 --rng torch --format npy --save eps=double-eps
for t in 0 300; do
  expect 0 "$qsample" noise double.npy -t $t --rng torch -f -o xt.npy --save eps=eps.npy
  same xt.npy "double/double_t$(printf %04d $t).npy"
  same eps.npy "double-eps/double_t$(printf %04d $t).npy"
done

# Into the file of x_t, which is then that of noise.
run 0 -o inside --timesteps 0,300 --format safetensors --save eps --save v
expect 0 "$qsample" noise cat.png -t 300 -o t.safetensors --save eps=t.safetensors --save v=t.safetensors
same t.safetensors inside/cat_t0300.safetensors
run 0 -o inside --timesteps 0,300 --format safetensors --save eps --save v --resume --json
[ "$(grep -c '"status":"kept"' out)" = 2 ] || fail "not kept: $(cat out)"
run 1 -o inside --timesteps 300 --format safetensors --save eps --resume
says "made in another way"

# What there will be is told, and then what there is.
saved=(--timesteps 5,9 --save eps=told-eps --save edm=told-edm)
run 0 -o told "${saved[@]}" --dry-run
[ "$(tr '\n' ' ' <out)" = "told-eps/cat_t0005.npy told-edm/cat_t0005.json told-edm/cat_t0005.npy told/cat_t0005.png told-eps/cat_t0009.npy told-edm/cat_t0009.json told-edm/cat_t0009.npy told/cat_t0009.png " ] ||
  fail "planned: $(cat out)"
missing told
missing told-eps
run 0 -o told "${saved[@]}" --print0
[ "$(tr '\0' ' ' <out)" = "told-eps/cat_t0005.npy told-edm/cat_t0005.npy told/cat_t0005.png told-eps/cat_t0009.npy told-edm/cat_t0009.npy told/cat_t0009.png " ] ||
  fail "told: $(tr '\0' ' ' <out)"

# --resume makes what is missing, and leaves the rest as it is.
cp -r told-eps whole
rm told-eps/cat_t0005.npy
touch -d 2000-01-01 told/* told-eps/* told-edm/*
run 0 -o told "${saved[@]}" --resume
same told-eps/cat_t0005.npy whole/cat_t0005.npy
[ "$(find told told-eps told-edm -type f -newermt 2001-01-01)" = told-eps/cat_t0005.npy ] ||
  fail "written: $(find told told-eps told-edm -type f -newermt 2001-01-01)"
run 1 -o told --timesteps 5,9 --save edm=told-edm --sigma-data 0.7 --resume
says "exists already"
run 0 -o told --timesteps 5,9 --save edm=told-edm --sigma-data 0.7 -f
grep -q '"sigma_data":0.7' told-edm/cat_t0005.json || fail "not replaced: $(cat told-edm/cat_t0005.json)"

# Killed at any moment: where a frame is, all is whole, and --resume makes what one run would.
series=(--timesteps 1-60 --save eps=killed-eps --save edm=killed-edm)
run 0 -o whole-run --timesteps 1-60 --save eps=whole-eps --save edm=whole-edm
for frames in 1 9 25; do
  rm -rf killed killed-eps killed-edm
  "$qsample" trajectory cat.png --path shared -o killed "${series[@]}" -q &
  until [ "$(find killed -name 'cat_t*' 2>/dev/null | wc -l)" -ge "$frames" ]; do kill -0 $! 2>/dev/null || break; done
  kill -9 $! 2>/dev/null
  wait $! 2>/dev/null
  for frame in killed/cat_t*.png; do
    name=$(basename "$frame" .png)
    for file in .png -eps.npy -edm.npy -edm.json; do
      part=${file%.*}
      same "killed$part/$name.${file##*.}" "whole${part:--run}/$name.${file##*.}"
    done
  done
  run 0 -o killed "${series[@]}" --resume -q
  for part in '' -eps -edm; do
    find "killed$part" -name '.qsample-*' -delete
    diff -rq "whole${part:--run}" "killed$part" >difference || fail "after a kill: $(head -c 300 difference)"
  done
done

# refused STATUS TEXT OPTION...: before anything is written.
refused() {
  run "$1" -o no "${@:3}"
  says "$2"
  missing no
  missing beside
}
refused 1 "whole/cat_t0005.npy: exists already, with 1 more of the files beside the frames" --timesteps 5,9 --save eps=whole
refused 1 "told-edm/cat_t0005.json: exists already" --timesteps 5 --save edm=told-edm --save-format tiff
refused 2 "no noise yet at t = 0" --save score=beside
refused 2 "--save velocity: eps - x0 is the velocity of flows" --timesteps 5 --save velocity=beside
refused 2 "nothing is left of the image at t = 1000" --timesteps 5,1000 --zero-terminal-snr --save edm=beside
refused 2 "two outputs would be written to it" --timesteps 5 --format npy --save eps=no
refused 2 "two outputs would be written to it" --timesteps 5 --save eps=beside --save x0=./beside
refused 2 "--save eps twice" --timesteps 5 --save eps=beside --save eps=beside/2
refused 2 "only .safetensors holds it beside x_t" --timesteps 5 --save eps
refused 2 "EDM's scalings go beside it" --timesteps 5 --format safetensors --save edm
refused 2 "leave out --view-size" --timesteps 5 --save eps=beside --view-size 64
refused 2 "--save-format: PNG does not hold floats" --timesteps 5 --save eps=beside --save-format png
refused 2 "--save-format is of --save KIND=DIR" --timesteps 5 --save-format npy
refused 2 "--sigma-data is of --save edm=DIR" --timesteps 5 --save eps=beside --sigma-data 1
refused 2 "--save eps=cat.png: its files go to a folder" --timesteps 5 --save eps=cat.png
expect 2 "$qsample" trajectory cat.png -o no --timesteps 0-9 --save eps=beside
says "along a Markov path there is no noise yet at t = 0"
missing no
run 2 -o no.mp4 --timesteps 5 --save eps=beside
says "--save is of a folder of frames"
missing no.mp4
mkdir input && cp told-eps/cat_t0005.npy input
expect 2 "$qsample" trajectory input/cat_t0005.npy -o no --timesteps 5 -f --save eps=input --save x0=input
missing no
ln -s ../cat.png input/cat_t0005.safetensors
before=$(cksum <cat.png)
expect 2 "$qsample" trajectory cat.png -o no --timesteps 5 -f --save eps=input --save-format safetensors
[ "$(cksum <cat.png)" = "$before" ] || fail "the input is replaced"
missing no
finish

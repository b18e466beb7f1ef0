#!/usr/bin/env bash
# Several timesteps, draws and names: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
files() { (cd "$1" 2>/dev/null && find . -type f | sort | sed 's/^..//' | tr '\n' ' '); }

# noise: lists, draws, patterns; each file as it is by itself.
expect 0 "$qsample" noise cat.png -t 100,250-300:50
silent
for t in 0100 0250 0300; do
  expect 0 "$qsample" noise cat.png -t "$((10#$t))" -o one.png -f
  same one.png "cat_t$t.png"
done
expect 0 "$qsample" noise cat.png -t 5,50 --samples 11 --name 'levels/{t}/{stem}-{k}-{seed}.npy' --seed 7
[ "$(files levels | wc -w)" = 22 ] || fail "$(files levels)"
exists levels/0005/cat-00-7.npy
differ levels/0005/cat-00-7.npy levels/0005/cat-10-7.npy
expect 0 "$qsample" noise cat.png -t 50 --seed 7 --draw 10 -o draw.npy
same draw.npy levels/0050/cat-10-7.npy
expect 0 "$qsample" noise cat.png -t 50 --seed 7 --draw 3 -o draw.png
expect 0 "$qsample" info draw.png
holds out "--draw 3"
expect 0 "$qsample" verify draw.png
expect 0 "$qsample" noise cat.png -t 50 --samples 2 --save 'eps=e{k}.npy' --name 'x{k}'
[ -s x0.png ] && [ -s x1.png ] || fail "no x0.png, x1.png"
differ e0.npy e1.npy
"$qsample" noise - -t 1,2 --name 'piped{t}.png' <cat.png || fail "status $?"
exists piped0002.png
expect 0 "$qsample" noise cat.png -t 98,99 --zero-based --name 'zero{t}'
expect 0 "$qsample" noise cat.png -t 100 -o hundred.png
same zero099.png hundred.png
expect 0 "$qsample" noise cat.png -t random --seed 3 -v
t=$(grep -oE 't [0-9]+ of' err | grep -oE '[0-9]+')
expect 0 "$qsample" noise cat.png -t "$t" --seed 3 -o random.png
same random.png cat_t"$(printf %04d "$t")".png

# torch's second draw is what follows the first.
expect 0 "$qsample" noise cat.png -t 7 --rng torch --samples 2 --name 'torch{k}.png'
differ torch0.png torch1.png
expect 0 "$qsample" noise cat.png -t 7 --rng torch -o torch.png
same torch.png torch0.png

# refused TEXT OPTION...: with nothing written.
refused() {
  local text=$1 before
  shift
  before=$(files .)
  expect 2 "$qsample" "$@"
  says "$text"
  [ "$before" = "$(files .) " ] || [ "$before" = "$(files .)" ] || fail "something was written: $*"
}
refused "there are several outputs; --name names them" noise cat.png -t 1,2 -o new.png
refused "-o and --name both name the output; give one of them" noise cat.png -t 1 -o new.png --name "{stem}_{t}.png"
refused "there are several timesteps, and '{stem}' has no {t}" noise cat.png -t 1,2 --name '{stem}'
refused "there are several draws, and 'x{t}' has no {k}" noise cat.png -t 1,2 --samples 2 --name 'x{t}'
refused "has {x}, which is no field; fields are {stem}, {t}, {place}, {k} and {seed}, a brace itself is {{ or }}" \
  noise cat.png -t 1 --name '{x}.png'
refused "has a brace without its other" noise cat.png -t 1 --name 'x{t.png'
refused "leads out of the output folder" noise cat.png -t 1 --name '../{t}.png'
refused "leads out of the output folder" noise cat.png -t 1 --name '/tmp/{t}.png'
refused "is no file's name" noise cat.png -t 1 --name '{t}/'
refused "no format is written as '.xyz'" noise cat.png -t 1 --name '{t}.xyz'
refused "--t-law is of -t random" noise cat.png -t 1 --t-law uniform
refused "--t-min is of -t random" noise cat.png -t 1 --t-min 3
refused "-t: '1-0' runs backwards" noise cat.png -t 1-0
refused "timestep 1001 is past the last, 1000" noise cat.png -t 0,1001
refused "--rng torch-cuda: only the first draw" noise cat.png -t 5 --rng torch-cuda --samples 2
refused "--samples: 0 is outside" noise cat.png -t 5 --samples 0
refused "there are several draws, and 'e.npy' has no {k}" noise cat.png -t 5 --samples 2 --save eps=e.npy

# batch.
mkdir -p in/sub
cp cat.png in/a.png
"$qsample" noise cat.png -t 20 -o in/b.png
"$qsample" noise cat.png -t 30 -o in/sub/c.d.png
expect 0 "$qsample" batch -r in -o several -t 0-1000:500 --manifest several/metadata.jsonl
[ "$(files several)" = "a_t0000.png a_t0500.png a_t1000.png b_t0000.png b_t0500.png b_t1000.png metadata.jsonl sub/c.d_t0000.png sub/c.d_t0500.png sub/c.d_t1000.png " ] ||
  fail "$(files several)"
expect 0 "$qsample" batch -r in -o half -t 500
same half/sub/c.d.png several/sub/c.d_t0500.png
[ "$(grep -c '"file_name":"sub/c.d_t0500.png","status":"written"' several/metadata.jsonl)" = 1 ] ||
  fail "$(cat several/metadata.jsonl)"
[ "$(wc -l <several/metadata.jsonl)" = 9 ] || fail "not a line for each output"
cp several/metadata.jsonl first.jsonl
expect 0 "$qsample" batch -r in -o several -t 0-1000:500 --manifest several/metadata.jsonl --resume -v -j 2
says "0 of 9 images written, 9 kept"
same first.jsonl several/metadata.jsonl
rm several/b_t0500.png
for j in 1 2; do
  expect 0 "$qsample" batch -r in -o several -t 0-1000:500 --resume -v -j $j
done
expect 1 "$qsample" batch -r in -o several -t 0-1000:500
[ "$(wc -l <err)" = 2 ] || fail "$(cat err)"
expect 0 "$qsample" batch -r in -o levels2 -t 250,500 --samples 2 --name '{t}/{stem}_{k}.tiff' -j 2
[ "$(files levels2 | wc -w)" = 12 ] || fail "$(files levels2)"
exists levels2/0250/sub/c.d_1.tiff
expect 0 "$qsample" batch -r in -o levels1 -t 250,500 --samples 2 --name '{t}/{stem}_{k}.tiff' -j 1
diff -r levels1 levels2 || fail "-j 1 and -j 2 differ"

# Random ones are what they were; by laws, in a range, stratified.
expect 0 "$qsample" batch -r in -o r1 -t random --seed 5 --manifest r1.jsonl
expect 0 "$qsample" batch -r in -o r2 -t random --t-law uniform --t-max 1000 --seed 5
diff -r r1 r2 || fail "uniform is another law"
expect 0 "$qsample" batch -r in -o r3 -t random --t-law logit-normal:mean=2,std=0.1 --t-min 100 --t-max 200 --manifest r3.jsonl
[ "$(grep -oE '"t":1[0-9][0-9]|"t":200' r3.jsonl | wc -l)" = 3 ] || fail "$(cat r3.jsonl)"
expect 0 "$qsample" batch -r in -o r4 -t random --samples 20 --stratified -T 60 --manifest r4.jsonl --format npy
[ "$(grep -oE '"t":[0-9]+' r4.jsonl | sort -u | wc -l)" = 60 ] || fail "not every t once"
[ "$(files r4 | wc -w)" = 60 ] || fail "not 60 files"
exists r4/a_k19.npy
refused "--t-law: 'logit' is not one of" batch in -o new -t random --t-law logit
refused "--t-law: 'men=1' is no parameter of logit-normal; it has mean=X, std=X" batch in -o new -t random --t-law logit-normal:men=1
refused "must be positive" batch in -o new -t random --t-law logit-normal:std=0
refused "--t-min: 9 is past the greatest, 5" batch in -o new -t random --t-min 9 --t-max 5
refused "--t-max: 1001 is past the last, 1000" batch in -o new -t random --t-max 1001
refused "two inputs would write it" batch in -o new -t 5 --name 'x'
refused "in --name tells them apart" batch in -o new -t 5 --name 'x'
refused "'.xyz'" batch in -o new -t 5 --name '{stem}.xyz'
refused "is the input itself" batch in -o . -t 5 --name 'in/{stem}.png'

# What is saved beside them.
expect 0 "$qsample" batch -r in -o set -t 100,900 --format npy --save eps=set-eps --save edm=set-edm --manifest set/metadata.jsonl
[ "$(files set-eps)" = "a_t0100.npy a_t0900.npy b_t0100.npy b_t0900.npy sub/c.d_t0100.npy sub/c.d_t0900.npy " ] || fail "$(files set-eps)"
exists set-edm/sub/c.d_t0900.json
same set-eps/a_t0100.npy set-eps/a_t0900.npy
holds set/metadata.jsonl '"eps_file_name":"../set-eps/sub/c.d_t0900.npy","edm_file_name":"../set-edm/sub/c.d_t0900.npy"'
expect 0 "$qsample" batch -r in -o set -t 100,900 --format npy --save eps=set-eps --save edm=set-edm --resume -v -j 2
says "6 kept"
rm set-eps/b_t0900.npy
expect 0 "$qsample" batch -r in -o set -t 100,900 --format npy --save eps=set-eps --save edm=set-edm --resume
exists set-eps/b_t0900.npy
expect 0 "$qsample" batch -r in -o tensors -t 100 --format safetensors --save eps --save v
expect 0 "$qsample" info tensors/a.safetensors
holds out "--save v="
refused "only .safetensors holds it beside x_t; give it a folder, as in eps=eps" batch in -o new -t 5 --save eps
refused "--save eps twice" batch in -o new -t 5 --save eps=a --save eps=b
refused "two outputs of in/a.png would be written to it" batch in -o new -t 5 --format npy --save eps=new
refused "--save-format: PNG does not hold floats" batch in -o new -t 5 --save eps=e --save-format png
refused "--save-format is of --save KIND=DIR" batch in -o new -t 5 --save-format npy
refused "there is no noise yet at t = 0" batch in -o new -t 0,5 --save score=s
finish

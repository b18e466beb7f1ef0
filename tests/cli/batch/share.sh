#!/usr/bin/env bash
# One of several jobs that share a folder: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"

mkdir -p photos/deep
for i in $(seq 24); do cp cat.png "photos/$i.png"; done
cp cat.png photos/deep/1.png
options=(-r photos -t 30 --view-size 8)
expect 0 "$qsample" batch "${options[@]}" -o whole --manifest whole.jsonl

# Four parts are the whole, each image in the one that its path's hash says, which is its seed.
for i in 1 2 3 4; do
  expect 0 "$qsample" batch "${options[@]}" -o "part$i" --shard "$i/4" --manifest "part$i.jsonl"
  while read -r file; do
    same "part$i/$file" "whole/$file"
    seed=$("$qsample" info "part$i/$file" | awk '$1 == "seed" { print $2 }')
    [ "$(echo "$seed % 4 + 1" | bc)" = "$i" ] || fail "$file is in part $i"
  done < <(cd "part$i" && find . -name '*.png')
done
[ "$(cat part?.jsonl | wc -l)" = 25 ] || fail "$(cat part?.jsonl | wc -l) lines"
[ "$(find part? -name '*.png' | wc -l)" = 25 ] || fail "$(find part? -name '*.png')"

# Into one folder; a last run that resumes makes the manifest of all.
for i in 3 1 4 2; do expect 0 "$qsample" batch "${options[@]}" -o one --shard "$i/4"; done
expect 0 "$qsample" batch "${options[@]}" -o one --resume --manifest one.jsonl -v
holds err "25 kept"
sed 's/"one/"whole/g; s/one\//whole\//g' one.jsonl >said.jsonl
same said.jsonl whole.jsonl

# A file that comes later moves none.
cp cat.png photos/later.png
for i in 1 2 3 4; do
  expect 0 "$qsample" batch "${options[@]}" -o "part$i" --shard "$i/4" --resume
done
[ "$(find part? -name '*.png' | wc -l)" = 26 ] || fail "$(find part? -name '*.png')"

# A part may have nothing to do; what is no part is refused.
mkdir few && cp cat.png few/
for i in 1 2 3; do expect 0 "$qsample" batch few -o few-out -t 30 --shard "$i/3"; done
[ "$(ls few-out)" = cat.png ] || fail "$(ls few-out)"
refused() {
  expect 2 "$qsample" batch photos -o no -t 30 --shard "$1" "${@:3}"
  says "$2"
  missing no
}
refused 0/4 "--shard 0/4: it counts from 1: 1/4 to 4/4"
refused 5/4 "--shard 5/4: there are 4"
refused 4 "--shard 4: it is I/N, such as 1/4 for the first of four"
refused 1/x "--shard 1/x: it is I/N"

expect 2 "$qsample" batch photos -o no -t random --stratified --shard 1/4
says "--stratified spreads over the whole set, of which --shard takes a part"
missing no
expect 2 "$qsample" batch photos -o no.tar -t 30 --shard 1/4
says "--shard parts files"
missing no.tar
finish

#!/usr/bin/env bash
# --dry-run, --json, --print0: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
mkdir -p in/sub
cp cat.png in/a.png
cp cat.png in/sub/$'new\nline.png'
all() { find . -type f -newer mark | sort; }
touch mark

# What is planned is what is then written, and nothing before.
expect 0 "$qsample" batch -r in -o noisy -t 5,10 --save eps=eps --manifest m.jsonl --dry-run --print0
tr '\0' '\n' <out | sort >planned
[ ! -e noisy ] && [ ! -e eps ] && [ ! -e m.jsonl ] || fail "a dry run wrote"
expect 0 "$qsample" batch -r in -o noisy -t 5,10 --save eps=eps --manifest m.jsonl
find noisy eps m.jsonl -type f | sort | cmp - planned || fail "not what was planned: $(cat planned)"
expect 0 "$qsample" trajectory cat.png -o films --every 250 --dry-run
missing films
cp out planned
expect 0 "$qsample" trajectory cat.png -o films --every 250
find films -type f | sort | cmp - planned || fail "$(cat planned)"
expect 0 "$qsample" noise cat.png -t 7,8 --save 'edm=e{t}.npy' --name 'n{t}.png' --dry-run
sort out >planned
printf '%s\n' e0007.json e0007.npy e0008.json e0008.npy n0007.png n0008.png | cmp - planned || fail "$(cat planned)"
missing n0007.png
expect 0 "$qsample" noise cat.png -t 7 --dry-run
[ "$(cat out)" = cat_t0007.png ] || fail "$(cat out)"
missing cat_t0007.png

# What can't be is said there too.
expect 1 "$qsample" batch -r in -o noisy -t 5,10 --dry-run
says "exists already"
expect 2 "$qsample" noise cat.png -t 7 -o cat.png --dry-run
expect 2 "$qsample" batch in -o noisy.tar -t 7 --dry-run
says "--dry-run is of files"

# A line for each output, in order, whatever -j.
for j in 1 2; do
  expect 0 "$qsample" batch -r in -o json$j -t 5,10 --json -j $j
  sed "s/json$j/json/" out >lines$j
done
same lines1 lines2
[ "$(wc -l <lines1)" = 4 ] || fail "$(cat lines1)"
grep -q '^{"input":"in/a.png","output":"json/a_t0005.png","status":"written","qsample":' lines1 || fail "$(cat lines1)"
echo broken >in/b.png
expect 1 "$qsample" batch -r in -o json1 -t 5,10 --json --resume
[ "$(grep -c '"status":"kept"' out)" = 4 ] || fail "$(cat out)"
[ "$(grep -c '"status":"failed","error":"in/b.png: is not an image' out)" = 2 ] || fail "$(cat out)"
rm in/b.png
expect 0 "$qsample" noise cat.png -t 9 -o nine.png --json
grep -q '^{"input":"cat.png","output":"nine.png","status":"written","qsample":.*"t":9,' out || fail "$(cat out)"
expect 0 "$qsample" trajectory cat.png -o lines --every 500 --json
[ "$(grep -o '"t":[0-9]*' out | tr '\n' ' ')" = '"t":0 "t":500 "t":1000 ' ] || fail "$(cat out)"
expect 0 "$qsample" batch -r in -o print -t 5 --print0
tr '\0' '\n' <out | grep -q '^print/a.png$' || fail "$(cat out)"
[ "$(tr -cd '\0' <out | wc -c)" = 2 ] || fail "not two names"
rm in/sub/*
expect 0 "$qsample" batch -r in -o made.tar -t 5 --json
grep -q '"output":"made.tar/a.png","status":"written"' out || fail "$(cat out)"

expect 2 "$qsample" noise cat.png -t 9 -o - --json
says "--json prints to standard output, which the output takes"
expect 2 "$qsample" noise cat.png -t 9 -o x.png --json --print0
says "--print0"
finish

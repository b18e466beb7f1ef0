#!/usr/bin/env bash
# qsample trajectory, as a user runs it.
. "$(dirname "$0")/lib.sh"
expect 0 "$qsample" noise cat.png -t 0 --no-metadata -o cat0.png
mv cat0.png cat.png

# All frames, and each the same alone.
for path in markov shared independent; do
  expect 0 "$qsample" trajectory cat.png -o "$path" --schedule cosine -T 12 --path $path --seed 5
  silent
  [ "$(ls "$path" | wc -l)" = 13 ] || fail "$path: $(ls "$path" | wc -l) frames"
  for t in 00 01 05 06 11 12; do
    expect 0 "$qsample" noise cat.png -t "$((10#$t))" --schedule cosine -T 12 --path $path --seed 5 -f -o alone.png
    same alone.png "$path/cat_t$t.png"
  done
done
differ markov/cat_t05.png shared/cat_t05.png

# Markov is the default, and threads change nothing.
expect 0 "$qsample" trajectory cat.png -o one --schedule cosine -T 12 --seed 5 -j 1
for t in 00 03 07 12; do same "one/cat_t$t.png" "markov/cat_t$t.png"; done

# Which frames.
expect 0 "$qsample" trajectory cat.png -o every --every 400
[ "$(ls every | tr '\n' ' ')" = "cat_t0000.png cat_t0400.png cat_t0800.png " ] || fail "every: $(ls every)"
expect 0 "$qsample" trajectory cat.png -o frames --frames 3
[ "$(ls frames | tr '\n' ' ')" = "cat_t0000.png cat_t0500.png cat_t1000.png " ] || fail "frames: $(ls frames)"
expect 0 "$qsample" trajectory cat.png -o list --timesteps 0,10,100-200:50
[ "$(ls list | tr '\n' ' ')" = "cat_t0000.png cat_t0010.png cat_t0100.png cat_t0150.png cat_t0200.png " ] ||
  fail "list: $(ls list)"
expect 0 "$qsample" trajectory cat.png -o zero --timesteps 0,999 --zero-based
[ "$(ls zero | tr '\n' ' ')" = "cat_t0001.png cat_t1000.png " ] || fail "zero-based: $(ls zero)"
expect 2 "$qsample" trajectory cat.png -o none --every 2 --frames 3
expect 2 "$qsample" trajectory cat.png -o none --frames 1
expect 2 "$qsample" trajectory cat.png -o none --timesteps 5,2000
says "2000"
missing none

# Frames that exist are not replaced, and nothing is half done.
rm list/cat_t0000.png
expect 1 "$qsample" trajectory cat.png -o list --timesteps 0,10
says "--overwrite"
missing list/cat_t0000.png
expect 0 "$qsample" trajectory cat.png -o list --timesteps 0,10 -f
exists list/cat_t0000.png

# From standard input; the image itself is in no danger.
"$qsample" trajectory - -o piped --frames 2 <cat.png || fail "stdin: status $?"
exists piped/stdin_t1000.png
cp cat.png list/cat_t0007.png
expect 1 "$qsample" trajectory list/none.png -o list --timesteps 7 -f
mkdir self && cp cat.png self/cat_t0000.png && cp cat.png kept.png && ln self/cat_t0000.png self/cat.png
expect 2 "$qsample" trajectory self/cat.png -o self --timesteps 0 -f
same self/cat.png kept.png
finish

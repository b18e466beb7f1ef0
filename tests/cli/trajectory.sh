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
[ "$(ls zero | tr '\n' ' ')" = "cat_t000.png cat_t999.png " ] || fail "zero-based: $(ls zero)"
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

# Frames that the folder holds besides: of this trajectory they are told, of another refused, before
# anything is touched, and the remedy can be pasted.
expect 0 "$qsample" trajectory cat.png -o film --frames 5
silent
expect 0 "$qsample" trajectory cat.png -o film --frames 4 -f
says "film: holds 3 frames of this trajectory at other timesteps (cat_t0250.png, ...), and a film shows them too"
says "for these 4 alone, choose another folder, or clear this one first: rm film/cat_t[0-9][0-9][0-9][0-9].png"
[ "$(ls film | wc -l)" = 7 ] || fail "film: $(ls film)"
ls -l --time-style=full-iso film >before
for other in "--seed 1" "--schedule cosine" "--path shared" "--depth 16" "-T 999" "--input-range 0,255"; do
  for way in -f --resume; do
    # shellcheck disable=SC2086 # several words
    expect 1 "$qsample" trajectory cat.png -o film --frames 4 $way $other
    says "of cat made in another way (cat_t0"
  done
done
expect 1 "$qsample" trajectory cat.png -o film --timesteps 7 --seed 1
says "made in another way"
ls -l --time-style=full-iso film >after
same before after
command=$(sed 's/.*clear this one first: //' err)
eval "$command"
expect 0 "$qsample" trajectory cat.png -o film --frames 4 --seed 1
silent
# Another number of digits; an odd name.
expect 1 "$qsample" trajectory cat.png -o film --frames 4 --schedule cosine -T 10
says "rm film/cat_t[0-9][0-9][0-9][0-9].png"
cp cat.png "it's a cat.png"
expect 0 "$qsample" trajectory "it's a cat.png" -o "odd film" --frames 3
expect 1 "$qsample" trajectory "it's a cat.png" -o "odd film" --timesteps 5 --seed 1
eval "$(sed 's/.*clear this one first: //' err)"
[ -z "$(ls "odd film")" ] || fail "left: $(ls "odd film")"
# More of the same are no trouble, those of another image are told, and so are those without records.
expect 0 "$qsample" trajectory cat.png -o grown --every 500
expect 0 "$qsample" trajectory cat.png -o grown --every 250 --resume
silent
expect 0 "$qsample" trajectory cat.png -o grown --timesteps 1,2
says "holds 5 frames of this trajectory at other timesteps"
cp cat.png dog.png
expect 0 "$qsample" trajectory dog.png -o grown --frames 2
says "grown: holds 7 frames of other images (cat_t0000.png, ...), and a film shows them too; for these alone, give it the pattern grown/dog_t*"
expect 0 "$qsample" trajectory cat.png -o bare --frames 3 --format tiff
expect 0 "$qsample" trajectory cat.png -o bare --frames 2 --format tiff -f --seed 1
says "bare: holds 1 frame of cat without a record of its making (cat_t0500.tiff), and a film shows it too"
expect 0 "$qsample" trajectory cat.png -o bare --frames 2 --format png
silent
: >bare/cat_t.png && : >bare/_t5.png && : >bare/cat_tx5.png && mkdir bare/cat_t7.png
expect 0 "$qsample" trajectory cat.png -o bare --frames 2 -f
silent

# From standard input; the image itself is in no danger.
"$qsample" trajectory - -o piped --frames 2 <cat.png || fail "stdin: status $?"
exists piped/stdin_t1000.png
cp cat.png list/cat_t0007.png
expect 1 "$qsample" trajectory list/none.png -o list --timesteps 7 -f
mkdir self && cp cat.png self/cat_t0000.png && cp cat.png kept.png && ln self/cat_t0000.png self/cat.png
expect 2 "$qsample" trajectory self/cat.png -o self --timesteps 0 -f
same self/cat.png kept.png
finish

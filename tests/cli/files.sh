#!/usr/bin/env bash
# Which file is which, and what is no file: PROGRAM IMAGE README LIBRARY, the last one of
# tests/fault/ignore_case.cpp.
. "$(dirname "$0")/lib.sh"
library=$4
cp cat.png other.png

# Two outputs that links lead to one place, which is not there yet.
mkdir in made
cp cat.png in/a.png
cp cat.png in/b.png
ln -s b.png made/a.png
for how in "" --resume -f; do
  # shellcheck disable=SC2086 # none, or one
  expect 2 "$qsample" batch in -o made -t 5 $how
  says "made/b.png: is the file made/a.png too, which would be written twice, for in/a.png and in/b.png"
done
missing made/b.png
rm made/a.png
ln -s made/b.png rows.jsonl
expect 2 "$qsample" batch in -o made -t 5 -f --manifest rows.jsonl
says "rows.jsonl: is the output of in/b.png; choose another manifest"
ln -s later more
mkdir -p tree/more tree/later
cp cat.png tree/more/x.png
cp cat.png tree/later/x.png
mkdir mirror
ln -s later mirror/more
expect 2 "$qsample" batch -r tree -o mirror -t 5
says "mirror/more/x.png: is the file mirror/later/x.png too"
missing mirror/later
ln -s eps.npy x.npy
expect 2 "$qsample" noise cat.png -t 5 -o x.npy --save eps=eps.npy -f
says "eps.npy: two outputs would be written to it"
missing eps.npy

# What is read beside the image is an input too.
printf '0.9 0.9 0.99' >betas.png
cp betas.png cat_t1.png
cp betas.png betas
expect 2 "$qsample" noise cat.png -t 1 --schedule ./betas.png -o betas.png -f
says "betas.png: is the input itself, the schedule; choose another output"
expect 2 "$qsample" noise cat.png -t 1 --schedule betas.png -o x.safetensors --save eps=betas.png -f
expect 2 "$qsample" trajectory cat.png -o . --timesteps 1 --schedule cat_t1.png -f
says "./cat_t1.png: is the input itself, the schedule; choose another folder"
mkdir lists
printf 'cat.png\n' >lists/cat.png
for how in -f --resume; do
  expect 2 "$qsample" batch --files-from lists/cat.png -o lists -t 5 $how
  says "lists/cat.png: is the input itself, the list of inputs; choose another folder"
  mkdir -p schedules
  cp betas schedules/cat.png
  expect 2 "$qsample" batch cat.png -o schedules -t 1 --schedule schedules/cat.png $how
  says "schedules/cat.png: is the input itself, the schedule; choose another folder"
  same schedules/cat.png betas
  expect 2 "$qsample" batch cat.png -o made -t 1 --schedule betas.png --manifest betas.png $how
  says "betas.png: is the input itself, the schedule; choose another manifest"
done
[ "$(cat lists/cat.png)" = cat.png ] || fail "the list was written over"
for file in betas.png cat_t1.png; do same $file betas; done
status=0
"$qsample" noise other.png -t 5 -o - >>other.png 2>err || status=$?
[ $status = 2 ] || fail "standard output is the input: status $status"
says "standard output: is the input itself, other.png; choose another output"
same other.png cat.png

# Sockets, pipes and devices in a batch hold nothing up and receive nothing.
mkdir -p special/in special/out
cp cat.png special/in/1.png
cp cat.png special/in/2.png
for how in "" --resume -f; do
  rm -rf special/out && mkdir special/out && mkfifo special/out/1.png
  # shellcheck disable=SC2086
  expect 1 timeout 20 "$qsample" batch special/in -o special/out -t 5 -j 1 $how
  [ -z "$how" ] || grep -q "special/out/1.png: is a pipe, not a file" err || fail "$(cat err)"
  grep -q "1 of 2 images written, 1 failed" err || fail "$(cat err)"
  expect 0 "$qsample" info special/out/2.png
done
mkfifo pipe.png
expect 1 timeout 20 "$qsample" batch pipe.png /dev/tty /dev/null cat.png -o from-special -t 5 -j 1
grep -q "pipe.png: is a pipe, not a file" err || fail "$(cat err)"
grep -q "/dev/null: is a device, not a file" err || fail "$(cat err)"
exists from-special/cat.png
mkdir frames && mkfifo frames/cat_t0005.png
expect 1 timeout 20 "$qsample" trajectory cat.png -o frames --timesteps 5 -f
says "frames/cat_t0005.png: is a pipe, not a file"
# One that is named for it is written to and read.
mkfifo wanted.png
timeout 20 cat wanted.png >received.png &
expect 0 timeout 20 "$qsample" noise cat.png -t 5 -o wanted.png
wait $!
expect 0 "$qsample" info received.png
timeout 20 cat cat.png >wanted.png &
expect 0 timeout 20 "$qsample" noise wanted.png -t 5 -o from-pipe.png
wait $!

# What killed runs have left goes, wherever it is looked for; a user's own file stays.
expect 0 "$qsample" batch -r tree -o whole -t 5
touch "whole/more/.qsample-$(uname -n)-99999-0.tmp" "whole/later/.qsample-$(uname -n)-1-4294967295.tmp"
echo "precious" >whole/more/.qsample-notes.tmp
expect 0 "$qsample" batch -r tree -o whole -t 5 --resume -v
holds err "0 of 2 images written, 2 kept"
[ "$(find whole -name '.qsample-*')" = whole/more/.qsample-notes.tmp ] || fail "$(find whole -name '.*')"
rm whole/more/.qsample-notes.tmp

# The permissions of a file that is replaced stay.
expect 0 "$qsample" noise cat.png -t 5 -o private.png
chmod 600 private.png
expect 0 "$qsample" noise cat.png -t 6 -o private.png -f
[ "$(stat -c %a private.png)" = 600 ] || fail "mode $(stat -c %a private.png)"

# Names that differ in case alone, where that makes no difference. There are small letters only here.
mkdir -p case/in/A case/in/a case/there
cp cat.png case/in/A/x.png
cp cat.png case/in/a/x.png
expect 0 "$qsample" batch -r case/in -o case/apart -t 5
exists case/apart/A/x.png
exists case/apart/a/x.png
# A sanitizer's library wants to be the first.
first=$(ldd "$qsample" | sed -n 's/.* => \(.*lib[at]san[^ ]*\) .*/\1/p')
ignoring_case() { CASE_FOLDER=$PWD LD_PRELOAD="$first $library" "$@"; }
expect 0 "$qsample" noise cat.png -t 5 -o case/there/old.png
expect 2 ignoring_case "$qsample" noise cat.png -t 5 -o case/there/new.npy --save eps=case/there/NEW.npy
says "case/there/NEW.npy: is case/there/new.npy too, which would be written twice"
expect 2 ignoring_case "$qsample" noise cat.png -t 5 -o CAT.png -f
says "CAT.png: is the input itself, cat.png"
# Where nothing tells before, the second is told.
mkdir case/empty
expect 1 ignoring_case "$qsample" noise cat.png -t 5 -o case/empty/new.npy --save eps=case/empty/NEW.npy -f
says "case/empty/new.npy: is another output by now; it is left as it is"

# One line, with the name, also for what the system says in its own words.
expect 2 "$qsample" noise cat.png -t 5 --schedule "$(printf 'x%.0s' $(seq 300))"
says "unknown schedule"
finish

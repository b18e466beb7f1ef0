#!/usr/bin/env bash
# Kills a batch at random moments and resumes it: PROGRAM IMAGE KILLS
# After each kill what is there is whole; after --resume everything is as if nothing had happened.
kills=$3
. "$(dirname "$0")/../cli/lib.sh"
shopt -s nullglob
RANDOM=1 # the same moments each time, as far as the machine allows

mkdir in
for name in a b c d e f g h i j k l; do
  "$qsample" noise cat.png -t 0 --seed $RANDOM -o in/$name.png || fail "cannot prepare in/$name.png"
done
batch() { exec "$qsample" batch in -o noisy -t random -j 2 --manifest rows.jsonl -q "$@"; }

began=$(date +%s%N)
expect 0 eval '(batch)'
took=$((($(date +%s%N) - began) / 1000)) # microseconds
mv noisy whole
mv rows.jsonl whole.jsonl
[ "$(ls whole | wc -l)" = 12 ] || fail "not 12 outputs"

killed=0 present=0 partial=0 temporaries=0
for ((round = 0; killed < kills && round < 4 * kills; round++)); do
  rm -rf noisy rows.jsonl
  (batch) 2>err &
  pause=$(((RANDOM * 32768 + RANDOM) % took))
  sleep "$(printf '%d.%06d' $((pause / 1000000)) $((pause % 1000000)))"
  kill -KILL $! 2>/dev/null
  status=0
  wait $! 2>/dev/null || status=$?
  case $status in
    137) killed=$((killed + 1)) took=$((took * 21 / 20)) ;;
    0) took=$((took * 19 / 20)) && continue ;; # it was faster
    *) fail "round $round: status $status: $(head -c 300 err)" ;;
  esac
  for output in noisy/*; do
    present=$((present + 1))
    cmp -s "$output" "whole/${output#noisy/}" && continue
    partial=$((partial + 1))
    fail "round $round: $output is not whole"
  done
  [ ! -e rows.jsonl ] || same rows.jsonl whole.jsonl
  left=(.qsample-* noisy/.qsample-*)
  temporaries=$((temporaries + ${#left[@]}))
  expect 0 eval '(batch --resume)'
  diff -r whole noisy >/dev/null || fail "round $round: the outputs differ"
  same rows.jsonl whole.jsonl
  no_remains
done
[ $killed = "$kills" ] || fail "only $killed of $round runs were killed"
[ $present -gt 0 ] || fail "all were killed too early"
echo "kills: $killed in $round runs, outputs present: $present, partial: $partial," \
  "temporaries left and removed: $temporaries"
finish

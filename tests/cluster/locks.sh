#!/usr/bin/env bash
# Four hosts whose locks are their own share a folder: PROGRAM IMAGE PRELOAD
# PRELOAD pretends the hosts. No task takes a file of another's that is not whole yet, whenever it
# begins, and what a killed one has left goes with the next run on its host.
preload=$3
. "$(dirname "$0")/../cli/lib.sh"
! is_sanitized || skip "a sanitizer must be loaded first"
RANDOM=1

count=300
mkdir photos
expect 0 "$qsample" noise cat.png -t 0 --size 96 -o small.png
for i in $(seq $count); do ln small.png "photos/$i.png"; done
options=(photos -t 30 --resume)
expect 0 "$qsample" batch "${options[@]}" -o noisy --manifest noisy/metadata.jsonl
mv noisy whole

# on HOST COMMAND...
on() { PRETENDED_HOST=$1 LD_PRELOAD=$preload "${@:2}"; }
# task I: in the place of the shell that runs it.
task() {
  export PRETENDED_HOST=node$1 LD_PRELOAD=$preload
  exec "$qsample" batch "${options[@]}" -o noisy --shard "$1/4" -j 2 2>"err$1"
}

lost=() failed=0
for pause in 0 0.02 0.04 0 0.02; do
  rm -rf noisy
  tasks=()
  for i in 1 2 3 4; do
    (task $i) &
    tasks+=($!)
    sleep $pause
  done
  for id in "${tasks[@]}"; do wait "$id" || failed=$((failed + 1)); done
  lost+=($((count - $(find noisy -name '*.png' | wc -l))))
done
echo "lost of $count files in each round: ${lost[*]}; tasks failed: $failed of 20"
[ "${lost[*]} $failed" = "0 0 0 0 0 0" ] || fail "the last round: $(sed -s 1q err?)"
[ "$failures" = 0 ] || finish

# One is killed while it writes and the others work on.
left=()
for ((round = 0; round < 100 && failures == 0 && ${#left[@]} == 0; round++)); do
  rm -rf noisy
  tasks=()
  for i in 1 2 3 4; do
    (task $i) &
    tasks+=($!)
  done
  sleep "0.$(printf %03d $((20 + RANDOM % 100)))"
  kill -KILL "${tasks[1]}"
  for id in "${tasks[@]}"; do wait "$id" 2>/dev/null; done
  [ -z "$(cat err1 err3 err4)" ] || fail "$(sed -s 1q err1 err3 err4)"
  mapfile -t left < <(find noisy -name '.qsample-node2-*.tmp')
done
[ ${#left[@]} -gt 0 ] || fail "no kill left a temporary file"
[ -z "$(find noisy -name '.qsample-*' ! -name '.qsample-node2-*')" ] || fail "left: $(find noisy -name '.*')"

# Another host finishes its part, and lets its temporaries be; it is its own host that removes them.
expect 0 on node3 "$qsample" batch "${options[@]}" -o noisy --shard 2/4
[ -e "${left[0]}" ] || fail "${left[0]} is missing"
expect 0 on node2 "$qsample" batch "${options[@]}" -o noisy --manifest noisy/metadata.jsonl
diff -rq whole noisy >differences || fail "$(head -n 3 differences)"

# The longest names: of a host 64 bytes, of a file 255.
long=$(printf '%0251d' 1).png
expect 0 on "$(printf '%064d' 2)" "$qsample" noise small.png -t 5 -o "$long"
exists "$long"
finish

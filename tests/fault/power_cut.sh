#!/usr/bin/env bash
# Cuts the power of a batch at random moments and resumes it: PROGRAM IMAGE LIBRARY SHUTDOWN CUTS
# The outputs lie on a file system in a file, which SHUTDOWN ends without a word to its disk. What is
# there afterwards is whole; after --resume everything is as if nothing had happened.
library=$3 shutdown=$4 cuts=$5
. "$(dirname "$0")/../cli/lib.sh"
shopt -s nullglob
RANDOM=1 # the same moments each time, as far as the machine allows
disk=$folder/disk
trap 'cd /; umount "$disk" 2>/dev/null; rm -rf --one-file-system "$folder"' EXIT

mounted() { mount -o loop "$folder/disk.img" "$disk"; }
cut_power() { "$shutdown" "$disk"; }
# What the disk holds, as one sees it when the power is back.
power_back() {
  umount "$disk"
  mounted || fail "the file system can't be mounted again"
}

# new_disk KIND: an empty one, mounted; false, with the reason in ./why, where that is not possible.
new_disk() {
  rm -f disk.img
  truncate -s 320M disk.img # as small as XFS may be
  "mkfs.$1" -q disk.img >why 2>&1 && mounted 2>why && cp -r in "$disk" && sync "$disk"/in/* "$disk"
}

batch() { (cd "$disk" && exec "$qsample" batch in -o noisy -t random -j 2 --manifest rows.jsonl -q "$@"); }
clear_disk() {
  rm -rf "$disk/noisy" "$disk/rows.jsonl"
  sync -f "$disk"
}

# whole_or_absent WHEN: each output under its name is as it should be.
whole_or_absent() {
  local output
  for output in "$disk"/noisy/*; do
    present=$((present + 1))
    cmp -s "$output" "whole/$(basename "$output")" || {
      partial=$((partial + 1))
      fail "$1: $(basename "$output") is not whole"
    }
  done
  [ ! -e "$disk/rows.jsonl" ] || same "$disk/rows.jsonl" whole.jsonl
}

mkdir in disk
for name in a b c d e f g h i j k l; do
  "$qsample" noise cat.png -t 0 --seed $RANDOM -o in/$name.png || fail "cannot prepare in/$name.png"
done

cut_kind() {
  local kind=$1 began took pause round status
  clear_disk
  began=$(date +%s%N)
  expect 0 batch
  took=$((($(date +%s%N) - began) / 1000)) # microseconds
  rm -rf whole whole.jsonl
  cp -r "$disk/noisy" whole
  cp "$disk/rows.jsonl" whole.jsonl

  # A batch that has ended well is there after a cut at that very moment.
  cut_power
  power_back
  diff -r whole "$disk/noisy" >/dev/null || fail "$kind: outputs of a batch that had ended are lost"
  same "$disk/rows.jsonl" whole.jsonl
  # But not one that never syncs: these cuts do lose what a cut can lose.
  clear_disk
  FAULT_FOLDER=$disk FAULT_RULES=fsync:1+:idle LD_PRELOAD=$library expect 0 batch
  cut_power
  power_back
  diff -r whole "$disk/noisy" >/dev/null 2>&1 && fail "$kind: a cut loses nothing, so it shows nothing"

  for ((round = 0; round < cuts; round++)); do
    clear_disk
    batch 2>err &
    pause=$(((RANDOM * 32768 + RANDOM) % took))
    sleep "$(printf '%d.%06d' $((pause / 1000000)) $((pause % 1000000)))"
    cut_power
    status=0
    wait $! || status=$?
    case $status in
      0) took=$((took * 19 / 20)) ;; # it was faster
      1) during=$((during + 1)) took=$((took * 21 / 20)) ;;
      *) fail "$kind, round $round: status $status: $(head -c 300 err)" ;;
    esac
    power_back
    whole_or_absent "$kind, round $round"
    expect 0 batch --resume
    diff -r whole "$disk/noisy" >/dev/null || fail "$kind, round $round: the outputs differ"
    same "$disk/rows.jsonl" whole.jsonl
    [ -z "$(find "$disk" -name '.qsample-*')" ] || fail "$kind, round $round: temporaries stay"
  done
  umount "$disk"
}

[ "$(id -u)" = 0 ] || skip "power cuts: only root may mount a file system"
kinds=0 during=0 present=0 partial=0
for kind in ext4 xfs; do
  if ! new_disk $kind; then
    echo "no $kind here: $(cat why)"
  elif ! "$shutdown" "$disk" 2>why; then
    umount "$disk"
    echo "no shutdown of $kind here: $(cat why)"
  else
    power_back
    kinds=$((kinds + 1))
    cut_kind $kind
  fi
done
[ $kinds -gt 0 ] || skip "power cuts: neither ext4 nor XFS can be mounted and shut down here"
[ $during -gt 0 ] || fail "no cut came while a batch was at work"
[ $present -gt 0 ] || fail "all cuts came too early"
echo "cuts: $((kinds * cuts)), $during of them into a batch at work; outputs present: $present, partial: $partial"
finish

#!/usr/bin/env bash
# How many jobs there are where nobody says: PROGRAM IMAGE
. "$(dirname "$0")/../cli/lib.sh"
unset SLURM_CPUS_PER_TASK
mkdir photos
expect 0 "$qsample" noise cat.png -t 0 --size 64 -o photos/1.png
cp photos/1.png photos/2.png

# jobs LINE COMMAND...: batch, trajectory and verify, run by it, say the line with -v.
jobs() {
  expect 0 "${@:2}" "$qsample" batch photos -o noisy -t 5 -f -v
  holds err "$1"
  expect 0 "${@:2}" "$qsample" trajectory photos/1.png -o frames --frames 2 -f -v
  holds err "$1"
  expect 0 "${@:2}" "$qsample" verify noisy/1.png noisy/2.png --source photos -v
  holds err "$1"
}
limited() { grep -q "control groups" err; }

# By the cores that it may use, whatever the machine has; a quota here may leave fewer.
core=$(taskset -cp $$ | sed 's/.*[ ,]//; s/-.*//')
jobs "qsample: -j 1: the cores it may use" taskset -c "$core"
jobs "qsample: -j " env
if ! limited; then holds err "qsample: -j $(nproc): the cores it may use"; fi

# By Slurm's number, which is never more than there are.
if [ "$(nproc)" -gt 1 ] && ! limited; then
  jobs "qsample: -j 1: SLURM_CPUS_PER_TASK" env SLURM_CPUS_PER_TASK=1
  jobs "qsample: -j $(nproc): the cores it may use" env SLURM_CPUS_PER_TASK=1000
  jobs "qsample: -j $(nproc): the cores it may use" env SLURM_CPUS_PER_TASK=
else
  echo "left out: Slurm's number, for want of a second core"
fi
for odd in 0 -1 x 1.5; do
  jobs "qsample: warning: SLURM_CPUS_PER_TASK=$odd is no number of cores from 1; it is left out" \
    env SLURM_CPUS_PER_TASK=$odd
done
# Who says how many is asked nothing else.
expect 0 env SLURM_CPUS_PER_TASK=x "$qsample" batch photos -o noisy -t 5 -f -v -j 3
says "2 of 2 images written"

# quota COMMAND...: as it is run in a group that has the time of half a core.
group=
for root in /sys/fs/cgroup/cpu /sys/fs/cgroup; do
  if [ -z "$group" ] && mkdir "$root/qsample-$$" 2>/dev/null; then
    group=$root/qsample-$$
    trap 'rmdir "$group"; rm -rf "$folder"' EXIT
  fi
done
quota() { bash -c 'echo $$ >"$1/cgroup.procs" && exec "${@:2}"' bash "$group" "$@"; }
if [ -n "$group" ] && { echo 50000 >"$group/cpu.cfs_quota_us" || echo "50000 100000" >"$group/cpu.max"; } 2>/dev/null &&
  quota true 2>/dev/null; then
  if [ "$(nproc)" -gt 1 ]; then
    jobs "qsample: -j 1: the quota of its control groups" quota
  else
    jobs "qsample: -j 1: the cores it may use" quota
  fi
else
  echo "left out: a quota, for want of a control group that may be made"
fi
finish

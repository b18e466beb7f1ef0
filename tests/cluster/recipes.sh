#!/usr/bin/env bash
# The README's recipes for a cluster, as printed: PROGRAM IMAGE README PRELOAD
# Slurm's nodes, and the machines of GNU parallel, are this one; PRELOAD pretends that they are several,
# of which none sees another's locks. One task is killed at work. What comes of it is what one
# machine makes.
readme=$3 preload=$4
. "$(dirname "$0")/slurm.sh"
. "$(dirname "$0")/../cli/lib.sh"
! is_sanitized || skip "a sanitizer must be loaded first"
PATH=$PATH:/usr/sbin
for command in munged slurmctld slurmd sbatch parallel; do
  command -v $command >/dev/null || skip "there is no $command"
done
unset "${!SLURM_@}"

# recipe COMMAND: the README's line that begins so; there is but one.
recipe() {
  local lines
  mapfile -t lines < <(grep "^$1 " "$readme")
  [ ${#lines[@]} = 1 ] || fail "${#lines[@]} lines of the README begin with $1" >&2
  echo "${lines[0]}"
}
array=$(recipe sbatch) tasks=$(recipe srun) machines=$(recipe parallel)
clean=$(recipe "find .")
last=$(grep '^qsample batch .*--resume --manifest noisy/metadata.jsonl$' "$readme")

# A program that knows on which of the hosts it is, and an ssh to them.
mkdir bin
cat >bin/qsample <<SCRIPT
#!/bin/sh
export PRETENDED_HOST="\${PRETENDED_HOST:-\${SLURMD_NODENAME:-login}}"
[ -z "\$SLURM_ARRAY_TASK_ID" ] || echo \$\$ >"$folder/process-of-\$SLURM_ARRAY_TASK_ID"
LD_PRELOAD=$preload exec "$qsample" "\$@"
SCRIPT
cat >bin/ssh <<'SCRIPT'
#!/bin/sh
while case $1 in -*) true ;; *) false ;; esac do shift; done
export PRETENDED_HOST="$1"
shift
[ "$1" != -- ] || shift
echo "$PRETENDED_HOST" >>"$SSH_LOG"
exec sh -c "$*"
SCRIPT
chmod +x bin/*
export PATH=$PWD/bin:$PATH SSH_LOG=$PWD/ssh.log

mkdir -p one/photos/deep
expect 0 "$qsample" noise cat.png -t 0 --size 320 -o photo.png
for ((i = 0; i < 160; i++)); do
  cp photo.png "one/photos/$i.png"
  ((i % 5)) || mv "one/photos/$i.png" one/photos/deep/
done
# One machine's, whole.jsonl of them beside.
cd one || exit 1
expect 0 eval "${last/--resume /}"
expect 0 eval "${last/noisy\/metadata/whole}"
cd .. || exit 1

# as_one: what is here is what one machine has made.
as_one() {
  expect 0 eval "$last"
  expect 0 eval "$clean"
  diff -r ../one/noisy noisy >differences || fail "not as one machine's: $(head -n 3 differences)"
}
run() { mkdir "$1" && cd "$1" && ln -s ../one/photos photos; }

trap 'slurm_down; rm -rf "$folder"' EXIT
if ! slurm_up "$folder/slurm" 4; then
  fail "Slurm does not start"
  finish
fi

state() { scontrol show job --oneliner "$1" 2>/dev/null | sed 's/.*JobState=\([A-Z_]*\).*/\1/' | sort | uniq -c | xargs; }
# wait_for JOB STATES: until it has ended, in those.
wait_for() {
  local i states
  for ((i = 0; i < 1200; i++)); do
    states=$(state "$1")
    [[ $states =~ PENDING|RUNNING|COMPLETING|REQUEUE ]] || break
    sleep 0.05
  done
  [ "$states" = "$2" ] || fail "$1 is $states, not $2"
}

# An array, the second task of which is killed when it is at work.
run array || exit 1
qsample batch -r photos -o noisy -t 300 --shard 2/4 --dry-run >of-second
left=0
for ((round = 1; round <= 20 && left == 0 && failures == 0; round++)); do
  rm -rf noisy part-*
  expect 0 eval "$array"
  job=$(sed 's/.* //' out)
  until [ "$(xargs -a of-second ls -d 2>/dev/null | wc -l)" -ge 3 ] || [ "$(state "$job")" = "4 COMPLETED" ]; do :; done
  kill -KILL "$(cat "$folder/process-of-2")" 2>/dev/null
  for i in 1 3 4; do wait_for "${job}_$i" "1 COMPLETED"; done
  wait_for "${job}_2" "1 FAILED"
  left=$(($(wc -l <of-second) - $(xargs -a of-second ls -d 2>/dev/null | wc -l)))
done
[ "$failures" = 0 ] || finish
[ $left -gt 0 ] || fail "it was never killed at work"
[ ! -e part-2.jsonl ] || fail "the killed task has written its manifest"
echo "killed on $(scontrol show job "${job}_2" | sed -n 's/.*  *NodeList=\(node.\).*/\1/p') with $left of" \
  "$(wc -l <of-second) images to do, $(find noisy -name '.qsample-*' | wc -l) of them half-written"
expect 0 scontrol requeue "${job}_2"
wait_for "$job" "4 COMPLETED"
same <(sort part-?.jsonl) <(sort ../one/whole.jsonl)
as_one
scontrol show job --oneliner "$job" | sed 's/.*\(ArrayTaskId=.\).*\(JobState=[A-Z]*\).*\(Restarts=.\).* \(NodeList=[^ ]*\).*/\1 \2 \3 \4/'
cd .. || exit 1

# The tasks of one job.
run tasks || exit 1
expect 0 eval "$tasks"
[ "$(find noisy -name '*.png' | wc -l)" = 160 ] || fail "$(find noisy -name '*.png' | wc -l) images"
as_one
cd .. || exit 1

# A task takes as many cores as Slurm gives it.
mkdir cores && cd cores || exit 1
expect 0 srun --cpus-per-task=1 qsample batch ../one/photos/deep -o noisy -t 300 --shard 1/9 -v
grep -qE "^qsample: -j 1: (SLURM_CPUS_PER_TASK|the )" err || fail "$(cat err)"
cd .. || exit 1

# Machines by ssh.
run machines || exit 1
expect 0 eval "$machines"
[ "$(sort -u "$SSH_LOG" | xargs)" = "node1 node2" ] || fail "ssh to $(sort -u "$SSH_LOG" | xargs)"
[ "$(find noisy -name '*.png' | wc -l)" = 160 ] || fail "$(find noisy -name '*.png' | wc -l) images"
as_one
cd .. || exit 1
finish

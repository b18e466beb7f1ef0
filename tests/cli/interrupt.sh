#!/usr/bin/env bash
# Ctrl-C and its kin: whole files or none, and the status that says why.
. "$(dirname "$0")/lib.sh"
set -m # job control, so that background jobs do not ignore SIGINT

# stop_with SIGNAL STATUS COMMAND...: runs it, signals it once it has begun to write, checks.
stop_with() {
  local signal=$1 wanted=$2 status=0
  shift 2
  "$@" 2>err &
  local job=$!
  for _ in $(seq 500); do
    [ "$(find stopped -name '*.png' 2>/dev/null | wc -l)" -ge 3 ] && break
    sleep 0.01
  done
  kill -"$signal" $job
  wait $job || status=$?
  [ $status = "$wanted" ] || fail "$signal: status $status instead of $wanted"
  no_remains
}

stop_with INT 130 "$qsample" trajectory cat.png -o stopped
[ "$(ls stopped | wc -l)" -lt 1001 ] || fail "the trajectory was over too soon to be stopped"
for frame in $(ls stopped | tail -3); do expect 0 "$qsample" info "stopped/$frame"; done
rm -r stopped
stop_with TERM 143 "$qsample" trajectory cat.png -o stopped
rm -r stopped
stop_with HUP 129 "$qsample" trajectory cat.png -o stopped
rm -r stopped

# A batch says how to go on, and does.
mkdir in
for i in $(seq 100); do ln cat.png "in/$i.png"; done
stop_with INT 130 "$qsample" batch in -o stopped -t 100 --manifest rows.jsonl
grep -q -- "--resume goes on from there" err || fail "no hint: $(cat err)"
[ "$(wc -l <rows.jsonl)" = 100 ] || fail "manifest: $(wc -l <rows.jsonl) lines"
holds rows.jsonl '"status":"not begun"'
expect 0 "$qsample" batch in -o stopped -t 100 --resume --manifest rows.jsonl
expect 0 "$qsample" batch in -o whole -t 100
diff -r stopped whole >/dev/null || fail "a resumed batch differs"
[ "$(grep -c '"status":"not begun"' rows.jsonl)" = 0 ] || fail "the manifest was not completed"

# One large image ends as soon, whatever it is at: for a machine that is busy, two seconds are allowed
# where half a one is meant. The whole run takes many times as long.
# A sanitizer makes the end of a large process slower, too: 2.4 to 4 seconds under that of threads.
most=2000
if is_sanitized; then most=6000; fi
{ printf 'P5\n12000 12000\n255\n' && head -c 144000000 /dev/zero; } >black.pgm
# stop_large STATUS SIGNAL OPTION...: once noise with these options has been at work for a while.
stop_large() {
  local wanted=$1 signal=$2 status=0
  shift 2
  "$qsample" noise black.pgm -t 10 -o large.png "$@" 2>err &
  local job=$!
  sleep "${delay:-0.7}"
  local begin
  begin=$(date +%s%N)
  kill -"$signal" $job
  wait $job || status=$?
  local took=$((($(date +%s%N) - begin) / 1000000))
  [ $status = "$wanted" ] || fail "large image, $*: status $status instead of $wanted"
  [ $took -lt $most ] || fail "large image, $*: ended after $took ms"
  says "${words:-interrupted before large.png was written}"
  missing large.png
  no_remains
}
stop_large 130 INT --rng numpy
stop_large 143 TERM --path markov
stop_large 130 INT --compression small
delay=4 stop_large 129 HUP --compression small
delay=4 words=interrupted stop_large 130 INT --save eps=large.npy --compression small
rm -f large.npy
# What nobody hears is not said.
status=0
"$qsample" noise black.pgm -t 10 -o - 2>err | head -c 100 >/dev/null || status=${PIPESTATUS[0]}
silent

# On a terminal, what takes long is seen.
if command -v script >/dev/null; then
  on_terminal() { TERM=xterm script -qec "timeout -s INT 4 $1" /dev/null </dev/null >terminal 2>&1; }
  on_terminal "$qsample noise black.pgm -t 10 -o large.png --compression small"
  grep -qE 'reading|writing|rows (read|noised|written)' terminal || fail "no progress: $(head -c 300 terminal)"
  on_terminal "$qsample noise black.pgm -t 10 -o large.png --compression small -q"
  grep -qE 'reading|writing|rows' terminal && fail "progress in spite of -q: $(head -c 300 terminal)"
else
  echo "SKIPPED: progress on a terminal, since there is no script(1)"
fi
rm black.pgm

# A table that nobody reads on ends as well.
mkfifo slow
"$qsample" schedule -T 1000000 >slow 2>err &
job=$!
exec 9<slow
sleep 0.3
kill -INT $job
status=0
wait $job || status=$?
exec 9<&-
[ $status = 130 ] || fail "a long table: status $status"

# Waiting for input ends at once.
mkfifo pipe
"$qsample" noise pipe -t 1 2>err &
job=$!
sleep 0.3
kill -INT $job
status=0
wait $job || status=$?
[ $status = 130 ] || fail "waiting for a pipe: status $status"
finish

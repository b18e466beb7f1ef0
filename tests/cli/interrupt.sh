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

# So does a table that nobody reads on.
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

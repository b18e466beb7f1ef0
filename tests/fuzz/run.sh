#!/usr/bin/env bash
# Runs fuzzers, as many at once as there are cores: run.sh BUILD [SECONDS] [FUZZER...]. What they
# find is left in BUILD/fuzz/FUZZER.
set -eu
build=$(realpath "$1")
seconds=${2:-60}
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 3 ] && fuzzers=("${@:3}") || mapfile -t fuzzers < <(cd "$here/corpus" && ls -d -- */ | tr -d /)

run_one() {
  local folder=$build/fuzz/$1 status=0
  mkdir -p "$folder/corpus"
  cd "$folder"
  "$build/bin/$1_fuzz" -max_total_time="$seconds" -timeout=120 -rss_limit_mb=4096 -max_len=1000000 \
    -print_final_stats=1 corpus "$here/corpus/$1" >log 2>&1 || status=$?
  if [ $status = 0 ]; then
    echo "$1: $(awk '/number_of_executed_units/ { print $2 }' log) inputs in $seconds s, none fails"
  else
    echo "$1: FAILS, see $folder/log"
    tail -n 30 log
  fi
  return $status
}
export -f run_one
export build here seconds
printf '%s\n' "${fuzzers[@]}" | xargs -P "$(nproc)" -I{} bash -c 'run_one {}'

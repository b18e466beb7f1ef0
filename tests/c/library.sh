#!/usr/bin/env bash
# The built library shows qsample_ functions alone, all that c.h declares, and needs no library of images:
# LIBRARY HEADER
set -u
library=$1 header=$2
failures=0
fail() {
  echo "FAIL: $*"
  failures=$((failures + 1))
}

shown=$(nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort)
declared=$(grep -oE '\bqsample_[a-z_]+\(' "$header" | tr -d '(' | sort -u)
[ "$shown" = "$declared" ] || fail "shown and declared differ: $(diff <(echo "$shown") <(echo "$declared"))"
readelf -d "$library" | grep -q 'SONAME.*\[libqsample\.so\.0\]' || fail "its name has no number"
needed=$(readelf -d "$library" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -vE '^(lib(stdc\+\+|m|gcc_s|c|hwy|asan|ubsan|tsan)|ld-linux.*)\.so\.[0-9]+$')
[ -z "$needed" ] || fail "it needs $needed"
[ $failures = 0 ]

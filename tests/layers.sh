#!/usr/bin/env bash
# The architecture holds: no include points up, nothing below the command line names an option, no
# file or folder has grown too large.
set -u
cd "$(dirname "$0")/.." || exit 1
failures=0
fail() {
  echo "FAIL: $*"
  failures=$((failures + 1))
}

# may FOLDER FOLDER...: the first includes of src/ nothing but itself and the others.
may() {
  local room=$1 allowed
  allowed=$(printf '%s|' "$@")qsample
  local up
  up=$(grep -rnE '^#include "' "src/$room" | grep -vE "#include \"($allowed)/")
  [ -z "$up" ] || fail "includes that point up, or aside: $up"
}
may base
may core base
may c core base
may files base
may image files core base
may peers image files core base
may formats image files core base
may opencv image files core base
may pipeline formats opencv peers image files core base
may cli pipeline formats opencv peers image files core base
up=$(grep -rnE '^#include "' include/qsample | grep -vE '#include "qsample/')
[ -z "$up" ] || fail "a public header includes what is not installed: $up"

# Code of -- is an operator; in a text it is an option.
options=$(grep -rnE '"[^"]*--[a-z]' src include --include='*.cpp' --include='*.h' | grep -vE '^src/cli/|^[^:]*:[0-9]*: *//')
[ -z "$options" ] || fail "an option is named below the command line: $options"

while read -r lines file; do
  [ "$lines" -le 400 ] || fail "$file has $lines lines"
done < <(find src include tests -name '*.h' -o -name '*.cpp' -o -name '*.sh' | xargs wc -l | grep -v ' total$')
while read -r folder; do
  count=$(find "$folder" -maxdepth 1 -type f | wc -l)
  [ "$count" -le 15 ] || fail "$folder has $count files"
done < <(find src include tests -type d -not -path 'tests/data/*' -not -path 'tests/fuzz/corpus*')
[ $failures = 0 ] && echo "all right"
exit $failures

#!/usr/bin/env bash
# The module of Python over the built library, against the built program: LIBRARY PROGRAM
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=/usr/bin/python3
if ! "$python" -c 'import numpy' 2>/dev/null; then
  echo "SKIPPED: python3-numpy is not there"
  exit 77
fi
export QSAMPLE_LIBRARY=$1 QSAMPLE_PROGRAM=$2 PYTHONPATH=$here/../../src/python PYTHONDONTWRITEBYTECODE=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# The README's training loop, as printed.
sed -n '/^## In a training loop/,/^## /{/^```python/,/^```/p}' "$here/../../README.md" | grep -v '^```' >loop.py
grep -q q_sample loop.py
"$python" -W error loop.py
for tests in "$here"/*_test.py; do "$python" -W error "$tests"; done

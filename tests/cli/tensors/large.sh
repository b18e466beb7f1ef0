#!/usr/bin/env bash
# A tensor that is larger than the memory it may take: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import numpy' 2>/dev/null || skip "python3-numpy is not there"
is_sanitized && skip "a sanitizer has a memory of its own"
[ "$(df --output=avail -B1M . | tail -1)" -gt 2000 ] || skip "there are no 2 GB of disk for it"

"$python" -c '
import numpy as np
x = np.lib.format.open_memmap("x.npy", "w+", "<f2", (3, 16, 1700, 1700))
x[:] = np.random.default_rng(1).standard_normal((1700, 1700)).astype("f2")
x[1, 3] *= 0.5'

# Read whole, from a pipe, it needs more than is allowed; a file goes by pieces, into the very same
# bytes, and at t = 0 into its own.
expect 1 sh -c "'$qsample' noise - -t 400 -o no.npy --max-memory 200M <x.npy"
says "more than --max-memory 200M"
missing no.npy
expect 0 "$qsample" noise x.npy -t 400 -o pieces.npy --max-memory 200M
expect 0 sh -c "'$qsample' noise - -t 400 -o whole.npy <x.npy"
same pieces.npy whole.npy
rm whole.npy
expect 0 "$qsample" noise x.npy -t 0 -o zero.npy --max-memory 200M
same zero.npy x.npy
(
  ulimit -v 400000
  exec "$qsample" noise x.npy -t 400 -o told.safetensors --max-memory 200M
) || fail "it takes more memory than it may"
expect 0 "$qsample" info told.safetensors
holds out "source-xxh3"
"$python" -c '
import json, numpy as np
data = open("told.safetensors", "rb").read()
length = int.from_bytes(data[:8], "little")
entry = json.loads(data[8:8 + length])["x_t"]
assert entry["dtype"] == "F16" and entry["shape"] == [3, 16, 1700, 1700]
assert (np.frombuffer(data[8 + length:], "<f2") == np.load("pieces.npy").ravel()).all()' ||
  fail "told.safetensors and pieces.npy differ"

# Ended in the middle, or full, it leaves nothing.
rm pieces.npy zero.npy
"$qsample" noise x.npy -t 400 -o killed.npy 2>err &
sleep 0.3
kill -TERM $!
status=0
wait $! || status=$?
[ $status = 130 ] || [ $status = 143 ] || fail "status $status of a run that was ended"
missing killed.npy
no_remains
finish

#!/usr/bin/env bash
# qsample info, as a user runs it.
. "$(dirname "$0")/lib.sh"

expect 0 "$qsample" noise cat.png -t 77 --seed 9 --schedule cosine -T 500 --path markov -o a.png
expect 0 "$qsample" info a.png
silent
holds out "cosine, steps 500"
# The command that it prints makes the file again.
again=$(sed -n 's/^again *//p' out)
[ "${again%% *}" = qsample ] || fail "again: $again"
expect 0 sh -c "\"$qsample\" ${again#qsample} -o b.png"
same a.png b.png
expect 0 "$qsample" info --json a.png
holds out '"path":"markov"'
"$qsample" info - <a.png >piped || fail "stdin: status $?"
holds piped "cosine, steps 500"

expect 1 "$qsample" info cat.txt
says "cat.txt: No such file"
expect 0 "$qsample" noise cat.png -t 1 --no-metadata -o bare.png
expect 1 "$qsample" info bare.png
says "carries no record of qsample"
finish

#!/usr/bin/env bash
# Help: short and whole, in 80 columns, complete, and at one with the README. PROGRAM IMAGE README
readme=$3
. "$(dirname "$0")/../lib.sh"
variants=0
commands=(noise trajectory batch schedule sheet page info verify completion)

narrow() {
  local widest
  widest=$(awk 'length > most { most = length } END { print most }' out)
  [ "$widest" -le 80 ] || fail "a line of $widest columns: $(awk 'length > 80' out | head -1)"
}

for words in "help" "--help" "-h" "help help" "help --help"; do
  # shellcheck disable=SC2086 # several words
  expect 0 "$qsample" $words
  silent
  narrow
  for command in "${commands[@]}"; do grep -qE "^  $command " out || fail "$words lacks $command"; done
  cp out "program.$((++variants))"
  same program.1 "program.$variants"
done

# options_of FILE: those that help lists, each by its long name.
options_of() { grep -oE '^  (-., |    )--[a-z-]+' "$1" | grep -oE -- '--[a-z-]+' | sort -u; }

for command in "${commands[@]}"; do
  expect 0 "$qsample" "$command" --help
  silent
  narrow
  holds out "Usage: qsample $command"
  holds out "Examples:"
  cp out "$command.whole"
  expect 0 "$qsample" help "$command"
  same out "$command.whole"
  # Wherever an option can stand, whatever is wrong behind it.
  expect 0 "$qsample" "$command" -q --help --wrong
  same out "$command.whole"
  expect 0 "$qsample" "$command" -h
  silent
  narrow
  holds out "Usage: qsample $command"
  holds out "Examples:"
  holds out "qsample help $command"
  cp out "$command.short"
  expect 0 "$qsample" "$command" -qh
  same out "$command.short"
  [ "$(wc -l <"$command.short")" -le 45 ] || fail "$command -h has $(wc -l <"$command.short") lines"
  [ -z "$(comm -23 <(options_of "$command.short") <(options_of "$command.whole"))" ] ||
    fail "$command -h has options that its --help lacks"
done
[ "$(wc -l <noise.short)" -lt "$(($(wc -l <noise.whole) / 2))" ] || fail "noise -h is not short"

# What help says of noise in a loop is so.
holds noise.short "qsample batch"
holds noise.short "--seed"
expect 0 "$qsample" noise cat.png -t 9 -o a.npy --save eps=a-eps.npy
expect 0 "$qsample" noise cat.png -t 99 -o b.npy --save eps=b-eps.npy
expect 0 "$qsample" noise cat.png -t 9 -o c.npy --save eps=c-eps.npy --seed 1
"$qsample" noise cat.png -t 0 -o b.png
mkdir photos && cp cat.png b.png photos
same a-eps.npy b-eps.npy
differ a-eps.npy c-eps.npy
expect 0 "$qsample" batch photos -o noisy -t 1000 --format npy
differ noisy/cat.npy noisy/b.npy

# The README's table of options, with that of the schedules, names every option of every command,
# and none that there is not.
cat ./*.whole >all.whole
options_of all.whole >have
awk '/^## Choosing a schedule/ || /^## Options of all commands/ { on = 1 }
     /^## / && !/Choosing a schedule/ && !/Options of all/ { on = 0 } on' "$readme" >tables
grep -oE '(^|[` (])--[a-z][a-z-]*' tables | grep -oE -- '--[a-z-]+' | sort -u >told
[ "$(wc -l <have)" -ge 40 ] || fail "only $(wc -l <have) options were found"
missing_there=$(comm -23 have told)
[ -z "$missing_there" ] || fail "the README's tables lack" $missing_there
unknown_there=$(comm -13 have told)
[ -z "$unknown_there" ] || fail "the README's tables have" $unknown_there
grep -oE '^  -[A-Za-z0-9]' all.whole | tr -d ' ' | sort -u >have.short
while read -r letter; do
  grep -qF -- "\`$letter" tables || grep -qF -- ", $letter" tables || fail "the README's tables lack $letter"
done <have.short
finish

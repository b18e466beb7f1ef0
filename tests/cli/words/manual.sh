#!/usr/bin/env bash
# The pages of the manual: without a warning, and with every option that help lists.
# PROGRAM IMAGE README SHARE
pages=$4/man/man1
. "$(dirname "$0")/../lib.sh"
# groff says nothing of an error that it can live with, unless asked.
command -v groff >/dev/null || skip "there is no groff"

"$qsample" --help | sed -n '/^Commands:/,/^$/ s/^  \([a-z][a-z]*\) .*/\1/p' | grep -vx help >commands
[ "$(find "$pages" -name 'qsample*.1' | wc -l)" = "$(($(wc -l <commands) + 1))" ] ||
  fail "not a page for each command: $(ls "$pages")"

# shown PAGE: as man shows it, in lines as long as they are.
shown() {
  expect 0 groff -man -ww -rLL=2000n -rLT=2000n -P-bcou -Tutf8 "$pages/$1.1"
  silent
  cp out "$1.txt"
}

shown qsample
while read -r command; do
  grep -q "qsample.$command(1)" qsample.txt || fail "qsample(1) lacks $command"
  shown "qsample-$command"
  expect 0 "$qsample" "$command" --help
  grep -oE '^  (-., |    )--[a-z0-9-]+' out | grep -oE -- '--[a-z0-9-]+' | sort -u >told
  grep -oE '^       (-., )?--[a-z0-9-]+' "qsample-$command.txt" | grep -oE -- '--[a-z0-9-]+' | sort -u >listed
  cmp -s told listed || fail "$command: $(diff told listed | grep '[<>]')"
  # The words of each example, to the letter.
  sed -n '/^Examples:/,$ s/^  \(qsample.*[^ ]\)$/\1/p' out >examples
  [ -s examples ] || fail "$command has no example"
  while IFS= read -r line; do holds "qsample-$command.txt" "$line"; done <examples
done <commands
holds qsample-noise.txt "EXIT STATUS"

if command -v mandoc >/dev/null; then
  for page in "$pages"/*.1; do
    expect 0 mandoc -T lint -W error "$page"
  done
fi
if command -v lexgrog >/dev/null; then
  for page in "$pages"/*.1; do expect 0 lexgrog "$page"; done # finds its name, as apropos does
fi
finish

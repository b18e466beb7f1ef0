#!/usr/bin/env bash
# qsample schedule -o: pictures and tables, and --plot. PROGRAM IMAGE README
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

# The ending says the form, and writes what --format prints.
for form in csv json; do
  expect 0 "$qsample" schedule -T 50 -q -o a.$form
  silent
  [ ! -s out ] || fail "-o a.$form prints"
  expect 0 "$qsample" schedule -T 50 -q --format $form
  same out a.$form
  expect 0 "$qsample" schedule -T 50 -q --format $form -o -
  same out a.$form
done
expect 0 "$qsample" schedule -T 50 -q --format table -o a.txt
expect 0 "$qsample" schedule -T 50 -q
same out a.txt
expect 0 "$qsample" schedule -T 50 -q -o A.SVG
grep -q '<svg ' A.SVG || fail "A.SVG is none"
for form in svg png; do
  expect 0 "$qsample" schedule -q -o b.$form
  expect 0 "$qsample" schedule -q --format $form
  same out b.$form
done

# An output is whole or not at all, and nothing is replaced unasked.
cp b.svg kept.svg
expect 1 "$qsample" schedule -o b.svg --mark 3
says "b.svg: exists already; --overwrite replaces it"
same b.svg kept.svg
expect 0 "$qsample" schedule -o b.svg --mark 3 -f
differ b.svg kept.svg
expect 1 "$qsample" schedule -o nowhere/b.svg
says "there is no folder nowhere"
cp a.csv own.csv
for also in "" -f; do
  # shellcheck disable=SC2086 # none, or one word
  expect 2 "$qsample" schedule --schedule own.csv -o own.csv $also
  says "own.csv: is the input itself, the schedule"
done
expect 2 "$qsample" schedule --schedule linear --schedule ./own.csv -o own.csv -f
says "is the input itself"
same own.csv a.csv
expect 1 "$qsample" schedule -o /dev/full --format svg
says "/dev/full: No space left on device"

# What contradicts itself, or has no use.
while read -r message; do
  read -r words
  # shellcheck disable=SC2086 # several words
  expect 2 "$qsample" schedule $words
  says "$message"
done <<'CASES'
c.gif: no schedule is written as '.gif'; known endings are .svg, .png, .csv, .json
-o c.gif
c: has no ending that tells its form; give one, or --format
-o c
c.svg: is named as svg, and --format is csv; leave out one
-o c.svg --format csv
--format: 'pdf' is not one of table, csv, json, safetensors, svg, png
--format pdf
--mark: 1001 is outside 0..1000
-o c.svg --mark 1001
--mark: -1 is outside 0..1000
-o c.svg --mark -1
--mark: 'half' is not a whole number
-o c.svg --mark half
--mark: 60 is outside 0..50 of own
-o c.svg --mark 60 --schedule linear --schedule own.csv
--mark is of a picture
--mark 5
--mark is of a picture
-o c.csv --mark 5
--theme is of a picture
-o c.json --theme dark
--view-size is of a picture
-o c.csv --view-size 99
--view-size: 8 is outside 16..8192
-o c.svg --view-size 8
--view-size: 9000 is outside 16..8192
-o c.png --view-size 100x9000
a single row is of a table; in a picture --mark shows a timestep
-o c.svg --find 50%
a single row is of a table; in a picture --mark shows a timestep
-o c.svg -t 5
-t and --find exclude each other
-t 5 --find 50%
a single row is of a table; in a picture --mark shows a timestep
-o c.svg --sigma 1
--find and --sigma exclude each other
--find 50% --sigma 1
--stats and --u exclude each other
--stats --u 0.5
--u: 2 is outside 0.001..1
--u 2
--stats and -o exclude each other
--stats -o c.svg
--plot and -o exclude each other
--plot -o c.svg
--plot and --format exclude each other
--plot --format svg
--plot and --theme exclude each other
--plot --theme dark
--mark: 1001 is outside 0..1000
--plot --mark 1001
did you mean -o c.svg
c.svg
did you mean --schedule cosine
cosine
CASES
missing c.svg
missing c.png
missing c.csv

# Several schedules.
several="--schedule linear --schedule cosine --schedule own.csv"
# shellcheck disable=SC2086 # several words
{
  expect 0 "$qsample" schedule $several -q --format csv
  [ "$(cut -d, -f1 out | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = " 1001 cosine; 1001 linear; 51 own; 1 schedule;" ] ||
    fail "csv of several: $(cut -d, -f1 out | sort | uniq -c)"
  expect 0 "$qsample" schedule $several -q --format csv --find snr=1
  [ "$(wc -l <out)" = 4 ] || fail "--find of several: $(cat out)"
  grep -q '^cosine,496,' out || fail "--find of several: $(cat out)"
  expect 0 "$qsample" schedule $several -q --format csv -t 50
  [ "$(cut -d, -f1,2 out | tr '\n' ' ')" = "schedule,t linear,50 cosine,50 own,50 " ] ||
    fail "-t of several: $(cat out)"
  expect 2 "$qsample" schedule $several -q -t 51
  says "row 51 is outside 0..50 of own"
  expect 0 "$qsample" schedule $several -q --stats
  [ "$(grep -c '^snr = 1' out)" = 3 ] && grep -qx 'own:' out || fail "--stats of several"
  expect 0 "$qsample" schedule $several -q
  [ "$(grep -cE '^(linear|cosine|own):$' out)" = 3 ] || fail "table of several"
  expect 0 "$qsample" schedule $several -q -o several.svg --mark 20
}
grep -q '>t / T<' several.svg || fail "schedules of different T are not drawn over t / T"
expect 0 "$qsample" schedule --schedule linear --schedule own.csv -o warned.svg
says "warning: own: the last timestep still shows the image"

# Light, dark, and as the reader likes it.
expect 0 "$qsample" schedule -q -o auto.svg
expect 0 "$qsample" schedule -q -o light.svg --theme light
expect 0 "$qsample" schedule -q -o dark.svg --theme dark
[ "$(grep -c prefers-color-scheme auto.svg light.svg dark.svg | tr '\n' ' ')" = "auto.svg:1 light.svg:0 dark.svg:0 " ] ||
  fail "media queries: $(grep -c prefers-color-scheme ./*.svg)"
same light.svg <(grep -v prefers-color-scheme auto.svg)
differ light.svg dark.svg
expect 0 "$qsample" schedule -q -o auto.png
expect 0 "$qsample" schedule -q -o light.png --theme light
same auto.png light.png
[ "$(wc -c <auto.svg)" -le 12000 ] || fail "four curves take $(wc -c <auto.svg) bytes"

# Sizes.
for size in 64 2000 800x300; do
  expect 0 "$qsample" schedule -q -o s$size.svg --view-size $size
  grep -q "width=\"${size%x*}\"" s$size.svg || fail "$size: $(head -c 99 s$size.svg)"
  expect 0 "$qsample" schedule -q -o s$size.png --view-size $size
done
grep -q 'height="300"' s800x300.svg || fail "800x300: $(head -c 99 s800x300.svg)"
grep -q '<text' s64.svg && fail "letters at 64 pixels"

# Whatever a file is called.
cp own.csv '<a & "b">'$'\n\xff]]>.csv'
expect 0 "$qsample" schedule --schedule '<a & "b">'$'\n\xff]]>.csv' -q -o named.svg
holds named.svg '>&lt;a &amp; "b"&gt;??]]&gt;</text>'

# Every family of schedules, in the picture as in its table.
if command -v xmllint >/dev/null; then
  xmllint --noout ./*.svg || fail "not XML"
else
  echo "left out: whether an SVG is XML; no xmllint"
fi
if command -v python3 >/dev/null; then
  for name in linear cosine sigmoid laplace karras geometric vp-sde flow "linear --form ve" \
    "linear --zero-terminal-snr" "cosine -T 30" "linear -T 20000"; do
    # shellcheck disable=SC2086 # several words
    expect 0 "$qsample" schedule --schedule $name -q -f -o curve.svg
    # shellcheck disable=SC2086
    expect 0 "$qsample" schedule --schedule $name -q -f -o curve.csv
    expect 0 python3 "$here/read_svg.py" curve.svg curve.csv
    [ "$(cat out)" -ge 80 ] || fail "$name: $(cat out) points were compared"
  done
else
  echo "left out: whether the curves are those of the tables; no python3"
fi

# In the terminal.
plot() { expect 0 env -u LC_ALL -u LC_CTYPE -u LANG "$@" "$qsample" schedule --plot --schedule linear --schedule cosine; }
plot
silent
[ "$(wc -l <out)" = 23 ] || fail "--plot has $(wc -l <out) lines"
grep -q $'\xe2\xa2' out || fail "no braille"
grep -q $'\x1b' out && fail "colours in a file"
holds out "a  linear, SNR = 1 at t = 259"
cp out plain
plot LANG=de_DE.UTF-8
same out plain
plot LC_ALL=C
says "this locale has no braille, so letters are the dots; LC_ALL=C.UTF-8 has"
LC_ALL=C grep -q '[^ -~]' out && fail "not ASCII"
expect 0 "$qsample" schedule --plot --color always --schedule linear --schedule cosine
grep -q $'\x1b\\[36m' out || fail "no colours"
if command -v script >/dev/null; then
  in_terminal() { script -qec "stty cols 100 rows 30; $1 '$qsample' schedule --plot --schedule linear --schedule cosine" /dev/null </dev/null >out 2>&1; }
  in_terminal "env TERM=xterm"
  grep -q $'\x1b\\[36m' out || fail "no colours in a terminal"
  [ "$(wc -l <out)" = 29 ] || fail "in a terminal of 30 rows --plot has $(wc -l <out) lines"
  in_terminal "env TERM=xterm NO_COLOR=1"
  grep -q $'\x1b' out && fail "colours with NO_COLOR"
  script -qec "'$qsample' schedule --format png" /dev/null </dev/null >out 2>&1
  grep -q "standard output is a terminal" out || fail "PNG to a terminal"
fi
finish

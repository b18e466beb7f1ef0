#!/usr/bin/env bash
# qsample page, as a user runs it; what a browser makes of it is tested in tests/page.
. "$(dirname "$0")/lib.sh"

# data KEY: what the page in ./page.html was given under it.
data() { grep -oE "\"$1\":(\"[^\"]*\"|[0-9]+)" page.html | head -1 | sed "s/\"$1\"://; s/\"//g"; }

expect 0 "$qsample" noise cat.png -t 0 --view-size 64 -o small.png
expect 0 "$qsample" page small.png -o page.html
expect 0 "$qsample" page small.png -o CAPITALS.HTML
same page.html CAPITALS.HTML
silent
holds page.html '<!doctype html>'
# Nothing of it is left open, and nothing is loaded from anywhere.
grep -qE '@(data|image)@' page.html && fail "a place is left empty"
grep -oE '(src|href)="[^"]*"|https?://[^ "]*' page.html | grep -v 'http://www.w3.org/2000/svg' && fail "something is loaded"
[ "$(data t)" = 259 ] || fail "t is $(data t), not the nearest to snr=1"
[ "$(data path)" = markov ] || fail "path is $(data path)"
[ "$(data command)" = "qsample noise small.png" ] || fail "command is $(data command)"

# A page is small: the image, 38 KB for each schedule, and what computes.
expect 0 "$qsample" page cat.png -o page.html -f --view-size 256
[ "$(stat -c %s page.html)" -le 300000 ] || fail "$(stat -c %s page.html) bytes for 256 pixels"
[ "$(data clean)" = "qsample noise cat.png -t 0 --depth 8 --view-size 256x256 -o cat_x0.png" ] || fail "clean is $(data clean)"
[ "$(data command)" = "qsample noise cat_x0.png" ] || fail "command is $(data command)"

# What is shown first, by name and by place; from standard input to standard output.
expect 0 "$qsample" page small.png -o page.html -f -t 12 --seed 0x1F --path shared --schedule cosine -T 50
silent
[ "$(data t) $(data seed) $(data path) $(data label) $(data steps)" = "12 31 shared cosine 50" ] ||
  fail "shown first: $(data t) $(data seed) $(data path) $(data label) $(data steps)"
holds page.html '"words":"--schedule cosine -T 50 '
expect 0 "$qsample" page small.png -o page.html -f --at 50%
[ "$(data t)" = 500 ] || fail "t is $(data t) at 50%"
"$qsample" page - -o - <small.png >piped.html || fail "pipe: status $?"
cp piped.html page.html
[ "$(data name)" = stdin ] || fail "name is $(data name)"
expect 0 "$qsample" page small.png -o page.html -f --seed-from-name
"$qsample" noise small.png -t 9 --seed-from-name -o named.png
[ "$(data seed)" = "$("$qsample" info --json named.png | grep -oE '"seed":"[0-9]+' | grep -oE '[0-9]+')" ] ||
  fail "the seed of a name is $(data seed)"

# Files of betas: their tables go along, by their names in the command. A name is no part of the page's text.
printf '0.1\n0.9\n0.999\n' >'<!--<script>.txt'
expect 0 "$qsample" page small.png -o page.html -f --schedule '<!--<script>.txt' --schedule linear
silent
[ "$(grep -o '<script' page.html | wc -l)" = "$(grep -o '<script' piped.html | wc -l)" ] || fail "a name opens an element"
holds page.html "\\u003c!--\\u003cscript>.txt' -T 3"

# Processes: their parameters in the commands, their own schedules, what is shown first.
rm page.html
expect 0 "$qsample" page small.png -o page.html --process blur
silent
[ "$(data command)" = "qsample noise small.png --process blur --blur-min-scale 0.001 --blur-sigma-max 20" ] ||
  fail "command is $(data command)"
[ "$(data t) $(data kind)" = "259 blurred" ] || fail "$(data t) $(data kind)"
expect 0 "$qsample" page cat.png -o page.html -f --process heat --blur-sigma-max 9 --view-size 64
silent
[ "$(data command)" = "qsample noise cat_x0.png --process heat --blur-sigma-max 9 --blur-sigma-min 0.5" ] ||
  fail "command is $(data command)"
[ "$(data clean)" = "qsample noise cat.png -t 0 --depth 8 --view-size 64x64 -o cat_x0.png" ] || fail "clean is $(data clean)"
[ "$(data t)" = 500 ] || fail "t is $(data t) of a process whose noise stays low"
holds page.html '"words":"--schedule exponential -T 1000 --sigma-max 0.01 --sigma-min 0.01'
for kind in uniform absorbing gaussian; do
  expect 0 "$qsample" page small.png -o page.html -f --process d3pm-$kind
  [ "$(data command)" = "qsample noise small.png --process d3pm-$kind" ] || fail "command is $(data command)"
  [ "$(data transition)" = $kind ] || fail "transition is $(data transition)"
done
expect 0 "$qsample" page small.png -o page.html -f --process d3pm-uniform --schedule linear --schedule cosine -t 12
silent
# What they refuse, before the image is read.
expect 2 "$qsample" page none.png -o new.html --process d3pm-uniform --schedule cosine --schedule flow
says "flow: d3pm takes the betas of a --schedule that preserves the variance"
expect 2 "$qsample" page none.png -o new.html --process gaussian --blur-sigma-max 3
says "--blur-sigma-max is not used by --process gaussian"
expect 2 "$qsample" page none.png -o new.html --process d3pm-absorbing --rng torch
says "--rng torch: a page draws qsample's own noise alone"
expect 2 "$qsample" page none.png -o new.html --process d3pm-gaussian -T 2001
says "linear: 2001 timesteps are more than the 2000 of a page by d3pm-gaussian; take fewer by --steps"
# A walk of each sample is refused where it would take minutes; the size that is named will do.
expect 0 "$qsample" noise cat.png -t 0 --size 700x700 -o square.pnm
expect 1 "$qsample" page square.pnm -o new.html --process d3pm-gaussian
says "square.pnm: 700 x 700 pixels are more than a page walks 1000 timesteps with by d3pm-gaussian; --view-size 598 makes it smaller"
missing new.html
expect 0 "$qsample" page square.pnm -o new.html --process d3pm-gaussian --view-size 598
rm new.html

# More than 8 bits are rounded, with a word, and the commands say how.
expect 0 "$qsample" noise small.png -t 0 --depth 16 -o deep.png
expect 0 "$qsample" page deep.png -o page.html -f
says "deep.png: has 16 bits a sample, of which the page keeps 8"
[ "$(data clean)" = "qsample noise deep.png -t 0 --depth 8 -o deep_x0.png" ] || fail "clean is $(data clean)"

# Nothing is replaced unasked, and never an input.
cp piped.html kept.html
expect 1 "$qsample" page small.png -o kept.html
says "kept.html: exists already; --overwrite replaces it"
same piped.html kept.html
cp small.png image.html
expect 2 "$qsample" page image.html -o image.html -f
says "is the input itself"
same small.png image.html
printf '0.1\n0.2\n' >betas.html
cp betas.html betas.kept
expect 2 "$qsample" page small.png -o betas.html -f --schedule betas.html
says "the schedule"
same betas.html betas.kept

# What cannot be a page.
expect 2 "$qsample" page small.png -o cat.mp4
says "cat.mp4: a page is an HTML file; name it cat.html"
expect 2 "$qsample" page small.png -o cat
says "name it cat.html"
mkdir -p folder.html
expect 2 "$qsample" page small.png -o folder.html
says "folder.html: is a folder"
expect 1 "$qsample" page small.png -o none/cat.html
says "there is no folder none"
expect 2 "$qsample" page small.png
says "-o OUTPUT is missing"
expect 2 "$qsample" page small.png -o new.html --rng torch
says "--rng torch: a page draws qsample's own noise alone"
expect 2 "$qsample" page small.png -o new.html -t 1001
says "0..1000"
expect 2 "$qsample" page small.png -o new.html -T 10001 --schedule linear
says "linear: 10001 timesteps are more than the 10000 of a page; take fewer by --steps"
expect 2 "$qsample" page small.png cat.png -o new.html
says "only one image is taken"
expect 1 "$qsample" page none.png -o new.html
says "none.png"
expect 1 "$qsample" page . -o new.html
says "is a folder"
missing new.html

# Too large: what is the size, and what makes it smaller.
expect 0 "$qsample" noise cat.png -t 0 --view-size 2600 -o large.pnm
expect 1 "$qsample" page large.pnm -o new.html -t 9
says "large.pnm: 2600 x 1733 pixels are more than the 2048 x 2048 of a page; --view-size 2048 makes it smaller"
missing new.html
expect 0 "$qsample" page large.pnm -o new.html --view-size 2048 -t 9
expect 1 "$qsample" page small.png -o huge.html --view-size 60000
missing huge.html
says "small.png: 60000 x 40313 pixels are more"
expect 1 "$qsample" page cat.png -o huge.html --max-memory 1M
says "more than --max-memory 1M"
missing huge.html
finish

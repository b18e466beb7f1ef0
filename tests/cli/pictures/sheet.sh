#!/usr/bin/env bash
# qsample sheet, and --show.
. "$(dirname "$0")/../lib.sh"

# size FILE: width and height of a PNG, from its header.
size() { od -An -tu1 -j16 -N8 "$1" | awk '{print ($1*256+$2)*65536+$3*256+$4, ($5*256+$6)*65536+$7*256+$8}'; }

expect 0 "$qsample" sheet cat.png -o sheet.png
silent
# Seven frames that fit in 256 x 256, of 768 x 512 pixels, gaps of 8, borders of 16.
read -r width height <<<"$(size sheet.png)"
[ "$width" = $((7 * 256 + 6 * 8 + 2 * 16)) ] || fail "a sheet $width pixels wide"
[ "$height" -gt $((171 + 2 * 16)) ] || fail "a sheet $height pixels high, with no room for labels"
expect 1 "$qsample" sheet cat.png -o sheet.png
says "sheet.png: exists already; --overwrite replaces it"
expect 0 "$qsample" sheet cat.png -o - -q
same out sheet.png
"$qsample" sheet - -o stdin.png <cat.png || fail "standard input is not taken"
same stdin.png sheet.png

# What rows there are.
bare=(--label none --gap 0 --border 0 --view-size 32x32 --frames 2)
rows() {
  local wanted=$1
  shift
  expect 0 "$qsample" sheet "$@" -o rows.png -f
  read -r _ height <<<"$(size rows.png)"
  [ "$height" = $((21 * wanted)) ] || fail "$height pixels for $wanted rows: $*"
}
cp cat.png dog.png
rows 1 cat.png "${bare[@]}"
rows 2 cat.png dog.png "${bare[@]}"
rows 3 cat.png "${bare[@]}" --rows path
rows 4 cat.png "${bare[@]}" --rows seed
rows 2 cat.png "${bare[@]}" --rows seed --seeds 2
rows 3 cat.png "${bare[@]}" --schedule linear --schedule cosine --schedule flow
rows 1 cat.png "${bare[@]}" --rows schedule

# Rows of schedules have the same timesteps; other sheets are spread over the log SNR.
expect 0 "$qsample" sheet cat.png -o t.png --frames 3 --space t
expect 0 "$qsample" sheet cat.png -o list.png --timesteps 0,500,1000
same t.png list.png
expect 0 "$qsample" sheet cat.png -o log.png --frames 3
differ t.png log.png
expect 0 "$qsample" sheet cat.png -o auto.png --frames 3 --schedule linear --schedule cosine
expect 0 "$qsample" sheet cat.png -o list2.png --timesteps 0,500,1000 --schedule linear --schedule cosine
same auto.png list2.png
expect 0 "$qsample" sheet cat.png -o zero.png --timesteps 499,999 --zero-based --label none
expect 0 "$qsample" sheet cat.png -o one.png --timesteps 500,1000 --label none
same zero.png one.png

# A parameter is for those schedules that use it.
expect 0 "$qsample" sheet cat.png -o p.png --schedule linear --schedule cosine --beta-end 0.03
expect 2 "$qsample" sheet cat.png -o p2.png --schedule flow --schedule cosine --beta-end 0.03
says "beta-end"
expect 2 "$qsample" sheet cat.png -o p2.png --schedule cosine --schedule cosine
says "--schedule cosine is given twice"

# What can't be is refused, and nothing is written.
refused() {
  local message=$1
  shift
  expect 2 "$qsample" sheet "$@"
  says "$message"
}
refused "cat.png: is the input itself" cat.png -o cat.png -f
refused "x.npy: NPY does not hold 8 bits" cat.png -o x.npy
refused "x.qqq: no format is written as '.qqq'" cat.png -o x.qqq
refused "-o OUTPUT is missing; give it, or --show" cat.png
refused "is no colour" cat.png -o x.png --background '#12345'
refused "--label: 'beta' is not one of t, alpha, sigma, log-snr" cat.png -o x.png --label t,beta
refused "2 images are given, and rows are of one" cat.png dog.png -o x.png --rows seed
refused "2 are given, and rows are of one" cat.png dog.png -o x.png --schedule linear --schedule cosine
refused "--seeds: the rows are no seeds" cat.png -o x.png --seeds 3
refused "--path: with --rows path" cat.png -o x.png --rows path --path shared
refused "--frames 1 is outside 2..1001" cat.png -o x.png --frames 1

missing x.png
printf '0.1\n0.2\n0.3\n' >three.txt
expect 2 "$qsample" sheet cat.png -o x.png --every 1 --schedule linear --schedule three.txt
says "linear has 1001 of these timesteps, three 4"
expect 1 "$qsample" sheet cat.png none.png -o x.png
missing x.png
head -c 3000 cat.png >cut.png
expect 1 "$qsample" sheet cat.png cut.png -o x.png
says "cut.png"
missing x.png
expect 1 "$qsample" sheet cat.png -o x.png --view-size 60000 --timesteps 0,1 --max-memory 500M
missing x.png

# --show.
expect 2 "$qsample" noise cat.png -t 5 --show
says "--show: standard output is no terminal; write the image by -o instead"
expect 2 "$qsample" sheet cat.png --show
says "--show: standard output is no terminal"
if script -qec true /dev/null >/dev/null 2>&1; then
  # shown COMMAND...: on a terminal of 40 columns that shows colours.
  shown() {
    TERM=xterm-256color COLORTERM=truecolor LC_ALL=C.UTF-8 \
      script -qec "stty cols 40 rows 12; $*; echo status \$?" /dev/null >screen </dev/null
  }
  ls >before
  shown "$qsample" noise cat.png -t 300 --show
  holds screen "status 0"
  holds screen "▄"
  rm screen
  ls >after
  diff before after | grep -v -e after -e before -e '^[0-9]' && fail "--show has written a file"
  shown "$qsample" noise cat.png -t 300 --show -o shown.png
  holds screen "▄"
  expect 0 "$qsample" noise cat.png -t 300 -o plain.png
  same shown.png plain.png
  shown "$qsample" sheet cat.png --show
  holds screen "▄"
  shown "$qsample" sheet cat.png -o -
  holds screen "standard output is a terminal"
else
  echo "SKIPPED: --show on a terminal, for want of 'script'"
fi
finish

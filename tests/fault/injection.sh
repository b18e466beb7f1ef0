#!/usr/bin/env bash
# Every file operation of the program fails once, in each way that matters: PROGRAM IMAGE LIBRARY
# No output is lost or cut short, and what went wrong is said in one line.
library=$3
# In memory, where there is such a place: hundreds of runs sync their files.
[ -d /dev/shm ] && [ -w /dev/shm ] && export TMPDIR=/dev/shm
. "$(dirname "$0")/../cli/lib.sh"
shopt -s nullglob

EPERM=1 EINTR=4 EIO=5 EACCES=13 EXDEV=18 EINVAL=22 EMFILE=24 EFBIG=27 ENOSPC=28 EROFS=30 ENOLCK=37 EDQUOT=122
declare -A reason=(
  [$EPERM]="Operation not permitted" [$EIO]="Input/output error" [$EACCES]="Permission denied"
  [$EXDEV]="Invalid cross-device link" [$EINVAL]="Invalid argument" [$EMFILE]="Too many open files"
  [$EFBIG]="File too large" [$ENOSPC]="No space left on device" [$EROFS]="Read-only file system"
  [$ENOLCK]="No locks available" [$EDQUOT]="Disk quota exceeded")

# What is tried: a call, and how it fails; where there are several ways, its calls take turns, and each
# scenario begins with another. "harmless" ones must not be noticed at all.
faults="open:$EMFILE,$EIO,$EROFS open:$EINTR:harmless
  write:$ENOSPC,$EDQUOT,$EIO,$EFBIG write:short,$EINTR:harmless
  read:$EIO read:short,$EINTR:harmless
  fsync:$EIO,$ENOSPC,$EDQUOT fsync:$EINTR:harmless close:$EIO,$EINTR:harmless
  rename:$EIO,$EROFS,$ENOSPC renameat2:$EIO,$EXDEV,$EDQUOT renameat2:$EINVAL:harmless
  unlink:$EIO fchmod:$EIO,$EROFS mkdir:$ENOSPC,$EACCES stat:$EIO,$EACCES lstat:$EIO fstat:$EIO readlink:$EIO
  flock:$ENOLCK,$EINTR:harmless opendir:$EMFILE:harmless readdir:$EIO"

scenarios=0
tried=0 lost=0 partial=0 # faults, old contents that are gone, outputs that are neither old nor new

complain() {
  echo "FAIL: $scenario, $rules: $*; status $status: $(head -c 600 ../err)"
  failures=$((failures + 1))
}

# try RULES HARMLESS: one run of the scenario with these faults; false if the last did not come.
try() {
  rules=$1
  local harmless=$2 output line told=0 unfinished=0 left
  rm -rf work fired
  cp -r before work
  cd work || exit 1
  status=0
  FAULT_FOLDER=$PWD FAULT_RULES=$rules FAULT_FIRED=$folder/fired LD_PRELOAD=$library \
    "${command[@]}" >../out 2>../err </dev/null || status=$?
  if [ ! -e ../fired ]; then
    cd .. && return 1
  fi
  tried=$((tried + 1))
  for output in "${outputs[@]}"; do
    cmp -s "$output" "../after/$output" && continue
    unfinished=$((unfinished + 1))
    if [ -e "$output" ]; then
      cmp -s "$output" "../before/$output" && continue
      partial=$((partial + 1))
      complain "$output is neither the old nor the new file"
    elif [ -e "../before/$output" ]; then
      lost=$((lost + 1))
      complain "$output is gone"
    fi
  done
  # A manifest is the old one or tells of all images, though not the same of one that failed.
  if [ -e ../before/rows.jsonl ] && ! cmp -s rows.jsonl ../before/rows.jsonl; then
    [ "$(grep -c '^{"input":"in/.*}$' rows.jsonl)" = 3 ] || grep -q "in: is a folder\|in: cannot list" ../err || {
      partial=$((partial + 1))
      complain "the manifest is neither the old nor a whole one"
    }
    [ $status = 1 ] || cmp -s rows.jsonl ../after/rows.jsonl || complain "the manifest differs"
  fi
  left=(.qsample-* */.qsample-*)
  case $rules in *unlink*) ;; *) [ ${#left[@]} = 0 ] || complain "left behind: ${left[*]}" ;; esac
  # One line for each thing that failed, with its name and the reason; a batch adds how many.
  local summaries=0 whole=0
  while IFS= read -r line; do
    told=$((told + 1))
    case $line in
      "qsample: "*" images written"*) summaries=$((summaries + 1)) ;;
      "qsample: out: "* | "qsample: in: "* | "qsample: .: "* | "qsample: cat.png: "*) whole=1 ;;
      "qsample: rows.jsonl: "* | "qsample: "*.png": "* | "qsample: "*.npy": "*) ;;
      *) complain "what is '$line'?" ;;
    esac
    case $line in
      # What can't be looked at is taken for a file, and the reading tells more.
      "qsample: in: is a folder, not a file") [ "${rules%%:*}" = stat ] || complain "'$line'" ;;
      *" images written"* | *"${reason[${rules##*:}]:-(none)}"*) ;;
      *) complain "no reason in '$line'" ;;
    esac
  done <../err
  told=$((told - summaries))
  [ $summaries = 1 ] || whole=1 # it ended before the first image
  case $status in
    0) [ $unfinished = 0 ] && [ $told = 0 ] || complain "status 0 with $unfinished outputs unfinished" ;;
    1) [ $told = 1 ] || [ "$2" = many ] || complain "$told lines instead of one" ;;
    *) complain "status" ;;
  esac
  [ "$harmless" != harmless ] || [ $status = 0 ] || complain "this can be borne"
  # One fault costs a batch one file, unless it struck what all of them need.
  [ $independent = 0 ] || [ $whole = 1 ] || [ "$2" = many ] || [ $unfinished -le 1 ] ||
    complain "$unfinished files unfinished"
  cd ..
}

# run_scenario NAME INDEPENDENT: `command` on a copy of ./before, which must give `outputs`.
run_scenario() {
  scenario=$1 independent=$2
  rm -rf after
  cp -r before after
  (cd after && "${command[@]}" 2>../err) || fail "$scenario without a fault: $(cat err)"
  scenarios=$((scenarios + 1))
  local fault call list ways harmless number
  for fault in $faults; do
    IFS=: read -r call list harmless <<<"$fault"
    IFS=, read -r -a ways <<<"$list"
    for ((number = 1; ; number++)); do
      try "$call:$number:${ways[(number + scenarios) % ${#ways[@]}]}" "$harmless" || break
    done
  done
  # What stays as it is: a full disk, after a part of a file or none; a disk that can only be read;
  # one that fails to sync; and file systems without that rename, or without links either.
  for ((number = 1; ; number++)); do try "write:$number+:$ENOSPC" many || break; done
  for ((number = 1; ; number++)); do
    try "write:$number:short,write:$((number + 1))+:$EDQUOT" many || break
  done
  try "fsync:1+:$EIO" many
  try "open:2+:$EMFILE" many
  try "renameat2:1+:$EINVAL,link:1:$EIO" once
  try "renameat2:1+:$EINVAL,link:1+:$EPERM" harmless
  try "renameat2:1+:$EINVAL,link:1+:$EPERM,rename:1:$EIO" once
}

fresh() {
  rm -rf before
  mkdir -p before/in
  cp "$image" before/cat.png
}
old() { for file in "$@"; do echo "precious" >"before/$file"; done; }

fresh
command=("$qsample" noise cat.png -t 5 -o new.png)
outputs=(new.png)
run_scenario "noise" 0

old new.png
command=("$qsample" noise cat.png -t 5 -o new.png --overwrite)
run_scenario "noise --overwrite" 0

fresh
old target.png
ln -s target.png before/link.png
command=("$qsample" noise cat.png -t 5 -o link.png --overwrite)
outputs=(target.png)
run_scenario "noise through a link" 0

fresh
old eps.npy
command=("$qsample" noise cat.png -t 5 -o x.npy --save eps=eps.npy --save v=v.npy -f)
outputs=(x.npy eps.npy v.npy)
run_scenario "noise --save" 0

fresh
command=("$qsample" trajectory cat.png -o out --timesteps 0,500,1000 -j 1)
outputs=(out/cat_t0000.png out/cat_t0500.png out/cat_t1000.png)
run_scenario "trajectory" 0

fresh
for name in a b c; do "$qsample" noise cat.png -t 0 -o before/in/$name.png; done
command=("$qsample" batch in -o out -t 5 -j 1)
outputs=(out/a.png out/b.png out/c.png)
run_scenario "batch" 1

mkdir before/out
"$qsample" batch before/in/a.png before/in/b.png -o before/out -t 6
"$qsample" batch before/in/c.png -o before/out -t 5
command=("$qsample" batch in -o out -t 5 -j 1 --resume)
run_scenario "batch --resume" 1
old rows.jsonl
command=("$qsample" batch in -o out -t 5 -j 1 -f --manifest rows.jsonl)
run_scenario "batch --manifest" 1
echo "faults tried: $tried, files lost: $lost, partial outputs: $partial"
finish

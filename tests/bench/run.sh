#!/usr/bin/env bash
# Functions and whole processes against their peers, both sides in one run: run.sh BUILD [PHOTO].
# Medians, in milliseconds. A peer that is not installed is left out.
set -eu
build=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
photo=$(realpath "${2:-$here/../../assets/still-life.png}")
qsample=$build/bin/qsample naive=$build/bin/naive_opencv
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

magick=$(command -v magick || command -v convert-im6 || command -v convert)
"$magick" "$photo" -resize '1920x1080^' -gravity center -extent 1920x1080 -depth 8 -strip PNG24:large.png
"$magick" "$photo" -resize '512x512^' -gravity center -extent 512x512 -depth 8 -strip PNG24:small.png

row() { printf '%-34s %-14s %10s %10s %8s\n' "$@"; }
row 'what' 'peer' 'qsample' 'peer' 'ratio'

# --- functions, one thread, CPU time of a 1920x1080 image; sizes where files are made
QSAMPLE_BENCH_PHOTO=large.png "$build/bin/function_bench" --benchmark_enable_random_interleaving \
  --benchmark_repetitions=7 --benchmark_min_time=0.05 --benchmark_format=csv 2>/dev/null |
  awk -F, '/_median/ {
    gsub(/"|_median/, "", $1); split($1, part, "/")
    time[$1] = $4; bytes[$1] = $NF; order[++n] = $1
  }
  function line(what, peer, own, other, digits) {
    printf "%-34s %-14s %10." digits "f %10." digits "f %8.2f\n", what, peer, own, other, other / own
  }
  END {
    for (i = 1; i <= n; ++i) {
      split(order[i], part, "/")
      if (part[2] == "qsample") continue
      own = part[1] "/qsample/" part[3]
      line(part[1] " " part[3], part[2], time[own], time[order[i]], 2)
      if (bytes[own] > 0) line(part[1] " " part[3] ", bytes", part[2], bytes[own], bytes[order[i]], 0)
    }
  }' | sort -V

# --- whole processes, wall time
# compare WHAT RUNS PREPARE COMMAND [PEER COMMAND]...
compare() {
  local what=$1 runs=$2 prepare=$3 own=$4 commands=("$4") peers=()
  shift 4
  while [ $# -gt 0 ]; do
    peers+=("$1")
    commands+=("$2")
    shift 2
  done
  hyperfine -N -w 1 -r "$runs" --prepare "sh -c '$prepare'" --export-csv result.csv "${commands[@]}" >log 2>&1 ||
    { tail -3 log >&2; return 1; }
  local times=()
  mapfile -t times < <(tail -n +2 result.csv | awk -F, '{ print $(NF - 4) * 1000 }')
  for i in "${!peers[@]}"; do
    row "$what" "${peers[i]}" "$(printf %.1f "${times[0]}")" "$(printf %.1f "${times[i + 1]}")" \
      "$(awk "BEGIN { printf \"%.2f\", ${times[i + 1]} / ${times[0]} }")"
  done
}

noise=(opencv "$naive small.png 250 b.png"
       imagemagick "$magick small.png -attenuate 1 +noise Gaussian c.png")
if python3 -c 'import torch, PIL' 2>/dev/null; then
  noise+=(torch "python3 $here/naive_torch.py small.png 250 d.png")
fi
compare 'start-up' 31 true "$qsample --version" /bin/true /bin/true
compare 'noise 512x512' 21 true "$qsample noise small.png -t 250 -o a.png -q -f" "${noise[@]}"
compare 'trajectory 512x512, 1000 frames' 3 'rm -rf a b; mkdir b' \
  "$qsample trajectory small.png -o a -q" opencv "$naive small.png b"

mkdir images
for i in $(seq 150); do
  cp small.png "images/$i.png"
  "$magick" small.png -quality 90 "images/$i-photo.jpg"
done
for jobs in 1 2; do
  compare "batch of 300, -j$jobs" 3 'rm -rf a b; mkdir a b' "$qsample batch images -o a -t 250 -j$jobs -q" \
    mogrify "sh -c 'MAGICK_THREAD_LIMIT=$jobs mogrify -path b -format png -attenuate 1 +noise Gaussian images/*'"
done

# --- memory of a large image
"$magick" large.png -resize 8000x6000! PNG24:huge.png
peak() { /usr/bin/time -f %M "$@" 2>&1 >/dev/null | tail -1; }
own=$(peak "$qsample" noise huge.png -t 250 -o a.png -q -f)
other=$(peak "$naive" huge.png 250 b.png)
row 'peak memory of 8000x6000, kB' opencv "$own" "$other" "$(awk "BEGIN { printf \"%.2f\", $other / $own }")"

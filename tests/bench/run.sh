#!/usr/bin/env bash
# Functions and whole processes against their peers, both sides in turn in one run:
#   run.sh BUILD [PHOTO]
# Times are medians in milliseconds; "runs" says of how many. A ratio is the peer's figure to
# qsample's, so that more is better, unless the line says otherwise. A peer that is not installed is
# left out. Takes about ten minutes on two cores, most of it the peers' trajectories and batches.
set -eu
build=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
photo=$(realpath "${2:-$here/../../assets/still-life.png}")
qsample=$build/bin/qsample naive=$build/bin/naive_opencv bench=$build/bin/function_bench
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

magick=$(command -v magick || command -v convert-im6 || command -v convert)
mogrify=$(command -v mogrify || echo "$magick mogrify")
python=
for candidate in python3 /usr/bin/python3; do
  if [ -z "$python" ] && $candidate -c 'import torch, PIL' 2>/dev/null; then python=$candidate; fi
done
[ -n "$python" ] || echo 'bench: no python3 that has torch and PIL; that peer is left out' >&2
torch="$python $here/naive_torch.py"

row() { printf '%-36s %-14s %11s %11s %8s %5s\n' "$@"; }
# ratio A B
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b / a }'; }

# --- the images: a photo at two sizes and two depths, and two that are not photos
scaled() { "$magick" "$photo" -resize "$1^" -gravity center -extent "$1" -strip -colorspace sRGB "${@:2}"; }
scaled 1920x1080 -depth 8 PNG24:large.png
scaled 1920x1080 -depth 16 PNG48:large16.png
scaled 512x512 -depth 8 PNG24:small.png
"$magick" -size 1024x768 xc:'#87ceeb' PNG24:flat.png
"$magick" -size 1024x768 xc:white -fill '#ffcc00' -stroke black -strokewidth 6 -draw 'circle 300,300 300,120' \
  -fill '#d03030' -draw 'roundrectangle 480,380 960,700 40,40' -fill '#3060c0' \
  -draw 'polygon 620,60 960,320 560,340' PNG24:cartoon.png

echo "Photo: $photo. Machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)."
echo
row 'what' 'peer' 'qsample' 'peer' 'ratio' 'runs'

# --- functions, one thread, CPU time of a 1920x1080 image; noise in millions of samples a second
"$bench" large.png large16.png --benchmark_enable_random_interleaving --benchmark_repetitions=7 \
  --benchmark_min_time=0.05 --benchmark_format=csv 2>/dev/null |
  awk -F, '
    /_median"?,/ {
      gsub(/"|_median/, "", $1); split($1, part, "/")
      name = part[1] " " part[2]; maker = part[3]
      if (!(name in seen)) { seen[name] = 1; names[++n] = name }
      makers[name] = makers[name] " " maker
      time[name, maker] = $4; rate[name, maker] = $7 / 1e6
    }
    function line(what, peer, own, other, ratio, digits) {
      printf "%-36s %-14s %11." digits "f %11." digits "f %8.2f %5d\n", what, peer, own, other, ratio, 7
    }
    END {
      for (i = 1; i <= n; ++i) {
        count = split(makers[names[i]], list, " ")
        for (k = 1; k <= count; ++k) {
          name = names[i]; maker = list[k]
          if (sub(/^qsample-/, "", list[k])) {
            for (peer = 1; peer <= count; ++peer) {
              if (list[peer] !~ /^opencv/) continue
              other = rate[name, list[peer]]
              line(name " " list[k] ", M/s", list[peer], rate[name, maker], other,
                   rate[name, maker] / other, 0)
            }
          } else if (maker != "qsample" && (name, "qsample") in time) {
            line(name, maker, time[name, "qsample"], time[name, maker],
                 time[name, maker] / time[name, "qsample"], 2)
          }
        }
      }
    }' | sort -V

# --- the module of Python
if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
  QSAMPLE_LIBRARY=$build/lib/libqsample.so PYTHONPATH=$here/../../src/python \
    /usr/bin/python3 -B "$here/python_bench.py" | while IFS='|' read -r what peer own other runs; do
    row "$what" "$peer" "$own" "$other" "$(ratio "$own" "$other")" "$runs"
  done
else
  echo 'bench: no numpy for /usr/bin/python3; the module of Python is left out' >&2
fi

# --- sizes in bytes
"$bench" sizes large.png large16.png flat.png cartoon.png | while read -r what peer own other; do
  row "bytes $what" "$peer" "$own" "$other" "$(ratio "$own" "$other")" 1
done

# --- whole processes, wall time
# compare WHAT RUNS PREPARE COMMAND [PEER RUNS COMMAND]...: each command once a round, in turn, as
# long as it has runs; of those that have more than three, the first round is not counted. Leaves the median
# times and processor times of COMMAND in own_wall and own_cpu.
compare() {
  local what=$1 prepare=$3 names=(qsample) runs=("$2") commands=("$4") most=$2
  shift 4
  while [ $# -gt 0 ]; do
    names+=("$1") runs+=("$2") commands+=("$3")
    shift 3
  done
  rm -f times.*
  local round i
  for round in $(seq 0 "$most"); do
    for i in "${!names[@]}"; do
      if [ "$round" -gt "${runs[i]}" ] || { [ "$round" = 0 ] && [ "${runs[i]}" -le 3 ]; }; then continue; fi
      hyperfine -N -r 1 --prepare "sh -c '$prepare'" --export-csv result.csv "${commands[i]}" >log 2>&1 ||
        { tail -3 log >&2; return 1; }
      [ "$round" = 0 ] || tail -1 result.csv | awk -F, '{ print $(NF - 6) * 1000, ($(NF - 3) + $(NF - 2)) * 1000 }' >>"times.$i"
    done
  done
  own_wall=$(median 1 times.0) own_cpu=$(median 2 times.0)
  for i in "${!names[@]}"; do
    [ "$i" != 0 ] || continue
    local other
    other=$(median 1 "times.$i")
    row "$what" "${names[i]}" "$own_wall" "$other" "$(ratio "$own_wall" "$other")" "${runs[0]}/${runs[i]}"
  done
}
# median COLUMN FILE
median() { sort -n -k "$1,$1" "$2" | awk -v c="$1" '{ v[NR] = $c } END { printf "%.1f", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }
# utilisation WHAT: of the cores, by the command that was last compared
utilisation() {
  row "$1, share of $(nproc) cores" '' "$(awk "BEGIN { printf \"%.0f %%\", 100 * $own_cpu / $own_wall / $(nproc) }")" '' '' ''
}
# peak COMMAND...: memory in MB
peak() { /usr/bin/time -f %M "$@" 2>&1 >/dev/null | awk 'END { printf "%.0f", $1 / 1024 }'; }

compare 'start-up, --version' 31 true "$qsample --version" /bin/true 31 /bin/true
compare 'start-up, --help' 31 true "$qsample --help" /bin/true 31 /bin/true
# Why OpenCV is a plug-in: a process that loads nothing, and one that loads a library of it.
. "$build/bin/opencv_libraries"
load=$build/bin/load_library
compare 'a process that loads' 31 true "$load" opencv_core 31 "$load $core" \
  imgcodecs 31 "$load $imgcodecs"
noise=(opencv 21 "$naive small.png 250 b.png"
       imagemagick 11 "$magick small.png -attenuate 1 +noise Gaussian c.png")
[ -z "$python" ] || noise+=(torch 7 "$torch small.png 250 d.png")
compare 'noise 512x512 PNG' 21 true "$qsample noise small.png -t 250 -o a.png -q -f" "${noise[@]}"

trajectory=(opencv 3 "$naive small.png b")
[ -z "$python" ] || trajectory+=(torch 1 "$torch small.png b")
compare 'trajectory, 1000 frames of 512x512' 7 'rm -rf a b; mkdir b' "$qsample trajectory small.png -o a -q" \
  "${trajectory[@]}"
utilisation 'trajectory'
few=$(peak "$qsample" trajectory small.png -o few -q --frames 100)
all=$(peak "$qsample" trajectory small.png -o all -q)
row 'trajectory, peak MB' '100 frames' "$all" "$few" "$(ratio "$all" "$few")" 1
rm -rf a b few all

# 150 PNG and 150 JPEG files, each a cut of its own
mkdir images some
for i in $(seq 150); do
  cut="512x512+$(((i * 37) % 1408))+$(((i * 53) % 568))"
  "$magick" large.png -crop "$cut" +repage "images/$i.png"
  "$magick" large.png -crop "$cut" +repage -flop -quality 90 "images/$i-flop.jpg"
done
cp images/[1-5]?.png images/[1-5]?-flop.jpg some
mogrify_all() { echo "sh -c 'MAGICK_THREAD_LIMIT=$1 $mogrify -path b -format png -attenuate 1 +noise Gaussian images/*'"; }
batch="$qsample batch images -o a -t 500 -q"
batches=('qsample -j1' 7 "$batch -j1" mogrify 2 "$(mogrify_all 2)")
[ -z "$python" ] || batches+=('torch, 2 proc.' 1 "$torch images 500 b 2")
compare 'batch of 300, -j2' 7 'rm -rf a b; mkdir a b' "$batch -j2" "${batches[@]}"
utilisation 'batch -j2'
third=$(peak "$qsample" batch some -o few -t 500 -q -j2)
all=$(peak $batch -f -j2)
row 'batch -j2, peak MB' '100 images' "$all" "$third" "$(ratio "$all" "$third")" 1
rm -rf a b few images some

# --- a large image, 1200 MB of pixels: the photo again and again. QSAMPLE_BENCH_LARGE=0 leaves it out.
if [ "${QSAMPLE_BENCH_LARGE:-1}" != 0 ]; then
  pixels=1200000000
  "$magick" large.png rgb:raw
  { printf 'P6\n20000 20000\n255\n'; yes raw | head -200 | xargs cat 2>/dev/null | head -c $pixels; } >huge.ppm
  "$qsample" noise huge.ppm -t 0 -o huge.png -q --max-pixels 400000000
  rm huge.ppm
  own=$(peak "$qsample" noise huge.png -t 250 -o a.png -q -f --max-pixels 400000000)
  row 'peak MB of 20000x20000' '1.5 raw + 100' "$own" 1900 "$(ratio "$own" 1900)" 1
fi

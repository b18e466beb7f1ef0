#!/usr/bin/env bash
# Installs the build BUILD to a folder of its own, moves that, and uses it: BUILD COMPILER [FLAGS...]
set -eu
build=$1 compiler=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cmake --install "$build" --prefix "$folder/first" >/dev/null
mv "$folder/first" "$folder/moved"

# The library, without OpenCV anywhere.
cmake -S "$here" -B "$folder/build" -DCMAKE_PREFIX_PATH="$folder/moved" \
  -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS="$*" >/dev/null
cmake --build "$folder/build" >/dev/null
"$folder/build/consumer"
if ldd "$folder/build/consumer" | grep -i opencv; then
  echo "the library links OpenCV"
  exit 1
fi
# And with opencv_core alone, where that is.
if [ -x "$folder/build/mat_consumer" ]; then
  "$folder/build/mat_consumer"
  if readelf -d "$folder/build/mat_consumer" | grep NEEDED | grep opencv | grep -v opencv_core; then
    echo "opencv.h links more of OpenCV than its core"
    exit 1
  fi
fi

# The program, which finds its plug-ins wherever it was moved, and only there.
program=$folder/moved/bin/qsample
[ -x "$program" ] || exit 0 # the library alone was built
# In a sanitizer build: the leak check itself crashes in a process that has loaded OpenCV and never
# started a thread. The other tests look for leaks.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
cd "$folder"
{ printf 'P6\n16 16\n255\n' && head -c 768 "$here/main.cpp"; } >in.ppm
"$program" noise in.ppm -t 0 --depth 32 -o in.pfm
# there_and_back FORMAT: at t = 0, written in it and read from it again, the samples are the same.
there_and_back() {
  local plain=in.ppm
  [ "$1" != exr ] || plain=in.pfm
  "$program" noise $plain -t 0 -o "there.$1" -f && "$program" noise "there.$1" -t 0 -o "back.${plain#in.}" -f &&
    cmp "$plain" "back.${plain#in.}"
}
for format in tiff webp exr; do
  there_and_back $format
done
mv moved/lib* elsewhere
for format in tiff webp exr; do
  if there_and_back $format 2>err; then
    echo "$format is written without its plug-in: the test shows nothing"
    exit 1
  fi
  grep -q "there.$format: this format needs .* can't be loaded: not found" err
done

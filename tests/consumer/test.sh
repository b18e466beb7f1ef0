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

# By pkg-config too, which not every machine has.
if command -v pkg-config >/dev/null; then
  export PKG_CONFIG_PATH=$folder/moved/lib/pkgconfig:$(find "$folder/moved" -name pkgconfig -type d)
  # shellcheck disable=SC2046
  "$compiler" "$@" "$here/main.cpp" $(pkg-config --cflags --libs qsample-core) -o "$folder/by_pkg_config"
  "$folder/by_pkg_config"
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

# From C, and from Python, whose module finds the library wherever the two were moved. A sanitizer's
# library is none for a Python that was built without.
build/plain_consumer
if command -v pkg-config >/dev/null; then
  # shellcheck disable=SC2046
  "$compiler" "$@" -x c "$here/plain.c" -x none $(pkg-config --cflags --libs qsample-c) -lm -o plain_by_pkg_config
  LD_LIBRARY_PATH=$(dirname "$(find "$folder/moved" -name libqsample.so.0)") ./plain_by_pkg_config
fi
if [[ $* != *-fsanitize* ]] && /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
  module=$(dirname "$(find "$folder/moved" -name qsample.py)")
  env -u QSAMPLE_LIBRARY PYTHONPATH="$module" /usr/bin/python3 -B -c 'import numpy, qsample
numpy.save("by_python.npy", qsample.noise((1, 16, 16), 7))
print(qsample._library._name)' >library
  grep -q "^$folder/moved/" library
  "$program" noise in.ppm --mode grey -t 250 --seed 7 --save eps=eps.npy -o grey.png
  cmp by_python.npy eps.npy
else
  echo "The module of Python is left out: there is no numpy, or a sanitizer is."
fi

# The jobs from a program of somebody else's, which write what the commands write. It is told where
# the modules are, or does without.
images=build/images_consumer
[ -x $images ] || { echo "the component images is not found" && exit 1; }
modules=$(dirname "$(find moved -name qsample-tiff.so)")
mkdir made
$images in.ppm made "$modules" >said
grep -qx 'made/one.png: exists already; `overwrite` replaces it' said
"$program" noise in.ppm -t 250 --schedule cosine --seed 7 -o one.png
"$program" trajectory in.ppm --timesteps 0,10,1000 -o frames
"$program" batch in.ppm -t 5 --path markov -o batch
"$program" noise in.ppm -t 0 --schedule cosine --seed 7 -o clean.tiff
for file in one.png clean.tiff frames/in_t0000.png frames/in_t0010.png frames/in_t1000.png batch/in.png; do
  cmp "made/$file" "$file"
done
mkdir without
$images in.ppm without >said
grep -q "can't be loaded: not found" said
if ldd $images | grep -E 'opencv|tiff|webp'; then
  echo "the images component links what it should load"
  exit 1
fi
if command -v pkg-config >/dev/null; then
  # shellcheck disable=SC2046
  "$compiler" "$@" "$here/images.cpp" $(pkg-config --cflags --libs qsample-images) -o images_by_pkg_config
  mkdir again
  ./images_by_pkg_config in.ppm again "$modules" >said
  cmp again/one.png one.png
fi
mv moved/lib* elsewhere
for format in tiff webp exr; do
  if there_and_back $format 2>err; then
    echo "$format is written without its plug-in: the test shows nothing"
    exit 1
  fi
  grep -q "there.$format: this format needs .* can't be loaded: not found" err
done

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

# The program, which finds its plug-in wherever it was moved.
if [ -x "$folder/moved/bin/qsample" ]; then
  printf 'P5 2 2 255\nabcd' >"$folder/in.pgm"
  # In a sanitizer build: the leak check itself crashes in a process that has loaded OpenCV and never
  # started a thread. The other tests look for leaks.
  export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
  "$folder/moved/bin/qsample" noise "$folder/in.pgm" -t 0 -o "$folder/out.pgm"
  cmp "$folder/in.pgm" "$folder/out.pgm" || grep -aq abcd "$folder/out.pgm"
fi

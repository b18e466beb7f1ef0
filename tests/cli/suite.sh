#!/usr/bin/env bash
# Public suites of images, PngSuite for instance: PROGRAM FOLDER. At t = 0 each image must come out as
# ImageMagick reads it, but for those whose name begins with "x", as in PngSuite, or "invalid":
# these are damaged and must be refused. Needs ImageMagick. Prints what differs, and a count.
set -u
qsample=$(realpath "$1")
suite=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
magick=$(command -v magick || command -v convert-im6 || command -v convert) || {
  echo "needs ImageMagick" >&2
  exit 2
}

# The first image as 16-bit RGBA, upright; what lies under full transparency does not count.
pixels() {
  "$magick" "$1[0]" -auto-orient -alpha on -background black -alpha background \
    -set colorspace sRGB -colorspace sRGB -depth 16 RGBA:- 2>/dev/null | cksum
}

good=0 refused=0 wrong=0
complain() {
  wrong=$((wrong + 1))
  echo "$1: $2"
}
while IFS= read -r -d '' file; do
  name=$(basename "$file") status=0
  output=$folder/out.png
  # Floats are kept as floats.
  "$qsample" noise "$file" -t 0 -o "$output" -f -q 2>"$folder/err" || status=$?
  case $status,$name in
    1,x* | 1,invalid*) refused=$((refused + 1)) ;;
    0,x* | 0,invalid*) complain "$name" "damaged, and taken" ;;
    0,*) if [ "$(pixels "$file")" = "$(pixels "$output")" ]; then good=$((good + 1)); else
      complain "$name" "other pixels"
    fi ;;
    *) complain "$name" "status $status: $(cat "$folder/err")" ;;
  esac
  [ "$(wc -l <"$folder/err")" -le 1 ] || complain "$name" "more than one line: $(cat "$folder/err")"
done < <(find "$suite" -type f \( -iname '*.png' -o -iname '*.jpg' -o -iname '*.jpeg' -o -iname '*.webp' \
  -o -iname '*.tif' -o -iname '*.tiff' -o -iname '*.bmp' -o -iname '*.p[bgnp]m' \) -print0 | sort -z)
echo "$good images as they should be, $refused damaged ones refused, $wrong wrong"
[ "$wrong" = 0 ] && [ $((good + refused)) -gt 0 ]

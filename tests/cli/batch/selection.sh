#!/usr/bin/env bash
# Which images a batch takes, and where their outputs go: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
data=$(cd "$(dirname "$0")/../../data" && pwd)
files() { (cd "$1" && find . -type f | sort | tr '\n' ' '); }

# By what they begin with, whatever they are called.
expect 0 "$qsample" batch "$data/endings" -o endings -t 100
silent
[ "$(files endings)" = "./a.png ./c.png ./d.png ./k.png ./n.png ./noext.png " ] || fail "$(files endings)"
for name in a.png c.jfif d.jpe k.pam n.thumb noext; do
  expect 0 "$qsample" batch "$data/endings/$name" -o named -t 100
done
diff -r endings named >/dev/null || fail "a folder's files differ from the same by name"

# Two of one stem.
mkdir stems && cp "$data/endings/a.png" stems/a.png && cp "$data/endings/c.jfif" stems/a.jpg
cp "$data/endings/a.png" stems/b
expect 2 "$qsample" batch stems -o clash -t 5
says "two inputs would write it, stems/a.jpg and stems/a.png; --keep-ending keeps them apart, as a.jpg.png"
missing clash
expect 0 "$qsample" batch stems -o apart -t 5 --keep-ending
[ "$(files apart)" = "./a.jpg.png ./a.png.png ./b.png " ] || fail "$(files apart)"
# The seed is that of the same file without the option.
expect 0 "$qsample" batch stems/a.jpg -o alone -t 5
same alone/a.png apart/a.jpg.png
expect 0 "$qsample" batch stems -o apart -t 5 --keep-ending --resume --format png
expect 0 "$qsample" batch stems -o floats -t 5 --keep-ending --format npy
exists floats/a.jpg.npy
expect 2 "$qsample" batch stems/a.png stems/a.png -o clash -t 5
says "it is named twice"
mkdir other && cp stems/a.png other/
expect 2 "$qsample" batch stems/a.png other/a.png -o clash -t 5
says "--base names the folder above both"
expect 0 "$qsample" batch stems/a.png other -o based -t 5 --base .
[ "$(files based)" = "./other/a.png ./stems/a.png " ] || fail "$(files based)"

# What is passed over is counted, and named with -v; texts are no news.
mkdir -p mixed/sub mixed/.hidden
cp stems/a.png mixed/
cp stems/a.png mixed/sub/
cp stems/a.png mixed/.secret.png
cp "$data/foreign/foreign.tiff" mixed/IMG_1.NEF
cp "$data/foreign/foreign.tiff" mixed/plain
cp stems/a.png mixed/really-a-png.dng
printf 'GIF89a....' >mixed/x.gif
printf 'GIF89a....' >mixed/y
printf '\0\0\0\x18ftypheic....' >mixed/photo.heic
printf '\0\0\0\1' >mixed/film.mp4
printf 'BMW, a car, and a very long text about it' >mixed/a.txt
printf 'P3 is how it begins' >mixed/b.txt
: >mixed/.gitkeep
ln -s sub mixed/link
ln -s nowhere mixed/dangling
mkfifo mixed/pipe.png
expect 0 timeout 20 "$qsample" batch -r mixed -o from-mixed -t 5
for part in "1 HEIF file" "2 GIF files" "1 camera raw file" "1 hidden folder" "1 hidden image" \
  "1 linked folder" "1 other file" "1 special file" "1 unreadable file" "-v names them"; do
  says "$part"
done
[ "$(files from-mixed)" = "./a.png ./plain.png ./really-a-png.png ./sub/a.png " ] || fail "$(files from-mixed)"
expect 0 "$qsample" batch -r mixed -o from-mixed -t 5 -f -q
silent
expect 0 "$qsample" batch -r mixed -o from-mixed -t 5 -f -v
for line in "x.gif: passed over (GIF file)" "photo.heic: passed over (HEIF file)" "a.txt: passed over (text file)" \
  "link: passed over (linked folder)" ".secret.png: passed over (hidden image)" ".gitkeep: passed over (hidden file)" \
  "pipe.png: passed over (special file)" "IMG_1.NEF: passed over (camera raw file)"; do
  holds err "mixed/$line"
done
# Without -r the folders are as asked.
mkdir plain && cp stems/a.png plain/ && mkdir plain/sub && ln -s sub plain/link && echo text >plain/a.txt
expect 0 "$qsample" batch plain -o from-plain -t 5
silent
# What ends as an image does, or is named, is not passed over but fails.
echo "no image" >plain/b.png
expect 1 "$qsample" batch plain -o from-plain -t 5 -f
holds err "plain/b.png: is not an image of a known format"
expect 1 "$qsample" batch plain/a.txt -o from-plain -t 5 -f
holds err "plain/a.txt: is not an image of a known format"

# Images in sub-folders only.
mkdir -p deep/sub && cp stems/a.png deep/sub/
expect 1 "$qsample" batch deep -o from-deep -t 5
says "deep: holds no image; -r looks into its sub-folder too"
expect 0 "$qsample" batch -r deep -o from-deep -t 5
mkdir empty
expect 1 "$qsample" batch -r empty -o from-empty -t 5
says "empty: holds no image"
grep -q -- "-r looks" err && fail "-r is given already"
expect 0 "$qsample" batch empty stems/a.png -o from-both -t 5
says "warning: empty: holds no image"
# Inputs below the output folder are inputs like others.
mkdir -p around/in/sub && cp stems/a.png around/in/sub/
expect 0 "$qsample" batch -r around/in -o around -t 5
exists around/sub/a.png

# --base is a place, by whatever name it and the inputs go.
mkdir -p photos/day && cp stems/a.png photos/day/
ln -s photos album
here=$PWD
expect 0 "$qsample" batch photos/day/a.png -o base -t 5 --base photos
for way in "photos/day/a.png --base $here/photos" "$here/photos/day/a.png --base photos" \
  "album/day/a.png --base photos" "photos/day/a.png --base album" "./photos/../photos/day/a.png --base $here/album/" \
  "photos/day --base $here/photos" "$here/album/day/ --base photos/." "photos --base photos"; do
  rm -rf again
  # shellcheck disable=SC2086 # several words
  expect 0 "$qsample" batch -r $way -o again -t 5
  same base/day/a.png again/day/a.png
done
expect 2 "$qsample" batch stems/a.png -o again -t 5 --base photos
says "stems/a.png: is not below the folder photos"
expect 2 "$qsample" batch stems -o again -t 5 --base photos
says "stems: is not below the folder photos"

# Inputs are files: what would hold up the rest fails in its turn.
expect 1 timeout 20 "$qsample" batch stems/a.png mixed/pipe.png - -o regular -t 5
holds err "mixed/pipe.png: is a pipe"
holds err "standard input: "
holds err "1 of 3 images written, 2 failed"
status=0
cat stems/a.png | timeout 20 "$qsample" batch /dev/stdin stems/a.png -o regular2 -t 5 2>err || status=$?
[ $status = 1 ] || fail "/dev/stdin: status $status"
exists regular2/a.png

# A file in the folder's place.
echo text >file
expect 2 "$qsample" batch stems/a.png -o file -t 5
says "but this is a file; name another"
expect 2 "$qsample" trajectory stems/a.png -o file --timesteps 5
says "but this is a file; name another"
finish

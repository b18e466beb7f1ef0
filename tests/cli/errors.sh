#!/usr/bin/env bash
# What goes wrong: one line, the right status, nothing lost and nothing left behind.
. "$(dirname "$0")/lib.sh"

# The command line: status 2, before anything is touched.
expect 2 "$qsample"
says "see qsample --help"
expect 2 "$qsample" nosie cat.png
expect 2 "$qsample" noise cat.png
says "give -t T or --at PLACE"
expect 2 "$qsample" noise cat.png -t 5 --wrong
says "--wrong"
for t in -1 1001 99999999999 1.5 x ''; do expect 2 "$qsample" noise cat.png -t "$t"; done
expect 2 "$qsample" noise cat.png -t 5 --seed -1
expect 2 "$qsample" noise cat.png -t 5 --depth 12
expect 2 "$qsample" noise cat.png -t 5 --schedule nothing
says "unknown schedule 'nothing'"
expect 2 "$qsample" noise cat.png -t 5 -o cat.txt
says "known endings are .png"
expect 2 "$qsample" noise cat.png -t 5 -o cat.png -f
says "is the input itself"
ln -s cat.png link.png
expect 2 "$qsample" noise cat.png -t 5 -o link.png -f
expect 2 "$qsample" noise none.png -t 1001
says "1001"
[ "$(ls)" = "$(printf 'cat.png\nerr\nlink.png\nout')" ] || fail "something was written: $(ls)"
same cat.png "$image"

# Files: status 1, with the name and the reason.
expect 1 "$qsample" noise none.png -t 5
says "none.png: No such file or directory"
mkdir folder
expect 1 "$qsample" noise folder -t 5
says "folder: is a folder"
: >empty.png
expect 1 "$qsample" noise empty.png -t 5
says "empty.png: is empty"
echo "hello" >text.png
expect 1 "$qsample" noise text.png -t 5
says "text.png: is no image of a known format"
head -c 10000 cat.png >cut.png
expect 1 "$qsample" noise cut.png -t 5
says "cut.png: PNG image:"
"$qsample" noise cat.png -t 1 -q -o whole.jpg
head -c 10000 whole.jpg >cut.jpg
expect 1 "$qsample" noise cut.jpg -t 5
says "cut.jpg: JPEG image:"
expect 1 "$qsample" noise cat.png -t 5 -o nowhere/out.png
says "nowhere/out.png: No such file or directory"
expect 2 "$qsample" noise cat.png -t 5 -o folder
says "folder: is a folder"
expect 1 "$qsample" noise cat.png -t 5 --format png -o /dev/full
says "/dev/full: No space left on device"
status=0
"$qsample" noise cat.png -t 5 -o - >/dev/full 2>err || status=$?
[ $status = 1 ] || fail "full standard output: status $status"
says "standard output: No space left on device"
long=$(printf 'x%.0s' $(seq 300)).png
expect 1 "$qsample" noise cat.png -t 5 -o "$long"
says "File name too long"
expect 1 "$qsample" noise cat.png -t 5 --depth 16 -o deep.bmp
says "deep.bmp: BMP holds 8-bit samples"

# What exists stays, unless told otherwise.
echo "precious" >old.png
expect 1 "$qsample" noise cat.png -t 5 -o old.png
says "old.png: exists already; --overwrite replaces it"
[ "$(cat old.png)" = precious ] || fail "old.png was touched"
expect 0 "$qsample" noise cat.png -t 5 -o old.png --overwrite
expect 1 "$qsample" noise cut.png -t 5 -o old.png --overwrite
expect 0 "$qsample" info old.png

# A file-size limit cuts no file short and leaves no remains.
(
  ulimit -f 8
  trap '' XFSZ
  "$qsample" noise cat.png -t 5 -o limited.png 2>err
)
missing limited.png
says "limited.png: File too large"

# A place that may not be written to (root may write anywhere).
if [ "$(id -u)" != 0 ]; then
  mkdir locked && chmod a-w locked
  expect 1 "$qsample" noise cat.png -t 5 -o locked/out.png
  says "locked/out.png: Permission denied"
fi

# Colour only where it is wanted.
expect 1 "$qsample" noise none.png -t 5
grep -q $'\x1b' err && fail "colour in a file"
expect 1 "$qsample" noise none.png -t 5 --color always
grep -q $'\x1b' err || fail "no colour though asked for"

# Help and version succeed, on standard output.
for command in "" noise trajectory batch schedule info; do
  expect 0 "$qsample" $command --help
  silent
  [ -z "$command" ] || holds out "Examples:"
done
expect 0 "$qsample" --version
holds out "qsample "
finish

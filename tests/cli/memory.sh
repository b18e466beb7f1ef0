#!/usr/bin/env bash
# What images and files that are larger than they look take, and a memory that jobs share.
data=$(realpath "$(dirname "$0")/../data/images")
. "$(dirname "$0")/lib.sh"

# The option is a size.
for wrong in 0 -1 12X K 1.5G 99999999999G ''; do
  expect 2 "$qsample" noise cat.png -t 5 -o wrong.png --max-memory "$wrong"
  [ "$(wc -l <err)" = 1 ] || fail "not one line: $wrong: $(cat err)"
done
for right in 900000000 900000k 900M 1g 1T; do
  expect 0 "$qsample" noise cat.png -t 5 -o right.png -f --max-memory $right
  silent
done

# What does not fit is refused, with the number that would do: and that one does.
expect 1 "$qsample" noise cat.png -t 5 -o small.png --max-memory 1M
says "more than --max-memory 1M"
size=$(($(stat -c %s cat.png) / 1048576 + 1))
expect 1 "$qsample" noise cat.png -t 5 -o small.png --max-memory ${size}M
says "cat.png: PNG image: it needs"
need=$(sed 's/.*needs \([0-9]*\) MB.*/\1/' err)
expect 0 "$qsample" noise cat.png -t 5 -o small.png --max-memory "${need}M"

# One at a time where two do not fit, to the same bytes; whatever the number of jobs.
mkdir many
for i in 1 2 3 4 5 6; do cp cat.png many/$i.png; done
expect 0 "$qsample" batch many -o free -t 5
expect 0 "$qsample" batch many -o shared -t 5 -j 6 --max-memory "${need}M"
silent
diff -r free shared >/dev/null || fail "a shared memory changes the outputs"
expect 0 "$qsample" trajectory cat.png -o film --frames 5 --path shared -j 8 --max-memory 90M
expect 0 "$qsample" trajectory cat.png -o film-free --frames 5 --path shared
diff -r film film-free >/dev/null || fail "a small memory changes the frames"

# Bombs, holes and all that stop no other.
cp "$data/huge-canvas.webp" many/
cp many/1.png many/hole.png && truncate -s 3G many/hole.png
printf 'P6 16000 16000 255\n' >many/sparse.ppm && truncate -s 768000019 many/sparse.ppm
cp "$data/opaque-animation.webp" many/
expect 1 "$qsample" batch many -o bombs -t 5 -q --max-memory "$((need + 40))M"
[ "$(find bombs -type f | wc -l)" = 7 ] || fail "not all others: $(ls bombs)"
for name in huge-canvas.webp hole.png sparse.ppm; do
  grep -q "^qsample: many/$name: " err || fail "no word of $name: $(cat err)"
done
[ "$(wc -l <err)" = 4 ] || fail "not a line for each: $(cat err)"

# What goes on behind a sound image is not read to its end, from a file or from a pipe.
(
  # A sanitizer's own memory is more than a limit lets it have.
  is_sanitized || ulimit -v 1000000
  status=0
  "$qsample" noise many/hole.png -t 5 -o hole.png 2>err || status=$?
  [ $status = 1 ] || fail "a hole: status $status"
  says "many/hole.png: PNG image: there is more behind its end"
  status=0
  { cat cat.png; cat /dev/zero; } 2>/dev/null | timeout 60 "$qsample" noise - -t 5 -o hole.png 2>err || status=$?
  [ $status = 1 ] || fail "an endless pipe: status $status"
  says "standard input: PNG image: there is more behind its end"
  "$qsample" noise cat.png -t 0 -q -o cat.jpg
  { cat cat.jpg; cat /dev/zero; } 2>/dev/null | timeout 60 "$qsample" noise - -t 5 -o behind.png 2>err || fail "a JPEG before zeros: $(cat err)"
  exit $failures
) || failures=1

# A file of the greatest size there is, where the file system lets one be made.
if truncate -s 9223372036854775807 most.bin 2>/dev/null; then
  cp cat.png most.png && truncate -s 9223372036854775807 most.png
  expect 1 "$qsample" noise most.png -t 5 -o most-out.png
  says "most.png: PNG image: there is more behind its end"
  printf 'II*\0\xff\xff\xff\x7f' >most.tiff && truncate -s 9223372036854775807 most.tiff
  expect 1 "$qsample" noise most.tiff -t 5 -o most-out.png --max-memory 100M
  says "most.tiff: it needs"
fi
finish

#!/usr/bin/env bash
# qsample batch, as a user runs it.
. "$(dirname "$0")/../lib.sh"
mkdir -p in/sub
for t in 0 100 200; do "$qsample" noise cat.png -t $t -o "in/p$t.png"; done
"$qsample" noise cat.png -t 0 -o "in/sub/a b.png"
"$qsample" noise cat.png -t 0 -q -o in/photo.jpg
echo "no image" >in/notes.txt

# A folder, without and with its sub-folders; output names mirror it.
expect 0 "$qsample" batch in -o flat -t 250
silent
[ "$(ls flat | tr '\n' ' ')" = "p0.png p100.png p200.png photo.png " ] || fail "flat: $(ls flat)"
expect 0 "$qsample" batch -r in -o deep -t 250 -j 1
exists "deep/sub/a b.png"

# Workers, order, one at a time, lists: always the same files.
expect 0 "$qsample" batch -r in -o deep2 -t 250 -j 2
diff -r deep deep2 >/dev/null || fail "-j 1 and -j 2 differ"
for file in in/p200.png in/p100.png in/p0.png in/photo.jpg; do
  expect 0 "$qsample" batch "$file" -o single -t 250
done
diff -r flat single >/dev/null || fail "one at a time differs"
find in -name '*.png' -print0 >list0
expect 0 "$qsample" batch --files-from list0 -0 --base in -o listed -t 250
rm deep/photo.png
diff -r deep listed >/dev/null || fail "the list differs"
find in -name '*.png' | "$qsample" batch --files-from - --base in -o listed2 -t 250 || fail "list by pipe"
diff -r listed listed2 >/dev/null || fail "the piped list differs"
differ flat/p0.png flat/p100.png

# Each file has noise of its own: the same picture under two names differs.
cp in/p0.png in/twin.png
expect 0 "$qsample" batch in/p0.png in/twin.png -o twins -t 900 --no-metadata
differ twins/p0.png twins/twin.png
rm in/twin.png

# And another seed is other noise for each.
expect 0 "$qsample" batch in/p0.png -o seeded -t 900 --seed 1 --no-metadata
differ seeded/p0.png twins/p0.png

# The manifest is in the order of the inputs, however long each takes.
mkdir sizes
printf 'P5 1 1 255\nx' >sizes/dot.pgm
for name in b c d e f; do ln sizes/dot.pgm sizes/$name.pgm; done
cp cat.png sizes/a.png
expect 0 "$qsample" batch sizes -o sized -t 5 -j 2 --manifest sized.jsonl
order=$(grep -o '"input":"sizes/[a-z]*' sized.jsonl | sed 's/.*sizes.//' | xargs)
[ "$order" = "a b c d dot e f" ] || fail "manifest: $order"

# A bad file does not stop the others; the count is told.
echo "broken" >in/bad.png
expect 1 "$qsample" batch in -o withbad -t 250
grep -q "in/bad.png: is not an image" err || fail "bad.png is not named"
grep -q "4 of 5 images written, 1 failed" err || fail "no count: $(cat err)"
same withbad/p0.png flat/p0.png
expect 1 "$qsample" batch in/p0.png in/none.png -o withnone -t 250 --manifest rows.jsonl
exists withnone/p0.png
holds rows.jsonl '"status":"failed","error":"in/none.png: No such file or directory"'
holds rows.jsonl '"status":"written"'
[ "$(wc -l <rows.jsonl)" = 2 ] || fail "manifest: $(cat rows.jsonl)"
rm in/bad.png

# Two inputs for one output, and an output that is an input: refused before anything is written.
cp in/photo.jpg in/p0.jpg
expect 2 "$qsample" batch in -o clash -t 250
says "two inputs would write it, in/p0.jpg and in/p0.png"
missing clash
rm in/p0.jpg
cp -r in copy
expect 2 "$qsample" batch in -o in -t 250 -f
says "is the input"
diff -r in copy >/dev/null || fail "inputs were touched"

# An output folder inside the input folder is not an input.
expect 0 "$qsample" batch -r in -o in/noisy -t 250
expect 0 "$qsample" batch -r in -o in/noisy -t 250 --resume -v
holds err "0 of 5 images written, 5 kept"
rm -r in/noisy

# Existing outputs: an error, --overwrite replaces, --resume keeps what is the same.
expect 1 "$qsample" batch in -o flat -t 250
grep -q -- "--overwrite" err || fail "no remedy: $(cat err)"
expect 0 "$qsample" batch in -o flat -t 250 -f
cp flat/p0.png before.png
rm flat/p100.png
head -c 1000 before.png >flat/p0.png
expect 0 "$qsample" batch in -o flat -t 250 --resume -v
holds err "2 of 4 images written, 2 kept"
same flat/p0.png before.png

# Random timesteps, the same each time; other formats; a list that is not there.
expect 0 "$qsample" batch in -o random -t random --manifest random.jsonl
expect 0 "$qsample" batch in -o random2 -t random -j 1
diff -r random random2 >/dev/null || fail "random timesteps differ"
expect 0 "$qsample" batch in -o tiff -t 10 --format tiff
exists tiff/photo.tiff
expect 1 "$qsample" batch --files-from nothing.txt -o x -t 10
says "nothing.txt"
expect 2 "$qsample" batch in -o x -t soon

# Names are taken as they are.
mkdir '[in]'
cp in/p0.png '[in]/[a,b].png'
cp in/p100.png '[in]/c.png'
expect 0 "$qsample" batch '[in]' -o brackets -t 5
[ "$(ls brackets | tr '\n' ' ')" = "[a,b].png c.png " ] || fail "brackets: $(ls brackets)"
(cd '[in]' && "$qsample" batch '[a,b].png' -o ../bracketed -t 5 -q) || fail "brackets of a file"
same 'brackets/[a,b].png' 'bracketed/[a,b].png'
status=0
printf 'in/p0.png\0in/p100.png\0' | "$qsample" batch --files-from - -o zeros -t 5 2>err || status=$?
[ $status = 2 ] || fail "zero bytes in a list of lines: status $status"
says "give -0"

# Two ways to one place: a link among the outputs' folders, a link to an output.
mkdir -p links/in/a links/in/b links/out/a
cp in/p0.png links/in/a/x.png
cp in/p100.png links/in/b/x.png
ln -s a links/out/b
expect 2 "$qsample" batch -r links/in -o links/out -t 5 -f
says "links/out/b/x.png: is the file links/out/a/x.png too, which would be written twice"
expect 0 "$qsample" batch links/in/a/x.png -o links/one -t 5
ln -s one/x.png links/rows.jsonl
expect 2 "$qsample" batch links/in/a/x.png -o links/one -t 5 -f --manifest links/rows.jsonl
expect 0 "$qsample" info links/one/x.png

# What is not a regular file is passed over in a folder, what can't be listed does not stop the rest.
mkdir special
cp in/p0.png special/
mkfifo special/pipe.png
expect 0 timeout 20 "$qsample" batch special -o from-special -t 5
mkdir -m 0 special/locked
mkdir -m 777 from-locked
expect 1 as_user "$qsample" batch -r special -o from-locked -t 5
grep -q "special/locked: cannot list this folder: Permission denied" err || fail "$(cat err)"
exists from-locked/p0.png

# --resume keeps what was made in the same way, and replaces nothing else.
cp cat.png foreign.png
mkdir kept
cp foreign.png kept/p0.png
expect 1 "$qsample" batch in/p0.png -o kept -t 5 --resume
grep -q "not one of qsample's" err || fail "a foreign file: $(cat err)"
same kept/p0.png foreign.png
echo "dear diary" >diary.txt
expect 1 "$qsample" batch in/p100.png -o kept -t 5 --resume --manifest diary.txt
[ "$(cat diary.txt)" = "dear diary" ] || fail "the diary was written over"
expect 0 "$qsample" batch in/p100.png -o kept -t 5
expect 0 "$qsample" batch in/p100.png -o kept -t 6 --resume -v -j 2
says "1 of 1 images written"
expect 0 "$qsample" batch in/p100.png -o kept -t 6 --resume --compression small -v -j 2
says "1 of 1 images written"
expect 0 "$qsample" batch in/p100.png -o kept -t 6 --resume --no-metadata -v -j 2
says "1 of 1 images written"
expect 0 "$qsample" batch in/p100.png -o kept -t 6 --resume --no-metadata -v -j 2
says "0 of 1 images written, 1 kept"

# Nor does it keep what was made from an input that has changed since, or what has lost its end
# behind a record that is whole.
mkdir changing
cp in/p0.png changing/x.png
for format in png safetensors; do
  expect 0 "$qsample" batch changing -o changed -t 6 --format $format
done
cp changed/x.safetensors whole.safetensors
head -c -100 whole.safetensors >changed/x.safetensors
expect 0 "$qsample" batch changing -o changed -t 6 --format safetensors --resume -v -j 2
says "1 of 1 images written"
same changed/x.safetensors whole.safetensors
cp in/p200.png changing/x.png
expect 0 "$qsample" batch changing -o changed -t 6 --resume -v -j 2
says "1 of 1 images written"

# Damage that is allowed is on record, and not kept where it is no longer allowed.
head -c 20000 in/photo.jpg >torn.jpg
expect 0 "$qsample" batch torn.jpg -o torn -t 5 --allow-damaged --manifest torn.jsonl
holds torn.jsonl '"damage":"'
expect 0 "$qsample" batch torn.jpg -o torn -t 5 --allow-damaged --resume -v
grep -q "0 of 1 images written, 1 kept" err || fail "$(cat err)"
expect 1 "$qsample" batch torn.jpg -o torn -t 5 --resume
expect 2 "$qsample" batch -o x -t 1
mkdir empty
expect 1 "$qsample" batch empty -o x -t 1
says "empty: holds no image"
finish

#!/usr/bin/env bash
# Shards of WebDataset, read and written, from a shell; other readers and writers are Python's and
# GNU tar. PROGRAM IMAGE
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import PIL' 2>/dev/null || skip "there is no $python with PIL"
command -v tar >/dev/null || skip "there is no tar"
make_shard() { "$python" "$here/make_shard.py" "$@" || fail "no archive: $*"; }
read_shard() { "$python" "$here/read_shard.py" "$@" || fail "not as WebDataset reads it: $*"; }

mkdir -p photos/sub
for t in 1 2 3 4 5; do "$qsample" noise "$here/../../data/images/turned6.png" -t $t -o "photos/p$t.png"; done
cp photos/p1.png photos/sub/s.png
echo "a cat" >photos/p1.txt
printf 3 >photos/p2.cls
: >photos/p3.txt # an empty caption
echo "[]" >photos/p4.json
"$qsample" batch -r photos -o folder -t random || fail "the folder"

# A folder made into shards: the images are those of a batch, with what stands beside them.
expect 0 "$qsample" batch -r photos -o made/n-%04d.tar -t random --shard-count 2 --manifest rows.jsonl
silent
[ "$(ls made | xargs)" = "n-0000.tar n-0001.tar n-0002.tar" ] || fail "shards: $(ls made)"
read_shard made/*.tar >samples
[ "$(sed 's/=[^ ]*//g' samples | tr '\n' ';')" = "p1 png qsample.json txt;p2 png qsample.json cls;p3 png qsample.json txt;p4 png qsample.json json;p5 png qsample.json;sub/s png qsample.json;" ] ||
  fail "samples: $(cat samples)"
mkdir unpacked
for shard in made/*.tar; do tar xf "$shard" -C unpacked || fail "GNU tar does not read $shard"; done
(cd folder && find . -name '*.png') >names
while read -r name; do same "folder/$name" "unpacked/$name"; done <names
same photos/p1.txt unpacked/p1.txt
[ -e unpacked/p3.txt ] || fail "the empty caption is missing"
holds rows.jsonl '"input":"photos/p3.png","output":"made/n-0001.tar/p3.png","file_name":"made/n-0001.tar/p3.png"'
[ "$(wc -l <rows.jsonl)" = 6 ] || fail "rows: $(cat rows.jsonl)"
expect 0 "$qsample" info unpacked/p1.png

# The same bytes however many work at it; by size; in one.
expect 0 "$qsample" batch -r photos -o one-%04d.tar -t random --shard-size 5K -j 1
expect 0 "$qsample" batch -r photos -o two-%04d.tar -t random --shard-size 5K -j 2
[ "$(ls one-* | wc -l)" = 4 ] || fail "by size: $(ls -l one-*)"
for shard in one-*; do
  same "$shard" "two${shard#one}"
  # A shard is closed by the sample that fills it, not before.
  [ "$(stat -c %s "$shard")" -ge 5120 ] || [ "$shard" = one-0003.tar ] || fail "$shard is too small"
done
expect 0 "$qsample" batch -r photos -o all.tar -t random
[ "$(read_shard all.tar)" = "$(cat samples)" ] || fail "all in one: $(read_shard all.tar)"

# Shards from others: each dialect, compressed or not, mirrored; what is no image passes by the byte.
long=$(printf 'd%.0s' $(seq 90))/$(printf 'e%.0s' $(seq 90))/$(printf 'f%.0s' $(seq 150))
head -c 70000 /dev/urandom >noise.bin
for format in gnu pax ustar; do
  make_shard $format $format.tar "$(printf 'e\xcc\x81').png=photos/p1.png" "b.png=photos/p2.png" \
    "b.txt=photos/p1.txt" "b.embedding.npy=noise.bin" "lat%.png=photos/p3.png"
done
deep=$(printf 'd%.0s' $(seq 160)) # more than the prefix of ustar holds
for format in gnu pax; do
  make_shard $format long-$format.tar "$long.png=photos/p4.png" "$long.cls=photos/p2.cls" \
    "$deep/a.png=photos/p5.png"
done
tar czf packed.tar.gz -C photos --exclude ./sub --sort=name . || fail "tar"
expect 0 "$qsample" batch gnu.tar pax.tar ustar.tar long-gnu.tar long-pax.tar packed.tar.gz -o mirror -t 30
silent
[ "$(ls mirror | xargs)" = "gnu.tar long-gnu.tar long-pax.tar packed.tar pax.tar ustar.tar" ] || fail "$(ls mirror)"
same mirror/gnu.tar mirror/pax.tar
same mirror/gnu.tar mirror/ustar.tar
same mirror/long-gnu.tar mirror/long-pax.tar
read_shard mirror/long-pax.tar >long
holds long "$long png="
holds long "$deep/a png="
mkdir mirrored
tar xf mirror/gnu.tar -C mirrored || fail "GNU tar"
same mirrored/b.embedding.npy noise.bin
same mirrored/b.txt photos/p1.txt
[ -e "$(printf 'mirrored/e\xcc\x81.png')" ] || fail "a name was changed: $(ls mirrored)"
[ -e "$(printf 'mirrored/lat\xe9.png')" ] || fail "a name was changed: $(ls mirrored)"
# The seed is that of the member's name, without "./".
"$qsample" batch photos -o thirty -t 30 || fail "thirty"
mkdir from-packed
tar xf mirror/packed.tar -C from-packed
for name in p1 p2 p3 p4 p5; do same from-packed/$name.png thirty/$name.png; done

# Cut again: the noise stays. Through pipes: the same archive.
expect 0 "$qsample" batch gnu.tar packed.tar.gz -o cut-%02d.tar -t 30 --shard-count 2
mkdir cut
for shard in cut-*.tar; do tar xf "$shard" -C cut; done
same cut/b.png mirrored/b.png
same cut/p4.png thirty/p4.png
"$qsample" batch - -o - -t 30 <pax.tar >pipe.tar || fail "the pipe"
same pipe.tar mirror/pax.tar
cat pax.tar | "$qsample" batch - -o - -t 30 | cat >pipe.tar || fail "the pipe"
same pipe.tar mirror/pax.tar
gzip -c pax.tar | "$qsample" batch - -o pipe-%02d.tar -t 30 --shard-count 100 || fail "a pipe to shards"
same pipe-00.tar mirror/pax.tar

# Patterns say which members are images; the others pass, and so does what has no key.
make_shard gnu masks.tar a.png=photos/p1.png a.mask.png=photos/p2.png plain=photos/p3.png
expect 0 "$qsample" batch masks.tar -o masked -t 30 --exclude '*.mask.png'
mkdir masks
tar xf masked/masks.tar -C masks
same masks/a.mask.png photos/p2.png
same masks/plain photos/p3.png
differ masks/a.png photos/p1.png
# Several images of a sample have a record each; the record of a first noising makes way.
expect 0 "$qsample" batch masks.tar -o both -t 30
[ "$(read_shard both/masks.tar | sed 's/=[^ ]*//g')" = "a png qsample.json mask.png mask.qsample.json" ] ||
  fail "two images: $(read_shard both/masks.tar)"
expect 0 "$qsample" batch both/masks.tar -o again -t 40 -q
read_shard again/masks.tar >read
holds read "qsample.json=t40 mask.png"
expect 0 "$qsample" batch masks.tar -o bare -t 30 --no-metadata --format ppm
tar tf bare/masks.tar >list
[ "$(xargs <list)" = "a.ppm a.mask.ppm plain" ] || fail "without records: $(cat list)"

# When resuming, whole shards that were made in the same way are kept, and the rest is the same.
touch -d '2001-01-01' made/*.tar
cp -r made before
rm made/n-0001.tar
expect 0 "$qsample" batch -r photos -o made/n-%04d.tar -t random --shard-count 2 --manifest rows2.jsonl --resume -v
holds err "4 samples written, 2 kept"
for shard in before/*.tar; do same "$shard" "made/${shard#before/}"; done
same rows.jsonl rows2.jsonl
[ "$(stat -c %Y made/n-0000.tar)" = "$(date -d 2001-01-01 +%s)" ] || fail "a kept shard was written"
expect 0 "$qsample" batch -r photos -o made/n-%04d.tar -t random --shard-count 2 --resume -v
holds err "0 samples written, 6 kept"
cp -r mirror mirror-before
head -c 4000 mirror-before/gnu.tar >mirror/gnu.tar
expect 0 "$qsample" batch gnu.tar pax.tar -o mirror -t 30 --resume -v
holds err "3 samples written, 3 kept"
same mirror/gnu.tar mirror-before/gnu.tar
cp photos/p1.txt photos/p5.txt
expect 0 "$qsample" batch -r photos -o made/n-%04d.tar -t random --shard-count 2 --resume -v
holds err "2 samples written, 4 kept"
# Kept is what holds the same: not another caption of the same size, nor one sample more.
printf 'a dog\n' >photos/p1.txt
expect 0 "$qsample" batch -r photos -o made/n-%04d.tar -t random --shard-count 2 --resume -v
holds err "6 samples written"
[ "$(tar xOf made/n-0000.tar p1.txt)" = "a dog" ] || fail "the old caption was kept"
mv photos/sub/s.png .
expect 0 "$qsample" batch -r photos -o made/n-%04d.tar -t random --shard-count 2 --resume -v
holds err "1 sample written, 4 kept"
mv s.png photos/sub
expect 0 "$qsample" batch -r photos -o made/n-%04d.tar -t random --shard-count 2 --resume -v
holds err "2 samples written, 4 kept"

# Nor one made in another way.
cp -r made seeded
expect 0 "$qsample" batch -r photos -o seeded/n-%04d.tar -t random --shard-count 2 --resume --seed 1 -v
holds err "6 samples written"

# Images are prepared as those of files are, and random crops are theirs.
prepare="--size 8x8 --crop random --mode grey -t 30"
# shellcheck disable=SC2086
expect 0 "$qsample" batch photos -o small $prepare
# shellcheck disable=SC2086
expect 0 "$qsample" batch packed.tar.gz -o smaller $prepare
mkdir from-smaller
tar xf smaller/packed.tar -C from-smaller
for name in p1 p2 p3 p4 p5; do same from-smaller/$name.png small/$name.png; done
# shellcheck disable=SC2086
expect 0 "$qsample" batch packed.tar.gz -o smaller $prepare --resume -v
holds err "5 kept"

# Another cut leaves one over, which readers of n-*.tar would take for a part of the set.
expect 1 "$qsample" batch -r photos -o made/n-%04d.tar -t random --shard-count 3 --resume
holds err "made/n-0002.tar: is left of another run, and none of this series; remove it"
[ "$(read_shard made/n-0001.tar | wc -l)" = 3 ] || fail "another cut"
finish

#!/usr/bin/env bash
# Several timesteps and draws in shards, and what is saved beside x_t: the bytes are those of the
# files that a batch writes. PROGRAM IMAGE
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import PIL, numpy' 2>/dev/null || skip "there is no $python with PIL and numpy"
command -v tar >/dev/null || skip "there is no tar"
make_shard() { "$python" "$here/make_shard.py" "$@" || fail "no archive: $*"; }
read_shard() { "$python" "$here/read_shard.py" "$@" || fail "not as WebDataset reads it: $*"; }
# unpack SHARD... into a new folder "unpacked"
unpack() {
  rm -rf unpacked && mkdir unpacked
  local shard
  for shard in "$@"; do tar xf "$shard" -C unpacked || fail "GNU tar does not read $shard"; done
}
# same_files FOLDER ENDING: every such file is in unpacked, too, and as many.
same_files() {
  local name
  (cd "$1" && find . -name "*$2") >names
  while read -r name; do same "$1/$name" "unpacked/$name"; done <names
  [ "$(find unpacked -name "*$2" | wc -l)" = "$(wc -l <names)" ] || fail "$1: $(find unpacked -name "*$2")"
}

mkdir -p photos/sub
for t in 1 2 3; do "$qsample" noise "$here/../../data/images/turned6.png" -t $t -o "photos/p$t.png"; done
cp photos/p1.png photos/sub/s.png
echo "a cat" >photos/p1.txt
printf 3 >photos/sub/s.cls

# Each timestep and draw is a sample of its own, named as a batch names files.
several="-t 5,250,900 --samples 2"
# shellcheck disable=SC2086
"$qsample" batch -r photos -o folder $several || fail "the folder"
# shellcheck disable=SC2086
expect 0 "$qsample" batch -r photos -o all.tar $several --manifest rows.jsonl -v
holds err "24 samples written"
read_shard all.tar >samples
[ "$(sed 's/=[^ ]*//g' samples | head -8 | tr '\n' ';')" = "p1_t0005_k0 png qsample.json txt;p1_t0005_k1 png qsample.json txt;p1_t0250_k0 png qsample.json txt;p1_t0250_k1 png qsample.json txt;p1_t0900_k0 png qsample.json txt;p1_t0900_k1 png qsample.json txt;p2_t0005_k0 png qsample.json;p2_t0005_k1 png qsample.json;" ] ||
  fail "samples: $(cat samples)"
holds samples "sub/s_t0900_k1 png="
unpack all.tar
same_files folder .png
for name in t0005_k0 t0900_k1; do
  same photos/p1.txt unpacked/p1_$name.txt
  same photos/sub/s.cls unpacked/sub/s_$name.cls
done
[ "$(wc -l <rows.jsonl)" = 24 ] || fail "rows: $(cat rows.jsonl)"
holds rows.jsonl '"input":"photos/p1.png","output":"all.tar/p1_t0250_k1.png","file_name":"all.tar/p1_t0250_k1.png"'
"$python" - <<'PYTHON' || fail "a record beside an image is not that within it"
import glob, json
from PIL import Image
for name in glob.glob("unpacked/**/*.png", recursive=True):
    with open(name[:-4] + ".qsample.json") as file:
        assert json.load(file) == json.loads(Image.open(name).text["qsample"]), name
PYTHON

# The same bytes for any -j, with more units of a sample than are made at once, and whoever made the
# shards that are read.
many="-t 0-1000:50"
# shellcheck disable=SC2086
{
  expect 0 "$qsample" batch photos -o one-%02d.tar $many --shard-count 13 -j 1
  expect 0 "$qsample" batch photos -o two-%02d.tar $many --shard-count 13 -j 3
}
[ "$(ls one-* | wc -l)" = 5 ] || fail "shards: $(ls one-*)"
for shard in one-*; do same "$shard" "two${shard#one}"; done
[ "$(read_shard one-*.tar | wc -l)" = 63 ] || fail "units: $(read_shard one-*.tar)"
tar cf plain.tar -C photos --sort=name --exclude ./sub . || fail "tar"
# shellcheck disable=SC2086
expect 0 "$qsample" batch plain.tar -o three-%02d.tar $many --shard-count 13
"$qsample" batch photos -o fifty -t 0-1000:50 || fail "fifty"
unpack three-*.tar
same_files fifty .png
# shellcheck disable=SC2086
"$qsample" batch - -o - $several <plain.tar >pipe.tar || fail "the pipe"
# shellcheck disable=SC2086
expect 0 "$qsample" batch plain.tar -o mirror $several
same pipe.tar mirror/plain.tar

# Shards that are there are kept, wherever in a sample they end.
rm one-01.tar one-03.tar
# shellcheck disable=SC2086
expect 0 "$qsample" batch photos -o one-%02d.tar $many --shard-count 13 --resume -v
holds err "50 samples written, 13 kept"
for shard in one-*; do same "$shard" "two${shard#one}"; done
# shellcheck disable=SC2086
expect 0 "$qsample" batch photos -o one-%02d.tar $many --shard-count 13 --resume -v
holds err "0 samples written, 63 kept"
expect 0 "$qsample" batch plain.tar -o mirror -t 5,250,900 --samples 3 --resume -v
holds err "27 samples written"
expect 0 "$qsample" batch plain.tar -o mirror -t 5,250,900 --samples 3 --resume -v
holds err "27 kept"

# Names by a pattern; a timestep by a law for each draw, stratified over all of them.
expect 0 "$qsample" batch -r photos -o named.tar -t 5,250 --name 'level-{t}/{stem}_a'
unpack named.tar
"$qsample" batch -r photos -o named -t 5,250 --name 'level-{t}/{stem}_a' || fail "named"
same_files named .png
same photos/sub/s.cls unpacked/level-0250/sub/s_a.cls
expect 0 "$qsample" batch -r photos -o seed.tar -t random --name '{seed}'
"$qsample" batch -r photos -o seeds -t random --name '{seed}' || fail "seeds"
unpack seed.tar
same_files seeds .png
random="-t random --samples 3 --stratified"
# shellcheck disable=SC2086
{
  "$qsample" batch photos -o random $random || fail "random"
  expect 0 "$qsample" batch photos -o random.tar $random
  unpack random.tar
  same_files random .png
  make_shard gnu first.tar p1.png=photos/p1.png
  make_shard gnu second.tar p2.png=photos/p2.png p3.png=photos/p3.png
  expect 0 "$qsample" batch second.tar first.tar -o parts $random
  unpack parts/*.tar
  same_files random .png
}
# What has no image passes as it is, once.
make_shard gnu odd.tar a.png=photos/p1.png a.mask.png=photos/p2.png b.txt=photos/p1.txt
expect 0 "$qsample" batch odd.tar -o odd -t 5,250 -q
[ "$(read_shard odd/odd.tar | sed 's/=[^ ]*//g' | tr '\n' ';')" = "a_t0005 png qsample.json mask.png mask.qsample.json;a_t0250 png qsample.json mask.png mask.qsample.json;b txt;" ] ||
  fail "odd: $(read_shard odd/odd.tar)"
# One that fails is told once, and counts as all that it would be.
head -c 900 photos/p2.png >half.png
make_shard gnu half.tar a.png=photos/p1.png b.png=half.png
expect 1 "$qsample" batch half.tar -o half -t 0-1000:50
[ "$(grep -c 'half.tar: b.png: ' err)" = 1 ] || fail "not told once: $(cat err)"
holds err "21 samples written, 21 failed"

# What training code wants beside x_t is further members, with the bytes of files.
"$qsample" batch -r photos -o xt -t 5,250 --save eps=eps --save edm-input=edm || fail "folders"
expect 0 "$qsample" batch -r photos -o saved.tar -t 5,250 --save eps --save edm-input --manifest saved.jsonl
[ "$(tar tf saved.tar | head -6 | xargs)" = "p1_t0005.png p1_t0005.qsample.json p1_t0005.eps.npy p1_t0005.edm-input.npy p1_t0005.edm-input.json p1_t0005.txt" ] ||
  fail "members: $(tar tf saved.tar)"
unpack saved.tar
(cd xt && find . -name '*.png') >names
while read -r name; do
  stem=${name%.png}
  same "xt/$name" "unpacked/$name"
  same "eps/$stem.npy" "unpacked/$stem.eps.npy"
  same "edm/$stem.npy" "unpacked/$stem.edm-input.npy"
  same "edm/$stem.json" "unpacked/$stem.edm-input.json"
done <names
holds saved.jsonl '"file_name":"saved.tar/p1_t0250.png","eps_file_name":"saved.tar/p1_t0250.eps.npy","edm_input_file_name":"saved.tar/p1_t0250.edm-input.npy"'
expect 0 "$qsample" batch -r photos -o saved.tar -t 5,250 --save eps --save edm-input --resume -v
holds err "8 kept"
# Not kept are other scalings, and one target more.
expect 0 "$qsample" batch -r photos -o saved.tar -t 5,250 --save eps --save edm-input --sigma-data 1 --resume -v
holds err "8 samples written"
expect 0 "$qsample" batch -r photos -o saved.tar -t 5,250 --save eps --resume -v
holds err "8 samples written"
# Inside of x_t's own file where that holds several; the scalings' target stays beside it.
expect 0 "$qsample" batch -r photos -o inside -t 250 --format safetensors --save eps --save v
expect 0 "$qsample" batch -r photos -o inside.tar -t 250 --format safetensors --save eps --save v
unpack inside.tar
same_files inside .safetensors
expect 0 "$qsample" batch photos -o both.tar -t 250 --format safetensors --save eps --save edm
[ "$(tar tf both.tar | head -4 | xargs)" = "p1.safetensors p1.qsample.json p1.edm.npy p1.edm.json" ] ||
  fail "both: $(tar tf both.tar)"
expect 0 "$qsample" batch photos -o tiff.tar -t 250 --save eps --save-format tiff
[ "$(tar tf tiff.tar | grep -c 'eps.tiff$')" = 3 ] || fail "formats: $(tar tf tiff.tar)"
# A member that would be one that is there already.
make_shard gnu taken.tar a.png=photos/p1.png a.eps.npy=photos/p1.txt
expect 1 "$qsample" batch taken.tar -o taken -t 5 --save eps
holds err "taken.tar: a.eps.npy: would be a.eps.npy, which another member of its sample is; --keep-ending keeps them apart"
expect 0 "$qsample" batch taken.tar -o taken -t 5 --save eps --keep-ending -f
[ "$(tar tf taken/taken.tar | xargs)" = "a.png.png a.png.qsample.json a.png.eps.npy a.eps.npy" ] ||
  fail "kept apart: $(tar tf taken/taken.tar)"
finish

#!/usr/bin/env bash
# qsample verify and info on shards, and on files that hold what is saved beside x_t. PROGRAM IMAGE
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import PIL, numpy' 2>/dev/null || skip "there is no $python with PIL and numpy"
command -v tar >/dev/null || skip "there is no tar"
make_shard() { "$python" "$here/../batch/make_shard.py" "$@" || fail "no archive: $*"; }

mkdir -p photos/sub
for t in 1 2 3; do "$qsample" noise "$here/../../data/images/turned6.png" -t $t -o "photos/p$t.png" --no-metadata; done
cp photos/p1.png photos/sub/s.png
echo "a cat" >photos/p1.txt

# Made from files: each member by its name in its shard, in order, however many work at it.
"$qsample" batch -r photos -o n-%02d.tar -t 5,250 --shard-count 3 --save eps --save edm-input -q || fail "shards"
expect 0 "$qsample" verify n-*.tar --source photos
silent
[ "$(wc -l <out)" = 24 ] || fail "members: $(cat out)"
[ "$(head -4 out | tr '\n' ';')" = "n-00.tar:p1_t0005.png: equal;n-00.tar:p1_t0005.eps.npy: equal;n-00.tar:p1_t0005.edm-input.npy: equal;n-00.tar:p1_t0250.png: equal;" ] ||
  fail "$(cat out)"
holds out "n-02.tar:sub/s_t0250.png: equal"
cp out first
expect 0 "$qsample" verify n-*.tar --source photos -j 1
same out first
# Those at work at the same time share nothing: where they did, one run in six came to grief.
for _ in {1..40}; do
  expect 0 "$qsample" verify n-*.tar --source photos -j 4
  same out first
done
expect 0 "$qsample" verify --json n-00.tar --source photos
holds out '{"file":"n-00.tar:p1_t0005.png","result":"equal"}'
expect 0 "$qsample" verify n-00.tar --source photos -q
[ ! -s out ] || fail "quiet, and equal is told"

# Made from shards: these are read once in their order, named one by one or by their folder.
mkdir shards
make_shard gnu shards/a.tar p1.png=photos/p1.png p1.txt=photos/p1.txt p2.png=photos/p2.png
make_shard pax shards/b.tar ./p3.png=photos/p3.png sub/s.png=photos/sub/s.png sub/s.mask.png=photos/p2.png
gzip shards/b.tar
"$qsample" batch shards/*.tar* -o mirror -t random --samples 2 -q || fail "the mirror"
expect 0 "$qsample" verify mirror/*.tar --source shards
[ "$(grep -c ': equal$' out)" = 10 ] || fail "$(cat out)"
expect 0 "$qsample" verify mirror/b.tar mirror/a.tar --source shards/a.tar --source shards/b.tar.gz
[ "$(grep -c ': equal$' out)" = 10 ] || fail "$(cat out)"
mkdir unpacked
tar xf mirror/b.tar -C unpacked || fail "tar"
expect 0 "$qsample" verify unpacked/sub/s_k1.mask.png unpacked/p3_k0.png --source shards
"$qsample" batch photos -o plain.tar -t 30 || fail "plain"
expect 0 "$qsample" verify plain.tar --source photos --source shards

# info tells of each.
expect 0 "$qsample" info mirror/a.tar
holds out "mirror/a.tar:p1_k0.png:"
[ "$(grep -c '^again ' out)" = 4 ] || fail "$(cat out)"
expect 0 "$qsample" info --json n-00.tar unpacked/p3_k0.png
[ "$(grep -c '"t":' out)" = 4 ] || fail "$(cat out)"
"$python" - <<'PYTHON' || fail "the records are not told: $(cat out)"
import json
rows = [json.loads(line) for line in open("out")]
assert [row["file"] for row in rows] == ["n-00.tar:p1_t0005.png", "n-00.tar:p1_t0250.png",
                                         "n-00.tar:p2_t0005.png", "unpacked/p3_k0.png"], rows
assert [row["t"] for row in rows[:3]] == [5, 250, 5]
PYTHON

# Others may pack: the record within the image will do, and what has none is not told of.
make_shard gnu packed.tar a.png=unpacked/p3_k0.png a.txt=photos/p1.txt b.png=photos/p1.png \
  b.json=photos/p1.txt
expect 0 "$qsample" verify packed.tar --source photos
[ "$(cat out)" = "packed.tar:a.png: equal" ] || fail "$(cat out)"

# change MEMBER: the shard changed.tar, with another first pixel, or a first number that is 0.
change() {
  "$python" - "$1" <<'PYTHON' || fail "no change"
import io, sys, tarfile
import numpy
from PIL import Image, PngImagePlugin
with tarfile.open("n-00.tar") as old, tarfile.open("changed.tar", "w") as new:
    for member in old:
        data = old.extractfile(member).read()
        if member.name == sys.argv[1] and member.name.endswith(".npy"):
            array = numpy.load(io.BytesIO(data))
            array.flat[0] += 1
            file = io.BytesIO()
            numpy.save(file, array)
            data = file.getvalue()
        elif member.name == sys.argv[1]:
            image = Image.open(io.BytesIO(data))
            image.load()
            image.putpixel((0, 0), tuple(255 - v for v in image.getpixel((0, 0))))
            file = io.BytesIO()
            image.save(file, "png")
            data = file.getvalue()
        member.size = len(data)
        new.addfile(member, io.BytesIO(data))
PYTHON
}
for member in p1_t0250.png p2_t0005.eps.npy; do
  change $member
  expect 1 "$qsample" verify changed.tar --source photos
  grep -qE "^changed.tar:$member: different: [1-9][0-9]* of [0-9]+ samples differ, .* at x 0, y 0$" out || fail "$(cat out)"
  [ "$(grep -c ': equal$' out)" = 8 ] || fail "$(cat out)"
  says "1 of 9 files are not shown equal"
done

# told WHY ARGUMENT...: what cannot be told, and why.
told() {
  local why=$1
  shift
  expect 1 "$qsample" verify "$@"
  grep -qF -- "cannot be told: $why" out || fail "$*: $(cat out err)"
}
told "p1.png, which it was made from, is not found; --source names the folder that it lies below, or its shard" \
  mirror/a.tar --source unpacked
told "p3.png, which it was made from, is not found" mirror/b.tar --source shards/a.tar
make_shard gnu shards/other.tar p1.png=photos/p2.png
told "shards/other.tar: p1.png is not the file that it was made from" mirror/a.tar --source shards/other.tar
told "carries no record of qsample" shards/a.tar --source photos
[ "$(cat out)" = "shards/a.tar: cannot be told: carries no record of qsample" ] || fail "$(cat out)"
told "No such file or directory" none.tar
tar xf n-00.tar -C unpacked
make_shard gnu alone.tar a.qsample.json=unpacked/p1_t0005.qsample.json
told "a.qsample.json: is the record of an image that is not there" alone.tar --source photos
head -c 20000 n-00.tar >cut.tar
told "is truncated" cut.tar --source photos
head -c 700 shards/a.tar >shards/cut.tar
told "shards/cut.tar: is truncated" mirror/a.tar --source shards/cut.tar
expect 1 "$qsample" info cut.tar
holds err "qsample: cut.tar: is truncated"
expect 1 "$qsample" info shards/a.tar
says "shards/a.tar: carries no record of qsample"
# As does what is none of ours to begin with.
echo "no archive" >junk.tar
expect 1 "$qsample" verify junk.tar
expect 1 "$qsample" info junk.tar plain.tar
[ "$(grep -c '^again ' out)" = 3 ] || fail "$(cat out)"

# Files of several tensors, and of a target alone.
expect 0 "$qsample" noise photos/p1.png -t 30 -o all.safetensors --save eps=all.safetensors --save v=all.safetensors \
  --save edm=edm.safetensors --sigma-data 0.25
expect 0 "$qsample" noise photos/p1.png -t 30 -o half.safetensors --dtype float16 --save score=half.safetensors
expect 0 "$qsample" batch photos -o several.tar -t 30 --format safetensors --save eps --save v
expect 0 "$qsample" verify all.safetensors edm.safetensors half.safetensors several.tar --source photos
[ "$(grep -c ': equal$' out)" = 6 ] || fail "$(cat out)"
"$python" - <<'PYTHON' || fail "no change"
import json, struct
data = bytearray(open("all.safetensors", "rb").read())
size = struct.unpack("<Q", data[:8])[0]
begin = json.loads(data[8:8 + size])["v"]["data_offsets"][0] + 8 + size
data[begin:begin + 4] = struct.pack("<f", 99)
open("all.safetensors", "wb").write(data)
PYTHON
expect 1 "$qsample" verify all.safetensors --source photos
grep -qE '^all.safetensors: different: v: 1 of [0-9]+ samples differ' out || fail "$(cat out)"
finish

#!/usr/bin/env bash
# Archives that are damaged or hold what they should not, command lines that can't be meant, ends at
# any moment. PROGRAM IMAGE
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"
python=/usr/bin/python3
"$python" -c 'import PIL' 2>/dev/null || skip "there is no $python with PIL"
command -v tar >/dev/null || skip "there is no tar"
make_shard() { "$python" "$here/make_shard.py" "$@" || fail "no archive: $*"; }
read_shard() { "$python" "$here/read_shard.py" "$@" || fail "not as WebDataset reads it: $*"; }

for t in 1 2 3; do "$qsample" noise "$here/../../data/images/turned6.png" -t $t -o p$t.png; done
echo "a cat" >cat.txt

# What leads out, links, devices, names that are there twice or would be: the sample is left out and
# named, with its shard; the rest goes on.
make_shard pax odd.tar a.png=p1.png ../x.png=p1.png ../x.txt=cat.txt /abs.png=p1.png l.png@link \
  h.png@hard d.png@device c.png=p1.png c.png=p2.png e.jpg=p1.png e.png=p2.png z.png=p2.png
expect 1 "$qsample" batch odd.tar -o odd -t 30 --manifest odd.jsonl
for line in "../x.png: leads out of the folder that it would be unpacked in" \
  "/abs.png: leads out of" "l.png: is a symbolic link, not a file" "h.png: is a hard link, not a file" \
  "d.png: is a device, not a file" "c.png: is there twice" \
  "e.png: would be e.png, which another member of its sample is; --keep-ending keeps them apart"; do
  holds err "qsample: odd.tar: $line"
done
holds err "qsample: 2 samples written, 7 failed"
[ "$(wc -l <err)" = 8 ] || fail "not a line each: $(cat err)"
[ "$(read_shard odd/odd.tar | sed 's/ .*//' | xargs)" = "a z" ] || fail "$(read_shard odd/odd.tar)"
[ "$(grep -c '"status":"failed"' odd.jsonl)" = 7 ] || fail "$(cat odd.jsonl)"
expect 1 "$qsample" batch odd.tar -o kept -t 30 --keep-ending -q
read_shard kept/odd.tar >read
holds read "e jpg.png="

# A damaged image is left out with all of its sample.
head -c 900 p2.png >half.png
make_shard gnu half.tar a.png=p1.png b.png=half.png b.txt=cat.txt c.png=p3.png
expect 1 "$qsample" batch half.tar -o half -t 30
holds err "qsample: half.tar: b.png: "
[ "$(read_shard half/half.tar | sed 's/ .*//' | xargs)" = "a c" ] || fail "$(read_shard half/half.tar)"

# An archive that is cut off anywhere makes none, and says what would take what there is.
make_shard gnu whole.tar a.png=p1.png b.png=p2.png b.txt=cat.txt c.png=p3.png
size=$("$python" -c 'import sys, tarfile
member = tarfile.open(sys.argv[1]).getmembers()[-1]
print(member.offset_data + (member.size + 511) // 512 * 512)' whole.tar)
for ((at = 1; at <= size; at += 499)); do
  head -c $at whole.tar >cut.tar
  expect 1 "$qsample" batch cut.tar -o cut -t 30 -q
  grep -qE "^qsample: cut.tar(: [abc].(png|txt))?: is (truncated|no tar archive)" err || fail "cut at $at: $(cat err)"
done
head -c "$size" whole.tar >cut.tar # all members, but no mark of the end
expect 1 "$qsample" batch cut.tar whole.tar -o cut -t 30 --manifest cut.jsonl
holds err "qsample: cut.tar: c.png: is truncated: the mark of its end is missing; --allow-damaged takes what comes before"
[ "$(ls cut)" = whole.tar ] || fail "of a cut shard: $(ls cut)"
[ "$(grep -c '"error":"cut/cut.tar: is not made: its input is not whole"' cut.jsonl)" = 2 ] || fail "$(cat cut.jsonl)"
expect 1 "$qsample" batch cut.tar -o cut -t 30 --allow-damaged
[ "$(read_shard cut/cut.tar | sed 's/ .*//' | xargs)" = "a b" ] || fail "$(read_shard cut/cut.tar)"
{ head -c 600 whole.tar; head -c 700 /dev/urandom; } >junk.tar
expect 1 "$qsample" batch junk.tar -o junk -t 30
: >empty.tar
expect 1 "$qsample" batch empty.tar none.tar -o junk -t 30
holds err "qsample: empty.tar: is empty"
holds err "qsample: none.tar: No such file or directory"
tar cf nothing.tar -T /dev/null
expect 0 "$qsample" batch nothing.tar -o nothing -t 30
[ -z "$(tar tf nothing/nothing.tar)" ] || fail "something of nothing"

# Samples without an image pass, members apart are several samples; both are said, once.
make_shard gnu apart.tar a.txt=cat.txt b.png=p1.png a.png=p2.png c.txt=cat.txt
expect 0 "$qsample" batch apart.tar -o apart -t 30
holds err "warning: apart.tar: a: holds no image that is to be noised, and passes as it is, and so are 1 more"
holds err "warning: apart.tar: a: its members are not together, so that they are several samples"
tar tf apart/apart.tar >list
[ "$(xargs <list)" = "a.txt b.png b.qsample.json a.png a.qsample.json c.txt" ] || fail "$(cat list)"

# Nothing is replaced unasked, nor what is not ours when resuming.
expect 1 "$qsample" batch whole.tar -o cut -t 30
holds err "cut/whole.tar: exists already; --overwrite replaces it"
expect 1 "$qsample" batch p1.png -o odd.tar -t 30 --resume
holds err "odd.tar: exists already and is not one of qsample's; --overwrite replaces it"
cp whole.tar n-07.tar
expect 1 "$qsample" batch p1.png p2.png -o n-%02d.tar -t 30 --shard-count 1
holds err "n-07.tar: exists already"
missing n-00.tar

# What can't be meant is refused before anything is touched.
mkdir dotted double
cp p1.png dotted/a.v2.png
cp p1.png double/a.png
cp p1.png double/a.ppm
there() { ls | grep -vxE 'out|err|before|after'; }
there >before
refused() {
  local words=$1
  shift
  expect 2 "$qsample" batch "$@"
  says "$words"
}
refused "--shard-size is of a series of shards, such as -o noisy-%06d.tar" p1.png -o x.tar -t 5 --shard-size 1G
refused "--shard-count is of a series" p1.png -o x -t 5 --shard-count 3
refused "one field such as %06d numbers shards" p1.png -o x-%02d-%02d.tar -t 5
refused "one field such as %06d numbers shards" p1.png -o x-%d.tar -t 5
refused "one field such as %06d numbers shards" p1.png -o x-%02s.tar -t 5
refused "one field such as %06d numbers shards" p1.png -o %02d/x.tar -t 5
refused "shards are written as they are; name a .tar" p1.png -o x.tar.gz -t 5
refused "is a shard among images" p1.png whole.tar -o x -t 5
refused "-o -: images go to a folder; name one, or a shard" p1.png -o - -t 5
refused "--recursive is of folders" -r whole.tar -o x -t 5
refused "--base is of files" whole.tar --base . -o x -t 5
refused "gives a shard in a folder no name" - -o x -t 5
refused "is the input itself" whole.tar -o whole.tar -t 5 -f
refused "is the input itself" n-07.tar -o n-%02d.tar -t 5 -f
refused "choose another manifest" whole.tar -o x -t 5 --manifest x/whole.tar
refused "two shards would write it" whole.tar odd/../whole.tar -o x -t 5
refused "--resume needs an output that stays" whole.tar -o - -t 5 --resume
refused "--resume reads its input again" - -o x.tar -t 5 --resume
refused "--resume knows shards by their records" whole.tar -o x -t 5 --resume --no-metadata
refused "--stratified reads its input twice" - -o - -t random --stratified
refused "has a dot, and the key of a sample ends at the first of its name" whole.tar -o x -t 5 --name '{stem}.png'
refused "has a dot" p1.png -o x.tar -t 5 --name 'a/v1.{stem}'
refused "names all samples alike; {stem} tells them apart" whole.tar -o x -t 5,6 --name 'a{t}'
refused "is no path of a member; leave out . and .." whole.tar -o x -t 5 --name '{stem}/../{stem}'
refused "leads out of the output folder" whole.tar -o x -t 5 --name '../{stem}'
refused "there are several timesteps, and '{stem}' has no {t}" whole.tar -o x -t 5,6 --name '{stem}'
refused "there are several draws" whole.tar -o x -t 5 --samples 2 --name '{stem}'
refused "--save eps=y: shards have no folders beside them; --save eps makes it a member of each sample" \
  whole.tar -o x -t 5 --save eps=y
refused "--save-format is of what is a member of its own" p1.png -o x.tar -t 5 --format safetensors --save eps \
  --save-format npy
refused "--save-format: PNG does not hold floats" p1.png -o x.tar -t 5 --save eps --save-format png
refused "--sigma-data is of --save edm" p1.png -o x.tar -t 5 --save eps --sigma-data 1
refused "--save score" p1.png -o x.tar -t 0,5 --save score
refused "--save keeps the size" p1.png -o x.tar -t 5 --save eps --view-size 9x9
refused "dotted/a.v2.png: the key of a sample ends at the first dot of its name" dotted -o x.tar -t 5
refused "would be one sample, a; rename one" double -o x.tar -t 5
refused "--shard-size: '1X'" p1.png -o x-%02d.tar -t 5 --shard-size 1X
there >after
cmp -s before after || fail "something was touched: $(diff before after)"

# Killed at random moments and resumed: the bytes of a run that nothing happened to.
mkdir many
for i in $(seq 40); do ln p$((i % 3 + 1)).png many/i"$i".png; done
ln cat.png many/i41.png
batch() { exec "$qsample" batch many -o shards/s-%03d.tar -t random --shard-count 3 -j 2 -q "$@"; }
began=$(date +%s%N)
(batch) || fail "shards"
took=$((($(date +%s%N) - began) / 1000))
mv shards whole
RANDOM=1
for round in 1 2 3 4 5 6 7 8; do
  rm -rf shards
  (batch) 2>err &
  pause=$(((RANDOM * 32768 + RANDOM) % took))
  sleep "$(printf '%d.%06d' $((pause / 1000000)) $((pause % 1000000)))"
  kill -KILL $! 2>/dev/null
  wait $! 2>/dev/null
  for shard in shards/s-*.tar; do
    [ -e "$shard" ] || continue
    same "$shard" "whole/${shard#shards/}"
  done
  expect 0 eval '(batch --resume)'
  diff -r shards whole >/dev/null || fail "round $round: after resuming something differs"
done
finish

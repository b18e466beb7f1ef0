#!/usr/bin/env bash
# Which files --include and --exclude leave, and the manifest as datasets read it: PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"
data=$(cd "$(dirname "$0")/../../data" && pwd)
files() { (cd "$1" 2>/dev/null && find . -type f | sort | sed 's/^..//' | tr '\n' ' '); }
left() { (cd in && find . -type f | sort | sed 's/^..//' | grep -vxFf "../$1"); }

mkdir -p in/a/b/raw in/raw in/x in/a/raw.d
for file in top.png a/one.png a/two.png a/b/one.png a/b/raw/r.png raw/r.png x/one.png x/o.png \
  a/raw.d/q.png 'x/[1].png' x/-.png; do
  cp "$data/endings/a.png" "in/$file"
done

# The manner is git's, as git itself tells.
command -v git >/dev/null || skip "no git"
git init -q ruler
cp -r in/. ruler/
for pattern in 'one.png' '*.png' '/*.png' 'a/*.png' 'a/**' '**/one.png' 'a/**/one.png' 'raw/' 'raw' '/raw' \
  'a/b' 'b/' '[ot]*.png' '[!o]*.png' 'x/o?e.png' '\[1\].png' '[a-]*' '[--.]*' '*o*n*' '**/b/**' 'a/*/raw' 'in/a' \
  '*/one.png' 'x/' 'top.png/' '**' '?.png' 'raw*' '[]-]*' '[^a-q]*' 'a**' '**/raw/**/r.png'; do
  printf '%s\n' "$pattern" >ruler/.git/info/exclude
  (cd ruler && find . -name .git -prune -o -type f -print | sed 's/^..//' | git check-ignore --no-index --stdin) |
    sort >ignored
  rm -rf out.d
  wanted=$(left ignored | tr '\n' ' ')
  status=0
  "$qsample" batch -r in -o out.d -t 5 -q --exclude "$pattern" 2>err || status=$?
  [ "$(files out.d)" = "$wanted" ] || fail "--exclude '$pattern' leaves $(files out.d), and git $wanted"
  # A set without a file is an error.
  [ $status = "$([ -z "$wanted" ] && echo 1 || echo 0)" ] || fail "--exclude '$pattern': status $status"
  rm -rf out.d
  "$qsample" batch -r in -o out.d -t 5 -q --include "$pattern" 2>err
  [ "$(files out.d)" = "$([ -s ignored ] && LC_ALL=C sort ignored | tr '\n' ' ')" ] ||
    fail "--include '$pattern' takes $(files out.d), and git $(tr '\n' ' ' <ignored)"
done

# Several of both; what is left out is what it is, seed and all.
expect 0 "$qsample" batch -r in -o several -t 5 --include 'one.png' --include '/raw/' --exclude x
silent
[ "$(files several)" = "a/b/one.png a/one.png raw/r.png " ] || fail "$(files several)"
expect 0 "$qsample" batch -r in -o all -t 5
same several/a/b/one.png all/a/b/one.png
# Named files are held to patterns too, by the name that outputs have.
expect 0 "$qsample" batch in/a/one.png in/a/two.png -o named -t 5 --exclude 'two.*'
[ "$(files named)" = "one.png " ] || fail "$(files named)"
expect 0 "$qsample" batch in/a/one.png in/x -o based -t 5 --base in --include 'x/one.png'
[ "$(files based)" = "x/one.png " ] || fail "$(files based)"

# A pattern that matches nothing is told; one that leaves nothing is an error.
expect 0 "$qsample" batch in -o told -t 5 --exclude '*.jpg'
says "warning: --exclude *.jpg: matches nothing"
expect 1 "$qsample" batch in -o nothing -t 5 --exclude '*'
says "--include and --exclude leave no image"
missing nothing
expect 1 "$qsample" batch in/top.png -o nothing -t 5 --exclude 'top.png'
says "--include and --exclude leave no image"
for pattern in '[a' 'a'\\ '/' 'a/[b/c]'; do
  expect 2 "$qsample" batch in -o nothing -t 5 --include "$pattern"
  says "qsample: --include: '$pattern' "
  missing nothing
done

# The manifest in the folder of the set, or beside it, has the names of the files from where it is.
expect 0 "$qsample" batch -r in -o 'set' -t 5 --manifest set/metadata.jsonl
mkdir -p lists/deep
ln -s "$PWD/set" elsewhere
expect 0 "$qsample" batch -r in -o elsewhere/ -t 5 -f --manifest lists/deep/metadata.jsonl
cat >reader.py <<'P'
import json, os, sys
manifest, wanted = sys.argv[1], int(sys.argv[2])
names = [json.loads(line).get("file_name") for line in open(manifest, encoding="utf-8")]
found = [name for name in names if name is not None]
for name in found:
    assert not os.path.isabs(name) and os.path.normpath(name) == name, name
    assert os.path.isfile(os.path.join(os.path.dirname(manifest), name)), name
assert len(set(found)) == wanted, found
P
python=$(command -v /usr/bin/python3 || command -v python3) || skip "no python3"
"$python" reader.py set/metadata.jsonl 11 || fail "set/metadata.jsonl"
"$python" reader.py lists/deep/metadata.jsonl 11 || fail "lists/deep/metadata.jsonl"
# Where the folder goes by the name of a link, ".." leads up from the place that it has.
ln -s lists/deep linked
expect 0 "$qsample" batch -r in -o elsewhere -t 5 -f --manifest linked/metadata.jsonl
"$python" reader.py linked/metadata.jsonl 11 || fail "linked/metadata.jsonl"
holds set/metadata.jsonl '"output":"set/a/b/one.png","file_name":"a/b/one.png"'
# A folder that is moved takes its manifest along.
mkdir far && mv 'set' far/away
"$python" reader.py far/away/metadata.jsonl 11 || fail "moved"
# What failed is no file of the set; what was kept is.
echo "broken" >in/broken.png
expect 1 "$qsample" batch in -o part -t 5 --manifest part/metadata.jsonl
"$python" reader.py part/metadata.jsonl 1 || fail "part"
holds part/metadata.jsonl '"status":"failed"'
expect 1 "$qsample" batch in -o part -t 5 --resume --manifest part/metadata.jsonl
"$python" reader.py part/metadata.jsonl 1 || fail "part, resumed"
finish

#!/usr/bin/env bash
# qsample info, as a user runs it.
. "$(dirname "$0")/lib.sh"
data=$(cd "$(dirname "$0")/../data" && pwd)
PATH=$(dirname "$qsample"):$PATH

expect 0 "$qsample" noise cat.png -t 77 --seed 18446744073709551615 --schedule cosine -T 500 --path markov -o a.png
expect 0 "$qsample" info a.png
silent
holds out "cosine, steps 500"
holds out "seed         18446744073709551615"
expect 0 "$qsample" info --json a.png
holds out '"path":"markov"'
holds out '"seed":"18446744073709551615"'
holds out '"again":"qsample noise cat.png -t 77 '
"$qsample" info - <a.png >piped || fail "stdin: status $?"
holds piped "cosine, steps 500"

expect 1 "$qsample" info cat.txt
says "cat.txt: No such file"
expect 0 "$qsample" noise cat.png -t 1 --no-metadata -o bare.png
expect 1 "$qsample" info bare.png
says "carries no record of qsample"

# again FILE...: the command that is printed for each, pasted in bash, makes it again, byte by byte.
again() {
  local file line made new
  for file in "$@"; do
    expect 0 "$qsample" info "$file"
    line=$(sed -n 's/^again *//p' out)
    expect 0 bash -c "cd work && $line"
    made=no
    while IFS= read -r -d '' new; do
      cmp -s "$new" "$file" && made=yes
      rm "$new"
    done < <(find work -type f -newermt 2001-01-01 -print0)
    [ $made = yes ] || fail "$file is not made again: $line"
    case $file in
      *.png)
        [ ! -e work/- ] || continue
        expect 0 "$qsample" verify "$file" --source work
        silent
        ;;
    esac
  done
}

# Several files: each with its name, and one that has no record does not stop the rest.
expect 1 "$qsample" info a.png bare.png a.png
says "bare.png: carries no record"
[ "$(grep -c '^a.png:$' out)" = 2 ] || fail "not both are told"
expect 1 "$qsample" info --json a.png bare.png a.png
[ "$(grep -c '"file":"a.png"}$' out)" = 2 ] || fail "not a line for each"

# remakes NAME OPTION...: noise of a file of this name, in a folder where its schedules are too.
remakes() {
  local name=$1
  shift
  rm -rf work made
  mkdir -p made work
  case $name in */*) mkdir -p "work/${name%/*}" ;; esac
  cp "$data/images/turned6.png" "work/$name"
  printf '0.1 0.2\n0.3\n' >'work/my betas.txt'
  cp work/my\ betas.txt work/linear
  echo '{"_class_name": "DDPMScheduler", "trained_betas": [0.1, 0.2, 0.5], "rescale_betas_zero_snr": true}' \
    >work/trained.json
  find work -type f -exec touch -d 2000-01-01 {} +
  (cd work && expect 0 "$qsample" noise "./$name" "$@")
  again made/*
}

for name in cat.png $'new\nline.png' "it's.png" 'a "b" $c `d` !e.png' -o.png --save=x.png - noise batch \
  $'\xe9t\xe9.png' 'été.png' $'esc\e[31m.png' $'bidi\u202e.png' '=ls.png' '~.png' '*.png' 'a\b.png' \
  '[a,b].png' '#x;y&z|(w).png' in/deep/cat.png '-in/cat.png' $'in\n/cat.png' .hidden; do
  remakes "$name" -t 3 --seed 7 -o ../made/a.png
done
remakes cat.png -t 3 -T 50 -o ../made/a.png
remakes cat.png -t 250 --zero-terminal-snr --schedule scaled-linear --beta-start 0.001 -o ../made/a.png
remakes cat.png -t 250 --form ve --precision float32 -o ../made/a.png
remakes cat.png -t 250 --rng torch --range auto --depth 16 --compression small -o ../made/a.png
remakes cat.png -t 250 --input-range -0.3,1e-3 --range=-2,2 -o ../made/a.png
remakes cat.png -t 250 --path markov --layout hwc -o ../made/a.safetensors
remakes cat.png -t 5 -T 10 --schedule karras --sigma-min 0.01 --sigma-max 7.25 --rho 3 -o ../made/a.png
remakes cat.png -t 250 --schedule sigmoid-jabri --start -2.5 -o ../made/a.png
remakes cat.png -t 250 --schedule cosine --zero-terminal-snr --least-alpha-bar 1e-7 --snr-shift 3 -o ../made/a.png
remakes cat.png -t 2 --schedule 'my betas.txt' --zero-terminal-snr -o ../made/a.png
remakes cat.png -t 2 --schedule ./linear -o ../made/a.png
remakes cat.png -t 2 --schedule trained.json -o ../made/a.png
remakes cat.png -t 250 -o ../made/a.png --save eps=../made/eps.safetensors --save v=../made/v.safetensors
remakes -x.png -t 250 -o ../made/a.safetensors --save eps=../made/a.safetensors --save x0=../made/a.safetensors
remakes cat.png -t 250 -o a.npy --save eps=../made/e.safetensors --save v=../made/e.safetensors --depth 32

# Frames of a trajectory, and of a batch in its input folder, an input of two folders deep too.
rm -rf work made
mkdir -p work/in/deep made
cp "$data/images/turned6.png" work/cat.png
cp "$data/images/turned6.png" work/in/deep/cat.png
touch -d 2000-01-01 work/cat.png work/in/deep/cat.png
(cd work && expect 0 "$qsample" trajectory cat.png --timesteps 3,999 -o ../made/films)
again made/films/*
(cd work && expect 0 "$qsample" batch in -r -t random --seed 3 -o ../made/batch --manifest ../made/manifest)
mv work/in/* work
again made/batch/deep/cat.png
grep -qE '"seed":"[0-9]+"' made/manifest || fail "a manifest without a seed as text"

# What a foreign record says gets into no command.
echo precious >victim.png
expect 1 "$qsample" info "$data/records/evil.png"
says "its record of qsample is damaged"
[ ! -s out ] || fail "a command for a foreign record"
expect 1 "$qsample" info --json "$data/records/evil.png"

# A record of an older version, whose seed is a number.
cp "$data/records/numeric-seed.png" older.png
expect 0 "$qsample" info older.png
holds out "seed         0"
mkdir films
cp "$data/images/palette.png" .
cp older.png films/palette_t0005.png
expect 0 "$qsample" trajectory palette.png --timesteps 5 --path shared -o films --resume
same older.png films/palette_t0005.png
expect 0 "$qsample" trajectory palette.png --timesteps 5 --path shared --seed 1 -o films --resume
differ older.png films/palette_t0005.png
finish

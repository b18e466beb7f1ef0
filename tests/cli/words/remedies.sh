#!/usr/bin/env bash
# Wrong command lines: each is answered by one line that names the remedy, and nothing is written.
# PROGRAM IMAGE
. "$(dirname "$0")/../lib.sh"

cp cat.png dog.png
mkdir -p photos/sub
cp cat.png photos/a.png
echo '0.1 0.2' >betas.txt
files() { find . ! -name out ! -name err ! -name before ! -name after | sort; }
files >before

# STATUS | COMMAND | what the line must hold, parts separated by " & "
check() {
  local status command words rest word
  IFS='|' read -r status command words rest <<<"$1"
  status=${status// /}
  eval "set -- $command"
  expect "$status" "$qsample" "$@"
  [ "$(wc -l <err)" = 1 ] || fail "not one line: qsample $command: $(head -c 500 err)"
  [ ! -s out ] || fail "something on standard output: qsample $command"
  words="${words# } & "
  while [ -n "$words" ]; do
    word=${words%% & *}
    words=${words#* & }
    word=${word%"${word##*[! ]}"}
    grep -qF -- "$word" err || fail "qsample $command: lacks '$word': $(cat err)"
  done
}

lines=0
while IFS= read -r line; do
  case $line in '' | '#'*) continue ;; esac
  check "$line"
  lines=$((lines + 1))
done <<'LINES'
# No command, or none that there is.
2 | | no command & qsample --help
2 | --hlep | unexpected '--hlep' & did you mean --help
2 | --helpp | did you mean --help
2 | -help | did you mean --help
2 | --Version | did you mean --version
2 | -V | did you mean --version
2 | -v | did you mean --version
2 | version | did you mean --version
2 | --versoin | did you mean --version
2 | nosie cat.png | unknown command 'nosie' & the commands are noise, trajectory, batch, schedule, sheet, page, info, verify, completion & did you mean noise
2 | Noise cat.png -t 5 | did you mean noise
2 | trajectroy cat.png | did you mean trajectory
2 | hepl | did you mean help
2 | help nosie | unknown command 'nosie' & did you mean noise
2 | help noise batch | qsample help COMMAND
2 | cat.png | did you mean qsample noise cat.png
2 | cat.png -t 5 | did you mean qsample noise cat.png
2 | missing.jpg -t 5 | did you mean qsample noise missing.jpg
2 | photos | did you mean qsample batch photos
2 | cosine | did you mean qsample schedule --schedule cosine
2 | -t 5 noise cat.png | stands before the command & qsample noise
2 | --seed 5 noise cat.png -t 5 | '--seed' stands before the command
2 | -t 5 cat.png | is an option of noise, batch, schedule and page

# Timesteps that are none, but tell what was meant.
2 | noise cat.png | no timestep & -t T & --at
2 | noise cat.png -t 0.5 | '0.5' is not a whole number & --at 50%
2 | noise cat.png -t .25 | --at 25%
2 | noise cat.png -t 1.0 | timesteps go from 0 to 1000 & --at
2 | noise cat.png -t 249.37 | '249.37' is not a whole number & between two timesteps there is --u 0.24937
2 | page cat.png -o p.html -t 249.37 | timesteps go from 0 to 1000
2 | noise cat.png -t 1e3 | is not a whole number
2 | noise cat.png -t 50% | did you mean --at 50%
2 | noise cat.png -t snr=1 | did you mean --at snr=1
2 | page cat.png -o p.html -t 10,20 | qsample noise & take several
2 | page cat.png -o p.html -t 10-20 | qsample noise & take several
2 | noise cat.png -t 0:1000:10 | or 100-200:20
2 | page cat.png -o p.html -t random | qsample batch & -t random
2 | noise cat.png -t rnadom | did you mean random
2 | noise cat.png -t abc | 'abc' is not a whole number
2 | noise cat.png -t -5 | -5 is outside 0..1000
2 | noise cat.png -t 1001 | 1001 is outside 0..1000
2 | noise cat.png -t 1000 --zero-based | 1000 is outside 0..999
2 | noise cat.png -t 99999999999999 | is outside 0..1000
2 | noise cat.png --at 0.5 | '0.5' is not one of snr=X & did you mean 50%
2 | noise cat.png --at 50 | is not one of snr=X & X%
2 | noise cat.png --at SNR=2 | did you mean snr=2
2 | noise cat.png --at alpha_bar=0.5 | did you mean alpha-bar=0.5
2 | noise cat.png --at logsnr=-1 | did you mean log-snr=-1
2 | noise cat.png --at snr | is not one of snr=X & did you mean snr=1
2 | noise cat.png --at snr= | is not one of snr=X & did you mean snr=1
2 | noise cat.png --at snr=x | 'x' is not a number
2 | noise cat.png --at sigma=1/0 | divides by 0
2 | noise cat.png --at 120% | outside 0%..100%
2 | schedule --find grey_levels=25 | did you mean grey-levels=25
2 | batch photos -o noisy | no timestep & -t T
2 | batch photos -o noisy -t 0.5 | --at 50%
2 | batch photos -o noisy -t 50% | did you mean --at 50%
2 | batch photos -o noisy -t 10,2000 | past the last, 1000
2 | batch photos -o noisy -t Random | did you mean random
2 | batch photos -o noisy -t ramdom | did you mean random
2 | trajectory cat.png -o frames -t 5 | did you mean --timesteps
2 | trajectory cat.png -o frames --timesteps 5,x | 'x' is neither a timestep nor a range
2 | trajectory cat.png -o frames --timesteps 50% | --timesteps: '50%' is neither & --frames N
2 | trajectory cat.png -o frames --timesteps 0:1000:10 | or 100-200:20
2 | trajectory cat.png -o frames --timesteps random | is neither a timestep
2 | trajectory cat.png -o frames --timesteps 5,2000 | 2000 is past the last, 1000
2 | trajectory cat.png -o frames --timesteps 20-10 | '20-10' runs backwards
2 | trajectory cat.png -o frames --frames 1 | outside 2..1001
2 | trajectory cat.png -o frames --frames 2000 | outside 2..1001
2 | trajectory cat.png -o frames --every 0 | outside 1..

# Words that no option takes.
2 | noise | INPUT is missing & - for standard input
2 | noise -t 5 | INPUT is missing
2 | noise '' -t 5 | an input is empty
2 | noise cat.png dog.png -t 5 | unexpected 'dog.png' & only one image & qsample batch
2 | noise cat.png dog.png photos/a.png -t 5 | only one image & qsample batch
2 | noise cat.png missing.png photos/a.png -t 5 | only one image & qsample batch
2 | noise cat.png 250 | did you mean -t 250
2 | noise cat.png new.png -t 5 | did you mean -o new.png
2 | noise cat.png -t 5 -- --wrong | unexpected '--wrong'
2 | trajectory cat.png dog.png -o frames | unexpected 'dog.png' & qsample batch
2 | trajectory cat.png 10 -o frames | did you mean --timesteps 10
2 | trajectory cat.png | -o OUTPUT is missing & folder & .mp4
2 | trajectory cat.png frames | -o OUTPUT is missing & did you mean -o frames
2 | trajectory -o frames | INPUT is missing
2 | batch | -o DIR is missing
2 | batch photos | -o DIR is missing
2 | batch -o noisy -t 5 | no input & --files-from
2 | schedule cosine | unexpected 'cosine' & did you mean --schedule cosine
2 | schedule betas.txt | did you mean --schedule betas.txt
2 | info | FILE is missing

# Options that the command has not.
2 | noise cat.png -t 5 --sed 4 | unexpected '--sed' & did you mean --seed & qsample noise --help
2 | noise cat.png --time 5 | did you mean --timestep
2 | noise cat.png --t 5 | did you mean -t
2 | noise cat.png -t 5 -seed 4 | unexpected '-seed' & did you mean --seed
2 | noise cat.png -t 5 -output x.png | did you mean --output
2 | noise cat.png -t 5 --out x.png | did you mean --output
2 | noise cat.png -t 5 --output-dir x | did you mean --output
2 | noise cat.png -t 5 --SEED 4 | did you mean --seed
2 | noise cat.png -t 5 --T 500 | did you mean -T
2 | noise cat.png -t 5 --beta_start 0.1 | did you mean --beta-start
2 | noise cat.png -t 5 --betastart 0.1 | did you mean --beta-start
2 | noise cat.png -t 5 --zerobased | did you mean --zero-based
2 | noise cat.png -t 5 --colour never | did you mean --color
2 | noise cat.png -t 5 --quite | did you mean --quiet
2 | noise cat.png -t 5 --force | did you mean --overwrite
2 | noise cat.png -t 5 --num-train-timesteps 500 | did you mean --steps
2 | noise cat.png -t 5 -V | did you mean -v
2 | noise cat.png -t 5 --hlep | did you mean --help
2 | noise cat.png --timesteps 5,10 | is an option of trajectory
2 | noise cat.png -t 5 --frames 10 | is an option of trajectory
2 | noise cat.png -t 5 -r | is an option of batch
2 | noise cat.png -t 5 -j 4 | is an option of trajectory, batch and verify
2 | noise cat.png -t 5 --resume | is an option of trajectory and batch
2 | trajectory cat.png -o frames --save eps=x.npy | its files go to a folder & x.npy/
2 | trajectory cat.png -o frames --path shared --save score=s | no noise yet at t = 0 & choose a later timestep
2 | trajectory cat.png -o cat.gif --save eps=eps | is a film & of a folder of frames
2 | batch photos -o noisy -t 5 -R | did you mean -r
2 | batch photos -o noisy -t 5 --recurse | did you mean --recursive
2 | batch photos -o noisy -t 5 --workers 4 | did you mean --jobs
2 | trajectory cat.png -o frames --at 50% | is an option of noise, batch and page
2 | schedule --at snr=1 | did you mean --find
2 | schedule --seed 5 | is an option of noise, trajectory, batch, sheet and page
2 | info --jsno cat.png | did you mean --json

# Values that are missing, given twice, or not to be given.
2 | noise cat.png -t | -t needs a value & -t T
2 | noise cat.png -t 5 --depth | --depth needs a value & 8|16|32
2 | noise cat.png -t 5 -o | -o needs a value
2 | noise cat.png -o -t 5 | -o needs a value & '-t', which follows it, is an option
2 | noise cat.png -t 5 --seed --quiet | --seed needs a value & '--quiet'
2 | noise cat.png -t '' | -t is empty
2 | noise cat.png -t 5 --seed= --quiet | --seed is empty
2 | noise cat.png -t 5 -t 6 | -t is given twice
2 | noise cat.png -t 5 --timestep 6 | --timestep is given twice
2 | noise cat.png -t 5 --seed 1 --seed 1 | --seed is given twice & give it once
2 | batch photos -o noisy -o other -t 5 | -o is given twice
2 | noise cat.png -t=5 | without = & write -t 5
2 | noise cat.png -t 5 -o=x.png | write -o x.png
2 | noise cat.png -t 5 --overwrite=no | --overwrite takes no value
2 | noise cat.png -t 5 -f=yes | -f takes no value

# Options that do not go together.
2 | noise cat.png -t 5 --at 50% | -t and --at exclude each other
2 | noise cat.png -t 5 -q -v | -q and -v exclude each other
2 | noise cat.png -t 5 -qv | -q and -v exclude each other
2 | trajectory cat.png -o frames --every 10 --frames 5 | --every and --frames exclude each other
2 | trajectory cat.png -o frames --frames 5 --timesteps 4 | --frames and --timesteps exclude each other
2 | trajectory cat.png -o frames --zero-based | --zero-based needs --timesteps
2 | batch photos -o noisy -t 5 -0 | -0 needs --files-from
2 | schedule --stats --find snr=1 | exclude each other

# Values.
2 | noise cat.png -t 5 --seed abc | 'abc' is not a whole number & 0x1F
2 | noise cat.png -t 5 --seed 1.5 | is not a whole number
2 | noise cat.png -t 5 --seed 0x | is not a whole number
2 | noise cat.png -t 5 --seed -0x1F | is not a whole number
2 | noise cat.png -t 5 --seed +1 | is not a whole number
2 | noise cat.png -t 5 --seed ' 1' | is not a whole number
2 | noise cat.png -t 5 --seed - | is not a whole number
2 | noise cat.png -t 5 --seed 18446744073709551616 | outside 0..18446744073709551615
2 | noise cat.png -t 5 --seed 0x10000000000000000 | outside 0..18446744073709551615
2 | noise cat.png -t 5 --seed -9223372036854775809 | from -2^63
2 | noise cat.png -t 5 -T 0 | 0 is outside 1..1000000
2 | noise cat.png -t 5 -T 99999999999 | outside 1..1000000
2 | noise cat.png -t 5 -T 1.5 | is not a whole number
2 | noise cat.png -t 5 --beta-start x | is not a number
2 | noise cat.png -t 5 --frame 0 | outside 1..
2 | noise cat.png -t 5 --max-pixels -1 | -1 is outside 0..
2 | noise cat.png -t 5 --rng Philox | did you mean philox
2 | noise cat.png -t 5 --rng mt19937 | is not one of philox, torch
2 | noise cat.png -t 5 --depth 12 | is not one of 8, 16, 32
2 | noise cat.png -t 5 --schedule cosin | did you mean cosine
2 | noise cat.png -t 5 --schedule Cosine | did you mean cosine
2 | noise cat.png -t 5 --range 0 | is not a range such as -1,1
2 | noise cat.png -t 5 --range 1,-1 | the first of '1,-1' is not below the second
2 | noise cat.png -t 5 --save eps | names no file & eps=FILE
2 | noise cat.png -t 5 --save esp=e.npy | is not one of x0=FILE
2 | noise cat.png -t 5 --save eps=e.png | does not hold floats & .npy
2 | batch photos -o noisy -t 5 -j 0 | outside 1..

# Formats.
2 | noise cat.png -t 5 --depth 32 | PNG does not hold --depth 32 & .tiff, .exr, .pfm, .npy, .safetensors do & --format
2 | trajectory cat.png -o frames --depth 32 | frames/: PNG does not hold --depth 32 & .npy & --format
2 | batch photos -o noisy -t 5 --depth 32 | noisy/: PNG does not hold --depth 32 & .npy & --format
2 | noise cat.png -t 5 --depth 16 -o x.jpg | JPEG does not hold --depth 16 & .png
2 | noise cat.png -t 5 --format npy -o x.png | x.png: is named as PNG & --format npy & leave out one
2 | noise cat.png -t 5 --format png -o x.jpg | x.jpg: is named as JPEG
2 | noise cat.png -t 5 -o x.gif | known endings are .png
2 | noise cat.png -t 5 -o x | has no ending & --format
2 | noise cat.png -t 5 -o photos | is a folder; name a file in it

# Inputs that are not image files.
1 | noise photos -t 5 | photos: is a folder & qsample batch
1 | trajectory photos -o frames | photos: is a folder & qsample batch
1 | noise https://example.org/cat.png -t 5 | download it first & curl -s https://example.org/cat.png
1 | noise http://example.org/cat.png -t 5 | download it first
1 | noise s3://bucket/cat.png -t 5 | download it first
1 | noise file:///cat.png -t 5 | without file://
1 | trajectory https://example.org/cat.png -o frames | download it first
1 | noise '*.tiff' -t 5 | *.tiff: No such file & nothing matches this pattern
1 | noise 'photos/?.jpg' -t 5 | nothing matches this pattern
1 | info '*.tiff' | nothing matches this pattern
1 | noise '~/cat.png' -t 5 | ~/cat.png: No such file & $HOME
1 | noise cat.png -t 5 --schedule=~/betas.txt | $HOME
1 | noise missing.png -t 5 | missing.png: No such file or directory

# Outputs that can't be.
1 | noise cat.png -t 5 --output=~/x.png | there is no folder ~ & $HOME
1 | noise cat.png -t 5 -o s3://bucket/x.png | files are written, not URLs
1 | noise cat.png -t 5 -o nowhere/x.png | make it first
2 | batch photos -o cat.png -t 5 | -o cat.png & go to a folder & this is a file
2 | batch photos -o noisy.png -t 5 | go to a folder & noisy.png/
2 | batch photos -o - -t 5 | go to a folder; name one
2 | batch photos --output=~/noisy -t 5 | $HOME
2 | batch photos -o s3://bucket -t 5 | files are written, not URLs
2 | trajectory cat.png -o dog.png | go to a folder & this is a file
2 | trajectory cat.png -o frames.png | go to a folder & frames.png/
2 | batch photos -o film.mp4 -t 5 | images go to a folder & 'qsample trajectory' makes films
2 | trajectory cat.png -o film.avi | no form of a trajectory ends so & film.avi/ & .mp4
2 | trajectory cat.png -o film.mp4 --format gif | is MP4, and --format gif is GIF; leave out one
2 | trajectory cat.png -o film.mp4 --frames 0 | --frames 0 is outside 2
2 | trajectory cat.png -o film.mp4 --resume | a film can't --resume
2 | trajectory cat.png -o frames --fps 3 | frames go to a folder, and --fps is of films
2 | trajectory cat.png -o - | frames do not go to standard output & --format apng or y4m
LINES
[ "$lines" -ge 150 ] || fail "only $lines lines were tried"

# What was taken for a mistake above is taken where it is none.
files >after
same before after
seed_of() { "$qsample" info --json "$1" | sed -E 's/.*"seed": ?"?([0-9]+).*/\1/'; }
for seed in -1:18446744073709551615 0x1F:31 0XfF:255 -9223372036854775808:9223372036854775808 \
  18446744073709551615:18446744073709551615 007:7; do
  expect 0 "$qsample" noise cat.png -t 5 -o s.png -f --seed "${seed%:*}"
  silent
  [ "$(seed_of s.png)" = "${seed#*:}" ] || fail "--seed ${seed%:*} is $(seed_of s.png)"
done
expect 0 "$qsample" noise -t 5 -o ./-dash.png -- cat.png
expect 0 "$qsample" noise -t 5 -o dash.png -- -dash.png
expect 0 "$qsample" noise cat.png -t5 -qfo s.png
expect 0 "$qsample" noise cat.png -t 5 --format jpeg -o s.jpg -q
expect 0 "$qsample" noise cat.png -t 5 --format npy -o s.data -q
expect 0 "$qsample" noise cat.png -t 5 -o s.safetensors --save x0=s.safetensors --save eps=s.safetensors
expect 0 "$qsample" batch photos -o noisy.png/ -t 5
expect 0 "$qsample" batch photos -o noisy.png -t 6 -f
touch '*.png' && cp cat.png '~x.png' && cp cat.png 'a?.png'
expect 0 "$qsample" noise 'a?.png' -t 5 -o s.png -f
expect 0 "$qsample" noise '~x.png' -t 5 -o s.png -f
finish

#!/usr/bin/env bash
# What goes wrong: one line, the right status, nothing lost and nothing left behind.
. "$(dirname "$0")/../lib.sh"

# The command line: status 2, before anything is touched.
expect 2 "$qsample"
says "see qsample --help"
expect 2 "$qsample" nosie cat.png
says "unknown command 'nosie'; the commands are noise, trajectory, batch, schedule, sheet, page, info, verify, completion; did you mean noise"
expect 2 "$qsample" noise cat.png -t 5 --sed 4
says "unexpected '--sed'; did you mean --seed; see qsample noise --help"
expect 2 "$qsample" noise cat.png -t 5 --rng tosch
says "--rng: 'tosch' is not one of philox, torch, torch-cuda, numpy, numpy-legacy; did you mean torch"
for wrong in "--rng 1" "--path 1" "--depth 08" "--depth 0x10" "--color 2" "--frame 0" "--layout 1" \
  "--range=-inf,inf" "--range=0,1e-45" "--range=-3e38,3e38" "--input-range=-inf,inf" "-q -v" \
  "--depth 32" "--format webp --depth 16" "--least-alpha-bar -1 --zero-terminal-snr"; do
  # shellcheck disable=SC2086 # several words
  expect 2 "$qsample" noise cat.png -t 5 -o wrong.png $wrong
  [ "$(wc -l <err)" = 1 ] || fail "not one line: $wrong: $(cat err)"
done
for option in -o --seed --schedule --format --save; do
  expect 2 "$qsample" noise cat.png -t 5 "$option" ''
done
expect 2 "$qsample" trajectory cat.png -o frames --timesteps ''
says "--timesteps is empty"
expect 2 "$qsample" trajectory cat.png -o -
expect 2 "$qsample" trajectory cat.png -o frames --every 10 --zero-based
expect 2 "$qsample" batch cat.png -o - -t 5
expect 2 "$qsample" batch cat.png -o frames -t 5 --depth 32
for place in log-snr=nan sigma=nan sigma=1/0 snr=-1 101% foo ''; do
  expect 2 "$qsample" noise cat.png --at "$place" -o wrong.png
  expect 2 "$qsample" schedule --find "$place"
done
expect 2 "$qsample" schedule --stats --format json
expect 2 "$qsample" noise cat.png
says "give -t T or --at PLACE"
expect 2 "$qsample" noise cat.png -t 5 --wrong
says "--wrong"
for t in -1 1001 99999999999 1.5 x ''; do expect 2 "$qsample" noise cat.png -t "$t"; done
expect 2 "$qsample" noise cat.png -t 5 --seed=-x
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
# Two outputs in one place, however it is named.
expect 2 "$qsample" noise cat.png -t 5 -o z.npy --save eps=./z.npy
says "two outputs would be written to it"
expect 2 "$qsample" noise cat.png -t 5 -o z.safetensors --save eps=z.safetensors --save eps=z.safetensors
status=0
"$qsample" noise - -t 5 -o cat.png -f <cat.png 2>err || status=$?
[ $status = 2 ] || fail "standard input is overwritten: status $status"
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
says "text.png: is not an image of a known format"
head -c 10000 cat.png >cut.png
expect 1 "$qsample" noise cut.png -t 5
says "cut.png: PNG image:"
"$qsample" noise cat.png -t 1 -q -o whole.jpg
head -c 10000 whole.jpg >cut.jpg
expect 1 "$qsample" noise cut.jpg -t 5
says "cut.jpg: JPEG image:"
# What libjpeg would merely warn of.
{ head -c 10000 whole.jpg && printf '\377\320' && tail -c +10003 whole.jpg; } >marred.jpg
expect 1 "$qsample" noise marred.jpg -t 5
says "marred.jpg: JPEG image: Corrupt JPEG data"
expect 1 "$qsample" noise cat.png -t 5 -o nowhere/out.png
says "nowhere/out.png: there is no folder nowhere; make it first"
expect 2 "$qsample" noise cat.png -t 5 -o folder
says "folder: is a folder"
expect 1 "$qsample" noise cat.png -t 5 --format png -o /dev/full
says "/dev/full: No space left on device"
status=0
"$qsample" noise cat.png -t 5 -o - >/dev/full 2>err || status=$?
[ $status = 1 ] || fail "full standard output: status $status"
says "standard output: No space left on device"
"$qsample" noise cat.png -t 1 --depth 16 -o deep.png
long=$(printf 'x%.0s' $(seq 300)).png
expect 1 "$qsample" noise cat.png -t 5 -o "$long"
says "File name too long"
expect 1 "$qsample" noise deep.png -t 5 -o deep.bmp
says "deep.bmp: BMP holds 8-bit samples"

# An output that can't be made is told before its input is read.
echo '0.1 0.2' >betas.txt
cp betas.txt betas.png
expect 2 "$qsample" noise cat.png -t 1 --schedule betas.png -o betas.png -f
says "betas.png: is the input itself"
echo '0.1 1.2' >betas.txt
expect 2 "$qsample" noise cat.png -t 1 --schedule betas.txt
says "betas.txt: beta_2 = 1.2 is outside (0, 1]"
expect 1 "$qsample" noise cat.png -t 1 --schedule missing.json
says "missing.json: No such file or directory"

# Formats that are not read are named, devices and endless input are not read to their end.
printf 'GIF89a......................' >animation.gif
expect 1 "$qsample" noise animation.gif -t 5
says "animation.gif: is a GIF file, which is not read"
expect 1 "$qsample" noise /dev/zero -t 5 -o zero.png
says "/dev/zero: is a device"
status=0
yes | "$qsample" noise - -t 5 -o yes.png 2>err || status=$?
[ $status = 1 ] || fail "endless text: status $status"
says "standard input: is not an image of a known format"

# Where a standard stream is closed, what is said does not go into an output.
"$qsample" noise cat.png -t 5 -o closed.png -v 2>&-
expect 0 "$qsample" info closed.png
expect 0 "$qsample" noise closed.png -t 0 -o closed-again.png
status=0
"$qsample" noise cat.png -t 5 -o - --save eps=closed.npy >&- 2>err || status=$?
[ $status = 1 ] || fail "closed standard output: status $status"

# What exists stays, unless told otherwise.
echo "precious" >old.png
expect 1 "$qsample" noise cat.png -t 5 -o old.png
says "old.png: exists already; --overwrite replaces it"
[ "$(cat old.png)" = precious ] || fail "old.png was touched"
expect 0 "$qsample" noise cat.png -t 5 -o old.png --overwrite
expect 1 "$qsample" noise cut.png -t 5 -o old.png --overwrite
expect 0 "$qsample" info old.png

# What a killed run has left goes, but not what a run at work holds, what is another host's, or only
# looks like it.
mkdir left
own=.qsample-$(uname -n)
touch "left/$own-1-0.tmp" "left/$own-1-1.tmp" left/.qsample-elsewhere-1-0.tmp left/.qsample-mine.tmp
expect 0 flock "left/$own-1-1.tmp" "$qsample" noise cat.png -t 5 -o left/out.png
stay=$(printf '%s\n' "$own-1-1.tmp" .qsample-elsewhere-1-0.tmp .qsample-mine.tmp out.png | sort)
[ "$(ls -A left | sort)" = "$stay" ] || fail "left: $(ls -A left | xargs)"
rm -r left

# A file-size limit cuts no file short and leaves no remains.
(
  ulimit -f 8
  trap '' XFSZ
  "$qsample" noise cat.png -t 5 -o limited.png 2>err
)
missing limited.png
says "limited.png: File too large"

# A place that may not be written to, a file that may not be read.
mkdir locked && chmod 555 locked
expect 1 as_user "$qsample" noise cat.png -t 5 -o locked/out.png
says "locked/out.png: Permission denied"
cp cat.png secret.png && chmod 0 secret.png
mkdir -m 777 open
expect 1 as_user "$qsample" noise secret.png -t 5 -o open/out.png
says "secret.png: Permission denied"

# Colour only where it is wanted.
expect 1 "$qsample" noise none.png -t 5
grep -q $'\x1b' err && fail "colour in a file"
expect 1 "$qsample" noise none.png -t 5 --color always
grep -q $'\x1b' err || fail "no colour though asked for"
# On a terminal they are coloured, unless NO_COLOR says no.
on_terminal() { script -qec "$qsample noise none.png -t 5" /dev/null >screen </dev/null; }
TERM=xterm on_terminal
grep -q $'\x1b' screen || fail "no colour on a terminal: $(cat screen)"
for quiet in NO_COLOR=1 TERM=dumb; do
  (export TERM=xterm "${quiet?}" && on_terminal)
  grep -q "none.png: No such file" screen || fail "$quiet: $(cat screen)"
  grep -q $'\x1b' screen && fail "colour in spite of $quiet"
done

# Help that can't be printed.
for word in --help --version; do
  status=0
  "$qsample" $word >/dev/full 2>err || status=$?
  [ $status = 1 ] || fail "$word on a full disk: status $status"
  says "standard output: No space left on device"
done

# Help and version succeed, on standard output.
for command in "" noise trajectory batch schedule info; do
  expect 0 "$qsample" $command --help
  silent
  [ -z "$command" ] || holds out "Examples:"
done
expect 0 "$qsample" --version
holds out "qsample "
finish

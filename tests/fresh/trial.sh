#!/usr/bin/env bash
# Tries the packages and the archive of a folder in a Debian that has nothing but its base system, from
# their installation to their removal, which leaves nothing: SUITE FOLDER
set -eu
cd "$(dirname "$0")/../.."
suite=$1 made=$2
. tests/fresh/root.sh
fail() {
  echo "trial: $*" >&2
  exit 1
}
make_root "$suite-trial"

mkdir "$root/trial"
cp "$made"/*.deb "$made"/*.tar.gz assets/still-life.png "$root/trial"
cat >"$root/trial/job.sh" <<'END'
# The main job, and what there is besides: PROGRAM
set -eu
cd "$(mktemp -d)"
qsample=$1
cp /trial/still-life.png cat.png
$qsample --version
$qsample noise cat.png -t 250 -o noisy.png
$qsample info noisy.png | grep -q 'qsample noise'
$qsample verify noisy.png
$qsample noise cat.png -t 250 --save eps=eps.npy -o noisy.safetensors
for format in tiff webp bmp npy; do
  $qsample noise cat.png -t 0 -o clean.$format
  $qsample noise clean.$format -t 250 --depth 8 --no-metadata -o from-$format.png
done
cmp from-bmp.png from-tiff.png
mkdir photos && cp cat.png photos
$qsample batch photos -t 100 -o noisy.tar
$qsample trajectory cat.png --frames 5 -o cat.apng
sha256sum noisy.png from-bmp.png
rm -r "$PWD"
END

# files: all that there is but for what apt, dpkg and the loader note down about themselves.
files() {
  in_root find / -xdev -path /proc -prune -o -path /trial -prune -o -path /var/lib/apt -prune -o \
    -path /var/cache -prune -o -path /var/log -prune -o -path /var/lib/dpkg -prune -o -path /tmp -prune -o -print |
    sort
}

# The archive, with nothing installed.
in_root tar -xzf "/trial/$(basename "$made"/*.tar.gz)" -C /tmp
in_root sh -c 'sh -eu /trial/job.sh /tmp/qsample-*/bin/qsample' >"$folder/archive.said"
in_root sh -c 'rm -r /tmp/qsample-*'
echo "== archive"
cat "$folder/archive.said"

# install [OPTION] NAME...: says how much was installed.
install() {
  in_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y -o Dpkg::Use-Pty=0 "$@" >"$folder/apt.said" 2>&1 ||
    fail "apt-get install $*: $(tail -5 "$folder/apt.said")"
  grep -E 'additional disk|newly installed' "$folder/apt.said"
}

# remove NAME...: with all that came with them, also what others would recommend; nothing is left.
remove() {
  local left
  in_root env DEBIAN_FRONTEND=noninteractive apt-get remove -q -y --purge --autoremove \
    -o APT::AutoRemove::RecommendsImportant=false -o APT::AutoRemove::SuggestsImportant=false "$@" >"$folder/apt.said" 2>&1 ||
    fail "apt-get remove $*: $(tail -5 "$folder/apt.said")"
  files >"$folder/after"
  left=$(diff "$folder/before" "$folder/after" | grep '^[<>]' || true)
  [ -z "$left" ] || fail "is left, or gone: $(head -20 <<<"$left")"
  ! in_root dpkg -l | grep -i qsample || fail "dpkg still knows of it"
}

in_root apt-get update -q >/dev/null
# What packages that are recommended bring, and does not go with them: the apt of trixie keeps adduser,
# and netbase leaves /etc/hosts.
in_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends adduser netbase >/dev/null 2>&1
files >"$folder/before"
debs=("$root"/trial/*.deb)
echo "== qsample alone"
install --no-install-recommends "/trial/$(basename "$root"/trial/qsample_*.deb)"
in_root sh -eu /trial/job.sh qsample >"$folder/package.said"
cat "$folder/package.said"
[ "$(tail -2 "$folder/package.said")" = "$(tail -2 "$folder/archive.said")" ] || fail "the archive writes other bytes"
for file in man/man1/qsample-noise.1.gz bash-completion/completions/qsample zsh/vendor-completions/_qsample \
  fish/vendor_completions.d/qsample.fish; do
  in_root dpkg-query -L qsample | grep -q "/share/$file" || fail "qsample lacks $file"
done
status=0
in_root qsample sheet /trial/still-life.png -o /tmp/sheet.png 2>"$folder/err" || status=$?
{ [ $status = 1 ] && grep -q OpenCV "$folder/err"; } || fail "without qsample-opencv a sheet says $status, $(cat "$folder/err")"
remove qsample

echo "== all, with what is recommended"
# shellcheck disable=SC2046 # a word each
install $(printf '%s\n' "${debs[@]#"$root"}" | grep -v libqsample-dev)
in_root sh -euc 'cd /tmp
  qsample sheet /trial/still-life.png -o sheet.png
  qsample noise /trial/still-life.png -t 250 -o noisy.exr
  mkdir photos && cp /trial/still-life.png photos && qsample batch photos -o photos.tar -t 0
  qsample batch photos.tar -o noisy -t 250 && rm -r photos photos.tar noisy sheet.png noisy.exr'
in_root python3 -c 'import qsample; print(qsample.noise((3, 4, 4), 0).shape)'
echo "== programs that use the libraries"
install --no-install-recommends "/trial/$(basename "$root"/trial/libqsample-dev_*.deb)" g++ pkg-config
cp tests/consumer/{main.cpp,images.cpp,plain.c} "$root/trial"
# shellcheck disable=SC2016 # for the shell in there
in_root sh -euc 'cd /tmp
  g++ -std=c++20 /trial/main.cpp $(pkg-config --cflags --libs qsample-core) -o core && ./core
  g++ -std=c++20 /trial/images.cpp $(pkg-config --cflags --libs qsample-images) -o images
  g++ -x c /trial/plain.c -x none $(pkg-config --cflags --libs qsample-c) -lm -o plain && ./plain
  rm core images plain'
remove 'qsample*' 'libqsample*' python3-qsample g++ pkg-config
echo "trial: the packages install, work and go without a trace in a minimal $suite"

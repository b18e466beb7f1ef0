#!/usr/bin/env bash
# Runs a verb of ./dev in a Debian that has nothing but its base system: [SUITE] VERB [ARGUMENT...]
# The packages that the verb package makes are put into build/fresh/SUITE-made.
set -eu
cd "$(dirname "$0")/../.."

suite=bookworm
if [ -f "/usr/share/debootstrap/scripts/${1:-}" ]; then
  suite=$1
  shift
fi
verb=${1:?fresh: which verb? for instance: fresh bookworm build}
. tests/fresh/root.sh

make_root "$suite-$verb"
mkdir "$root/qsample"
tar -c --exclude=./build --exclude=./demo --exclude=./.git . | tar -x --no-same-owner -C "$root/qsample"
in_root /qsample/dev "$@"
case $verb in
  demo | build | install)
    if in_root dpkg -s libgtest-dev >/dev/null 2>&1; then
      echo "fresh: $verb has installed what only the tests need" >&2
      exit 1
    fi
    ;;
  package)
    rm -rf "$folder/$suite-made"
    mkdir "$folder/$suite-made"
    cp "$root"/qsample/build/package/*.deb "$root"/qsample/build/package/*.tar.gz "$folder/$suite-made"
    ;;
esac
[ "$verb" != install ] || in_root qsample --version
echo "fresh: ./dev $* works in a minimal $suite"

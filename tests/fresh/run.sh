#!/usr/bin/env bash
# Runs a verb of ./dev in a Debian that has nothing but its base system: [SUITE] VERB [ARGUMENT...]
# Needs root and debootstrap. Base systems and packages stay in build/fresh, for the next time. All is
# mounted in a namespace of its own, so that no mount outlives the run, however it ends, and nothing
# that is deleted here lies behind one.
set -eu
cd "$(dirname "$0")/../.."

suite=bookworm
if [ -f "/usr/share/debootstrap/scripts/${1:-}" ]; then
  suite=$1
  shift
fi
verb=${1:?fresh: which verb? for instance: fresh bookworm build}

# The mirror of Debian that this system uses itself.
# shellcheck disable=SC2016 # apt's own variable
mirror() { apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Label: Debian' | sed 1q; }
site=${QSAMPLE_DEBIAN_MIRROR:-$(mirror)}
if [ -z "$site" ]; then
  apt-get update -q # labels are known from then on
  site=$(mirror)
fi
if [ -z "$site" ]; then
  echo "fresh: apt knows no mirror of Debian here; name one in QSAMPLE_DEBIAN_MIRROR" >&2
  exit 1
fi

folder=$PWD/build/fresh
base=$folder/$suite packages=$folder/$suite-packages root=$folder/$suite-$verb
mkdir -p "$packages"
if [ ! -d "$base" ]; then
  rm -rf --one-file-system "$base.new"
  include=()
  case $site in https:*) include=(--include=ca-certificates) ;; esac
  unshare --mount debootstrap --variant=minbase "${include[@]}" "$suite" "$base.new" "$site"
  mv "$base.new" "$base"
fi

trap 'rm -rf --one-file-system "$root"' EXIT
rm -rf --one-file-system "$root"
cp -a "$base" "$root"
cp /etc/resolv.conf "$root/etc/"
mkdir "$root/qsample"
tar -c --exclude=./build --exclude=./demo --exclude=./.git . | tar -x --no-same-owner -C "$root/qsample"

# in_root COMMAND...: with no variable of the caller's but the way to the network.
in_root() {
  # shellcheck disable=SC2016 # the variables of the inner shell
  unshare --mount bash -euc '
    mount -t proc proc "$1/proc"
    mount --bind "$2" "$1/var/cache/apt/archives"
    exec chroot "$1" "${@:3}"' bash "$root" "$packages" \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} "$@"
}

in_root /qsample/dev "$@"
case $verb in
  demo | build | install)
    if in_root dpkg -s libgtest-dev >/dev/null 2>&1; then
      echo "fresh: $verb has installed what only the tests need" >&2
      exit 1
    fi
    ;;
esac
[ "$verb" != install ] || in_root qsample --version
echo "fresh: ./dev $* works in a minimal $suite"

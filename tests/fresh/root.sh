# shellcheck shell=bash
# What scripts share that work in a Debian which has nothing but its base system; sourced with the
# suite in $suite. Needs root and debootstrap. Base systems and packages stay in build/fresh, for the
# next time. All is mounted in a namespace of its own, so that no mount outlives the run, however it
# ends, and nothing that is deleted here lies behind one.
folder=$PWD/build/fresh
: "${suite:?}"
base=$folder/$suite packages=$folder/$suite-packages

# The mirror of Debian that this system uses itself.
# shellcheck disable=SC2016 # apt's own variable
mirror() { apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Label: Debian' | sed 1q; }

# make_root NAME: a new one, in $root, that goes when the script ends.
make_root() {
  local site include=()
  site=${QSAMPLE_DEBIAN_MIRROR:-$(mirror)}
  if [ -z "$site" ]; then
    apt-get update -q # labels are known from then on
    site=$(mirror)
  fi
  if [ -z "$site" ]; then
    echo "fresh: apt knows no mirror of Debian here; name one in QSAMPLE_DEBIAN_MIRROR" >&2
    exit 1
  fi
  mkdir -p "$packages"
  if [ ! -d "$base" ]; then
    rm -rf --one-file-system "$base.new"
    case $site in https:*) include=(--include=ca-certificates) ;; esac
    unshare --mount debootstrap --variant=minbase "${include[@]}" "$suite" "$base.new" "$site"
    mv "$base.new" "$base"
  fi
  root=$folder/$1
  trap 'rm -rf --one-file-system "$root"' EXIT
  rm -rf --one-file-system "$root"
  cp -a "$base" "$root"
  cp /etc/resolv.conf "$root/etc/"
}

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

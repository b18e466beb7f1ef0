#!/usr/bin/env bash
# Makes packages for the Debian that this runs on, and an archive that runs where it is unpacked, of
# what is committed: JOBS. They are put into build/package.
set -eu
cd "$(dirname "$0")/../.."
jobs=$1
packaging=$PWD/src/packaging
package=$PWD/build/package
build=$package/build

# What is committed, and when; of sources without a repository, as they are in a fresh Debian, the
# version says all.
release=$(sed -n 's/^project(qsample VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
version=$release
date=$(date -R)
if git rev-parse --git-dir >/dev/null 2>&1; then
  changed=$(git status --porcelain | sed -n '1s/^...//p')
  if [ -n "$changed" ]; then
    echo "package: $changed is not committed; commit or stash what has changed, for a package is made of a commit" >&2
    exit 1
  fi
  if ! git describe --exact-match --match "v$release" >/dev/null 2>&1; then
    version=$release+git$(git log -1 --format=%cd.%h --date=format:%Y%m%d)
  fi
  date=$(git log -1 --format=%cD)
fi
# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "${ID:-}${VERSION_ID:-}")
revision=$version-1+$suite

cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr -DQSAMPLE_BUILD_TESTS=OFF \
  -DQSAMPLE_LINK_ARCHIVES=OFF >/dev/null
cmake --build "$build" -j "$jobs"
rm -rf "$package"/*.deb "$package"/*.tar.gz "$package/deb" "$package/archive"

# paragraph FILE: its text as a field of debian/copyright holds it.
paragraph() { sed -e 's/^$/./' -e 's/^/ /' "$1"; }

# Who may do what with it; the licences are those of the sources.
copyright() {
  cat <<END
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: qsample

Files: *
Copyright: $(sed -n 's/^Copyright (c) //p' LICENSE)
License: Expat

Files: src/opencv/drawing/glyphs/*
Copyright: $(sed -n 's/^Copyright \(.*\), and are under.*/\1/p' src/opencv/drawing/glyphs/OFL.txt)
License: OFL-1.1

License: Expat
$(sed '1,/^Copyright/d' LICENSE | sed '1{/^$/d}' | paragraph /dev/stdin)

License: OFL-1.1
$(paragraph src/opencv/drawing/glyphs/OFL.txt)
END
}

# The packages of Debian that hold what programs need that link the static libraries: whatever their
# files for pkg-config and CMake name.
static_dependencies() {
  local names
  names=$(sed -n 's/^Requires[.a-z]*: //p' "$build"/qsample-*.pc | tr ' ' '\n' | grep -v '^qsample' | sort -u)
  for name in $names; do
    dpkg -S "*/$name.pc" | grep -v -e ':i386' -e cross | sed -n '1s/:.*//p'
  done | sort -u | paste -sd, | sed 's/,/, /g'
}

debian_packages() {
  local deb=$package/deb
  mkdir -p "$deb"
  cp -r "$packaging/debian" "$deb/debian"
  copyright >"$deb/debian/copyright"
  cat >"$deb/debian/changelog" <<END
qsample ($revision) unstable; urgency=medium

  * $release, with what /usr/share/doc/qsample/changelog.gz says of it.

 -- $(sed -n 's/^Maintainer: //p' "$packaging/debian/control")  $date
END
  cp "$packaging/changelog" "$deb/changelog"
  (cd "$deb" && BUILD=$build STATIC=$(static_dependencies) dpkg-buildpackage -b -us -uc)
  lintian --fail-on error,warning "$package"/*.deb
}

# libraries_of FILE...: those that they load and that not every Linux has.
libraries_of() {
  ldd "$@" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' | sort -u |
    grep -vE '/(libc|libm|libdl|libpthread|librt|libresolv|libstdc\+\+|libgcc_s|ld-linux[^/]*)\.so'
}

# greatest PREFIX FILE...: of the versions of symbols that begin so and that these, and what they
# load, need.
greatest() {
  local prefix=$1 libraries
  shift
  libraries=$(libraries_of "$@")
  # shellcheck disable=SC2086 # several, none with a space
  objdump -T "$@" $libraries | grep -oE "\b${prefix}_[0-9.]+" | grep -oE '[0-9.]+$' | sort -uV | tail -1
}

# What runs where it is unpacked: the program, its modules but for those of OpenCV, and the libraries
# that these need.
archive() {
  local name at folder library owner needs module
  name=qsample-$version-linux-$(uname -m)
  at=$package/archive
  folder=$at/$name
  DESTDIR=$at/all cmake --install "$build" --strip >/dev/null
  mkdir -p "$folder/lib" "$folder/licences"
  cp -r "$at/all/usr/bin" "$at/all/usr/share" "$folder"
  cp -r "$(dirname "$at"/all/usr/lib/*/qsample)" "$folder/lib/"
  find "$folder/lib" -mindepth 2 -maxdepth 2 ! -name qsample -exec rm -r {} +
  rm "$folder"/lib/*/qsample/qsample-{opencv,drawing}.so
  local programs=("$folder/bin/qsample" "$folder"/lib/*/qsample/*.so)
  while read -r library; do
    cp -L "$library" "$folder/lib/"
    owner=$(dpkg -S "$(realpath "$library")" 2>/dev/null || dpkg -S "*${library#/usr}")
    owner=$(sed -n '1s/:.*//p' <<<"$owner")
    cp -L "/usr/share/doc/$owner/copyright" "$folder/licences/$owner"
  done < <(libraries_of "${programs[@]}")
  # What the program has found there its modules find, too, which the newer kind of path is not for.
  # shellcheck disable=SC2016 # the loader expands it
  patchelf --force-rpath --set-rpath '$ORIGIN/../lib' "$folder/bin/qsample"
  needs="glibc $(greatest GLIBC "$folder/bin/qsample") and libstdc++ with GLIBCXX_$(greatest GLIBCXX "${programs[@]}")"
  for module in "${programs[@]:1}"; do
    needs+=", $(basename "$module") glibc $(greatest GLIBC "$module")"
  done
  cp LICENSE "$folder/licences/qsample"
  cp "$packaging/changelog" "$folder/"
  cat >"$folder/README" <<END
qsample $version: the forward process of diffusion models, applied to images.

bin/qsample runs from here, or from a link in a folder of your PATH. All that it needs is in lib, under
the licences in licences, but for these or newer ones:
$needs.
It lacks what needs OpenCV: contact sheets, --view-size, curves as PNG, and the formats EXR, JPEG 2000,
Radiance HDR and Sun raster.
END
  tar -C "$at" --owner=0 --group=0 --numeric-owner --sort=name --mtime="$date" -czf "$package/$name.tar.gz" "$name"
  rm -r "$at"
  echo "$name.tar.gz needs $needs"
}

debian_packages
archive
ls -l "$package"/*.deb "$package"/*.tar.gz

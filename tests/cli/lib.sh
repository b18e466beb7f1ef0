# What the tests of the built program share. Sourced by each with: PROGRAM IMAGE
set -u
qsample=$1
image=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
cp "$image" cat.png
failures=0

fail() {
  echo "FAIL (line ${BASH_LINENO[1]}): $*"
  failures=$((failures + 1))
}

# skip WHAT: the whole test is left out, and says so.
skip() {
  echo "SKIPPED: $*"
  exit 77
}

# expect STATUS COMMAND...: runs it; its output is in ./out, its messages in ./err.
expect() {
  local wanted=$1 status=0
  shift
  "$@" >out 2>err </dev/null || status=$?
  [ "$status" = "$wanted" ] || fail "status $status instead of $wanted: $* ($(head -c 300 err))"
}

# says TEXT: the messages hold it, on one line.
says() {
  grep -qF -- "$1" err || fail "no message '$1' but '$(head -c 300 err)'"
  [ "$(wc -l <err)" = 1 ] || fail "not one line: $(head -c 500 err)"
}

# as_user COMMAND...: where root may do what others may not, as somebody else, with a copy of the
# program that anybody may run.
as_user() {
  if [ "$(id -u)" != 0 ]; then
    "$@"
    return
  fi
  cp -u "$qsample" "$folder/qsample"
  chmod 755 "$folder" "$folder/qsample"
  setpriv --reuid=65534 --regid=65534 --clear-groups "${@/#"$qsample"/"$folder/qsample"}"
}

# Whether the program is built with a sanitizer, which has memory and a loading order of its own.
is_sanitized() { grep -qE '__(asan|tsan)_init' "$qsample"; }

silent() { [ ! -s err ] || fail "not silent: $(head -c 300 err)"; }
same() { cmp -s "$1" "$2" || fail "$1 and $2 differ"; }
differ() { cmp -s "$1" "$2" && fail "$1 and $2 are the same"; }
exists() { [ -s "$1" ] || fail "$1 is missing"; }
missing() { [ ! -e "$1" ] || fail "$1 exists"; }
holds() { grep -qF -- "$2" "$1" || fail "$1 lacks '$2'"; }
no_remains() { [ -z "$(find . -name '.qsample-*')" ] || fail "temporary files: $(find . -name '.qsample-*')"; }

finish() {
  no_remains
  [ "$failures" = 0 ] || exit 1
  echo "all right"
}

#!/usr/bin/env bash
# The built files have what Debian hardens its packages with: PROGRAM PLUG-IN...
set -u
failures=0
lacks() {
  echo "FAIL: $file lacks $*"
  failures=$((failures + 1))
}

for file in "$@"; do
  header=$(readelf -hW "$file") segments=$(readelf -lW "$file") dynamic=$(readelf -dW "$file")
  symbols=$(readelf -W --dyn-syms "$file")
  grep -q 'Type: *DYN' <<<"$header" || lacks "a position that is not fixed (PIE)"
  grep -q GNU_RELRO <<<"$segments" || lacks "tables that are read-only once filled (RELRO)"
  grep -q 'GNU_STACK.* RW ' <<<"$segments" || lacks "a stack that is not executable"
  grep -q 'FLAGS.*NOW' <<<"$dynamic" || lacks "symbols that are bound at the start (BIND_NOW)"
  grep -q __stack_chk_fail <<<"$symbols" || lacks "the stack protector"
  if [ "$file" = "$1" ]; then
    grep -q '__[a-z]*_chk@' <<<"$symbols" || lacks "checked copies (FORTIFY)"
  fi
  case $header in
    *X86-64*) [ "$(objdump -d "$file" | grep -c endbr64)" -ge 20 ] || lacks "marked targets of jumps" ;;
  esac
done
[ $failures = 0 ] && [ $# -gt 0 ]

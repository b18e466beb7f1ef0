#!/usr/bin/env bash
# Runs a test of the page where Node.js is: SCRIPT ARGUMENT...
if ! command -v node >/dev/null; then
  echo "SKIPPED: $1: no node"
  exit 77
fi
exec node "$@"

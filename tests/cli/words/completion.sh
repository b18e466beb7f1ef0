#!/usr/bin/env bash
# Completion in bash, zsh and fish: every option that help lists, and what can stand for values.
# PROGRAM IMAGE README
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"
PATH=$folder/bin:$PATH
mkdir bin films 'two words'
ln -s "$qsample" bin/qsample

# Each prints what its shell offers where the command line WORDS... ends, one a line.
offers_bash() {
  bash --norc -c 'script=$1 && shift && source "$script" || exit
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _qsample
    printf "%s\n" "${COMPREPLY[@]}"' bash qsample.bash "$@" | sort -u
}
offers_zsh() { zsh -f "$here/zsh_offers.zsh" "$PWD/qsample.zsh" "$*"; }
offers_fish() { HOME=$folder fish --no-config -c 'source qsample.fish; complete -C "$argv"' -- "$@" | cut -f1 | sort -u; }

# offers SHELL: those of its last try, and the try itself.
try() {
  tried="$shell: $*"
  "offers_$shell" "$@" >offered
}
has() {
  local word
  for word in "$@"; do grep -qxF -- "$word" offered || fail "$tried: no $word but $(head -c 300 offered)"; done
}
lacks() {
  local word
  for word in "$@"; do ! grep -qxF -- "$word" offered || fail "$tried: $word"; done
}

# Only the lists of help.
options_of() { grep -oE '^  (-., |    )--[a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+' | sort -u; }

expect 2 "$qsample" completion tcsh
says "'tcsh' is not one of bash, zsh, fish"
expect 2 "$qsample" completion
says "bash, zsh or fish"

"$qsample" --help | sed -n '/^Commands:/,/^$/ s/^  \([a-z][a-z]*\) .*/\1/p' >commands
[ "$(wc -l <commands)" -ge 9 ] || fail "only $(wc -l <commands) commands"
for shell in bash zsh fish; do
  expect 0 "$qsample" completion $shell
  silent
  cp out qsample.$shell
  if ! command -v $shell >/dev/null; then
    echo "SKIPPED: there is no $shell"
    continue
  fi
  try qsample ''
  # shellcheck disable=SC2046 # one a line
  has $(cat commands) help
  lacks --schedule
  try qsample help ''
  has noise completion
  while read -r command; do
    [ "$command" != help ] || continue
    "$qsample" "$command" --help | options_of >told
    [ "$(wc -l <told)" -ge 3 ] || fail "only $(wc -l <told) options of $command"
    try qsample "$command" --
    grep '^--' offered | sed 's/=$//' | sort -u >offered.options
    cmp -s told offered.options || fail "$tried: $(diff told offered.options | grep '[<>]')"
  done <commands

  try qsample noise cat.png --schedule ''
  has linear cosine scaled-linear cat.png
  lacks --schedule torch
  try qsample noise cat.png --schedule cos
  has cosine
  lacks linear cat.png
  try qsample trajectory cat.png --rng ''
  has philox torch torch-cuda numpy
  lacks linear cat.png
  try qsample noise --path ''
  has markov shared independent
  try qsample noise --depth ''
  has 8 16 32
  try qsample noise --format ''
  has png tiff npy
  lacks mp4
  try qsample trajectory --format ''
  has png mp4 y4m
  try qsample noise -t ''
  has random
  lacks cat.png
  try qsample page -t ''
  lacks random cat.png
  try qsample noise --t-law ''
  has uniform logit-normal
  try qsample noise --at ''
  has snr= alpha-bar=
  try qsample noise --alpha ''
  has keep drop white
  try qsample sheet --label ''
  has t alpha log-snr none
  try qsample schedule --seed ''
  lacks cat.png
  # Paths: files and folders, or folders alone.
  try qsample noise ''
  has cat.png
  lacks --schedule linear
  try qsample noise -o ''
  has cat.png
  try qsample batch --base ''
  lacks cat.png
  sed 's:/$::' -i offered
  has films
  try qsample noise --save ''
  has eps= x0= v=
  lacks cat.png
  try qsample batch --save ''
  has eps eps=
  try qsample completion ''
  has bash zsh fish
  lacks cat.png
done

# bash takes words apart at =, and may be told not to.
shell=bash
try qsample noise --schedule = cos
has cosine
try qsample noise --schedule =
has cosine linear
try qsample noise --schedule=cos
has --schedule=cosine
try qsample noise --save eps = ca
has cat.png
try qsample noise --save eps=ca
has eps=cat.png
try qsample noise --save = eps = ca
has cat.png
try qsample batch --save eps = ''
has films 'two words'
lacks cat.png
try qsample noise 'tw'
has 'two words'
if command -v zsh >/dev/null; then
  shell=zsh
  try qsample noise --schedule=cos
  has cosine
  try qsample noise --save eps=ca
  has cat.png
  # Beside an option, those that it excludes are not offered; it is where it may be given again.
  try qsample noise -t 5 --
  lacks --at --timestep
  try qsample noise --save eps=a.npy --
  has --save
fi
if command -v fish >/dev/null; then
  shell=fish
  try qsample noise --schedule=cos
  has --schedule=cosine
  try qsample noise --save eps=ca
  has eps=cat.png
  try qsample batch --save eps=
  has eps=films/
  lacks eps=cat.png
fi
finish

#!/usr/bin/env zsh
# What zsh offers for a command line whose end is completed: SCRIPT LINE. It is typed into a zsh at a
# terminal; each word that is offered is told to a file.
zmodload zsh/zpty
export offered=$(mktemp)
trap 'rm -f $offered' EXIT
zpty shell zsh -f -i
zpty -w shell "autoload -Uz compinit && compinit -D -u; source ${(q)1}"'
compadd() {
  local -a hits
  if [[ " $* " != *" "-[OAD]" "* ]]; then
    builtin compadd -O hits "$@"
    print -rl -- $hits >>$offered
  fi
  builtin compadd "$@"
}
tell() { zle list-choices; print -r -- "//end" >>$offered }
zle -N tell; bindkey "^Y" tell; LISTMAX=10000
print -r -- "//ready" >>$offered'
# await MARK: until the file says it.
await() {
  local -i tries=0
  local line
  until grep -qx -- $1 $offered; do
    while zpty -rt shell line 2>/dev/null; do :; done
    (( ++tries < 1500 )) || { print -u2 "zsh does not answer"; exit 1 }
    sleep 0.02
  done
}
await //ready
zpty -w -n shell "$2"$'\x19'
await //end
grep -v '^//' $offered | sort -u
exit 0

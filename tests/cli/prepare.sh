# What every test sources first: a clean environment, `peer` (real Mercurial) to prepare repositories and `hg` to test.

set -o pipefail
unset HGPLAIN HGPLAINEXCEPT HGRCSKIPREPO HG_ARGS HG_PENDING EMAIL VISUAL PAGER EDITOR COLORTERM NO_COLOR
export HGRCPATH= HGUSER=tester HGENCODING=utf-8 HGEDITOR=false HGMERGE=internal:merge TZ=UTC COLUMNS=80 TERM=dumb
TOP=$(pwd -P)
export HOME="$TOP" XDG_CONFIG_HOME="$TOP/.config"

# real Mercurial, without anything of the test's own environment
peer() {
  HGRCPATH= HGPLAIN=1 "$PEER" --config storage.dirstate-v2.slow-path=allow --config ui.timeout=10 "$@"
}

# paths of the test's directory, shown the same everywhere
tidy() {
  sed "s#$TOP#TOP#g"
}

# bytes that are no text, shown
bytes() {
  od -An -c
}

# a file with a time stamp of long ago, so that its cached state can be trusted
old() {
  touch -d '2020-01-01 00:00:00 UTC' "$@"
}

# a repository with two changesets and a working copy in every state; leaves the shell in it
every_state() {
  peer init "$1"
  cd "$1" || return
  mkdir -p dir/sub
  echo clean > clean; echo modified > modified; echo removed > removed; echo missing > missing
  echo one > dir/one; echo two > dir/sub/two; echo origin > dir/origin
  printf 'syntax: glob\n*.ignored\nbuild\n' > .hgignore
  peer commit -q -A -m first -d '0 0'
  echo more >> dir/sub/two
  peer commit -q -m second -d '1 0'
  echo again >> modified
  peer remove -q removed
  rm missing
  echo added > added; peer add -q added
  peer copy -q dir/origin dir/copy
  peer move -q dir/one dir/moved
  echo unknown > unknown; echo unknown > dir/unknown
  echo ignored > x.ignored; mkdir build; echo ignored > build/out
}

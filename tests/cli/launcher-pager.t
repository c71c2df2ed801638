#launcher: in launcher mode everything here has to be answered without Python.

  $ . "$TESTDIR/prepare.sh"
  $ every_state repo
  $ export HGRCPATH="$TOP/rc"
  $ cat > "$HGRCPATH" <<EOF
  > [pager]
  > pager = sed s/^/P:/
  > [ui]
  > formatted = yes
  > color = no
  > EOF
  $ export TERM=xterm

Whatever Mercurial pages goes through the pager, nothing else does.

  $ hg root | tidy
  TOP/repo
  $ hg status
  P:M modified
  P:A added
  P:A dir/copy
  P:A dir/moved
  P:R dir/one
  P:R removed
  P:! missing
  P:? dir/unknown
  P:? unknown
  $ hg status --color always -m
  P:\x1b[0;34;1mM \x1b[0m\x1b[0;34;1mmodified\x1b[0m (esc)
  $ hg log -l 1 -T '{rev}\n'
  P:1
  $ hg log -r 0 -T '{rev}\n{desc}\n'
  P:0
  P:first
  $ hg files -X dir
  P:.hgignore
  P:added
  P:clean
  P:missing
  P:modified
  $ hg cat clean
  P:clean
  $ hg manifest -r 0
  P:.hgignore
  P:clean
  P:dir/one
  P:dir/origin
  P:dir/sub/two
  P:missing
  P:modified
  P:removed
  $ hg annotate clean
  P:0: clean
  $ hg heads -T '{rev}\n'
  P:1
  $ hg identify -n
  1+
  $ hg branch
  default
  $ hg branches -T '{branch}\n'
  P:default
  $ hg tags -T '{tag}\n'
  P:tip
  $ hg paths
  $ hg config ui.color
  P:no
  $ hg diff --stat removed modified
  P: modified |  1 +
  P: removed  |  1 -
  P: 2 files changed, 1 insertions(+), 1 deletions(-)
  $ hg summary -q
  P:parent: 1:9b20a3821d84 tip
  P:commit: 1 modified, 1 added, 1 removed, 1 renamed, 1 copied, 1 deleted, 2 unknown

What a pager is told, and what turns it off.

  $ hg status -m --config pager.pager='env | grep ^LESS=; cat'
  LESS=FRX
  M modified
  $ LESS=X hg status -m --config pager.pager='env | grep ^LESS=; cat'
  LESS=X
  M modified
  $ hg status -m --pager no
  M modified
  $ hg status -m --config pager.ignore=status
  M modified
  $ hg status -m --config pager.attend-status=no
  M modified
  $ hg status -m --config ui.paginate=no
  M modified
  $ hg status -m --config pager.pager=cat
  M modified
  $ hg status -m --config pager.pager=
  M modified
  $ HGPLAIN=1 hg status -m
  M modified
  $ TERM=dumb hg status -m
  M modified
  $ hg status -m --config pager.pager='tee saved; exit 3'
  M modified
  $ rm saved

The exit code is ours, also where the pager ends early or nothing is shown.

  $ hg files nosuch --config pager.pager='wc -c'
  0
  [1]

Comparisons begin before it.

  $ peer clone -q -r 0 . ../first
  $ hg outgoing -T '{rev}\n' ../first
  comparing with ../first
  searching for changes
  P:1
  $ hg incoming ../first
  comparing with ../first
  searching for changes
  no changes found
  [1]
  $ hg incoming -q ../first
  [1]
  $ hg -R ../first incoming -T '{rev}\n' .
  comparing with .
  searching for changes
  P:1

What grep finds has colours.

  $ hg grep --color always -n 'e.?n'
  P:\x1b[0;35mclean\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;32m1\x1b[0m\x1b[0;36m:\x1b[0mcl\x1b[0;31;1mean\x1b[0m (esc)
  $ hg grep --color always -r 0 -nud '^|r'
  P:\x1b[0;35m.hgignore\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;34m0\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;32m1\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mtester\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mThu Jan 01 00:00:00 1970 +0000\x1b[0m\x1b[0;36m:\x1b[0msyntax: glob (esc)
  P:\x1b[0;35m.hgignore\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;34m0\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;32m2\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mtester\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mThu Jan 01 00:00:00 1970 +0000\x1b[0m\x1b[0;36m:\x1b[0m*.igno\x1b[0;31;1mr\x1b[0med (esc)
  P:\x1b[0;35m.hgignore\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;34m0\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;32m3\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mtester\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mThu Jan 01 00:00:00 1970 +0000\x1b[0m\x1b[0;36m:\x1b[0mbuild (esc)
  P:\x1b[0;35mclean\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;34m0\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;32m1\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mtester\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mThu Jan 01 00:00:00 1970 +0000\x1b[0m\x1b[0;36m:\x1b[0mclean (esc)
  P:\x1b[0;35mdir/one\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;34m0\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;32m1\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mtester\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mThu Jan 01 00:00:00 1970 +0000\x1b[0m\x1b[0;36m:\x1b[0mone (esc)
  P:\x1b[0;35mdir/origin\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;34m0\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;32m1\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mtester\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mThu Jan 01 00:00:00 1970 +0000\x1b[0m\x1b[0;36m:\x1b[0mo\x1b[0;31;1mr\x1b[0migin (esc)
  P:\x1b[0;35mdir/sub/two\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;34m0\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;32m1\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mtester\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mThu Jan 01 00:00:00 1970 +0000\x1b[0m\x1b[0;36m:\x1b[0mtwo (esc)
  P:\x1b[0;35mmissing\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;34m0\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;32m1\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mtester\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mThu Jan 01 00:00:00 1970 +0000\x1b[0m\x1b[0;36m:\x1b[0mmissing (esc)
  P:\x1b[0;35mmodified\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;34m0\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;32m1\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mtester\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mThu Jan 01 00:00:00 1970 +0000\x1b[0m\x1b[0;36m:\x1b[0mmodified (esc)
  P:\x1b[0;35mremoved\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;34m0\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;32m1\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mtester\x1b[0m\x1b[0;36m:\x1b[0m\x1b[0;35mThu Jan 01 00:00:00 1970 +0000\x1b[0m\x1b[0;36m:\x1b[0mremoved (esc)
  $ hg grep --color always -l clean
  P:\x1b[0;35mclean\x1b[0m (esc)

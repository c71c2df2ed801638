#launcher: in launcher mode everything here has to be answered without Python.

  $ . "$TESTDIR/prepare.sh"
  $ every_state repo

  $ hg root | tidy
  TOP/repo
  $ hg status
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  $ hg st -mard
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  $ hg status -A
  M modified
  A added
  A dir/copy
    dir/origin
  A dir/moved
    dir/one
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  I build/out
  I x.ignored
  C .hgignore
  C clean
  C dir/origin
  C dir/sub/two
  $ hg status -AC
  M modified
  A added
  A dir/copy
    dir/origin
  A dir/moved
    dir/one
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  I build/out
  I x.ignored
  C .hgignore
  C clean
  C dir/origin
  C dir/sub/two
  $ hg status -aC
  A added
  A dir/copy
    dir/origin
  A dir/moved
    dir/one
  $ hg status -n -u
  dir/unknown
  unknown
  $ hg status -0 | tr '\0' '|'; echo
  M modified|A added|A dir/copy|A dir/moved|R dir/one|R removed|! missing|? dir/unknown|? unknown|
  $ hg status -q
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  $ hg status -iuc
  ? dir/unknown
  ? unknown
  I build/out
  I x.ignored
  C .hgignore
  C clean
  C dir/origin
  C dir/sub/two
  $ hg status --modified --no-status
  modified
  $ hg status dir
  A dir/copy
  A dir/moved
  R dir/one
  ? dir/unknown
  $ hg status -m 'glob:**/two' modified
  M modified
  $ hg status -I 'dir/**' -X dir/sub
  A dir/copy
  A dir/moved
  R dir/one
  ? dir/unknown
  $ hg status --rev 0
  M dir/sub/two
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  $ hg status --rev 0 --rev 1
  M dir/sub/two
  $ hg status --change 1
  M dir/sub/two
  $ hg -q status
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  $ hg status --config ui.statuscopies=yes -a
  A added
  A dir/copy
    dir/origin
  A dir/moved
    dir/one
  $ hg -R . status -m
  M modified
  $ hg --cwd dir status -a
  A added
  A dir/copy
  A dir/moved
  $ cd dir; hg status; hg status .; hg files; hg cat sub/two; hg root | tidy; cd ..
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  A copy
  A moved
  R one
  ? unknown
  ../.hgignore
  ../added
  ../clean
  copy
  moved
  origin
  sub/two
  ../missing
  ../modified
  two
  more
  TOP/repo
  $ hg files
  .hgignore
  added
  clean
  dir/copy
  dir/moved
  dir/origin
  dir/sub/two
  missing
  modified
  $ hg files -r 0
  .hgignore
  clean
  dir/one
  dir/origin
  dir/sub/two
  missing
  modified
  removed
  $ hg files -0 dir | tr '\0' '|'; echo
  dir/copy|dir/moved|dir/origin|dir/sub/two|
  $ hg files 'glob:**.c'
  [1]
  $ hg cat clean
  clean
  $ hg cat -r 0 clean modified
  clean
  modified
  $ hg cat -r 0 dir
  one
  origin
  two
  $ hg config ui.username --config ui.username=me
  me
  $ printf '[paths]\ndefault = /some/where\n' > .hg/hgrc
  $ hg paths
  default = /some/where
  $ hg paths default
  /some/where

The record of what was seen is written.

  $ old clean; hg status clean; peer debugdirstate | grep ' clean$'; hg status clean
  n 644          6 2020-01-01 00:00:00 clean

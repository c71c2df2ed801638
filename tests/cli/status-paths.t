How paths are shown and how they are named.

  $ . "$TESTDIR/prepare.sh"
  $ every_state repo

From the root by default, relative where files are named.

  $ cd dir
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
  $ hg status .
  A copy
  A moved
  R one
  ? unknown
  $ hg status -A ../clean sub
  C ../clean
  C sub/two
  $ hg status sub/two ../modified nothing
  nothing: No such file or directory
  M ../modified
  $ hg status -C .
  A copy
    origin
  A moved
    one
  R one
  ? unknown
  $ hg status ..
  M ../modified
  A ../added
  A copy
  A moved
  R one
  R ../removed
  ! ../missing
  ? unknown
  ? ../unknown
  $ hg status "$TOP/repo/modified"
  M ../modified
  $ hg status ../../repo/modified
  M ../modified
  $ hg status ./././../modified
  M ../modified
  $ cd sub
  $ hg status -A .
  C two
  $ hg status -A ../..
  M ../../modified
  A ../../added
  A ../copy
    ../origin
  A ../moved
    ../one
  R ../one
  R ../../removed
  ! ../../missing
  ? ../unknown
  ? ../../unknown
  I ../../build/out
  I ../../x.ignored
  C ../../.hgignore
  C ../../clean
  C ../origin
  C two
  $ hg files
  ../../.hgignore
  ../../added
  ../../clean
  ../copy
  ../moved
  ../origin
  two
  ../../missing
  ../../modified
  $ hg files ..
  ../copy
  ../moved
  ../origin
  two
  $ cd ../..

Config items about it.

  $ cd dir
  $ hg status --config ui.relative-paths=yes -m
  M ../modified
  $ hg status --config ui.relative-paths=no -m ..
  M modified
  $ hg status --config ui.relative-paths=legacy -m ..
  M ../modified
  $ hg status --config ui.relative-paths=nonsense -m ..
  config error: ui.relative-paths is not a boolean ('nonsense')
  [255]
  $ hg status --config commands.status.relative=yes -mC
  M ../modified
  $ hg status --config commands.status.relative=no -m ..
  M modified
  $ hg status --config commands.status.relative=maybe -m ..
  config error: commands.status.relative is not a boolean ('maybe')
  [255]
  $ hg status --config commands.status.relative=no --config ui.relative-paths=yes -m
  M modified
  $ hg status --config ui.tweakdefaults=yes -m
  M ../modified
  $ HGPLAIN=1 hg status --config ui.tweakdefaults=yes -m
  M modified
  $ HGPLAIN=1 hg status --config ui.relative-paths=yes -m
  M ../modified
  $ hg files --config ui.relative-paths=no
  .hgignore
  added
  clean
  dir/copy
  dir/moved
  dir/origin
  dir/sub/two
  missing
  modified
  $ hg files --config ui.relative-paths=nonsense
  config error: ui.relative-paths is not a boolean ('nonsense')
  [255]
  $ hg files --config commands.status.relative=no sub
  sub/two
  $ hg cat --config ui.relative-paths=no sub/two
  two
  more
  $ hg status --config ui.slash=yes -a
  A added
  A dir/copy
  A dir/moved
  $ cd ..

From elsewhere.

  $ cd ..
  $ mkdir elsewhere
  $ hg status -R repo -m
  M modified
  $ hg -R repo status -m repo/dir repo/modified
  M repo/modified
  $ hg -R repo status -m modified 2>&1 | tidy
  abort: modified not under root 'TOP/repo'
  (consider using '--cwd repo')
  [255]
  $ hg -R repo status -m nosuch 2>&1 | tidy
  abort: nosuch not under root 'TOP/repo'
  (consider using '--cwd repo')
  [255]
  $ hg -R repo files repo/dir
  repo/dir/copy
  repo/dir/moved
  repo/dir/origin
  repo/dir/sub/two
  $ hg -R repo cat repo/clean
  clean
  $ hg --cwd repo status -m
  M modified
  $ hg --cwd repo/dir status -a .
  A copy
  A moved
  $ hg --cwd repo -R . status -m
  M modified
  $ hg --cwd elsewhere -R ../repo status -a ../repo
  A ../repo/added
  A ../repo/dir/copy
  A ../repo/dir/moved
  $ hg --cwd elsewhere -R ../repo files
  ../repo/.hgignore
  ../repo/added
  ../repo/clean
  ../repo/dir/copy
  ../repo/dir/moved
  ../repo/dir/origin
  ../repo/dir/sub/two
  ../repo/missing
  ../repo/modified
  $ hg --cwd nosuch status 2>&1 | tidy
  abort: No such file or directory: 'nosuch'
  [255]
  $ hg -R nosuch status 2>&1 | tidy
  abort: repository nosuch not found
  [255]
  $ hg status 2>&1 | tidy
  abort: no repository found in 'TOP' (.hg not found)
  [255]
  $ hg -R repo/dir status 2>&1 | tidy
  abort: repository repo/dir not found
  [255]
  $ hg status repo 2>&1 | tidy
  M repo/modified
  A repo/added
  A repo/dir/copy
  A repo/dir/moved
  R repo/dir/one
  R repo/removed
  ! repo/missing
  ? repo/dir/unknown
  ? repo/unknown
  $ hg status repo/modified
  M repo/modified
  $ hg cat repo/clean
  clean
  $ hg files repo 2>&1 | tidy
  abort: no repository found in 'TOP' (.hg not found)
  [255]
  $ cd repo
  $ hg status ../elsewhere 2>&1 | tidy
  abort: ../elsewhere not under root 'TOP/repo'
  [255]
  $ hg status /nosuch 2>&1 | tidy
  abort: /nosuch not under root 'TOP/repo'
  [255]
  $ hg status ../../../../../../../../../../.. 2>&1 | tidy
  abort: ../../../../../../../../../../.. not under root 'TOP/repo'
  [255]
  $ hg status ''
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  $ hg status .hg
  abort: path contains illegal component: .hg
  [255]
  $ hg status .hg/store
  abort: path contains illegal component: .hg/store
  [255]
  $ hg status dir/.hg/x
  abort: path 'dir/.hg/x' is inside nested repo 'dir'
  [255]
  $ hg files .hg
  abort: path contains illegal component: .hg
  [255]

A working copy reached through a symbolic link.

  $ cd ..
  $ ln -s repo link
  $ cd link
  $ hg status -m
  M modified
  $ hg status -m modified
  M modified
  $ hg root | tidy
  TOP/repo
  $ hg status -m "$TOP/link/modified"
  M modified
  $ cd ..
  $ hg -R link status -m link/modified
  M repo/modified
  $ hg -R link root | tidy
  TOP/repo

Files named beside a directory whose own files are meant: what nobody knows is looked for where something is named.

  $ cd "$TOP"; peer init named; cd named
  $ mkdir src; echo a > src/a; peer commit -q -A -m 0 -d '0 0'; echo b >> src/a; echo n > new.h; echo n > src/n.c
  $ hg status rootfilesin:src path:new.h
  M src/a
  ? new.h
  $ hg status rootfilesin:src
  M src/a
  ? src/n.c
  $ hg status rootfilesin:src path:src
  M src/a
  ? src/n.c

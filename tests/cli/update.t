Moving the working copy between revisions.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ mkdir d; printf '1\n2\n3\n' > a; echo b > b; echo c > d/c; peer commit -q -A -m base -d '0 0'
  $ printf '1\n2\nthree\n' > a; peer commit -q -m right -d '1 0'
  $ echo more >> d/c; peer commit -q -m 'right again' -d '2 0'
  $ peer update -q 0; printf 'one\n2\n3\n' > a; peer remove -q b; ln -s a link; peer commit -q -A -m left -d '3 0'
  $ peer branch -q stable; echo s > s; chmod +x s; peer commit -q -A -m stable -d '4 0'

Plain moves, and where a bare one goes.

  $ hg update 0
  2 files updated, 0 files merged, 2 files removed, 0 files unresolved
  $ hg up
  2 files updated, 0 files merged, 1 files removed, 0 files unresolved
  updated to "212f8937aea6: left"
  1 other heads for branch "default"
  $ hg checkout stable; peer branch; ls -F
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  stable
  a
  d/
  link@
  s*
  $ hg update 2; peer identify; peer branch
  3 files updated, 0 files merged, 2 files removed, 0 files unresolved
  68a3a90fd6cd
  default
  $ hg update; peer status -A
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  updated to "68a3a90fd6cd: right again"
  1 other heads for branch "default"
  C a
  C b
  C d/c
  $ hg update null; ls
  0 files updated, 0 files merged, 3 files removed, 0 files unresolved
  $ hg update
  3 files updated, 0 files merged, 0 files removed, 0 files unresolved
  updated to "212f8937aea6: left"
  1 other heads for branch "default"
  $ hg co -r nothing
  abort: unknown revision 'nothing'
  [255]
  $ hg update 1 -r 2
  abort: please specify just one revision
  [255]
  $ hg update -c -C 1
  abort: cannot specify both --clean and --check
  [255]

Uncommitted changes come along, are refused or discarded.

  $ printf '0\n1\n2\nthree\n' > a
  $ hg update 1; cat a
  abort: uncommitted changes
  (commit or update --clean to discard changes)
  0
  1
  2
  three
  $ hg update 3
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg update -c 2
  abort: uncommitted changes
  [255]
  $ hg update --config commands.update.check=noconflict 3
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg update -m 3; cat a; peer status
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  0
  1
  2
  three
  M a
  $ hg update 0
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  1 files updated, 0 files merged, 1 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges
  [1]
  $ hg resolve -l
  U a
  $ hg update -C .; cat a; peer status
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  1
  2
  3
  ? a.orig

Untracked files in the way.

  $ rm -f a.orig; hg update -q 3; echo mine > b
  $ hg update 0
  b: untracked file differs
  abort: untracked files in working directory differ from files in requested revision
  [255]
  $ hg update 0 --config merge.checkunknown=warn; cat b b.orig
  b: replacing untracked file
  2 files updated, 0 files merged, 1 files removed, 0 files unresolved
  b
  mine
  $ rm b.orig

Deleted and changed.

  $ echo changed > b
  $ hg update -m 3
  file 'b' was deleted in other [destination] but was modified in local [working copy].
  You can use (c)hanged version, (d)elete, or leave (u)nresolved.
  What do you want to do? u
  2 files updated, 0 files merged, 0 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges
  [1]
  $ cat b; hg resolve -l; hg resolve -t :other b; ls; peer status
  changed
  U b
  (no more unresolved files)
  a
  b.orig
  d
  link
  ? b.orig

Bookmarks are moved along or left.

  $ peer update -q -C 1; peer bookmark here
  $ hg update; peer bookmarks
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  updating bookmark here
   * here                      2:68a3a90fd6cd
  $ hg update 0; peer bookmarks
  2 files updated, 0 files merged, 0 files removed, 0 files unresolved
  (leaving bookmark here)
     here                      2:68a3a90fd6cd
  $ hg update here; peer bookmarks
  2 files updated, 0 files merged, 0 files removed, 0 files unresolved
  (activating bookmark here)
   * here                      2:68a3a90fd6cd

Hooks, and a destination that has to be named.

  $ hg update 0 --config hooks.preupdate='echo pre $HG_PARENT1 $HG_PARENT2' --config hooks.update='echo post $HG_PARENT1 $HG_PARENT2 $HG_ERROR'
  pre 80d85c066cc5
  post 80d85c066cc5 0
  2 files updated, 0 files merged, 0 files removed, 0 files unresolved
  (leaving bookmark here)
  $ hg update 1 --config hooks.preupdate=false
  abort: preupdate hook exited with status 1
  [255]
  $ hg update --config commands.update.requiredest=yes
  abort: you must specify a destination
  (for example: hg update ".::")
  [255]

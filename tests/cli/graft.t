Changes made again elsewhere, and taken back.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ printf '1\n2\n3\n' > a; echo b > b; peer commit -q -A -m base -d '0 0'
  $ printf '1\n2\nthree\n' > a; peer commit -q -m right -d '1 0' -u else
  $ peer move -q b c; peer commit -q -m moved -d '2 0'
  $ peer update -q 0; printf '1\n2\n3\nfour\n' > a; peer commit -q -m left -d '3 0'
  $ hg graft 2 0; peer log -r tip -T '{rev}:{node|short} {extras}\n'; peer status --change tip -C
  skipping ancestor revision 0:029b2e032ec1
  grafting 2:02e55d80d7d3 "moved"
  4:704e2b765265 branch=defaultsource=02e55d80d7d34821d6ceda5a69dccbdfaa08500c
  A c
    b
  R b
  $ hg graft 1 2 --log
  skipping revision 2:02e55d80d7d3 (already grafted to 4:704e2b765265)
  grafting 1:457a85b5bec1 "right"
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  abort: unresolved conflicts, can't continue
  (use 'hg resolve' and 'hg graft --continue')
  [1]
  $ peer resolve -l; hg graft --continue
  U a
  grafting 1:457a85b5bec1 "right"
  abort: unresolved merge conflicts (see 'hg help resolve')
  [255]
  $ hg resolve -m; hg continue
  (no more unresolved files)
  continue: hg graft --continue
  abort: graft in progress but does not support 'hg continue'
  (hg graft --continue)
  [255]
  $ peer graft -q --continue; peer log -r tip -T '{rev}:{node|short} {author} {desc}\n'
  5:83d291897d56 else right
  (grafted from 457a85b5bec16113fec45691833f3a80721a5873)
  $ hg graft 1
  skipping revision 1:457a85b5bec1 (already grafted to 5:83d291897d56)
  [255]
  $ hg graft -f 1 -t :fail
  grafting 1:457a85b5bec1 "right"
  abort: unresolved conflicts, can't continue
  (use 'hg resolve' and 'hg graft --continue')
  [1]
  $ hg graft --abort; hg graft --stop
  graft aborted
  working directory is now at 83d291897d56
  abort: no interrupted graft found
  [255]
  $ hg backout 3 -m back -d '5 0'
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  0 files updated, 0 files merged, 0 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges
  [1]
  $ hg backout 4 --no-commit -q; peer status
  abort: uncommitted changes
  M a
  ? a.orig

Local copies of whole repositories where more is to be minded than links.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo; echo a > a; peer commit -q -A -m one -d '0 0'; echo b > b; peer commit -q -A -m two -d '1 0'; cd ..

A destination that is there, is not empty, or lies in directories that are not there; a source that is none.

  $ mkdir empty full; touch full/file; hg clone -q repo empty; peer -R empty id -n
  1
  $ hg clone -q repo full
  abort: destination 'full' is not empty
  [255]
  $ hg clone -q repo new/deep/copy; peer -R new/deep/copy id -n
  1
  $ hg clone -q full other
  abort: repository full not found
  [255]
  $ ls
  empty
  full
  new
  repo

From within a repository, through a name of [paths], with an option.

  $ cd repo; hg clone -q . ../inside; hg clone -q ../repo ../beside; cd ..; peer -R inside id -n; peer -R beside id -n
  1
  1
  $ hg clone -q --config paths.there=repo there by-name; peer -R by-name paths default | tidy
  TOP/repo
  $ hg clone -U repo bare; ls bare; hg clone -u 0 repo older
  updating to branch default
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved

Secret changesets stay at home, bookmarks come along, hooks run.

  $ peer -R repo bookmark -r 0 mark; hg clone -q repo marked; peer -R marked bookmarks
     mark                      0:068f1128b1de
  $ peer -R repo bookmark -d mark; peer -R repo phase -q -f -s 1; hg clone repo public
  requesting all changes
  adding changesets
  adding manifests
  adding file changes
  added 1 changesets with 1 changes to 1 files
  new changesets 068f1128b1de
  updating to branch default
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ peer -R repo phase -q -d 1; hg clone -q --config hooks.update='echo updated' repo hooked
  updated

Somebody else holds the lock of the source for good.

  $ ln -s elsewhere:1 repo/.hg/store/lock; hg --config ui.timeout=0 clone -q repo locked 2>&1 | tidy; rm repo/.hg/store/lock
  $ ls locked
  a
  b

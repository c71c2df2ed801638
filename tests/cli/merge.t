Merging another revision into the working copy.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ mkdir d; printf '1\n2\n3\n4\n5\n' > a; echo b > b; echo c > d/c; echo e > d/e; peer commit -q -A -m base -d '0 0'
  $ printf '1\n2\n3\n4\nfive\n' > a; echo new > n; peer move -q d f; peer commit -q -A -m right -d '1 0'
  $ peer update -q 0; printf 'one\n2\n3\n4\n5\n' > a; echo added > d/added; echo more >> d/c; peer remove -q b; peer commit -q -A -m left -d '2 0'

  $ hg merge
  merging a
  merging d/c and f/c to f/c
  3 files updated, 2 files merged, 1 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ peer status -C; cat a
  M a
  M f/c
    d/c
  M f/e
  M n
  A f/added
    d/added
  R d/added
  R d/c
  R d/e
  one
  2
  3
  4
  five
  $ hg merge 1
  abort: outstanding uncommitted merge
  [255]
  $ hg update 1
  abort: outstanding uncommitted merge
  [255]
  $ hg merge --abort; peer status
  aborting the merge, updating back to 52f69fdce8b4
  4 files updated, 0 files merged, 3 files removed, 0 files unresolved
  ? f/added
  $ hg merge --abort
  abort: no merge in progress
  [255]
  $ hg merge 0
  abort: merging with a working directory ancestor has no effect
  [255]
  $ hg merge -r 1 2
  abort: please specify just one revision
  [255]
  $ hg merge --preview
  changeset:   1:d7c3e75b9c58
  user:        tester
  date:        Thu Jan 01 00:00:01 1970 +0000
  summary:     right
  
  $ echo change >> a
  $ hg merge
  abort: uncommitted changes
  (use 'hg status' to list changes)
  [255]
  $ hg merge --force -v
  resolving manifests
  removing d/e
  getting f/e
  getting n
  moving d/added to f/added
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  merging d/c and f/c to f/c
  3 files updated, 1 files merged, 1 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg merge --abort -q

Conflicts, by tools.

  $ peer update -q -C 2; printf 'ONE\n2\n3\n4\nfive\n' > a; echo b > b; peer commit -q -A -m again -d '3 0'
  $ peer update -q -C 1; printf 'EINS\n2\n3\n4\nfive\n' > a; peer remove -q n; echo 'not b' > b; peer commit -q -m other -d '4 0'
  $ hg merge 3; cat a; cat b; hg resolve -l
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  merging f/c and d/c to f/c
  2 files updated, 1 files merged, 0 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  <<<<<<< working copy
  EINS
  =======
  ONE
  >>>>>>> merge rev
  2
  3
  4
  five
  not b
  U a
  R f/c
  $ hg merge --abort
  aborting the merge, updating back to d8f843153fd5
  2 files updated, 0 files merged, 2 files removed, 0 files unresolved
  $ hg merge 3 -t :merge3 -q --config ui.mergemarkers=detailed; cat a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  <<<<<<< working copy:    d8f843153fd5 - tester: other
  EINS
  ||||||| common ancestor: 7476b4601380 - tester: base
  1
  =======
  ONE
  >>>>>>> merge rev:       1b66e70a6a4b - tester: again
  2
  3
  4
  five
  $ hg merge --abort -q; hg merge 3 -t :mergediff -q; cat a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  <<<<<<<
  ------- common ancestor
  +++++++ working copy
  -1
  +EINS
  ======= merge rev
  ONE
  >>>>>>>
  2
  3
  4
  five
  $ hg merge --abort -q; hg merge 3 -t :union -q; cat a
  EINS
  ONE
  2
  3
  4
  five
  $ hg merge --abort -q; hg merge 3 -t :other; cat a
  2 files updated, 2 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  ONE
  2
  3
  4
  five
  $ hg merge --abort -q; hg merge 3 -t :merge-local; cat a
  merging a
  merging f/c and d/c to f/c
  2 files updated, 2 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  EINS
  2
  3
  4
  five
  $ hg merge --abort -q; hg merge 3 -t false
  merging a
  merging a failed!
  merging f/c and d/c to f/c
  2 files updated, 1 files merged, 0 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg merge --abort -q; hg merge 3 -t nothing-there
  merging a
  /bin/sh: 1: nothing-there: not found
  merging a failed!
  merging f/c and d/c to f/c
  2 files updated, 1 files merged, 0 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg merge --abort -q; hg merge 3 -t take --config merge-tools.take.executable=cat --config 'merge-tools.take.args=$other > $output' --config merge-tools.take.premerge=no; cat a
  merging a
  merging f/c and d/c to f/c
  2 files updated, 2 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  ONE
  2
  3
  4
  five
  $ hg merge --abort -q; hg merge 3 -t :prompt --config ui.interactive=yes << INPUT
  > o
  > l
  > INPUT
  file 'a' needs to be resolved.
  You can keep (l)ocal [working copy], take (o)ther [merge rev], or leave (u)nresolved.
  What do you want to do? file 'f/c' needs to be resolved.
  You can keep (l)ocal [working copy], take (o)ther [merge rev], or leave (u)nresolved.
  What do you want to do? 2 files updated, 2 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ cat a b
  ONE
  2
  3
  4
  five
  not b
  $ hg merge --abort -q; hg merge 3 -t :dump -q; ls a.* | sort
  a.base
  a.local
  a.orig
  a.other

Change against deletion, renames that diverge.

  $ peer update -q -C 2; rm -f *.orig a.local a.other a.base; peer remove -q d/e; peer move -q d/c d/g; peer commit -q -m gone -d '5 0'
  $ peer update -q -C 0; echo changed > d/e; peer move -q d/c d/h; peer commit -q -m changed -d '6 0'
  $ hg merge 5
  note: possible conflict - d/c was renamed multiple times to:
   d/g
   d/h
  file 'd/e' was deleted in other [merge rev] but was modified in local [working copy].
  You can use (c)hanged version, (d)elete, or leave (u)nresolved.
  What do you want to do? u
  3 files updated, 0 files merged, 1 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg resolve -l; hg merge --abort -q
  U d/e
  $ hg merge 5 --config ui.interactive=yes << INPUT
  > c
  > INPUT
  note: possible conflict - d/c was renamed multiple times to:
   d/g
   d/h
  file 'd/e' was deleted in other [merge rev] but was modified in local [working copy].
  You can use (c)hanged version, (d)elete, or leave (u)nresolved.
  What do you want to do? 3 files updated, 1 files merged, 1 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ peer status
  M a
  M d/added
  M d/g
  R b

Files that a merge left unresolved.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ mkdir d; echo 0 > a; echo 0 > b; echo 0 > d/c; peer commit -q -A -m base -d '0 0'
  $ echo 1 > a; echo 1 > b; echo 1 > d/c; peer commit -q -m one -d '1 0'
  $ peer update -q 0; echo 2 > a; echo 2 > b; peer remove -q d/c; peer commit -q -m two -d '2 0'
  $ hg resolve -l
  $ hg resolve -m
  abort: resolve command not applicable when not merging
  [255]
  $ hg resolve
  abort: no files or directories specified
  (use --all to re-merge all unresolved files)
  [255]
  $ hg resolve -l -m
  abort: too many actions specified
  [255]
  $ hg resolve -a a
  abort: can't specify --all and patterns
  [255]
  $ peer merge -q 1
  file 'd/c' was deleted in local [working copy] but was modified in other [merge rev].
  You can use (c)hanged version, leave (d)eleted, or leave (u)nresolved.
  What do you want to do? u
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  warning: conflicts while merging b! (edit, then use 'hg resolve --mark')
  [1]
  $ hg resolve -l
  U a
  U b
  U d/c
  $ hg resolve -ln a b
  a
  b
  $ hg resolve -l -T json
  [
   {
    "mergestatus": "U",
    "path": "a"
   },
   {
    "mergestatus": "U",
    "path": "b"
   },
   {
    "mergestatus": "U",
    "path": "d/c"
   }
  ]
  $ cd d; hg resolve -l; hg resolve -m c --config ui.relative-paths=yes; hg resolve -l --config ui.relative-paths=yes
  U a
  U b
  U d/c
  U ../a
  U ../b
  R c
  $ hg resolve -m a
  arguments do not match paths that need resolving
  (try: hg resolve -m path:a)
  $ cd ..; hg resolve -m b --config commands.resolve.mark-check=warn
  warning: the following files still have conflict markers:
    b
  $ hg resolve -m --config commands.resolve.mark-check=abort
  warning: the following files still have conflict markers:
    a
  abort: conflict markers detected
  (use --all to mark anyway)
  [255]
  $ hg resolve -l; hg resolve -u b; hg resolve -l
  U a
  R b
  R d/c
  U a
  U b
  R d/c
  $ hg resolve --all -t :local; cat b
  (no more unresolved files)
  2
  $ hg resolve -u; hg resolve a --re-merge -t :other; cat a
  1
  $ hg resolve nothing
  arguments do not match paths that need resolving
  $ hg resolve -u -a; hg resolve -m; peer resolve -l; peer status
  (no more unresolved files)
  R a
  R b
  R d/c
  M a
  M b
  M d/c
  ? a.orig
  ? b.orig
  ? d/c.orig
  $ peer commit -q -m merged -d '3 0'; peer files -v -r tip; hg resolve -l
           2   a
           2   b
           2   d/c

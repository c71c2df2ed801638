Directories instead of files where all within has one state.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ mkdir -p all-modified/deep mixed/same mixed/other clean/x
  $ for f in all-modified/a all-modified/deep/b mixed/m mixed/same/s mixed/other/o clean/x/c clean/d top; do echo 1 > $f; done
  $ echo 'glob:*.o' > .hgignore
  $ peer commit -q -A -m one -d '0 0'
  $ for f in all-modified/a all-modified/deep/b mixed/m top; do echo 2 > $f; done
  $ rm mixed/same/s; peer remove -q mixed/other/o
  $ mkdir -p new/sub gone; echo n > new/n; echo n > new/sub/n; touch mixed/u new/i.o; mkdir objects; touch objects/a.o objects/b.o
  $ hg status
  M all-modified/a
  M all-modified/deep/b
  M mixed/m
  M top
  R mixed/other/o
  ! mixed/same/s
  ? mixed/u
  ? new/n
  ? new/sub/n
  $ hg status -t u
  M all-modified/a
  M all-modified/deep/b
  M mixed/m
  M top
  R mixed/other/o
  ! mixed/same/s
  ? mixed/u
  ? new/
  $ hg status --terse mu
  M all-modified/
  M mixed/m
  M top
  R mixed/other/o
  ! mixed/same/s
  ? mixed/u
  ? new/
  $ hg status -t mardu
  M all-modified/
  M mixed/m
  M top
  R mixed/other/
  ! mixed/same/
  ? mixed/u
  ? new/
  $ hg status -t mardui -A
  M all-modified/
  M mixed/m
  M top
  R mixed/other/
  ! mixed/same/
  ? mixed/u
  ? new/n
  ? new/sub/
  I new/i.o
  I objects/
  C .hgignore
  C clean/d
  C clean/x/c
  $ hg status -t mardiuc -A
  M all-modified/
  M mixed/m
  M top
  R mixed/other/
  ! mixed/same/
  ? mixed/u
  ? new/n
  ? new/sub/
  I new/i.o
  I objects/
  C .hgignore
  C clean/
  $ hg status -t i -i
  I new/i.o
  I objects/
  $ hg status -t c -c
  C .hgignore
  C clean/
  $ hg status -t d
  M all-modified/a
  M all-modified/deep/b
  M mixed/m
  M top
  R mixed/other/o
  ! mixed/same/
  ? mixed/u
  ? new/n
  ? new/sub/n
  $ hg status -t uu
  M all-modified/a
  M all-modified/deep/b
  M mixed/m
  M top
  R mixed/other/o
  ! mixed/same/s
  ? mixed/u
  ? new/
  $ hg status -t ''
  M all-modified/a
  M all-modified/deep/b
  M mixed/m
  M top
  R mixed/other/o
  ! mixed/same/s
  ? mixed/u
  ? new/n
  ? new/sub/n
  $ hg status -t x
  abort: 'x' not recognized
  [255]
  $ hg status -t mx
  abort: 'x' not recognized
  [255]
  $ hg status -t u --rev 0
  abort: cannot use --terse with --rev
  [255]
  $ hg status -t '' --rev 0
  M all-modified/a
  M all-modified/deep/b
  M mixed/m
  M top
  R mixed/other/o
  ! mixed/same/s
  ? mixed/u
  ? new/n
  ? new/sub/n
  $ hg status -t u --change 0
  A .hgignore
  A all-modified/a
  A all-modified/deep/b
  A clean/d
  A clean/x/c
  A mixed/m
  A mixed/other/o
  A mixed/same/s
  A top
  $ hg status --config commands.status.terse=u
  M all-modified/a
  M all-modified/deep/b
  M mixed/m
  M top
  R mixed/other/o
  ! mixed/same/s
  ? mixed/u
  ? new/
  $ hg status --config commands.status.terse=u -t m
  M all-modified/
  M mixed/m
  M top
  R mixed/other/o
  ! mixed/same/s
  ? mixed/u
  ? new/n
  ? new/sub/n
  $ hg status --config commands.status.terse=u -t ''
  M all-modified/a
  M all-modified/deep/b
  M mixed/m
  M top
  R mixed/other/o
  ! mixed/same/s
  ? mixed/u
  ? new/n
  ? new/sub/n
  $ hg status --config commands.status.terse=u --rev 0 --rev 0
  $ hg status --config commands.status.terse=q
  abort: 'q' not recognized
  [255]
  $ hg status -t mu all-modified new/sub
  M all-modified/
  ? new/
  $ hg status -t mu -n
  all-modified/
  mixed/m
  top
  mixed/other/o
  mixed/same/s
  mixed/u
  new/
  $ hg status -t mu -0 | tr '\0' '|'; echo
  M all-modified/|M mixed/m|M top|R mixed/other/o|! mixed/same/s|? mixed/u|? new/|
  $ hg status -t mu -T json
  [
   {
    "itemtype": "file",
    "path": "all-modified/",
    "status": "M"
   },
   {
    "itemtype": "file",
    "path": "mixed/m",
    "status": "M"
   },
   {
    "itemtype": "file",
    "path": "top",
    "status": "M"
   },
   {
    "itemtype": "file",
    "path": "mixed/other/o",
    "status": "R"
   },
   {
    "itemtype": "file",
    "path": "mixed/same/s",
    "status": "!"
   },
   {
    "itemtype": "file",
    "path": "mixed/u",
    "status": "?"
   },
   {
    "itemtype": "file",
    "path": "new/",
    "status": "?"
   }
  ]
  $ cd mixed; hg status -t u .; hg status -t u ../new
  M m
  R other/o
  ! same/s
  ? u
  ? ../new/

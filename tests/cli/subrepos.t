Repositories inside a repository.

  $ . "$TESTDIR/prepare.sh"
  $ peer init outer; cd outer; peer init sub; echo s > sub/s; peer -R sub commit -q -A -m s -d '0 0'
  $ echo 'sub = sub' > .hgsub; echo o > o; peer commit -q -A -m 0 -d '0 0' -S
  $ hg status
  $ hg status -S
  $ hg files
  .hgsub
  .hgsubstate
  o
  $ hg files -S
  .hgsub
  .hgsubstate
  o
  sub/s
  $ hg files -r 0 -S
  .hgsub
  .hgsubstate
  o
  sub/s
  $ echo t >> sub/s; echo u > sub/u; echo v > v
  $ hg status
  ? v
  $ hg status -S
  M sub/s
  ? sub/u
  ? v
  $ hg status -S -A
  M sub/s
  ? sub/u
  ? v
  C .hgsub
  C .hgsubstate
  C o
  $ hg status -S sub
  M sub/s
  ? sub/u
  $ hg status -S sub/s
  M sub/s
  $ hg status sub
  $ hg status -S -T json
  [
   {
    "itemtype": "file",
    "path": "sub/s",
    "status": "M"
   },
   {
    "itemtype": "file",
    "path": "sub/u",
    "status": "?"
   },
   {
    "itemtype": "file",
    "path": "v",
    "status": "?"
   }
  ]
  $ hg status -S --rev 0
  M sub/s
  ? sub/u
  ? v
  $ peer commit -q -S -m 1 -d '0 0'
  $ hg status -S --change 1
  M .hgsubstate
  M sub/s
  $ hg status -S --rev 1 --rev 0
  M .hgsubstate
  M sub/s
  $ hg status --change 1
  M .hgsubstate
  $ cd sub; hg status; hg root | tidy; cd ..
  ? u
  TOP/outer/sub

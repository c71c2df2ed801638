#launcher: in launcher mode everything here has to be answered without Python.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo
  $ cd repo
  $ echo a > a; peer commit -q -A -m 'first
  > more <b> of "it"' -d '1000000 -3600' -u 'Jane Doe <jane.doe@example.org>'
  $ echo b > b; peer commit -q -A -m second -d '1100000 0'
  $ peer up -q 0; peer branch -q other; echo c > c; echo more >> a; peer commit -q -A -m third -d '1200000 19800'
  $ peer merge -q 1; peer commit -q -m merge -d '1300000 0'
  $ peer bookmark one -r 1; peer tag -l -r 0 mine; peer phase -p 1

  $ hg log -T '{rev}:{node|short} {branch} {phase} {tags} {bookmarks % "<{bookmark}>"} {desc|firstline}\n'
  3:5acb6183f349 other draft tip  merge
  2:4ae26804ca05 other draft   third
  1:29614b89e398 default public  <one> second
  0:f696e3c6b2b4 default public mine  first
  $ hg log -T '{author|person} {author|user} {date|isodate} {date(date, "%d.%m.%y")} {desc|json}|{pad(rev, 3, left=True)}\n'
  tester tester 1970-01-16 01:06 +0000 16.01.70 "merge"|  3
  tester tester 1970-01-14 15:50 -0530 14.01.70 "third"|  2
  tester tester 1970-01-13 17:33 +0000 13.01.70 "second"|  1
  Jane Doe jane 1970-01-12 14:46 +0100 12.01.70 "first\nmore \u003cb\u003e of \"it\""|  0
  $ hg log --color=always -T '{label("log.changeset", node|short)} {if(parents, "{parents}")}{files % " {file}"}\n'
  \x1b[0;33m5acb6183f349\x1b[0m 2:4ae26804ca05 1:29614b89e398  (esc)
  \x1b[0;33m4ae26804ca05\x1b[0m 0:f696e3c6b2b4  a c (esc)
  \x1b[0;33m29614b89e398\x1b[0m  b (esc)
  \x1b[0;33mf696e3c6b2b4\x1b[0m  a (esc)
  $ hg log -T '{separate(" ", tags, bookmarks, ifeq(branch, "default", "", branch))}{join(files, ",")}\n' -r 'reverse(::.)'
  tip other
  othera,c
  oneb
  minea
  $ hg log -T json -r 'p1() + p2()'
  [
   {
    "bookmarks": [],
    "branch": "other",
    "date": [1300000, 0],
    "desc": "merge",
    "node": "5acb6183f349da50394ffbcb0c9c19e39e9a150d",
    "parents": ["4ae26804ca05ec0e012b56a6c106c89081188ff1", "29614b89e398575dfaab3b943fe99e074cca4e0c"],
    "phase": "draft",
    "rev": 3,
    "tags": ["tip"],
    "user": "tester"
   }
  ]
  $ hg log -q -r '::3 - merge()'; hg log -q -r 'draft() and not 2'; hg log -q -r 'author(jane) or branch(other)'
  0:f696e3c6b2b4
  1:29614b89e398
  2:4ae26804ca05
  3:5acb6183f349
  0:f696e3c6b2b4
  2:4ae26804ca05
  3:5acb6183f349
  $ hg log -q -u jane; hg log -q -k second -l 1; hg log -q -b other -M
  0:f696e3c6b2b4
  1:29614b89e398
  2:4ae26804ca05
  $ hg bookmarks -T '{bookmark} {rev} {active}\n'; hg tags -T '{tag}:{node|short}\n'; hg id -T '{branch} {id|short}{dirty}\n'
  one 1 False
  tip:5acb6183f349
  mine:f696e3c6b2b4
  other 5acb6183f349
  $ echo z >> a; echo u > u; hg status -T '{status} {path}\n'; hg status -m -T json
  M a
  ? u
  [
   {
    "itemtype": "file",
    "path": "a",
    "status": "M"
   }
  ]

Patches and origins of lines.

  $ hg diff -c 2
  diff -r f696e3c6b2b4 -r 4ae26804ca05 a
  --- a/a\tMon Jan 12 14:46:40 1970 +0100 (esc)
  +++ b/a\tWed Jan 14 15:50:00 1970 -0530 (esc)
  @@ -1,1 +1,2 @@
   a
  +more
  diff -r f696e3c6b2b4 -r 4ae26804ca05 c
  --- /dev/null\tThu Jan 01 00:00:00 1970 +0000 (esc)
  +++ b/c\tWed Jan 14 15:50:00 1970 -0530 (esc)
  @@ -0,0 +1,1 @@
  +c
  $ hg diff --nodates -p; hg diff --git -U 1 a; hg diff --stat
  diff -r 5acb6183f349 a
  --- a/a
  +++ b/a
  @@ -1,2 +1,3 @@
   a
   more
  +z
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -2,1 +2,2 @@
   more
  +z
   a |  1 +
   1 files changed, 1 insertions(+), 0 deletions(-)
  $ hg diff -r 0 -r 2 --stat; hg diff -r 0 --reverse -g --color=always
   a |  1 +
   c |  1 +
   2 files changed, 2 insertions(+), 0 deletions(-)
  \x1b[0;1mdiff --git a/a b/a\x1b[0m (esc)
  \x1b[0;31;1m--- a/a\x1b[0m (esc)
  \x1b[0;32;1m+++ b/a\x1b[0m (esc)
  \x1b[0;35m@@ -1,3 +1,1 @@\x1b[0m (esc)
   a
  \x1b[0;31m-more\x1b[0m (esc)
  \x1b[0;31m-z\x1b[0m (esc)
  \x1b[0;1mdiff --git a/b b/b\x1b[0m (esc)
  \x1b[0;36;1mdeleted file mode 100644\x1b[0m (esc)
  \x1b[0;31;1m--- a/b\x1b[0m (esc)
  \x1b[0;32;1m+++ /dev/null\x1b[0m (esc)
  \x1b[0;35m@@ -1,1 +0,0 @@\x1b[0m (esc)
  \x1b[0;31m-b\x1b[0m (esc)
  \x1b[0;1mdiff --git a/c b/c\x1b[0m (esc)
  \x1b[0;36;1mdeleted file mode 100644\x1b[0m (esc)
  \x1b[0;31;1m--- a/c\x1b[0m (esc)
  \x1b[0;32;1m+++ /dev/null\x1b[0m (esc)
  \x1b[0;35m@@ -1,1 +0,0 @@\x1b[0m (esc)
  \x1b[0;31m-c\x1b[0m (esc)
  $ hg annotate a; hg blame -ucdl -r 2 a; hg annotate -nf -q -d a
  0: a
  2: more
    jane f696e3c6b2b4 Mon Jan 12 14:46:40 1970 +0100:1: a
  tester 4ae26804ca05 Wed Jan 14 15:50:00 1970 -0530:2: more
  0 1970-01-12 a: a
  2 1970-01-14 a: more

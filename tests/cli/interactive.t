Changes chosen one by one: commit, amend, revert, shelve, unshelve.

  $ . "$TESTDIR/prepare.sh"
  $ export HGRCPATH="$TOP/hgrc"; cat > hgrc <<END
  > [ui]
  > interactive = yes
  > [extensions]
  > amend =
  > END
  $ peer init repo; cd repo
  $ printf '%s\n' 1 2 3 4 5 6 7 8 9 > a; printf 'b\0\n' > bin; echo gone > gone; echo name > name; echo x > run
  $ peer commit -q -A -m base -d '0 0'
  $ printf '%s\n' one 2 3 4 5 6 7 8 nine > a; printf 'c\0\n' > bin; peer remove -q gone; peer move -q name named
  $ chmod +x run; echo more >> named; printf 'l1\nl2\n' > new; peer add -q new
  $ hg commit -i -m x --config ui.interactive=no
  abort: running non-interactively
  [255]
  $ hg commit -i -m x <<END
  > ?
  > e
  > q
  > END
  diff --git a/a b/a
  2 hunks, 2 lines changed
  examine changes to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  y - yes, record this change
  n - no, skip this change
  e - edit this change manually
  s - skip remaining changes to this file
  f - record remaining changes to this file
  d - done, skip remaining changes and files
  a - record all changes to all remaining files
  q - quit, recording no changes
  ? - ? (display help)
  examine changes to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  cannot edit patch for whole file
  examine changes to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  abort: user quit
  [255]
  $ printf '#!/bin/sh\nsed -e s/^+one/+uno/ "$1" > ../edited; cat ../edited > "$1"\n' > ../editor; chmod +x ../editor
  $ HGEDITOR=../editor hg commit -i -m part -d '1 0' <<END
  > y
  > e
  > n
  > n
  > n
  > y
  > y
  > n
  > y
  > y
  > y
  > END
  diff --git a/a b/a
  2 hunks, 2 lines changed
  examine changes to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  @@ -1,4 +1,4 @@
  -1
  +one
   2
   3
   4
  record change 1/5 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  @@ -6,4 +6,4 @@
   6
   7
   8
  -9
  +nine
  record change 2/5 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  diff --git a/bin b/bin
  this modifies a binary file (all or nothing)
  examine changes to 'bin'?
  (enter ? for help) [Ynesfdaq?] 
  diff --git a/gone b/gone
  deleted file mode 100644
  examine changes to 'gone'?
  (enter ? for help) [Ynesfdaq?] 
  diff --git a/name b/named
  rename from name
  rename to named
  1 hunks, 1 lines changed
  examine changes to 'name' and 'named'?
  (enter ? for help) [Ynesfdaq?] 
  @@ -1,1 +1,2 @@
   name
  +more
  record change 4/5 to 'named'?
  (enter ? for help) [Ynesfdaq?] 
  diff --git a/new b/new
  new file mode 100644
  examine changes to 'new'?
  (enter ? for help) [Ynesfdaq?] 
  diff --git a/run b/run
  old mode 100644
  new mode 100755
  examine changes to 'run'?
  (enter ? for help) [Ynesfdaq?] 
  $ cat ../edited
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -1,4 +1,4 @@
  -1
  +uno
   2
   3
   4
  # ---
  # To remove '-' lines, make them ' ' lines (context).
  # To remove '+' lines, delete them.
  # Lines starting with # will be removed from the patch.
  # 
  # If the patch applies cleanly, the edited hunk will immediately be
  # added to the record list. If it does not apply cleanly, a rejects
  # file will be generated: you can use that when you try again. If
  # all lines of the hunk are removed, then the edit is aborted and
  # the hunk is left unchanged.
  $ peer status -C; peer diff --git -r . a; cat a; peer export --git tip
  M a
  M bin
  A new
  R gone
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -1,4 +1,4 @@
  -uno
  +one
   2
   3
   4
  @@ -6,4 +6,4 @@
   6
   7
   8
  -9
  +nine
  one
  2
  3
  4
  5
  6
  7
  8
  nine
  # HG changeset patch
  # User tester
  # Date 1 0
  #      Thu Jan 01 00:00:01 1970 +0000
  # Node ID 6bff49306f56dc05e943f71f736011d4479dd660
  # Parent  a1f7091da2f4253387a6999ba519449aa5169b9d
  part
  
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -1,4 +1,4 @@
  -1
  +uno
   2
   3
   4
  diff --git a/name b/named
  rename from name
  rename to named
  --- a/name
  +++ b/named
  @@ -1,1 +1,2 @@
   name
  +more
  diff --git a/run b/run
  old mode 100644
  new mode 100755
  $ hg amend -i a named -d '2 0' <<END 2>&1 | tidy
  > y
  > d
  > END
  diff --git a/a b/a
  2 hunks, 2 lines changed
  @@ -1,4 +1,4 @@
  -uno
  +one
   2
   3
   4
  record change 1/2 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  @@ -6,4 +6,4 @@ uno
   6
   7
   8
  -9
  +nine
  record change 2/2 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  saved backup bundle to TOP/repo/.hg/strip-backup/6bff49306f56-dedc5d38-amend.hg
  $ peer status; peer log -r . -T '{rev}:{node|short} {files}\n'
  M a
  M bin
  A new
  R gone
  1:08ab0ce119d6 a name named run
  $ hg commit -i -m none <<END
  > d
  > END
  diff --git a/a b/a
  1 hunks, 1 lines changed
  examine changes to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  no changes to record
  [1]
  $ hg commit -i a -m none --config commands.commit.interactive.unified=0 <<END
  > n
  > y
  > END
  diff --git a/a b/a
  1 hunks, 1 lines changed
  @@ -9,1 +9,1 @@ one
  -9
  +nine
  record this change to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  no changes to record
  [1]
  $ peer log -r . -p
  changeset:   1:08ab0ce119d6
  tag:         tip
  user:        tester
  date:        Thu Jan 01 00:00:02 1970 +0000
  summary:     part
  
  diff -r a1f7091da2f4 -r 08ab0ce119d6 a
  --- a/a\tThu Jan 01 00:00:00 1970 +0000 (esc)
  +++ b/a\tThu Jan 01 00:00:02 1970 +0000 (esc)
  @@ -1,4 +1,4 @@
  -1
  +one
   2
   3
   4
  diff -r a1f7091da2f4 -r 08ab0ce119d6 name
  --- a/name\tThu Jan 01 00:00:00 1970 +0000 (esc)
  +++ /dev/null\tThu Jan 01 00:00:00 1970 +0000 (esc)
  @@ -1,1 +0,0 @@
  -name
  diff -r a1f7091da2f4 -r 08ab0ce119d6 named
  --- /dev/null\tThu Jan 01 00:00:00 1970 +0000 (esc)
  +++ b/named\tThu Jan 01 00:00:02 1970 +0000 (esc)
  @@ -0,0 +1,2 @@
  +name
  +more
  
  $ echo again >> named; printf '%s\n' uno 2 3 4 five 6 7 8 nine > a; echo x > x; peer add -q x; peer remove -q -f run
  $ hg revert -i a x run named <<END
  > n
  > y
  > n
  > y
  > n
  > y
  > END
  forget added file x (Yn)? diff --git a/a b/a
  3 hunks, 3 lines changed
  @@ -1,4 +1,4 @@
  -one
  +uno
   2
   3
   4
  discard change 1/4 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  @@ -2,7 +2,7 @@
   2
   3
   4
  -5
  +five
   6
   7
   8
  discard change 2/4 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  @@ -6,4 +6,4 @@
   6
   7
   8
  -9
  +nine
  discard change 3/4 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  diff --git a/named b/named
  1 hunks, 1 lines changed
  @@ -1,2 +1,3 @@
   name
   more
  +again
  discard change 4/4 to 'named'?
  (enter ? for help) [Ynesfdaq?] 
  add back removed file run (Yn)?  (no-eol)
  $ peer status; cat a; peer diff --git
  M a
  M bin
  M named
  A new
  A x
  R gone
  ? a.orig
  one
  2
  3
  4
  five
  6
  7
  8
  9
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -2,7 +2,7 @@
   2
   3
   4
  -5
  +five
   6
   7
   8
  diff --git a/bin b/bin
  index 488aeed8cb9c458889617cbe0c3b19441059f7aa..1f318b2da236b29682d2eee72c20c84d955deb4a
  GIT binary patch
  literal 3
  Kc$`aS-~s>vHUMq_
  
  diff --git a/gone b/gone
  deleted file mode 100644
  --- a/gone
  +++ /dev/null
  @@ -1,1 +0,0 @@
  -gone
  diff --git a/named b/named
  --- a/named
  +++ b/named
  @@ -1,2 +1,3 @@
   name
   more
  +again
  diff --git a/new b/new
  new file mode 100644
  --- /dev/null
  +++ b/new
  @@ -0,0 +1,2 @@
  +l1
  +l2
  diff --git a/x b/x
  new file mode 100644
  --- /dev/null
  +++ b/x
  @@ -0,0 +1,1 @@
  +x
  $ hg revert -i -r 0 a <<END
  > y
  > a
  > END
  diff --git a/a b/a
  2 hunks, 2 lines changed
  @@ -1,4 +1,4 @@
  -one
  +1
   2
   3
   4
  apply change 1/2 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  @@ -2,7 +2,7 @@
   2
   3
   4
  -five
  +5
   6
   7
   8
  apply change 2/2 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  $ peer diff --git a; peer revert -q a
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -1,4 +1,4 @@
  -one
  +1
   2
   3
   4
  $ hg revert -q -d '<1970-01-01 00:00:02' -n a
  no changes needed to a
  $ printf '%s\n' uno 2 3 4 fifth 6 7 8 end > a; peer status
  M a
  M bin
  M named
  A new
  A x
  R gone
  ? a.orig
  $ hg shelve -i a <<END
  > n
  > y
  > n
  > END
  diff --git a/a b/a
  3 hunks, 3 lines changed
  @@ -1,4 +1,4 @@
  -one
  +uno
   2
   3
   4
  record change 1/3 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  @@ -2,7 +2,7 @@
   2
   3
   4
  -5
  +fifth
   6
   7
   8
  record change 2/3 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  @@ -6,4 +6,4 @@
   6
   7
   8
  -9
  +end
  record change 3/3 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  shelved as default
  merging a
  0 files updated, 1 files merged, 0 files removed, 0 files unresolved
  $ peer diff --git a; peer shelve -lp | sed 1d
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -1,4 +1,4 @@
  -one
  +uno
   2
   3
   4
  @@ -6,4 +6,4 @@
   6
   7
   8
  -9
  +end
  
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -2,7 +2,7 @@
   2
   3
   4
  -5
  +fifth
   6
   7
   8
  $ peer commit -q -m rest -d '3 0'; hg unshelve -i <<END
  > y
  > y
  > END
  unshelving change 'default'
  rebasing shelved changes
  merging a
  diff --git a/a b/a
  1 hunks, 1 lines changed
  examine changes to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  @@ -2,7 +2,7 @@ uno
   2
   3
   4
  -5
  +fifth
   6
   7
   8
  record this change to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  $ peer diff --git; peer shelve -l | sed "s,(.*ago),,"; ls .hg/record-backups
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -2,7 +2,7 @@
   2
   3
   4
  -5
  +fifth
   6
   7
   8
  ls: cannot access '.hg/record-backups': No such file or directory
  [2]

The same under the name of an old extension, which passes over white space on demand.

  $ printf '[extensions]\nrecord =\n' >> ../hgrc; peer update -q -C .; printf '%s\n' uno '2 ' 3 4 5 6 7 8 9 > a
  $ hg record -m none -w </dev/null; hg record --config ui.interactive=no </dev/null; hg record -m spaces -d '4 0' a <<END
  > y
  > n
  > END
  diff --git a/a b/a
  1 hunks, 1 lines changed
  examine changes to 'a'?
  (enter ? for help) [Ynesfdaq?] abort: response expected
  abort: running non-interactively, use commit instead
  diff --git a/a b/a
  2 hunks, 2 lines changed
  @@ -1,8 +1,8 @@
   uno
  -2
  +2 
   3
   4
   5
   6
   7
   8
  record change 1/2 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  @@ -3,7 +3,7 @@
   3
   4
   5
   6
   7
   8
  -end
  +9
  record change 2/2 to 'a'?
  (enter ? for help) [Ynesfdaq?] 
  $ peer diff --nodates
  diff -r 84db9fb21c27 a
  --- a/a
  +++ b/a
  @@ -6,4 +6,4 @@
   6
   7
   8
  -end
  +9

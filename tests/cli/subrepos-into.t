Commands that go into subrepositories.

  $ . "$TESTDIR/prepare.sh"
  $ hg init t; cd t; hg init s; hg init s/deep; hg init q
  $ echo 's = s' > .hgsub; echo 'q = q' >> .hgsub; echo 'deep = deep' > s/.hgsub; echo a > a; mkdir -p s/d; echo x > s/x; echo y > s/d/y; echo z > s/deep/z; echo q > q/q
  $ hg add -S; hg add .hgsub; (cd s; hg add .hgsub); hg add s/x; hg st -S; hg add -S; hg st -S; hg forget s/d/y; hg st -S s; hg add s/d ; hg add s/d/y; 
  adding .hgsub
  adding a
  .hgsub already tracked!
  A .hgsub
  A a
  A s/.hgsub
  A s/x
  ? q/q
  ? s/d/y
  ? s/deep/z
  adding q/q
  adding s/d/y
  adding s/deep/z
  A .hgsub
  A a
  A q/q
  A s/.hgsub
  A s/d/y
  A s/deep/z
  A s/x
  A s/.hgsub
  A s/deep/z
  A s/x
  ? s/d/y
  $ hg ci -S -m one -d '1 0'; hg debugsub; hg debugsub -r tip; hg -R s debugsub
  committing subrepository q
  committing subrepository s
  committing subrepository s/deep
  path q
   source   q
   revision 4363942fb71504f4530539e8f75dd95b8b654fed
  path s
   source   s
   revision 635f1b060d6f79dcaac05c8f9fb9bde19e2e85be
  path q
   source   q
   revision 4363942fb71504f4530539e8f75dd95b8b654fed
  path s
   source   s
   revision 635f1b060d6f79dcaac05c8f9fb9bde19e2e85be
  path deep
   source   deep
   revision e96a5646d86430b65305cf30fe49afbd929552a1
  $ hg files -S; hg ci -m again
  .hgsub
  .hgsubstate
  a
  q/q
  s/.hgsub
  s/.hgsubstate
  s/d/y
  s/x
  s/deep/z
  nothing changed
  [1]
  $ echo more >> s/x; echo more >> s/deep/z; echo more >> a; rm q/q; echo new > q/n
  $ hg diff --nodates; hg diff -S --nodates; hg diff -S -g; hg diff -S --stat; hg diff s --nodates; hg diff s/deep -g; hg diff -S --noprefix -g
  diff -r a9a4cb239af9 a
  --- a/a
  +++ b/a
  @@ -1,1 +1,2 @@
   a
  +more
  diff -r a9a4cb239af9 a
  --- a/a
  +++ b/a
  @@ -1,1 +1,2 @@
   a
  +more
  diff -r 635f1b060d6f s/x
  --- a/s/x
  +++ b/s/x
  @@ -1,1 +1,2 @@
   x
  +more
  diff -r e96a5646d864 s/deep/z
  --- a/s/deep/z
  +++ b/s/deep/z
  @@ -1,1 +1,2 @@
   z
  +more
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -1,1 +1,2 @@
   a
  +more
  diff --git a/s/x b/s/x
  --- a/s/x
  +++ b/s/x
  @@ -1,1 +1,2 @@
   x
  +more
  diff --git a/s/deep/z b/s/deep/z
  --- a/s/deep/z
  +++ b/s/deep/z
  @@ -1,1 +1,2 @@
   z
  +more
   a |  1 +
   1 files changed, 1 insertions(+), 0 deletions(-)
   s/x |  1 +
   1 files changed, 1 insertions(+), 0 deletions(-)
   s/deep/z |  1 +
   1 files changed, 1 insertions(+), 0 deletions(-)
  diff -r 635f1b060d6f s/x
  --- a/s/x
  +++ b/s/x
  @@ -1,1 +1,2 @@
   x
  +more
  diff -r e96a5646d864 s/deep/z
  --- a/s/deep/z
  +++ b/s/deep/z
  @@ -1,1 +1,2 @@
   z
  +more
  diff --git a/s/deep/z b/s/deep/z
  --- a/s/deep/z
  +++ b/s/deep/z
  @@ -1,1 +1,2 @@
   z
  +more
  diff --git a a
  --- a
  +++ a
  @@ -1,1 +1,2 @@
   a
  +more
  diff --git s/x s/x
  --- s/x
  +++ s/x
  @@ -1,1 +1,2 @@
   x
  +more
  diff --git s/deep/z s/deep/z
  --- s/deep/z
  +++ s/deep/z
  @@ -1,1 +1,2 @@
   z
  +more
  $ hg addremove -n -S; hg addremove -S; hg st -S
  adding q/n
  removing q/q
  adding q/n
  removing q/q
  M a
  M s/deep/z
  M s/x
  A q/n
  R q/q
  $ hg ci -S -m two -d '2 0'
  committing subrepository q
  committing subrepository s
  committing subrepository s/deep
  $ hg diff -S -c tip -g; hg diff -S -r 0 -g; hg diff -S -r 0 -r 1 -g; hg diff -S -r 1 -r 0 --nodates
  diff --git a/.hgsubstate b/.hgsubstate
  --- a/.hgsubstate
  +++ b/.hgsubstate
  @@ -1,2 +1,2 @@
  -4363942fb71504f4530539e8f75dd95b8b654fed q
  -635f1b060d6f79dcaac05c8f9fb9bde19e2e85be s
  +c846c0871a7ed3de1678d28127f34d3770a33e22 q
  +6085637caab684660d33fb88fe195f4b9aa33f91 s
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -1,1 +1,2 @@
   a
  +more
  diff --git a/q/n b/q/n
  new file mode 100644
  --- /dev/null
  +++ b/q/n
  @@ -0,0 +1,1 @@
  +new
  diff --git a/q/q b/q/q
  deleted file mode 100644
  --- a/q/q
  +++ /dev/null
  @@ -1,1 +0,0 @@
  -q
  diff --git a/s/.hgsubstate b/s/.hgsubstate
  --- a/s/.hgsubstate
  +++ b/s/.hgsubstate
  @@ -1,1 +1,1 @@
  -e96a5646d86430b65305cf30fe49afbd929552a1 deep
  +94d269154e080e982191f24bcf2c89ec6a122568 deep
  diff --git a/s/x b/s/x
  --- a/s/x
  +++ b/s/x
  @@ -1,1 +1,2 @@
   x
  +more
  diff --git a/s/deep/z b/s/deep/z
  --- a/s/deep/z
  +++ b/s/deep/z
  @@ -1,1 +1,2 @@
   z
  +more
  diff --git a/.hgsubstate b/.hgsubstate
  --- a/.hgsubstate
  +++ b/.hgsubstate
  @@ -1,2 +1,2 @@
  -4363942fb71504f4530539e8f75dd95b8b654fed q
  -635f1b060d6f79dcaac05c8f9fb9bde19e2e85be s
  +c846c0871a7ed3de1678d28127f34d3770a33e22 q
  +6085637caab684660d33fb88fe195f4b9aa33f91 s
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -1,1 +1,2 @@
   a
  +more
  diff --git a/q/n b/q/n
  new file mode 100644
  --- /dev/null
  +++ b/q/n
  @@ -0,0 +1,1 @@
  +new
  diff --git a/q/q b/q/q
  deleted file mode 100644
  --- a/q/q
  +++ /dev/null
  @@ -1,1 +0,0 @@
  -q
  diff --git a/s/.hgsubstate b/s/.hgsubstate
  --- a/s/.hgsubstate
  +++ b/s/.hgsubstate
  @@ -1,1 +1,1 @@
  -e96a5646d86430b65305cf30fe49afbd929552a1 deep
  +94d269154e080e982191f24bcf2c89ec6a122568 deep
  diff --git a/s/x b/s/x
  --- a/s/x
  +++ b/s/x
  @@ -1,1 +1,2 @@
   x
  +more
  diff --git a/s/deep/z b/s/deep/z
  --- a/s/deep/z
  +++ b/s/deep/z
  @@ -1,1 +1,2 @@
   z
  +more
  diff --git a/.hgsubstate b/.hgsubstate
  --- a/.hgsubstate
  +++ b/.hgsubstate
  @@ -1,2 +1,2 @@
  -4363942fb71504f4530539e8f75dd95b8b654fed q
  -635f1b060d6f79dcaac05c8f9fb9bde19e2e85be s
  +c846c0871a7ed3de1678d28127f34d3770a33e22 q
  +6085637caab684660d33fb88fe195f4b9aa33f91 s
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -1,1 +1,2 @@
   a
  +more
  diff --git a/q/n b/q/n
  new file mode 100644
  --- /dev/null
  +++ b/q/n
  @@ -0,0 +1,1 @@
  +new
  diff --git a/q/q b/q/q
  deleted file mode 100644
  --- a/q/q
  +++ /dev/null
  @@ -1,1 +0,0 @@
  -q
  diff --git a/s/.hgsubstate b/s/.hgsubstate
  --- a/s/.hgsubstate
  +++ b/s/.hgsubstate
  @@ -1,1 +1,1 @@
  -e96a5646d86430b65305cf30fe49afbd929552a1 deep
  +94d269154e080e982191f24bcf2c89ec6a122568 deep
  diff --git a/s/x b/s/x
  --- a/s/x
  +++ b/s/x
  @@ -1,1 +1,2 @@
   x
  +more
  diff --git a/s/deep/z b/s/deep/z
  --- a/s/deep/z
  +++ b/s/deep/z
  @@ -1,1 +1,2 @@
   z
  +more
  diff -r 1ceeade272fd -r a9a4cb239af9 .hgsubstate
  --- a/.hgsubstate
  +++ b/.hgsubstate
  @@ -1,2 +1,2 @@
  -c846c0871a7ed3de1678d28127f34d3770a33e22 q
  -6085637caab684660d33fb88fe195f4b9aa33f91 s
  +4363942fb71504f4530539e8f75dd95b8b654fed q
  +635f1b060d6f79dcaac05c8f9fb9bde19e2e85be s
  diff -r 1ceeade272fd -r a9a4cb239af9 a
  --- a/a
  +++ b/a
  @@ -1,2 +1,1 @@
   a
  -more
  diff -r c846c0871a7e -r 4363942fb715 q/n
  --- a/q/n
  +++ /dev/null
  @@ -1,1 +0,0 @@
  -new
  diff -r c846c0871a7e -r 4363942fb715 q/q
  --- /dev/null
  +++ b/q/q
  @@ -0,0 +1,1 @@
  +q
  diff -r 6085637caab6 -r 635f1b060d6f s/.hgsubstate
  --- a/s/.hgsubstate
  +++ b/s/.hgsubstate
  @@ -1,1 +1,1 @@
  -94d269154e080e982191f24bcf2c89ec6a122568 deep
  +e96a5646d86430b65305cf30fe49afbd929552a1 deep
  diff -r 6085637caab6 -r 635f1b060d6f s/x
  --- a/s/x
  +++ b/s/x
  @@ -1,2 +1,1 @@
   x
  -more
  diff -r 94d269154e08 -r e96a5646d864 s/deep/z
  --- a/s/deep/z
  +++ b/s/deep/z
  @@ -1,2 +1,1 @@
   z
  -more
  $ hg rm s/x; hg rm -S d; hg rm q/n; hg rm s/d; hg st -S; hg -R s revert --all; hg -R q revert --all
  d: No such file or directory
  removing s/d/y
  R q/n
  R s/d/y
  R s/x
  undeleting s/d/y
  undeleting s/x
  reverting subrepo deep
  undeleting q/n
  $ hg up 0; echo v > s/x; hg revert s; hg st -S; echo v > s/x; hg revert --all --no-backup; hg st -S; hg revert -r 1 --no-backup s; cat s/x; hg st -S; hg up -C .; rm -f s/x.orig
  2 files updated, 0 files merged, 0 files removed, 0 files unresolved
  reverting subrepo s
  reverting s/x
  reverting subrepo deep
  ? s/x.orig
  reverting subrepo q
  reverting subrepo s
  ? s/x.orig
  reverting subrepo s
  x
  more
  M s/.hgsubstate
  M s/deep/z
  M s/x
  ? s/x.orig
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg archive -S ../ar; (cd ../ar && find . | sort; cat s/x; cat .hg_archival.txt); hg archive -S -r 0 ../ar.tar -X 'glob:s/d/**'; tar tf ../ar.tar | sort; hg archive -S -r tip ../ar3 -I s/deep; (cd ../ar3 && find . | sort)
  .
  ./.hg_archival.txt
  ./.hgsub
  ./.hgsubstate
  ./a
  ./q
  ./q/q
  ./s
  ./s/.hgsub
  ./s/.hgsubstate
  ./s/d
  ./s/d/y
  ./s/deep
  ./s/deep/z
  ./s/x
  x
  repo: a9a4cb239af9b64cfc5c1ee50ddaef1f71a54bbb
  node: a9a4cb239af9b64cfc5c1ee50ddaef1f71a54bbb
  branch: default
  latesttag: null
  latesttagdistance: 1
  changessincelatesttag: 1
  ar/.hg_archival.txt
  ar/.hgsub
  ar/.hgsubstate
  ar/a
  ar/q/q
  ar/s/.hgsub
  ar/s/.hgsubstate
  ar/s/deep/z
  ar/s/x
  .
  ./s
  ./s/deep
  ./s/deep/z
  $ cd ..; hg clone -U t u | tidy; cd u; hg archive -S -r tip ../ar2 2>&1 | tidy; ls; hg up 2>&1 | tidy; hg outgoing -S | tidy; hg incoming -S | tidy; echo n > s/n; hg add s/n; hg ci -Sm un -d '3 0'; hg out -S | tidy; hg in -S -R ../t ../u
  cloning subrepo q from TOP/t/q
  cloning subrepo s from TOP/t/s
  cloning subrepo s/deep from TOP/t/s/deep
  q
  s
  3 files updated, 0 files merged, 0 files removed, 0 files unresolved
  comparing with TOP/t
  searching for changes
  no changes found
  comparing with TOP/t/q
  searching for changes
  no changes found
  comparing with TOP/t/s
  searching for changes
  no changes found
  comparing with TOP/t/s/deep
  searching for changes
  no changes found
  comparing with TOP/t
  searching for changes
  no changes found
  comparing with TOP/t/q
  searching for changes
  no changes found
  comparing with TOP/t/s
  searching for changes
  no changes found
  comparing with TOP/t/s/deep
  searching for changes
  no changes found
  committing subrepository s
  comparing with TOP/t
  searching for changes
  changeset:   2:2bbf27f24f4e
  tag:         tip
  user:        tester
  date:        Thu Jan 01 00:00:03 1970 +0000
  summary:     un
  
  comparing with TOP/t/q
  searching for changes
  no changes found
  comparing with TOP/t/s
  searching for changes
  changeset:   2:7697e80e9482
  tag:         tip
  user:        tester
  date:        Thu Jan 01 00:00:03 1970 +0000
  summary:     un
  
  comparing with TOP/t/s/deep
  searching for changes
  no changes found
  comparing with ../u
  searching for changes
  changeset:   2:2bbf27f24f4e
  tag:         tip
  user:        tester
  date:        Thu Jan 01 00:00:03 1970 +0000
  summary:     un
  
  comparing with ../u/q
  searching for changes
  no changes found
  comparing with ../u/s
  searching for changes
  changeset:   2:7697e80e9482
  tag:         tip
  user:        tester
  date:        Thu Jan 01 00:00:03 1970 +0000
  summary:     un
  
  comparing with ../u/s/deep
  searching for changes
  no changes found
  $ hg rm -S s/n; hg st -S; hg ci -m x; hg up 0; hg verify -q
  R s/n
  abort: uncommitted changes in subrepository "s"
  (use --subrepos for recursive commit)
   subrepository s diverged (local revision: 7697e80e9482, remote revision: 635f1b060d6f)
  you can (m)erge, keep (l)ocal [working copy] or keep (r)emote [destination].
  what do you want to do? m
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved

Files that `.hgsub` includes; one that is not tracked, one that is gone.
  $ cd ..; peer init i; cd i; mkdir d; for x in a b; do peer init $x; echo $x > $x/f; peer -R $x ci -q -A -m $x -d '0 0'; done
  $ printf 'b = ../x/b\n%%include other\n[subpaths]\n%%include d/deep\n' > d/more; printf '%%unset a\nc = d\n' > other; printf '[subpaths]\n../x = ../y\n' > d/deep; peer init c; echo c > c/c; peer -R c ci -q -A -m c -d '0 0'; peer add -q d other
  $ printf 'a = ../x/a\n%%include d/more\n' > .hgsub; hg add .hgsub; hg debugsub; hg ci -m one -d '0 0'; hg debugsub -r 0; hg files -S; hg log -T '{subrepos}\n'
  path b
   source   ../y/b
   revision 
  path c
   source   d
   revision 
  path b
   source   ../y/b
   revision 7af1a7fa7a3616134f6bf1978c45a1614bbcfbcf
  path c
   source   d
   revision 39016c8eeffe1f24889bd347fc2c7dbb02d80481
  .hgsub
  .hgsubstate
  d/deep
  d/more
  other
  b/f
  c/c
  b c
  $ echo '%include d/none' >> .hgsub; hg debugsub; sed -i 3d .hgsub; hg debugsub; rm other; hg debugsub; hg debugsub -r 0; hg rm d/more; hg debugsub
  abort: subrepo spec file 'd/none' not found
  path b
   source   ../y/b
   revision 7af1a7fa7a3616134f6bf1978c45a1614bbcfbcf
  path c
   source   d
   revision 39016c8eeffe1f24889bd347fc2c7dbb02d80481
  warning: subrepo spec file 'other' not found
  path a
   source   ../y/a
   revision 
  path b
   source   ../y/b
   revision 7af1a7fa7a3616134f6bf1978c45a1614bbcfbcf
  path b
   source   ../y/b
   revision 7af1a7fa7a3616134f6bf1978c45a1614bbcfbcf
  path c
   source   d
   revision 39016c8eeffe1f24889bd347fc2c7dbb02d80481
  warning: subrepo spec file 'other' not found
  warning: subrepo spec file 'other' not found
  warning: subrepo spec file 'other' not found
  abort: subrepo spec file 'd/more' not found
  [255]

What a subrepository is held against that the other side lacks, or that is at a revision that nobody has.
  $ cd ..; peer init k; cd k; peer init a; echo g > a/g; peer -R a ci -q -A -m a -d '0 0'; echo 'a = a' > .hgsub; peer add -q .hgsub; peer ci -q -m one -d '0 0'
  $ peer init a/b; echo h > a/b/h; peer -R a/b ci -q -A -m b -d '0 0'; echo 'b = b' > a/.hgsub; peer -R a add -q a/.hgsub; peer ci -q -S -m two -d '0 0'; echo j > a/b/j
  $ hg st -S --rev 1 --rev 0; hg st -S --rev 0 --rev 1; rm -r a; peer init a; echo g > a/g; peer -R a ci -q -A -m a -d '0 0'; hg st -S --rev 0; hg st -S --rev 1
  M .hgsubstate
  R a/.hgsub
  R a/.hgsubstate
  ? a/b/j
  M .hgsubstate
  A a/.hgsub
  A a/.hgsubstate
  A a/b/h
  M .hgsubstate
  warning: error "unknown revision '99945d29f61b31b5ba918458d89b2925fe4b56b7'" in subrepository "a"
  $ hg log -r 'subrepo()' -T '{rev}\n'; hg log -r 'subrepo("a")' -T '{rev}\n'; hg log -r 'matching(0, "substate")' -T '{rev}\n'; hg files 'set:subrepo()'
  0
  1
  0
  1
  0
  [1]

Sources of subrepositories by section `subpaths`.
  $ printf '[subpaths]\na = ../k\n' >> .hgsub; hg outgoing -S .
  comparing with .
  searching for changes
  no changes found
  comparing with ../k
  searching for changes
  abort: repository is unrelated (in subrepository "a")
  [255]

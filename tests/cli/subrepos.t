Subrepositories: recorded, committed with the outer repository, updated and merged with it.

  $ . "$TESTDIR/prepare.sh"
  $ hg init t; cd t
  $ hg init s
  $ echo a > a; hg add a; hg ci -m0 -d '0 0'
  $ echo 's = s' > .hgsub; hg add .hgsub
  $ hg ci -m 'no file' -d '0 0'
  $ echo a > s/a; hg -R s add s/a; 
  $ hg ci -m1 -d '1 0'
  abort: uncommitted changes in subrepository "s"
  (use --subrepos for recursive commit)
  [255]
  $ hg ci -S -m1 -d '1 0'
  committing subrepository s
  $ cat .hgsubstate; hg log -T '{rev}:{node|short} {files}\n'; hg st
  4d0146fca6dabd3a15d157cc7ab7db66bbeb9833 s
  2:0ab714ad9706 .hgsubstate
  1:1e21192b2ad4 .hgsub .hgsubstate
  0:2e77e6c4cc12 a
  $ echo b > s/a
  $ hg st -S
  M s/a
  $ hg ci -m2 -d '2 0'
  abort: uncommitted changes in subrepository "s"
  (use --subrepos for recursive commit)
  [255]
  $ hg --config ui.commitsubrepos=yes ci -m2 -d '2 0'
  committing subrepository s
  $ hg log -T '{rev}:{node|short} {files}\n'; hg -R s log -T '{rev}:{node|short} {desc}\n'
  3:352d7c0269f2 .hgsubstate
  2:0ab714ad9706 .hgsubstate
  1:1e21192b2ad4 .hgsub .hgsubstate
  0:2e77e6c4cc12 a
  1:1e760895a967 2
  0:4d0146fca6da 1
  $ echo c > s/a; echo c > a
  $ hg ci -S -m3 -d '3 0' a
  $ hg ci -S -m3 -d '3 0' s
  committing subrepository s
  $ hg ci -m4 -d '4 0'
  nothing changed
  [1]
  $ hg up 1; cat s/a; cat .hgsubstate; hg st -S
  2 files updated, 0 files merged, 0 files removed, 0 files unresolved
  cat: s/a: No such file or directory
  0000000000000000000000000000000000000000 s
  $ hg up null; ls; ls s
  0 files updated, 0 files merged, 3 files removed, 0 files unresolved
  s
  $ hg up -v 2; cat s/a
  resolving manifests
  getting .hgsub
  getting .hgsubstate
  getting a
  resolving manifests
  getting a
  3 files updated, 0 files merged, 0 files removed, 0 files unresolved
  a
  $ hg up --debug tip | tidy
  resolving manifests
   branchmerge: False, force: False, partial: False
   ancestor: 0ab714ad9706, local: 0ab714ad9706+, remote: 4499759e6ea9
   .hgsubstate: remote is newer -> g
  getting .hgsubstate
   a: remote is newer -> g
  getting a
  subrepo merge 0ab714ad9706+ 4499759e6ea9 0ab714ad9706+
    subrepo s: other changed, get s:a7a54441d97153a0b948a8833aa5a1d5612b7f0d:hg
  getting subrepo s
  resolving manifests
   branchmerge: False, force: False, partial: False
   ancestor: 4d0146fca6da, local: 4d0146fca6da+, remote: a7a54441d971
   a: remote is newer -> g
  getting a
  2 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ echo dirty > s/a
  $ hg up 1
   subrepository s diverged (local revision: a7a54441d971, remote revision: 000000000000)
  you can (m)erge, keep (l)ocal [working copy] or keep (r)emote [destination].
  what do you want to do? m
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg up -c 1
  abort: uncommitted changes
  [255]
  $ hg up -C 1; cat s/a; hg st -S; hg id
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  cat: s/a: No such file or directory
  1e21192b2ad4
  $ cd ..; hg clone t u | tidy; cd u; hg st -S; cat s/a; tidy < s/.hg/hgrc
  updating to branch default
  cloning subrepo s from TOP/t/s
  3 files updated, 0 files merged, 0 files removed, 0 files unresolved
  c
  [paths]
  default = TOP/t/s
  $ hg up 2
  2 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ echo x > s/x; hg -R s add s/x; hg ci -S -m 'in u' -d '5 0'
  committing subrepository s
  created new head
  $ cd ../u; hg up -C 3
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ echo y > s/y;  hg -R s add s/y; hg ci -S -m 'in u, other' -d '6 0'
  committing subrepository s
  created new head
  $ hg merge; hg st -S; cat .hgsubstate; hg -R s parents -T '{rev}:{node|short}\n'
  abort: branch 'default' has 3 heads - please merge with an explicit rev
  (run 'hg heads .' to see heads, specify rev with -r)
  a2ff660ccf703f569203da6e6ce1171e21de0ae4 s
  4:a2ff660ccf70
  $ hg ci -m merged -d '7 0'
  nothing changed
  [1]
  $ hg ci -S -m merged -d '7 0'
  nothing changed
  [1]
  $ hg log -G -T '{rev}:{node|short} {desc} {files}\n'
  @  7:5ebff288d4cf in u, other .hgsubstate
  |
  | o  6:19372968de8b in u .hgsubstate
  | |
  | | o  5:4499759e6ea9 3 .hgsubstate
  | | |
  +---o  4:d9de2c0ca9aa 3 a
  | |
  o |  3:352d7c0269f2 2 .hgsubstate
  |/
  o  2:0ab714ad9706 1 .hgsubstate
  |
  o  1:1e21192b2ad4 no file .hgsub .hgsubstate
  |
  o  0:2e77e6c4cc12 0 a
  
  $ hg rm .hgsub; hg ci -m 'no subs' -d '8 0'; hg st; hg manifest; ls
  ? .hgsubstate
  a
  a
  s
  $ hg up -v 2; hg up tip; ls s
  resolving manifests
  .hgsubstate: untracked file differs
  abort: untracked files in working directory differ from files in requested revision
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  a
  y
  $ hg up -q 3; echo z > s/a; hg ci --amend -m 'am' | tidy; hg -R s ci -m z -d '9 0'; hg ci --amend -m 'am' -d '3 1' | tidy; hg log -r . -T '{rev}:{node} {files}\n'
  .hgsubstate: untracked file differs
  abort: untracked files in working directory differ from files in requested revision
  saved backup bundle to TOP/u/.hg/strip-backup/4af1c14ae732-aa244889-amend.hg
  saved backup bundle to TOP/u/.hg/strip-backup/cac5e5c5da1a-b8c41f15-amend.hg
  8:49e5dcb393e4538a2bd88d9d5adf1ed1e02954bf .hgsub .hgsubstate
  $ peer verify -q

Changesets recorded again elsewhere: branch -r, graft --to; what only a bookmark leads to: export -B, strip -B.

  $ . "$TESTDIR/prepare.sh"
  $ export HGRCPATH="$TOP/hgrc"; printf '[extensions]\nstrip =\n' > hgrc
  $ peer init repo; cd repo
  $ for n in 0 1 2 3; do echo $n > f$n; peer commit -q -A -m c$n -d "$n 0"; done
  $ hg branch -r 3 default; hg branch -r 1 other; hg branch -r '1+3' other; hg branch -r 'none()' other; hg branch -r 3
  changed branch on 0 changesets
  abort: cannot change branch of changeset, as that will orphan 2 descendants
  (see 'hg help evolution.instability')
  abort: cannot change branch of non-linear revisions
  abort: empty revision set
  abort: no branch name specified for the revisions
  [255]
  $ peer bookmark mark; hg branch -r '2:' other 2>&1 | tidy; peer log -T '{rev}:{node|short} {branch} {bookmarks} {extras}\n'
  changed branch on 2 changesets
  saved backup bundle to TOP/repo/.hg/strip-backup/21ea1a103a68-7026862d-branch-change.hg
  3:7a5583565cc0 other mark branch=otherbranch_change=c8b76480286f6c8e32c0b5a61db6d7545c9dde8a
  2:bd06adb22336 other  branch=otherbranch_change=21ea1a103a684e12123097bec44c6233733ac76f
  1:19b070ed618d default  branch=default
  0:afed1429ccc1 default  branch=default
  $ hg branch -r 3 default; printf '[experimental]\nevolution = all\n' >> ../hgrc; hg branch -r 3 new; hg log -T '{rev}:{node|short} {branch} {bookmarks} {parents}\n'; hg debugobsolete | sed 's/ (.*) / /'; hg branch; printf '[experimental]\nevolution = no\n' >> ../hgrc; rm .hg/store/obsstore
  abort: a branch of the same name already exists
  changed branch on 1 changesets
  4:99476a537566 new mark 2:bd06adb22336 
  2:bd06adb22336 other  
  1:19b070ed618d default  
  0:afed1429ccc1 default  
  7a5583565cc0896a5c149f243f5f70e3a6b1f98c 99476a537566d909a5c88aed6c9d29d1a5aed399 0 {'ef1': '66', 'operation': 'branch-change', 'user': 'tester'}
  new
  $ peer update -q 1; echo x > x; peer commit -q -A -m x -d '4 0'; peer bookmark one; peer bookmark two -r 1
  $ hg export -B one -T '{rev} {bookmarks}\n'; hg export -B three
  5 one
  abort: bookmark 'three' not found
  [255]
  $ hg strip -B one 2>&1 | tidy; hg strip -B nix; hg strip -B two; hg strip; hg strip -r 'none()' --permit-empty-revset; peer bookmarks; peer log -T '{rev}:{node|short} {desc}\n'
  0 files updated, 0 files merged, 1 files removed, 0 files unresolved
  saved backup bundle to TOP/repo/.hg/strip-backup/000a1e3d2b6a-93d3f3d4-backup.hg
  bookmark 'one' deleted
  abort: bookmark 'nix' not found
  bookmark 'two' deleted
  abort: empty revision set
  abort: empty revision set
     mark                      4:99476a537566
  4:99476a537566 c3
  3:7a5583565cc0 c3
  2:bd06adb22336 c2
  1:19b070ed618d c1
  0:afed1429ccc1 c0

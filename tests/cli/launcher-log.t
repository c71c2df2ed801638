#launcher: in launcher mode everything here has to be answered without Python.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo
  $ cd repo
  $ echo a > a; peer commit -q -A -m 'first
  > 
  > more of it' -d '1000000 -3600' -u 'Jane Doe <jane@example.org>'
  $ echo b > b; peer commit -q -A -m 'second' -d '1100000 0'
  $ peer up -q 0; peer branch -q other; echo c > c; peer commit -q -A -m 'third' -d '1200000 19800'
  $ peer merge -q 1; peer commit -q -m 'merge' -d '1300000 0'
  $ peer bookmark one -r 1; peer bookmark another -r 1; peer tag -l -r 0 mine
  $ hg log
  changeset:   3:9b4217e80441
  branch:      other
  tag:         tip
  parent:      2:6ce9b9f080d0
  parent:      1:07e23f8d9e5f
  user:        tester
  date:        Fri Jan 16 01:06:40 1970 +0000
  summary:     merge
  
  changeset:   2:6ce9b9f080d0
  branch:      other
  parent:      0:56bafb268c56
  user:        tester
  date:        Wed Jan 14 15:50:00 1970 -0530
  summary:     third
  
  changeset:   1:07e23f8d9e5f
  bookmark:    another
  bookmark:    one
  user:        tester
  date:        Tue Jan 13 17:33:20 1970 +0000
  summary:     second
  
  changeset:   0:56bafb268c56
  tag:         mine
  user:        Jane Doe <jane@example.org>
  date:        Mon Jan 12 14:46:40 1970 +0100
  summary:     first
  
  $ hg log -v -l 2
  changeset:   3:9b4217e80441
  branch:      other
  tag:         tip
  parent:      2:6ce9b9f080d0
  parent:      1:07e23f8d9e5f
  user:        tester
  date:        Fri Jan 16 01:06:40 1970 +0000
  description:
  merge
  
  
  changeset:   2:6ce9b9f080d0
  branch:      other
  parent:      0:56bafb268c56
  user:        tester
  date:        Wed Jan 14 15:50:00 1970 -0530
  files:       c
  description:
  third
  
  
  $ hg log -q
  3:9b4217e80441
  2:6ce9b9f080d0
  1:07e23f8d9e5f
  0:56bafb268c56
  $ hg history -r mine
  changeset:   0:56bafb268c56
  tag:         mine
  user:        Jane Doe <jane@example.org>
  date:        Mon Jan 12 14:46:40 1970 +0100
  summary:     first
  
  $ hg log -r one --limit 5
  changeset:   1:07e23f8d9e5f
  bookmark:    another
  bookmark:    one
  user:        tester
  date:        Tue Jan 13 17:33:20 1970 +0000
  summary:     second
  
  $ hg log -l 1 --quiet
  3:9b4217e80441
  $ hg -v log -r null
  changeset:   -1:000000000000
  user:        
  date:        Thu Jan 01 00:00:00 1970 +0000
  
  $ peer update -q null
  $ hg log -q -l 1
  3:9b4217e80441

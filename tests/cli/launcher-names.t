#launcher: in launcher mode everything here has to be answered without Python.

  $ . "$TESTDIR/prepare.sh"
  $ peer init empty; cd empty
  $ hg branch; hg tags; hg bookmarks; hg branches; hg id; hg summary; hg bookmarks -T json; cd ..
  default
  tip                               -1:000000000000
  no bookmarks set
  000000000000 tip
  parent: -1:000000000000 tip (empty repository)
  branch: default
  commit: (clean)
  update: (current)
  [
  ]
  $ peer init repo
  $ cd repo
  $ echo a > a; peer commit -q -A -m 'first
  > more of it <b> & "x"' -d '1000000 -3600' -u 'Jane Doe <jane@example.org>'
  $ echo b > b; mkdir d; echo x > d/x; chmod +x d/x; ln -s b link; peer commit -q -A -m second -d '1100000 0'
  $ peer up -q 0; peer branch -q other; echo c > c; peer commit -q -A -m ' third ' -d '1200000 19800'
  $ peer merge -q 1; peer commit -q -m merge -d '1300000 0'
  $ peer tag -r 1 v1.0 -d '1400000 0'; peer bookmark one -r 1; peer bookmark another -r 1; peer tag -l -r 0 mine
  $ peer up -q 1; peer branch -q closing; echo q > q; peer commit -q -A -m 'to close' -d '1600000 0'
  $ peer commit -q --close-branch -m closed -d '1700000 0'
  $ peer up -q 0; echo z >> a; peer commit -q -m 'new head' -d '1800000 0'; peer phase -p 2; peer phase -f -s tip
  $ peer bookmark active

Branches, tags and bookmarks.

  $ hg branch
  default
  $ hg branches
  default                        7:222ff7ae5bae
  other                          4:b0d41f56b39a
  $ hg branches --closed
  default                        7:222ff7ae5bae
  other                          4:b0d41f56b39a
  closing                        6:76099d2b489e (closed)
  $ hg branches -a -q
  default
  other
  $ hg branches -r 2 -T json
  [
   {
    "active": true,
    "branch": "other",
    "closed": false,
    "current": false,
    "node": "b0d41f56b39a6fc2cdc4d805884ecbeaa6b9a409",
    "rev": 4
   }
  ]
  $ hg branches -c --color=always
  \x1b[0;32mdefault\x1b[0m\x1b[0;33m                        7:222ff7ae5bae\x1b[0m (esc)
  \x1b[0;0mother\x1b[0m\x1b[0;33m                          4:b0d41f56b39a\x1b[0m (esc)
  \x1b[0;30;1mclosing\x1b[0m\x1b[0;33m                        6:76099d2b489e\x1b[0m (closed) (esc)
  $ hg tags
  tip                                7:222ff7ae5bae
  v1.0                               1:08ad8ed4ed0a
  mine                               0:8cf00812e256
  $ hg tags -v --color=always
  \x1b[0;32mtip\x1b[0m\x1b[0;32m                                7:222ff7ae5bae\x1b[0m (esc)
  \x1b[0;32mv1.0\x1b[0m\x1b[0;32m                               1:08ad8ed4ed0a\x1b[0m (esc)
  \x1b[0;30;1mmine\x1b[0m\x1b[0;30;1m                               0:8cf00812e256\x1b[0m\x1b[0;30;1m local\x1b[0m (esc)
  $ hg tags -q
  tip
  v1.0
  mine
  $ hg tags -T json
  [
   {
    "node": "222ff7ae5baeed042ebd3a370da12a6bfdf94732",
    "rev": 7,
    "tag": "tip",
    "type": ""
   },
   {
    "node": "08ad8ed4ed0a9f84f9a0a143b61c15ed66106b37",
    "rev": 1,
    "tag": "v1.0",
    "type": ""
   },
   {
    "node": "8cf00812e2562c25aadf6cc2ac4caae79db38bad",
    "rev": 0,
    "tag": "mine",
    "type": "local"
   }
  ]
  $ hg bookmarks
   * active                    7:222ff7ae5bae
     another                   1:08ad8ed4ed0a
     one                       1:08ad8ed4ed0a
  $ hg bookmark -q
  active
  another
  one
  $ hg bookmarks -l one --color=always
     one                       1:08ad8ed4ed0a
  $ hg bookmarks -T json
  [
   {
    "active": true,
    "bookmark": "active",
    "node": "222ff7ae5baeed042ebd3a370da12a6bfdf94732",
    "rev": 7
   },
   {
    "active": false,
    "bookmark": "another",
    "node": "08ad8ed4ed0a9f84f9a0a143b61c15ed66106b37",
    "rev": 1
   },
   {
    "active": false,
    "bookmark": "one",
    "node": "08ad8ed4ed0a9f84f9a0a143b61c15ed66106b37",
    "rev": 1
   }
  ]

Heads and parents.

  $ hg heads
  changeset:   7:222ff7ae5bae
  bookmark:    active
  tag:         tip
  parent:      0:8cf00812e256
  user:        tester
  date:        Wed Jan 21 20:00:00 1970 +0000
  summary:     new head
  
  changeset:   4:b0d41f56b39a
  branch:      other
  user:        tester
  date:        Sat Jan 17 04:53:20 1970 +0000
  summary:     Added tag v1.0 for changeset 08ad8ed4ed0a
  
  changeset:   1:08ad8ed4ed0a
  bookmark:    another
  bookmark:    one
  tag:         v1.0
  user:        tester
  date:        Tue Jan 13 17:33:20 1970 +0000
  summary:     second
  
  $ hg heads -q --closed
  7:222ff7ae5bae
  6:76099d2b489e
  4:b0d41f56b39a
  1:08ad8ed4ed0a
  $ hg heads -q -t
  7:222ff7ae5bae
  6:76099d2b489e
  4:b0d41f56b39a
  $ hg heads -q -r 2
  4:b0d41f56b39a
  $ hg heads -q -r 5; hg heads default -q
  7:222ff7ae5bae
  1:08ad8ed4ed0a
  $ hg heads -T json other
  [
   {
    "bookmarks": [],
    "branch": "other",
    "date": [1400000, 0],
    "desc": "Added tag v1.0 for changeset 08ad8ed4ed0a",
    "node": "b0d41f56b39a6fc2cdc4d805884ecbeaa6b9a409",
    "parents": ["454c0e6f855b314ad1f8fa27a6133d5e2b3936b2"],
    "phase": "draft",
    "rev": 4,
    "tags": [],
    "user": "tester"
   }
  ]
  $ hg heads closing -c --color=always
  \x1b[0;33mchangeset:   6:76099d2b489e\x1b[0m (esc)
  branch:      closing
  user:        tester
  date:        Tue Jan 20 16:13:20 1970 +0000
  summary:     closed
  
  $ hg parents -v
  changeset:   7:222ff7ae5bae
  bookmark:    active
  tag:         tip
  parent:      0:8cf00812e256
  user:        tester
  date:        Wed Jan 21 20:00:00 1970 +0000
  files:       a
  description:
  new head
  
  
  $ hg parents -q -r 3
  2:14f48af23cd6
  1:08ad8ed4ed0a
  $ hg parents -T json -r 3
  [
   {
    "bookmarks": [],
    "branch": "other",
    "date": [1200000, 19800],
    "desc": " third",
    "node": "14f48af23cd69ce1289968bc590064ee086f7368",
    "parents": ["8cf00812e2562c25aadf6cc2ac4caae79db38bad"],
    "phase": "public",
    "rev": 2,
    "tags": [],
    "user": "tester"
   },
   {
    "bookmarks": ["another", "one"],
    "branch": "default",
    "date": [1100000, 0],
    "desc": "second",
    "node": "08ad8ed4ed0a9f84f9a0a143b61c15ed66106b37",
    "parents": ["8cf00812e2562c25aadf6cc2ac4caae79db38bad"],
    "phase": "draft",
    "rev": 1,
    "tags": ["v1.0"],
    "user": "tester"
   }
  ]
  $ hg parents -r null

Which revision this is.

  $ hg identify
  222ff7ae5bae tip active
  $ hg id -n; hg id -i; hg id -b; hg id -t; hg id -B; hg id -nibtB; hg id -q
  7
  222ff7ae5bae
  default
  tip
  active
  222ff7ae5bae 7 default tip active
  222ff7ae5bae
  $ hg id -r one; hg id -n -r null; hg id -b -r closing
  08ad8ed4ed0a v1.0 another/one
  -1
  closing
  $ hg id -T json
  [
   {
    "bookmarks": ["active"],
    "branch": "default",
    "dirty": "",
    "id": "222ff7ae5baeed042ebd3a370da12a6bfdf94732",
    "node": "ffffffffffffffffffffffffffffffffffffffff",
    "parents": ["222ff7ae5baeed042ebd3a370da12a6bfdf94732"],
    "tags": ["tip"]
   }
  ]
  $ hg id -T json -r 2
  [
   {
    "bookmarks": [],
    "branch": "other",
    "id": "14f48af23cd69ce1289968bc590064ee086f7368",
    "node": "14f48af23cd69ce1289968bc590064ee086f7368",
    "tags": []
   }
  ]
  $ hg manifest
  a
  $ hg manifest -v -r 1
  644   a
  644   b
  755 * d/x
  644 @ link
  $ hg manifest -T json 0
  [
   {
    "hash": "b789fdd96dc2f3bd229c1dd8eedf0fc60e2b68e3",
    "mode": "644",
    "path": "a",
    "type": ""
   }
  ]
  $ hg manifest -r null

The state of the working copy.

  $ hg summary
  parent: 7:222ff7ae5bae tip
   new head
  branch: default
  bookmarks: *active
  commit: (clean) (secret)
  update: 1 new changesets, 2 branch heads (merge)
  phases: 5 draft, 1 secret
  $ hg sum -q
  parent: 7:222ff7ae5bae tip
  bookmarks: *active
  update: 1 new changesets, 2 branch heads (merge)
  $ echo more >> a; echo new > new; peer add new; peer cp a copy; peer rm c 2> err.txt; echo unknown > unknown
  $ hg summary --color=always
  \x1b[0;33mparent: 7:222ff7ae5bae \x1b[0mtip (esc)
   new head
  branch: default
  bookmarks:\x1b[0;32m *active\x1b[0m (esc)
  commit: \x1b[0;34;1m1 modified\x1b[0m, \x1b[0;32;1m1 added\x1b[0m, \x1b[0;0m1 copied\x1b[0m, \x1b[0;35;1;4m2 unknown\x1b[0m (secret) (esc)
  update: 1 new changesets, 2 branch heads (merge)
  phases: 5 draft, 1 secret
  $ hg id; hg id -n
  222ff7ae5bae+ tip active
  7+
  $ hg id -T json
  [
   {
    "bookmarks": ["active"],
    "branch": "default",
    "dirty": "+",
    "id": "222ff7ae5baeed042ebd3a370da12a6bfdf94732+",
    "node": "ffffffffffffffffffffffffffffffffffffffff",
    "parents": ["222ff7ae5baeed042ebd3a370da12a6bfdf94732"],
    "tags": ["tip"]
   }
  ]
  $ peer revert -q --all; rm -f new copy unknown err.txt; peer up -q -C 3; peer merge -q active
  $ hg summary
  parent: 3:454c0e6f855b 
   merge
  parent: 7:222ff7ae5bae tip
   new head
  branch: other
  bookmarks: active
  commit: 1 modified, 1 unknown (merge) (secret)
  update: 1 new changesets (update)
  phases: 5 draft, 1 secret
  $ hg id; hg id -n; hg parents -q
  454c0e6f855b+222ff7ae5bae+ (other) tip active
  3+7+
  3:454c0e6f855b
  7:222ff7ae5bae
  $ peer up -q -C null
  $ hg summary; hg id; hg parents; hg manifest
  parent: -1:000000000000  (no revision checked out)
  branch: default
  commit: 1 unknown (clean)
  update: 3 new changesets (update)
  phases: 5 draft, 1 secret
  000000000000
  $ hg status -A --color=always; hg log -l 2 --color=always
  \x1b[0;35;1;4m? \x1b[0m\x1b[0;35;1;4ma.orig\x1b[0m (esc)
  \x1b[0;33mchangeset:   7:222ff7ae5bae\x1b[0m (esc)
  bookmark:    active
  tag:         tip
  parent:      0:8cf00812e256
  user:        tester
  date:        Wed Jan 21 20:00:00 1970 +0000
  summary:     new head
  
  \x1b[0;33mchangeset:   6:76099d2b489e\x1b[0m (esc)
  branch:      closing
  user:        tester
  date:        Tue Jan 20 16:13:20 1970 +0000
  summary:     closed
  
  $ peer up -q 1; echo 1 > d/x; rm b; hg st --color=always
  \x1b[0;34;1mM \x1b[0m\x1b[0;34;1md/x\x1b[0m (esc)
  \x1b[0;36;1;4m! \x1b[0m\x1b[0;36;1;4mb\x1b[0m (esc)
  \x1b[0;35;1;4m? \x1b[0m\x1b[0;35;1;4ma.orig\x1b[0m (esc)

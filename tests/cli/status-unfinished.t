What status says of operations that have stopped half-way.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ echo base > a; echo base > b; mkdir d; echo base > d/c; peer commit -q -A -m base -d '0 0'
  $ echo one > a; echo one > b; echo one > d/c; peer commit -q -m one -d '0 0'
  $ peer update -q 0; echo two > a; echo two > b; echo two > d/c; peer commit -q -m two -d '0 0'
  $ hg status -v

A merge with conflicts.

  $ peer merge -q 1
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  warning: conflicts while merging b! (edit, then use 'hg resolve --mark')
  warning: conflicts while merging d/c! (edit, then use 'hg resolve --mark')
  [1]
  $ hg status
  M a
  M b
  M d/c
  ? a.orig
  ? b.orig
  ? d/c.orig
  $ hg status -v
  M a
  M b
  M d/c
  ? a.orig
  ? b.orig
  ? d/c.orig
  # The repository is in an unfinished *merge* state.
  
  # Unresolved merge conflicts:
  # 
  #     a
  #     b
  #     d/c
  # 
  # To mark files as resolved:  hg resolve --mark FILE
  
  # To continue:    hg commit
  # To abort:       hg merge --abort
  
  $ hg status --config commands.status.verbose=yes
  M a
  M b
  M d/c
  ? a.orig
  ? b.orig
  ? d/c.orig
  # The repository is in an unfinished *merge* state.
  
  # Unresolved merge conflicts:
  # 
  #     a
  #     b
  #     d/c
  # 
  # To mark files as resolved:  hg resolve --mark FILE
  
  # To continue:    hg commit
  # To abort:       hg merge --abort
  
  $ hg status --config commands.status.verbose=yes -n -m
  a
  b
  d/c
  # The repository is in an unfinished *merge* state.
  
  # Unresolved merge conflicts:
  # 
  #     a
  #     b
  #     d/c
  # 
  # To mark files as resolved:  hg resolve --mark FILE
  
  # To continue:    hg commit
  # To abort:       hg merge --abort
  
  $ hg status -v -0 | tr '\0' '|'; echo
  M a|M b|M d/c|? a.orig|? b.orig|? d/c.orig|
  $ hg status -v -q
  M a
  M b
  M d/c
  ? a.orig
  ? b.orig
  ? d/c.orig
  $ HGPLAIN=1 hg status -v
  M a
  M b
  M d/c
  ? a.orig
  ? b.orig
  ? d/c.orig
  $ hg status -v -T json
  [
   {
    "itemtype": "file",
    "path": "a",
    "status": "M",
    "unresolved": true
   },
   {
    "itemtype": "file",
    "path": "b",
    "status": "M",
    "unresolved": true
   },
   {
    "itemtype": "file",
    "path": "d/c",
    "status": "M",
    "unresolved": true
   },
   {
    "itemtype": "file",
    "path": "a.orig",
    "status": "?"
   },
   {
    "itemtype": "file",
    "path": "b.orig",
    "status": "?"
   },
   {
    "itemtype": "file",
    "path": "d/c.orig",
    "status": "?"
   },
   {
    "itemtype": "morestatus",
    "unfinished": "merge",
    "unfinishedmsg": "To continue:    hg commit\nTo abort:       hg merge --abort"
   }
  ]
  $ hg status -v -T json -u
  [
   {
    "itemtype": "file",
    "path": "a.orig",
    "status": "?"
   },
   {
    "itemtype": "file",
    "path": "b.orig",
    "status": "?"
   },
   {
    "itemtype": "file",
    "path": "d/c.orig",
    "status": "?"
   },
   {
    "itemtype": "morestatus",
    "unfinished": "merge",
    "unfinishedmsg": "To continue:    hg commit\nTo abort:       hg merge --abort"
   },
   {
    "itemtype": "file",
    "path": "a",
    "unresolved": true
   },
   {
    "itemtype": "file",
    "path": "b",
    "unresolved": true
   },
   {
    "itemtype": "file",
    "path": "d/c",
    "unresolved": true
   }
  ]
  $ hg status -v -T '{path} {status} {unresolved} {itemtype} {unfinished} {unfinishedmsg|firstline}\n'
  a M True file  
  b M True file  
  d/c M True file  
  a.orig ?  file  
  b.orig ?  file  
  d/c.orig ?  file  
     morestatus merge To continue:    hg commit
  $ hg status -v -T '{path}\n' a
  a
  
  b
  d/c
  $ hg status -v a
  M a
  # The repository is in an unfinished *merge* state.
  
  # Unresolved merge conflicts:
  # 
  #     a
  #     b
  #     d/c
  # 
  # To mark files as resolved:  hg resolve --mark FILE
  
  # To continue:    hg commit
  # To abort:       hg merge --abort
  
  $ cd d; hg status -v; cd ..
  M a
  M b
  M d/c
  ? a.orig
  ? b.orig
  ? d/c.orig
  # The repository is in an unfinished *merge* state.
  
  # Unresolved merge conflicts:
  # 
  #     ../a
  #     ../b
  #     c
  # 
  # To mark files as resolved:  hg resolve --mark FILE
  
  # To continue:    hg commit
  # To abort:       hg merge --abort
  
  $ hg status -v --config commands.status.skipstates=merge
  M a
  M b
  M d/c
  ? a.orig
  ? b.orig
  ? d/c.orig
  # Unresolved merge conflicts:
  # 
  #     a
  #     b
  #     d/c
  # 
  # To mark files as resolved:  hg resolve --mark FILE
  
  $ hg status -v --rev 0 -m
  M a
  M b
  M d/c
  # The repository is in an unfinished *merge* state.
  
  # Unresolved merge conflicts:
  # 
  #     a
  #     b
  #     d/c
  # 
  # To mark files as resolved:  hg resolve --mark FILE
  
  # To continue:    hg commit
  # To abort:       hg merge --abort
  
  $ peer resolve -q -m a
  $ hg status -v
  M a
  M b
  M d/c
  ? a.orig
  ? b.orig
  ? d/c.orig
  # The repository is in an unfinished *merge* state.
  
  # Unresolved merge conflicts:
  # 
  #     b
  #     d/c
  # 
  # To mark files as resolved:  hg resolve --mark FILE
  
  # To continue:    hg commit
  # To abort:       hg merge --abort
  
  $ peer resolve -q -m -a
  $ hg status -v
  M a
  M b
  M d/c
  ? a.orig
  ? b.orig
  ? d/c.orig
  # The repository is in an unfinished *merge* state.
  
  # No unresolved merge conflicts.
  
  # To continue:    hg commit
  # To abort:       hg merge --abort
  
  $ rm a.orig b.orig d/c.orig
  $ peer commit -q -m merged -d '0 0'
  $ hg status -v
  $ hg status --change tip
  M a
  M b
  M d/c
  $ hg status --rev 1 --rev 2
  M a
  M b
  M d/c

Graft, bisect, an interrupted update, unshelve.

  $ peer update -q 1; echo more > a; peer commit -q -m more -d '0 0'; peer graft -q -r 2
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  warning: conflicts while merging b! (edit, then use 'hg resolve --mark')
  warning: conflicts while merging d/c! (edit, then use 'hg resolve --mark')
  abort: unresolved conflicts, can't continue
  (use 'hg resolve' and 'hg graft --continue')
  [1]
  $ hg status -v
  M a
  M b
  M d/c
  ? a.orig
  ? b.orig
  ? d/c.orig
  # The repository is in an unfinished *graft* state.
  
  # Unresolved merge conflicts:
  # 
  #     a
  #     b
  #     d/c
  # 
  # To mark files as resolved:  hg resolve --mark FILE
  
  # To continue:    hg graft --continue
  # To abort:       hg graft --abort
  # To stop:        hg graft --stop
  
  $ hg status -v -T json a
  [
   {
    "itemtype": "file",
    "path": "a",
    "status": "M",
    "unresolved": true
   },
   {
    "itemtype": "morestatus",
    "unfinished": "graft",
    "unfinishedmsg": "To continue:    hg graft --continue\nTo abort:       hg graft --abort\nTo stop:        hg graft --stop"
   },
   {
    "itemtype": "file",
    "path": "b",
    "unresolved": true
   },
   {
    "itemtype": "file",
    "path": "d/c",
    "unresolved": true
   }
  ]
  $ peer graft -q --stop
  $ hg status -v
  ? a.orig
  ? b.orig
  ? d/c.orig
  $ peer bisect -b .; peer bisect -g 0 > /dev/null
  $ hg status -v
  ? a.orig
  ? b.orig
  ? d/c.orig
  # The repository is in an unfinished *bisect* state.
  
  # To mark the changeset good:    hg bisect --good
  # To mark the changeset bad:     hg bisect --bad
  # To abort:                      hg bisect --reset
  
  $ hg status -v --config commands.status.skipstates=bisect
  ? a.orig
  ? b.orig
  ? d/c.orig
  $ peer bisect -r
  $ echo 0 > .hg/updatestate; hg status -v; rm .hg/updatestate
  ? a.orig
  ? b.orig
  ? d/c.orig
  # The repository is in an unfinished *update* state.
  
  # To continue:    hg update .
  
  $ touch .hg/shelvedstate; hg status -v; rm .hg/shelvedstate
  ? a.orig
  ? b.orig
  ? d/c.orig
  # The repository is in an unfinished *unshelve* state.
  
  # To continue:    hg unshelve --continue
  # To abort:       hg unshelve --abort
  

A merge record that is cut off, empty, or of a kind that is not known.

  $ mkdir -p .hg/merge; printf 'L\0\0\0\050abc' > .hg/merge/state2; hg status; hg status -v > /dev/null 2>&1; test $? -ne 0
  ? a.orig
  ? b.orig
  ? d/c.orig
  $ : > .hg/merge/state2; hg status -v
  ? a.orig
  ? b.orig
  ? d/c.orig
  $ printf 'm\0\0\0\003abc' > .hg/merge/state2; hg status -v
  ? a.orig
  ? b.orig
  ? d/c.orig

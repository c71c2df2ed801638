Comparing changesets with each other and with the working copy.

  $ . "$TESTDIR/prepare.sh"
  $ every_state repo
  $ peer log -T '{rev} {node|short} {desc}\n'
  1 9b20a3821d84 second
  0 f710bdb98efd first

  $ hg status --rev 0
  M dir/sub/two
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  $ hg status --rev 0 -A
  M dir/sub/two
  M modified
  A added
  A dir/copy
    dir/origin
  A dir/moved
    dir/one
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  I build/out
  I x.ignored
  C .hgignore
  C clean
  C dir/origin
  $ hg status --rev 1 -A
  M modified
  A added
  A dir/copy
    dir/origin
  A dir/moved
    dir/one
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  I build/out
  I x.ignored
  C .hgignore
  C clean
  C dir/origin
  C dir/sub/two
  $ hg status --rev . -C
  M modified
  A added
  A dir/copy
    dir/origin
  A dir/moved
    dir/one
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  $ hg status --rev 0 --rev 1
  M dir/sub/two
  $ hg status --rev 1 --rev 0
  M dir/sub/two
  $ hg status --rev 0 --rev 0 -A
  C .hgignore
  C clean
  C dir/one
  C dir/origin
  C dir/sub/two
  C missing
  C modified
  C removed
  $ hg status --rev 0:1
  M dir/sub/two
  $ hg status --rev 0: -A
  M dir/sub/two
  C .hgignore
  C clean
  C dir/one
  C dir/origin
  C missing
  C modified
  C removed
  $ hg status --rev :0
  $ hg status --rev tip:0
  M dir/sub/two
  $ hg status --rev null
  A .hgignore
  A added
  A clean
  A dir/copy
  A dir/moved
  A dir/origin
  A dir/sub/two
  A modified
  ! missing
  ? dir/unknown
  ? unknown
  $ hg status --rev null --rev tip
  A .hgignore
  A clean
  A dir/one
  A dir/origin
  A dir/sub/two
  A missing
  A modified
  A removed
  $ hg status --rev tip --rev null
  R .hgignore
  R clean
  R dir/one
  R dir/origin
  R dir/sub/two
  R missing
  R modified
  R removed
  $ hg status --change 0
  A .hgignore
  A clean
  A dir/one
  A dir/origin
  A dir/sub/two
  A missing
  A modified
  A removed
  $ hg status --change tip
  M dir/sub/two
  $ hg status --change tip -A
  M dir/sub/two
  C .hgignore
  C clean
  C dir/one
  C dir/origin
  C missing
  C modified
  C removed
  $ hg status --change null
  $ hg status --change . dir/sub
  M dir/sub/two
  $ hg status --rev 0 --rev 1 dir -n
  dir/sub/two
  $ hg status --rev 0 --rev 1 -I 'dir/**' -X dir/sub
  $ hg status --rev 0 -u -i
  ? dir/unknown
  ? unknown
  I build/out
  I x.ignored
  $ hg status --rev 'wdir()'
  ! missing
  ? dir/unknown
  ? unknown
  $ hg status --rev 'wdir()' --rev 0
  M dir/sub/two
  M modified
  A dir/one
  A removed
  R added
  R dir/copy
  R dir/moved
  $ hg status --rev 0 --rev 'wdir()'
  M dir/sub/two
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  $ hg status --change 'wdir()'
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  $ hg status --rev 0 nosuch
  nosuch: No such file or directory
  $ hg status --rev 0 --rev 1 nosuch

Names of revisions.

  $ peer bookmark -i -r 0 mark; peer tag -l -r 0 'a-tag'; peer branch -q 'other branch'
  $ hg status -m --rev mark --rev tip
  M dir/sub/two
  $ hg status -m --rev a-tag --rev tip
  M dir/sub/two
  $ hg status -m --rev default
  M modified
  $ hg status -m --rev 'other branch'
  hg: parse error at 6: invalid token
  (other branch
         ^ here)
  [255]
  $ hg status -m --rev -2
  M dir/sub/two
  M modified
  $ hg status -m --rev -1
  M modified
  $ hg status -m --rev 1^
  M dir/sub/two
  M modified
  $ hg status -m --rev '.^'
  M dir/sub/two
  M modified
  $ hg status -m --rev '.~1'
  M dir/sub/two
  M modified
  $ hg status -m --rev '.~0'
  M modified
  $ hg status -m --rev 'tip^1'
  M dir/sub/two
  M modified
  $ hg status -m --rev 'tip^0'
  M modified
  $ hg status -m --rev '(0)'
  M dir/sub/two
  M modified
  $ hg status -m --rev "'mark'"
  M dir/sub/two
  M modified
  $ hg status -m --rev 'p1()'
  M modified
  $ hg status -m --rev 'p1(tip)'
  M dir/sub/two
  M modified
  $ hg status -m --rev 'a-tag:tip'
  M dir/sub/two
  $ hg status -m --rev 'mark^'
  abort: empty revision range
  [255]
  $ hg status -m --rev '.^2'
  abort: empty revision range
  [255]
  $ hg status -m --rev '.~1:.'
  M dir/sub/two
  $ peer log -r 0 -T '{node}' > node; hg status -m --rev $(cat node); hg status -m --rev $(cut -c-6 node); rm node
  M dir/sub/two
  M modified
  M dir/sub/two
  M modified

Bad ones.

  $ hg status --rev 2
  abort: unknown revision '2'
  [255]
  $ hg status --rev -3
  abort: unknown revision '-3'
  [255]
  $ hg status --rev nosuch
  abort: unknown revision 'nosuch'
  [255]
  $ hg status --rev no-such
  abort: unknown revision 'no'
  [255]
  $ hg status --rev no/such
  abort: unknown revision 'no/such'
  [255]
  $ hg status --rev ''
  hg: parse error: empty query
  [255]
  $ hg status --change nosuch
  abort: unknown revision 'nosuch'
  [255]
  $ hg status --rev 0 --rev nosuch
  abort: unknown revision 'nosuch'
  [255]
  $ hg status --rev 0000000000000000000000000000000000000001
  abort: unknown revision '0000000000000000000000000000000000000001'
  [255]
  $ hg status --rev 99999999999999999999
  abort: unknown revision '99999999999999999999'
  [255]
  $ hg status --rev 00000000000000000000000000000000000000000000
  abort: unknown revision '00000000000000000000000000000000000000000000'
  [255]
  $ hg status --rev 'a b'
  hg: parse error at 2: invalid token
  (a b
     ^ here)
  [255]
  $ hg status --rev '('
  hg: parse error at 1: not a prefix: end
  ((
    ^ here)
  [255]
  $ hg status --rev "'"
  hg: parse error at 1: unterminated string
  ('
    ^ here)
  [255]
  $ hg status --rev '0)'
  hg: parse error at 1: invalid token
  (0)
    ^ here)
  [255]
  $ hg status --rev '0~'
  hg: parse error at 2: not a prefix: end
  (0~
     ^ here)
  [255]
  $ hg status --rev '^'
  hg: parse error at 0: not a prefix: ^
  (^
   ^ here)
  [255]
  $ hg status --rev '.^3'
  hg: parse error: ^ expects a number 0, 1, or 2
  [255]
  $ hg status --rev '.^x'
  hg: parse error: ^ expects a number 0, 1, or 2
  [255]
  $ hg status --rev '$x'
  hg: parse error at 0: syntax error in revset '$x'
  ($x
   ^ here)
  [255]
  $ hg status --rev '.^^'
  abort: empty revision range
  [255]
  $ hg status --rev 'none()'
  abort: empty revision range
  [255]
  $ hg status --change 'none()'
  abort: empty revision set
  [255]
  $ hg status --rev 0 --rev 'none()'
  abort: empty revision on one side of range
  [255]
  $ hg status --rev 0 --change 1
  abort: cannot specify both --rev and --change
  [255]
  $ hg files -r nosuch
  abort: unknown revision 'nosuch'
  [255]
  $ hg cat -r nosuch clean
  abort: unknown revision 'nosuch'
  [255]
  $ hg files -r 'none()'
  abort: empty revision set
  [255]
  $ hg status --rev
  hg status: option --rev requires argument
  hg status [OPTION]... [FILE]...
  
  show changed files in the working directory
  
  options ([+] can be repeated):
  
   -A --all                 show status of all files
   -m --modified            show only modified files
   -a --added               show only added files
   -r --removed             show only removed files
   -d --deleted             show only missing files
   -c --clean               show only files without changes
   -u --unknown             show only unknown (not tracked) files
   -i --ignored             show only ignored files
   -n --no-status           hide status prefix
   -C --copies              show source of copied files
   -0 --print0              end filenames with NUL, for use with xargs
      --rev REV [+]         show difference from revision
      --change REV          list the changed files of a revision
   -I --include PATTERN [+] include names matching the given patterns
   -X --exclude PATTERN [+] exclude names matching the given patterns
   -S --subrepos            recurse into subrepositories
   -T --template TEMPLATE   display with template
  
  (use 'hg status -h' to show more help)
  [255]
  $ hg status --config ui.detailed-exit-code=yes --rev nosuch
  abort: unknown revision 'nosuch'
  [10]
  $ hg status --config ui.detailed-exit-code=yes --rev '('
  hg: parse error at 1: not a prefix: end
  ((
    ^ here)
  [10]
  $ hg status --config ui.detailed-exit-code=yes --rev 0 --change 0
  abort: cannot specify both --rev and --change
  [10]

Copies between changesets.

  $ cd ..; peer init copies; cd copies
  $ echo a > a; echo b > b; peer commit -q -A -m 0 -d '0 0'
  $ peer move a c; peer copy b d; peer commit -q -m 1 -d '0 0'
  $ peer move c e; echo x >> d; peer commit -q -m 2 -d '0 0'
  $ peer remove d; peer commit -q -m 3 -d '0 0'; peer copy e f
  $ hg status -C --rev 0
  A e
    a
  A f
    a
  R a
  $ hg status -C --rev 0 --rev 1
  A c
    a
  A d
    b
  R a
  $ hg status -C --rev 0 --rev 2
  A d
    b
  A e
    a
  R a
  $ hg status -C --rev 1 --rev 2
  M d
  A e
    c
  R c
  $ hg status -C --rev 2 --rev 0
  A a
    e
  R d
  R e
  $ hg status -C --rev 3 --rev 1
  A c
    e
  A d
  R e
  $ hg status -C --change 1
  A c
    a
  A d
    b
  R a
  $ hg status -C --change 2
  M d
  A e
    c
  R c
  $ hg status -C --rev 1 --rev 3
  A e
    c
  R c
  R d
  $ hg status -C --rev 0 e
  A e
    a
  $ hg status -C --rev 0 -X a
  A e
    a
  A f
    a
  $ hg status -C -T json --rev 0
  [
   {
    "itemtype": "file",
    "path": "e",
    "source": "a",
    "status": "A"
   },
   {
    "itemtype": "file",
    "path": "f",
    "source": "a",
    "status": "A"
   },
   {
    "itemtype": "file",
    "path": "a",
    "status": "R"
   }
  ]
  $ hg status -AC --rev 0 --rev 2
  A d
    b
  A e
    a
  R a
  C b

Hidden changesets.

  $ cd ..; peer init hidden --config experimental.evolution=all; cd hidden
  $ echo a > a; peer commit -q -A -m 0 -d '0 0'; echo b > b; peer commit -q -A -m 1 -d '0 0'
  $ peer --config experimental.evolution=all commit --amend -q -m 1a -d '0 0'
  $ hg status --config experimental.evolution=all --rev 0 --rev tip
  A b
  $ hg status --config experimental.evolution=all --rev 0 --rev 1 --hidden
  A b
  $ hg cat --config experimental.evolution=all --hidden -r 1 b
  b

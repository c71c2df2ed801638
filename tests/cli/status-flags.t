Every flag of status on a working copy with files in every state.

  $ . "$TESTDIR/prepare.sh"
  $ every_state repo

  $ hg status
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  $ hg st
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  $ hg status -A
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
  $ hg status --all -n
  modified
  added
  dir/copy
  dir/moved
  dir/one
  removed
  missing
  dir/unknown
  unknown
  build/out
  x.ignored
  .hgignore
  clean
  dir/origin
  dir/sub/two
  $ hg status -m
  M modified
  $ hg status -a
  A added
  A dir/copy
  A dir/moved
  $ hg status -r
  R dir/one
  R removed
  $ hg status -d
  ! missing
  $ hg status -c
  C .hgignore
  C clean
  C dir/origin
  C dir/sub/two
  $ hg status -u
  ? dir/unknown
  ? unknown
  $ hg status -i
  I build/out
  I x.ignored
  $ hg status -mard
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  $ hg status -mardu
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  $ hg status -iuc
  ? dir/unknown
  ? unknown
  I build/out
  I x.ignored
  C .hgignore
  C clean
  C dir/origin
  C dir/sub/two
  $ hg status -n
  modified
  added
  dir/copy
  dir/moved
  dir/one
  removed
  missing
  dir/unknown
  unknown
  $ hg status -mn
  modified
  $ hg status --modified --added --removed --deleted --clean --unknown --ignored --no-status
  modified
  added
  dir/copy
  dir/moved
  dir/one
  removed
  missing
  dir/unknown
  unknown
  build/out
  x.ignored
  .hgignore
  clean
  dir/origin
  dir/sub/two
  $ hg status -q
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  $ hg status -qA
  M modified
  A added
  A dir/copy
    dir/origin
  A dir/moved
    dir/one
  R dir/one
  R removed
  ! missing
  C .hgignore
  C clean
  C dir/origin
  C dir/sub/two
  $ hg status -qu
  ? dir/unknown
  ? unknown
  $ hg status -v
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  $ hg status --debug
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown

Copies.

  $ hg status -C
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
  $ hg status -aC
  A added
  A dir/copy
    dir/origin
  A dir/moved
    dir/one
  $ hg status -Cn
  modified
  added
  dir/copy
  dir/moved
  dir/one
  removed
  missing
  dir/unknown
  unknown
  $ hg status -A --no-copies
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
  $ hg status --config ui.statuscopies=yes -a
  A added
  A dir/copy
    dir/origin
  A dir/moved
    dir/one
  $ hg status --config ui.statuscopies=yes -a --no-copies
  A added
  A dir/copy
  A dir/moved
  $ hg status --config ui.statuscopies=yes -an
  added
  dir/copy
  dir/moved
  $ hg status --config ui.statuscopies=nonsense -a
  config error: ui.statuscopies is not a boolean ('nonsense')
  [255]
  $ hg status -AC dir
  A dir/copy
    dir/origin
  A dir/moved
    dir/one
  R dir/one
  ? dir/unknown
  C dir/origin
  C dir/sub/two

NUL instead of newline.

  $ hg status -0 | tr '\0' '|'; echo
  M modified|A added|A dir/copy|A dir/moved|R dir/one|R removed|! missing|? dir/unknown|? unknown|
  $ hg status -0n | tr '\0' '|'; echo
  modified|added|dir/copy|dir/moved|dir/one|removed|missing|dir/unknown|unknown|
  $ hg status -0C -a | tr '\0' '|'; echo
  A added|A dir/copy|  dir/origin|A dir/moved|  dir/one|
  $ hg status --print0 nothing-of-this | tr '\0' '|'; echo
  nothing-of-this: No such file or directory
  

Options may stand anywhere, and be abbreviated or negated.

  $ hg status dir -m --no-modified
  A dir/copy
  A dir/moved
  R dir/one
  ? dir/unknown
  $ hg status --mod --rem
  M modified
  R dir/one
  R removed
  $ hg status --no-no-status -m
  hg status: option --no-no-status not recognized
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
  $ hg status --no
  hg status: option --no not a unique prefix
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
  $ hg status --nosuch
  hg status: option --nosuch not recognized
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
  $ hg status -z
  hg status: option -z not recognized
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
  $ hg status -- -m
  -m: No such file or directory
  $ hg status -T
  hg status: option -T requires argument
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

Nothing to say.

  $ hg status clean
  $ hg status -ma clean
  $ hg status -c clean
  C clean
  $ hg status no/such/file
  no/such/file: No such file or directory
  $ hg status -A unknown x.ignored build
  ? unknown
  I build/out
  I x.ignored

  $ cd ..
  $ peer init empty
  $ cd empty
  $ hg status
  $ hg status -A
  $ echo a > a
  $ hg status
  ? a
  $ hg status --change tip
  $ hg status --change null
  $ hg status --rev tip
  ? a
  $ hg status --rev null
  ? a
  $ hg status --rev 0
  ? a

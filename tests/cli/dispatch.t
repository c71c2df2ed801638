The command line: names, options, aliases, defaults, exit codes.

  $ . "$TESTDIR/prepare.sh"
  $ every_state repo

Names and their beginnings.

  $ hg st -m
  M modified
  $ hg stat -m
  M modified
  $ hg statu -m
  M modified
  $ hg fil clean
  clean
  $ hg showc ui.nosuch
  [1]
  $ hg s
  hg: command 's' is ambiguous:
      serve shelve showconfig status summary
  [255]
  $ hg c
  hg: command 'c' is ambiguous:
      cat checkout clean clone commit config continue copy
  [255]
  $ hg ro | tidy
  hg: command 'ro' is ambiguous:
      rollback root
  [255]
  $ hg nosuch
  hg: unknown command 'nosuch'
  (use 'hg help' for a list of commands)
  [255]
  $ hg statsu
  hg: unknown command 'statsu'
  (did you mean status?)
  [255]
  $ hg STATUS
  hg: unknown command 'STATUS'
  (use 'hg help' for a list of commands)
  [255]
  $ hg ''
  hg: command '' is ambiguous:
      abort add addremove admin::chainsaw-update admin::narrow-client admin::narrow-server admin::verify annotate archive backout bisect bookmarks branch branches bundle cat clone commit config continue copy diff export files forget graft grep heads help identify import incoming init locate log manifest merge outgoing parents paths phase pull purge push recover remove rename resolve revert rollback root serve shelve status summary tag tags tip unbundle unshelve update verify version
  [255]
  $ hg -m status
  hg: option -m not recognized
  (use 'hg help -v' for a list of global options)
  [255]
  $ hg --nosuch status
  hg: option --nosuch not recognized
  (use 'hg help -v' for a list of global options)
  [255]
  $ hg status --mo
  M modified
  $ hg status --re
  hg status: option --re not a unique prefix
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
  $ hg status --rev 0 --rem
  R dir/one
  R removed

Global options anywhere.

  $ hg -q status
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  $ hg status -q
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  $ hg -v files clean
           6   clean
  $ hg files clean -v
           6   clean
  $ hg --config ui.quiet=1 status
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  $ hg status --config ui.quiet=1
  M modified
  A added
  A dir/copy
  A dir/moved
  R dir/one
  R removed
  ! missing
  $ hg --cwd dir status -a .
  A copy
  A moved
  $ hg status -a . --cwd dir
  A copy
  A moved
  $ hg --cwd=dir root | tidy
  TOP/repo
  $ cd dir; hg status -R .. -m; hg -R.. status -m; hg --repository .. status -m; hg --repo .. status -m; cd ..
  M modified
  M modified
  M modified
  M modified
  $ hg status --color=never -m
  M modified
  $ hg status --color=always -m | bytes
   033   [   0   ;   3   4   ;   1   m   M     033   [   0   m 033
     [   0   ;   3   4   ;   1   m   m   o   d   i   f   i   e   d
   033   [   0   m  \n
  $ hg status --color=debug -maC
  [status.modified|M ][status.modified|modified]
  [status.added|A ][status.added|added]
  [status.added|A ][status.added|dir/copy]
  [status.copied|  dir/origin]
  [status.added|A ][status.added|dir/moved]
  [status.copied|  dir/one]
  $ hg --color=nonsense status -m
  M modified
  $ hg status --pager=never -m
  M modified
  $ hg status -y -m
  M modified
  $ hg status --noninteractive -m
  M modified
  $ hg status --encoding=nosuch -m
  M modified
  $ hg status --encoding utf-8 -m
  M modified
  $ hg status --encodingmode replace -m
  M modified
  $ hg status --config
  abort: option --config may not be abbreviated
  [255]
  $ hg --cwd
  hg: option --cwd requires argument
  (use 'hg help -v' for a list of global options)
  [255]
  $ hg -R
  hg: option -R requires argument
  (use 'hg help -v' for a list of global options)
  [255]
  $ hg status --time -m 2>&1 | sed 's/[0-9][0-9.]*/N/g'
  M modified
  time: real N secs (user N+N sys N+N)
  $ hg -qR . status -m
  abort: option -R has to be separated from other options (e.g. not -qR) and --repository may only be abbreviated as --repo
  [255]
  $ hg -Rnosuch status 2>&1 | tidy
  abort: repository nosuch not found
  [255]

Aliases.

  $ cat > .hg/hgrc <<EOF
  > [alias]
  > mod = status -m
  > named = files \$1
  > all = status \$@
  > none =
  > bad = nosuch
  > quoted = files "a b" 'c d'
  > broken = files "a
  > self = self
  > twice = mod -a
  > status = status -n
  > shell = !echo shell "\$@"
  > count = !echo \$#
  > first = !echo one:\$1
  > fails = !exit 7
  > inner = !\$HG files clean
  > withconfig = status --config ui.quiet=1
  > withcwd = --cwd dir status
  > alsocwd = status --cwd dir
  > unknownopt = status --nosuch
  > o-d_d = root
  > [defaults]
  > files = -0
  > EOF
  $ hg mod
  M modified
  $ hg mod -a
  M modified
  A added
  A dir/copy
  A dir/moved
  $ hg named clean; echo
  clean
  
  $ hg named
  abort: too few arguments for command alias
  [255]
  $ hg all -m
  $@: No such file or directory
  $ hg none
  config error: no definition for alias 'none'
  [255]
  $ hg bad
  config error: alias 'bad' resolves to unknown command 'nosuch'
  [255]
  $ hg quoted; echo
  
  $ hg broken
  config error: error in definition for alias 'broken': No closing quotation
  [255]
  $ hg self
  config error: alias 'self' resolves to unknown command 'self'
  [255]
  $ hg twice
  M modified
  A added
  A dir/copy
  A dir/moved
  $ hg status -m
  modified
  $ hg st -m
  M modified
  $ hg shell a 'b c' '*'
  shell a b c *
  $ hg count a b
  0
  $ hg first x
  one:x
  $ hg first
  one:
  $ hg fails
  [7]
  $ hg inner | tr '\0' '|'; echo
  clean|
  $ hg withconfig
  config error: error in definition for alias 'withconfig': --config may only be given on the command line
  [255]
  $ hg withcwd
  config error: error in definition for alias 'withcwd': --cwd may only be given on the command line
  [255]
  $ hg unknownopt
  hg unknownopt: option --nosuch not recognized
  hg unknownopt [OPTION]... [FILE]...
  
  alias for: hg status --nosuch
  
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
  
  (use 'hg unknownopt -h' to show more help)
  [255]
  $ hg mo
  hg: command 'mo' is ambiguous:
      mod move
  [255]
  $ HGPLAIN=1 hg mod
  hg: unknown command 'mod'
  (use 'hg help' for a list of commands)
  [255]
  $ HGPLAIN=1 hg status -m
  M modified
  $ HGPLAIN=1 HGPLAINEXCEPT=alias hg mod
  M modified
  $ hg files clean; echo
  clean\x00 (esc)
  $ HGPLAIN=1 hg files clean
  clean
  $ hg --config defaults.files=-v files clean
           6   clean
  $ hg --config alias.x='status -a' x
  added
  dir/copy
  dir/moved
  $ hg --config alias.x='!echo $0 $HG_ARGS' x y
  x x y
  $ rm .hg/hgrc

Extensions that cannot be loaded.

  $ hg --config extensions.nosuch= status -m
  *** failed to import extension "nosuch": No module named 'nosuch'
  M modified
  $ hg --config extensions.x=/nosuch.py status -m
  *** failed to import extension "x" from /nosuch.py: [Errno 2] No such file or directory: '/nosuch.py'
  M modified
  $ hg --config extensions.nosuch=! status -m
  M modified

No repository.

  $ mkdir ../plain; cd ../plain
  $ hg status 2>&1 | tidy
  abort: no repository found in 'TOP/plain' (.hg not found)
  [255]
  $ hg files 2>&1 | tidy
  abort: no repository found in 'TOP/plain' (.hg not found)
  [255]
  $ hg cat x 2>&1 | tidy
  abort: no repository found in 'TOP/plain' (.hg not found)
  [255]
  $ hg root 2>&1 | tidy
  abort: no repository found in 'TOP/plain' (.hg not found)
  [255]
  $ hg config ui.nosuch
  [1]
  $ hg --config ui.detailed-exit-code=yes status 2>&1 | tidy
  abort: no repository found in 'TOP/plain' (.hg not found)
  [10]
  $ hg status ../repo/clean -A
  C ../repo/clean
  $ hg status ../repo/clean ../plain 2>&1 | tidy
  abort: no repository found in 'TOP/plain' (.hg not found)
  [255]
  $ cd ../repo

Exit codes.

  $ hg --config ui.detailed-exit-code=yes nosuch
  hg: unknown command 'nosuch'
  (use 'hg help' for a list of commands)
  [10]
  $ hg --config ui.detailed-exit-code=yes status -z
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
  [10]
  $ hg --config ui.detailed-exit-code=yes status --terse x
  abort: 'x' not recognized
  [10]
  $ hg --config ui.detailed-exit-code=yes cat
  hg cat: invalid arguments
  hg cat [OPTION]... FILE...
  
  output the current or given revision of files
  
  options ([+] can be repeated):
  
   -o --output FORMAT       print output to file with formatted name
   -r --rev REV             print the given revision
      --decode              apply any matching decode filter
   -I --include PATTERN [+] include names matching the given patterns
   -X --exclude PATTERN [+] exclude names matching the given patterns
   -T --template TEMPLATE   display with template
  
  (use 'hg cat -h' to show more help)
  [10]
  $ hg --config ui.detailed-exit-code=yes -R nosuch status 2>&1 | tidy
  abort: repository nosuch not found
  [255]
  $ hg --config ui.detailed-exit-code=yes files ../x 2>&1 | tidy
  abort: ../x not under root 'TOP/repo'
  [255]
  $ hg --config ui.detailed-exit-code=yes files nosuch
  [1]

A reader that goes away, a full disk.

  $ hg status -A | head -1
  M modified
  $ hg status > /dev/full
  abort: No space left on device
  [255]
  $ hg files > /dev/full
  abort: No space left on device
  [255]

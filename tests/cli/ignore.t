Ignore files: every syntax and prefix.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ mkdir -p a/b c d/target e/target 'with space'
  $ touch a/x.o a/b/y.o z.o root.txt a/root.txt c/c.py d/target/t e/target/t 'with space/f' a.b axb keep.o build.log a/build.log .dot a/.dot '#hash' 'trail ' UPPER.O
  $ hg status -u
  ? #hash
  ? .dot
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i() { printf '%b' "$1" > .hgignore; hg status -u 2>&1 | tidy; }

  $ i 'syntax: glob\n*.o\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/build.log
  ? a/root.txt
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? root.txt
  ? trail 
  ? with space/f
  $ i '\\.o$\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/build.log
  ? a/root.txt
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? root.txt
  ? trail 
  ? with space/f
  $ i '^a/\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: regexp\n^root\\.txt$\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: re\n^root\\.txt$\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: rootglob\n*.txt\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: rootglob\na/*.txt\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: path\na/b\n'
  TOP/repo/.hgignore: ignoring invalid syntax 'path'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: glob\ntarget\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: glob\ntarget/\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: glob\n**/b\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: glob\na/**/*.o\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/build.log
  ? a/root.txt
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: glob\n?.o\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/build.log
  ? a/root.txt
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  $ i 'syntax: glob\n[xz].o\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  $ i 'syntax: glob\n[!z].o\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/build.log
  ? a/root.txt
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: glob\n*.{log,txt}\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/x.o
  ? axb
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: glob\nwith space\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? z.o
  $ i 'syntax: glob\na.b\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'a.b\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a/.dot
  ? a/root.txt
  ? a/x.o
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'glob:*.o\nrootglob:*.txt\nre:^c/\npath:d\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/build.log
  ? a/root.txt
  ? axb
  ? build.log
  ? d/target/t
  ? e/target/t
  ? trail 
  ? with space/f
  $ i 'relglob:*.log\nrelre:oot\\.txt$\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/x.o
  ? axb
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: glob\nre:^a/\n*.log\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? axb
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i '# a comment\n\\.o$ # another\n\\#hash\n'
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/build.log
  ? a/root.txt
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? root.txt
  ? trail 
  ? with space/f
  $ i 'syntax: glob\n\n   \n*.o   \n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/build.log
  ? a/root.txt
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? root.txt
  ? trail 
  ? with space/f
  $ i 'syntax: glob\n*.o\r\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/build.log
  ? a/root.txt
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? root.txt
  ? trail 
  ? with space/f
  $ i 'rootfilesin:a\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'syntax: rootfilesin\na\n'
  TOP/repo/.hgignore: ignoring invalid syntax 'rootfilesin'
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? build.log
  ? c/c.py
  ? keep.o
  ? root.txt
  ? z.o
  $ i 'filepath:a/x.o\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i '(?i)\\.o$\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? a.b
  ? a/.dot
  ? a/build.log
  ? a/root.txt
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? root.txt
  ? trail 
  ? with space/f
  $ i '^(?!a/).*\\.o$\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? root.txt
  ? trail 
  ? with space/f
  $ i '(.)\\1\\.py\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i '.*\n'
  $ i ''
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o

Bad lines.

  $ i 'syntax:\nx\n'
  TOP/repo/.hgignore: ignoring invalid syntax ''
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? trail 
  ? with space/f
  ? z.o
  $ i '(\n'
  abort: TOP/repo/.hgignore: invalid pattern (relre): (
  [255]
  $ i 'syntax: glob\n[\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'include:nosuch\n'
  skipping unreadable pattern file 'nosuch': No such file or directory
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i 'subinclude:nosuch\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ i '*\n'
  abort: TOP/repo/.hgignore: invalid pattern (relre): *
  [255]
  $ i 'a\nb\n(?P<x\n'
  abort: TOP/repo/.hgignore: invalid pattern (relre): (?P<x
  [255]

Other files.

  $ printf 'syntax: glob\n*.o\n' > more.ignore; i 'include:more.ignore\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/build.log
  ? a/root.txt
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? more.ignore
  ? root.txt
  ? trail 
  ? with space/f
  $ printf 'syntax: glob\n*.o\nroot.txt\n' > a/.hgignore; i 'subinclude:a/.hgignore\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/.hgignore
  ? a/build.log
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? more.ignore
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ printf '^root\n' > a/.hgignore; i 'subinclude:a/.hgignore\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/.hgignore
  ? a/b/y.o
  ? a/build.log
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? more.ignore
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ printf 'b\n' > a/.hgignore; i 'syntax: subinclude\na/.hgignore\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/.hgignore
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? more.ignore
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ rm a/.hgignore more.ignore
  $ printf 'syntax: glob\n*.py\n' > ../user.ignore; printf 'log$\n' > ../second.ignore
  $ rm .hgignore
  $ hg status -u --config ui.ignore="$TOP/user.ignore"
  ? #hash
  ? .dot
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ hg status -u --config ui.ignore=../user.ignore --config ui.ignore.second="$TOP/second.ignore"
  ? #hash
  ? .dot
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/root.txt
  ? a/x.o
  ? axb
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ hg status -u --config ui.ignore='~/user.ignore'
  ? #hash
  ? .dot
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ IGNORES="$TOP" hg status -u --config ui.ignore='$IGNORES/user.ignore'
  ? #hash
  ? .dot
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ hg status -u --config ui.ignore="$TOP/nosuch" 2>&1 | tidy
  skipping unreadable pattern file 'TOP/nosuch': No such file or directory
  ? #hash
  ? .dot
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ hg status -u --config ui.ignore="$TOP" 2>&1 | tidy
  skipping unreadable pattern file 'TOP': Is a directory
  ? #hash
  ? .dot
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ hg status -u --config ui.ignore= 2>&1 | tidy
  skipping unreadable pattern file 'TOP/repo/': Is a directory
  ? #hash
  ? .dot
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ mkdir .hgignore; hg status -u 2>&1 | tidy; rmdir .hgignore
  skipping unreadable pattern file 'TOP/repo/.hgignore': Is a directory
  ? #hash
  ? .dot
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ ln -s nosuch .hgignore; hg status -u; rm .hgignore
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o
  $ ln -s ../user.ignore .hgignore; hg status -u; rm .hgignore
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? a/.dot
  ? a/b/y.o
  ? a/build.log
  ? a/root.txt
  ? a/x.o
  ? axb
  ? build.log
  ? d/target/t
  ? e/target/t
  ? keep.o
  ? root.txt
  ? trail 
  ? with space/f
  ? z.o

Tracked files are never ignored; named ones are not either.

  $ peer add -q z.o a/x.o
  $ i 'syntax: glob\n*.o\na\n'
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? root.txt
  ? trail 
  ? with space/f
  $ hg status
  A a/x.o
  A z.o
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? root.txt
  ? trail 
  ? with space/f
  $ hg status -i
  I a/.dot
  I a/b/y.o
  I a/build.log
  I a/root.txt
  I keep.o
  $ hg status a/b/y.o keep.o
  $ hg status a
  A a/x.o
  $ hg status -i a/b
  I a/b/y.o
  $ hg status -A keep.o
  I keep.o
  $ hg status 'glob:*.o'
  A z.o
  $ hg status -A 'glob:*.o'
  A z.o
  I keep.o
  $ peer commit -q -m x -d '0 0'; rm a/x.o; hg status
  ! a/x.o
  ? #hash
  ? .dot
  ? .hgignore
  ? UPPER.O
  ? a.b
  ? axb
  ? build.log
  ? c/c.py
  ? d/target/t
  ? e/target/t
  ? root.txt
  ? trail 
  ? with space/f

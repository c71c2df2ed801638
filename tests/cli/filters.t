Contents that go through filters between the disk and the store.

  $ . "$TESTDIR/prepare.sh"
  $ export HGRCPATH="$TOP/hgrc"
  $ diff() { hg diff --nodates; }
  $ cat > up <<END
  > #!/bin/sh
  > tr a-z A-Z
  > END
  $ chmod +x up; cat > hgrc <<END
  > [encode]
  > *.up = $TOP/up
  > sub/** = tempfile: tr x y < INFILE > OUTFILE
  > *.no = !
  > [decode]
  > *.up = pipe: tr A-Z a-z
  > sub/** = tempfile:tr y x < INFILE > OUTFILE
  > END
  $ hg init repo; cd repo; mkdir sub; echo abc > a.up; echo xxx > sub/x; echo plain > plain; echo n > n.no
  $ hg commit -q -A -m one -d '0 0'; peer cat a.up sub/x; hg status; touch -d '2020-01-01 UTC' a.up sub/x; hg status
  ABC
  yyy
  $ printf 'abc\nd\n' > a.up; diff; hg commit -m two -d '1 0'; peer log -T '{rev}:{node}\n'
  diff -r e845fde42e06 a.up
  --- a/a.up
  +++ b/a.up
  @@ -1,1 +1,2 @@
   ABC
  +D
  1:5b3262188be87a70be9da8d3b29a4a8cc2caee4c
  0:e845fde42e066fedf4acd4a856353ef0baaef1ff
  $ hg cat --decode a.up; hg cat a.up; hg annotate -r 'wdir()' a.up; echo ABC > a.up; hg status; hg revert -q a.up; cat a.up
  abc
  d
  ABC
  D
  0 : ABC
  1 : D
  M a.up
  abc
  d
  $ hg update -q null; hg update -q; cat a.up sub/x; hg archive ../out; cat ../out/a.up; hg status
  abc
  d
  xxx
  abc
  d
  ? a.up.orig
  $ echo new > b.up; hg add -q b.up; echo e >> a.up; hg commit -q --amend -m two -d '1 0'; peer cat b.up; hg status; hg log -r . -T '{node}\n'
  NEW
  ? a.up.orig
  50aac267110411404f8221695579073611de48ec
  $ hg update -q 0; printf 'abc\n' > a.up; echo z > c; hg commit -q -A -m three -d '2 0'; hg merge -q 1; diff; cat a.up b.up
  diff -r 171eb42634b1 a.up
  --- a/a.up
  +++ b/a.up
  @@ -1,1 +1,3 @@
   ABC
  +D
  +E
  diff -r 171eb42634b1 b.up
  --- /dev/null
  +++ b/b.up
  @@ -0,0 +1,1 @@
  +NEW
  abc
  d
  e
  new
  $ cd ..

Ends of lines.

  $ cat > hgrc <<END
  > [extensions]
  > eol =
  > END
  $ hg init ends; cd ends
  $ printf '[patterns]\n**.txt = native\nwin/** = CRLF\n**.bin = BIN\n**.odd = STRANGE\n[repository]\nnative = LF\n' > .hgeol
  $ mkdir win; printf 'a\r\nb\r\n' > t.txt; printf 'a\nb\n' > win/w; printf 'a\r\nb\n' > raw.bin
  $ hg commit -q -A -m one -d '0 0'; peer cat t.txt | bytes; peer cat win/w | bytes; hg status
  ignoring unknown EOL style 'STRANGE' from .hgeol:5
     a  \n   b  \n
     a  \r  \n   b  \r  \n
  ignoring unknown EOL style 'STRANGE' from .hgeol:5
  $ rm t.txt win/w; hg revert -q --all; bytes < win/w; bytes < t.txt
  ignoring unknown EOL style 'STRANGE' from .hgeol:5
     a  \r  \n   b  \r  \n
     a  \n   b  \n
  $ hg update -q null --config eol.native=CRLF; hg update -q --config eol.native=CRLF; bytes < t.txt; hg status --config eol.native=CRLF
  ignoring unknown EOL style 'STRANGE' from .hgeol:5
  ignoring unknown EOL style 'STRANGE' from .hgeol:5
     a  \r  \n   b  \r  \n
  ignoring unknown EOL style 'STRANGE' from .hgeol:5
  $ printf 'a\r\nb\n' > mixed.txt; hg add -q mixed.txt; hg commit -q -m mixed -d '1 0' mixed.txt; hg forget -q mixed.txt
  ignoring unknown EOL style 'STRANGE' from .hgeol:5
  ignoring unknown EOL style 'STRANGE' from .hgeol:5
  abort: inconsistent newline style in mixed.txt
  
  ignoring unknown EOL style 'STRANGE' from .hgeol:5
  $ printf 'a\r\nc\r\n' > t.txt; diff; hg commit -q -m changed -d '2 0' t.txt; hg export . | tail -6 | bytes | tail -3
  ignoring unknown EOL style 'STRANGE' from .hgeol:5
  diff -r 43a47829e0f1 t.txt
  --- a/t.txt
  +++ b/t.txt
  @@ -1,2 +1,2 @@
   a
  -b
  +c
  ignoring unknown EOL style 'STRANGE' from .hgeol:5
  ignoring unknown EOL style 'STRANGE' from .hgeol:5
     1       0   0   :   0   0   :   0   2       1   9   7   0    
     +   0   0   0   0  \n   @   @       -   1   ,   2       +   1
     ,   2       @   @  \n       a  \n   -   b  \n   +   c  \n
  $ printf '[patterns]\n**.txt = BIN\n' > .hgeol; hg status; rm .hgeol; hg status -q
  M .hgeol
  M t.txt
  ? mixed.txt
  M t.txt
  ! .hgeol

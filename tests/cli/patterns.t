Patterns of every kind on the command line.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ mkdir -p src/lib/deep doc 'odd dir' src/[x]
  $ for f in top.c top.h README src/a.c src/b.h src/lib/c.c src/lib/deep/d.c doc/a.txt doc/b.md 'odd dir/f g' 'src/[x]/y' src/lib.c 'st*r'; do echo x > "$f"; done
  $ peer commit -q -A -m one -d '0 0'
  warning: filename contains '*', which is reserved on Windows: 'st*r'
  $ f() { hg files "$@"; }

  $ f
  README
  doc/a.txt
  doc/b.md
  odd dir/f g
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  st*r
  top.c
  top.h
  $ f src
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  $ f src/
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  $ f src/lib
  src/lib/c.c
  src/lib/deep/d.c
  $ f src/lib.c top.c
  src/lib.c
  top.c
  $ f 'glob:*.c'
  top.c
  $ f 'glob:**.c'
  src/a.c
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  top.c
  $ f 'glob:**/*.c'
  src/a.c
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  top.c
  $ f 'glob:src/*'
  src/a.c
  src/b.h
  src/lib.c
  $ f 'glob:src/**'
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  $ f 'glob:*.{c,h}'
  top.c
  top.h
  $ f 'glob:{src,doc}/*.[ct]*'
  doc/a.txt
  src/a.c
  src/lib.c
  $ f 'glob:?op.c'
  top.c
  $ f 'glob:[!t]*'
  README
  st*r
  $ f 'glob:src/\[x\]/y'
  src/[x]/y
  $ f 're:.*\.c$'
  src/a.c
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  top.c
  $ f 're:src/[ab]'
  src/a.c
  src/b.h
  $ f 're:\.c$'
  [1]
  $ f 're:(?!src).*\.c$'
  top.c
  $ f 're:(.).*\1$'
  doc/b.md
  $ f 'relre:\.c$'
  src/a.c
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  top.c
  $ f 'path:src/lib'
  src/lib/c.c
  src/lib/deep/d.c
  $ f 'path:.'
  README
  doc/a.txt
  doc/b.md
  odd dir/f g
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  st*r
  top.c
  top.h
  $ f 'path:'
  README
  doc/a.txt
  doc/b.md
  odd dir/f g
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  st*r
  top.c
  top.h
  $ f 'filepath:src/a.c'
  src/a.c
  $ f 'filepath:src'
  [1]
  $ f 'relpath:src/a.c'
  src/a.c
  $ f 'relglob:*.c'
  src/a.c
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  top.c
  $ f 'relglob:lib'
  [1]
  $ f 'rootglob:*.c'
  top.c
  $ f 'rootglob:src/*.c'
  src/a.c
  src/lib.c
  $ f 'rootfilesin:src'
  src/a.c
  src/b.h
  src/lib.c
  $ f 'rootfilesin:.'
  README
  st*r
  top.c
  top.h
  $ f 'rootfilesin:src/lib'
  src/lib/c.c
  $ f 'odd dir'
  odd dir/f g
  $ f 'glob:odd dir/*'
  odd dir/f g
  $ f 'st*r'
  st*r
  $ f 'path:st*r'
  st*r
  $ f 'src/[x]'
  src/[x]/y
  $ printf 'top.c\nglob:doc/*\n' > ../list; f 'listfile:../list'
  doc/a.txt
  doc/b.md
  top.c
  $ printf 'top.c\0glob:doc/*\0' > ../list0; f 'listfile0:../list0'
  doc/a.txt
  doc/b.md
  top.c
  $ printf 'glob:**.h\nre:.*README\n' > ../inc; f 'include:../inc'
  README
  src/b.h
  top.h
  $ f 'nosuchkind:x'
  [1]
  $ f 'top.c' 'nosuch' 'glob:no*such'
  top.c
  $ f 'glob:no*such'
  [1]
  $ f 'glob:nosuch' nosuch/deeper
  [1]

In a directory.

  $ cd src
  $ f 'glob:*.c'
  a.c
  lib.c
  $ f 'glob:**.c'
  a.c
  lib.c
  lib/c.c
  lib/deep/d.c
  $ f 'glob:../*.c'
  ../top.c
  $ f 're:src/a'
  a.c
  $ f 'path:src/a.c'
  a.c
  $ f 'path:a.c'
  [1]
  $ f 'relpath:a.c'
  a.c
  $ f 'rootglob:*.c'
  ../top.c
  $ f 'rootfilesin:src/lib'
  lib/c.c
  $ f 'rootfilesin:lib'
  [1]
  $ f 'relglob:*.c'
  a.c
  lib.c
  lib/c.c
  lib/deep/d.c
  ../top.c
  $ f ..
  ../README
  ../doc/a.txt
  ../doc/b.md
  ../odd dir/f g
  [x]/y
  a.c
  b.h
  lib.c
  lib/c.c
  lib/deep/d.c
  ../st*r
  ../top.c
  ../top.h
  $ f ../doc
  ../doc/a.txt
  ../doc/b.md
  $ f .
  [x]/y
  a.c
  b.h
  lib.c
  lib/c.c
  lib/deep/d.c
  $ f '' 
  [x]/y
  a.c
  b.h
  lib.c
  lib/c.c
  lib/deep/d.c
  $ f -I 'glob:*.c'
  a.c
  lib.c
  $ f -I '*.c'
  a.c
  lib.c
  $ f -I lib
  lib/c.c
  lib/deep/d.c
  $ f -X lib
  ../README
  ../doc/a.txt
  ../doc/b.md
  ../odd dir/f g
  [x]/y
  a.c
  b.h
  lib.c
  ../st*r
  ../top.c
  ../top.h
  $ f -X 'path:src/lib'
  ../README
  ../doc/a.txt
  ../doc/b.md
  ../odd dir/f g
  [x]/y
  a.c
  b.h
  lib.c
  ../st*r
  ../top.c
  ../top.h
  $ cd ..

Include and exclude.

  $ f -I '*.c'
  top.c
  $ f -I '**.c'
  src/a.c
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  top.c
  $ f -I src
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  $ f -I src -X src/lib
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  $ f -X '**.c' -X doc
  README
  odd dir/f g
  src/[x]/y
  src/b.h
  st*r
  top.h
  $ f -X .
  [1]
  $ f -I nosuch
  [1]
  $ f -I 're:.*\.c$' -X 're:src'
  top.c
  $ f src -I '**.c' -X 'src/lib/**'
  src/a.c
  src/lib.c
  $ f src/a.c -X src
  [1]
  $ f -I src/a.c -I doc
  doc/a.txt
  doc/b.md
  src/a.c
  $ f -I 'set:size(1)' 2>/dev/null >/dev/null; test $? -ne 2

Broken ones.

  $ f 're:('
  abort: invalid pattern (re): (
  [255]
  $ f 're:*'
  abort: invalid pattern (re): *
  [255]
  $ f 'glob:['
  [1]
  $ f 'glob:{a'
  abort: invalid pattern (glob): {a
  [255]
  $ f 'glob:a}'
  [1]
  $ f 'glob:\'
  [1]
  $ f 'listfile:nosuch'
  abort: unable to read file list (nosuch)
  [255]
  $ f 'listfile0:nosuch'
  abort: unable to read file list (nosuch)
  [255]
  $ f 'include:nosuch'
  README
  doc/a.txt
  doc/b.md
  odd dir/f g
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  st*r
  top.c
  top.h
  $ f 'path:../x' 2>&1 | tidy
  [1]
  $ f '../x' 2>&1 | tidy
  abort: ../x not under root 'TOP/repo'
  [255]
  $ f 'glob:../x/*' 2>&1 | tidy
  abort: ../x/* not under root 'TOP/repo'
  [255]
  $ f -I '../x' 2>&1 | tidy
  abort: ../x not under root 'TOP/repo'
  [255]
  $ f 'path:/etc' 2>&1 | tidy
  [1]
  $ f 'relpath:/etc' 2>&1 | tidy
  abort: /etc not under root 'TOP/repo'
  [255]
  $ f -X 're:['
  abort: invalid pattern (re): [
  [255]
  $ hg status 're:('
  abort: invalid pattern (re): (
  [255]
  $ hg cat 're:('
  abort: invalid pattern (re): (
  [255]
  $ hg --config ui.detailed-exit-code=yes files 're:('
  abort: invalid pattern (re): (
  [255]

The same for status.

  $ rm top.h src/b.h; echo y > src/lib/c.c; echo n > src/new.c; echo n > new.h
  $ hg status 'glob:**.h'
  ! src/b.h
  ! top.h
  ? new.h
  $ hg status 're:src/'
  M src/lib/c.c
  ! src/b.h
  ? src/new.c
  $ hg status -I '**.c'
  M src/lib/c.c
  ? src/new.c
  $ hg status -X src
  ! top.h
  ? new.h
  $ hg status src -X 'glob:**/c.c'
  ! src/b.h
  ? src/new.c
  $ hg status 'relglob:*.c' -A
  M src/lib/c.c
  ? src/new.c
  C src/a.c
  C src/lib.c
  C src/lib/deep/d.c
  C top.c
  $ hg status nosuch top.h
  nosuch: No such file or directory
  ! top.h
  $ cd src/lib; hg status 'glob:*.c' ../new.c; cd ../..
  M c.c
  ? ../new.c
  $ hg status 'listfile:../list' -A
  C doc/a.txt
  C doc/b.md
  C top.c

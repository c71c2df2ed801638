What commands say of paths, dates and places that are named in an unusual way.

  $ . "$TESTDIR/prepare.sh"
  $ peer init a; peer init b; mkdir a/s; echo a > a/s/a; echo b > a/b
  $ hg -R a addremove; hg -R a forget -q a/b a/s; (cd a/s; hg addremove; hg forget -q a ../b; hg addremove .; hg forget -q a)
  adding b
  adding s/a
  adding b
  adding s/a
  adding a
  $ hg -R a commit -A -m 0 -d '0 0'; (cd a/s; echo c > c; hg commit -A -m 1 -d '1 0')
  adding b
  adding s/a
  adding s/c
  $ printf '[paths]\nother = ../b#tip\nnew = ../c\n' >> a/.hg/hgrc
  $ (hg -R a paths; hg -R a incoming other; hg -R a config --source paths) | sed "s,$PWD,PWD,"
  new = PWD/c
  other = PWD/b#tip
  comparing with PWD/b
  no changes found
  PWD/a/.hg/hgrc:2: paths.other=../b#tip
  PWD/a/.hg/hgrc:3: paths.new=../c
  $ hg clone -q a new --config paths.new=d; hg -R d tip -T '{rev}\n'; hg clone a web --config paths.web=http://example.com/x
  1
  abort: cannot create new http repository
  [255]
  $ cd a; hg remove -q s; hg commit -m 2 -d '2 0' s; hg log -T '{rev} {files}\n'
  2 s/a s/c
  1 s/c
  0 b s/a
  $ hg identify -T '{node|shortest}\n'; echo >> b; hg identify -T '{node|shortest}\n'
  ffff
  ffff
  $ hg debugdata -c ffffffffffffffffffffffffffffffffffffffff
  abort: working directory revision cannot be specified
  [255]
  $ hg log -G -r 'sort(all(), topo)' -T '{rev}\n'; hg update -q 0; hg commit -q -m 3 -d '3 0'; hg log -G -r 'sort(all(), topo)' -T '{rev}\n'; hg log -G -r 'sort(all(), topo, topo.firstbranch=2)' -T '{rev}\n'
  @  2
  |
  o  1
  |
  o  0
  
  @  3
  |
  | o  2
  | |
  | o  1
  |/
  o  0
  
  o  2
  |
  o  1
  |
  | @  3
  |/
  o  0
  
  $ hg log -r "follow('set:clean()')" -T '{rev}\n'
  0
  3
  $ hg children -r 0 --config extensions.children= -T '{rev}\n'; hg children -r 0 s/a --config extensions.children= -q; hg children -r 0 no --config extensions.children=
  1
  3
  abort: no@d6bccd1d193f0248c64abcfb8ec7bfbefb7ad226: not found in manifest
  [255]
  $ hg admin::verify; hg admin::verify -c dirstate; hg admin::verify -c dirstat -q; hg admin::verify -c working-copy -q
  abort: `checks` required
  running 1 checks
  running working-copy.dirstate
  checking dirstate
  abort: unknown check dirstat
  (did you mean dirstate?)

Patches: files that git's headers do not call new, copies of what is not committed, lines that no hunk has.

  $ cd ..; peer init p; cd p; printf 'diff --git a/x b/x\n--- /dev/null\n+++ b/x\n@@ -0,0 +1,1 @@\n+x\n' > ../new.diff; hg import -q --no-commit ../new.diff; hg status
  A x
  $ printf 'diff --git a/x b/y\nrename from x\nrename to y\n' | hg import --no-commit -f -; hg status -C
  applying patch from stdin
  x has not been committed yet, so no copy data will be stored for y.
  A y
  $ hg commit -q -m y -d '0 0'; printf 'diff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -1,1 +1,2 @@\n*x\n+z\n' | hg import --no-commit -; cat y
  applying patch from stdin
  x
  z

Indexes of strange versions.

  $ cp .hg/store/00changelog.i ../kept; printf '\0\0\0\7' | dd conv=notrunc of=.hg/store/00changelog.i 2>/dev/null; hg log; printf '\0\20\0\1' | dd conv=notrunc of=.hg/store/00changelog.i 2>/dev/null; hg log
  abort: unknown version (7) in revlog 00changelog
  abort: unknown flags (0x10) in version 1 revlog 00changelog
  [255]

A branch or revision behind the place; names in histograms; what a backup takes the place of.

  $ cd ..; peer init e; cd e; echo 0 > f; peer commit -q -A -m 0 -d '0 0'; peer branch -q x; mkdir d; echo 1 > d/f; peer commit -q -A -m 1 -d '1 0'; peer update -q 0; echo 2 > f; peer commit -q -m 2 -d '2 0'; cd ..
  $ hg clone -q e#x e1; hg -R e1 log -T '{rev} {desc} {branch}\n'; hg -R e1 paths | sed "s,$PWD,PWD,"; hg -q -R e1 parents
  1 1 x
  0 0 default
  default = PWD/e#x
  1:e85f1de911ee
  $ hg clone -q -r 2 e#x e2; hg -R e2 log -T '{rev} {desc}\n'; hg -q -R e2 parents; hg clone -q e#nope e3; (cd e; hg outgoing -q ../e1#.; hg incoming -q -b nope ../e1)
  2 2
  1 1
  0 0
  2:b1dbc7c6ab2f
  abort: unknown revision 'nope'
  2:b1dbc7c6ab2f
  abort: unknown branch 'nope'
  [255]
  $ cd e/d 2>/dev/null || { hg -R e update -q x; cd e/d; }; echo more >> f; hg diff --stat --config ui.relative-paths=yes; hg diff --stat; hg diff --stat --root . --config ui.relative-paths=yes; hg log -r 1 --stat --config ui.relative-paths=yes -T '{rev}\n'; hg diff --stat --root ../d ../f
   f |  1 +
   1 files changed, 1 insertions(+), 0 deletions(-)
   d/f |  1 +
   1 files changed, 1 insertions(+), 0 deletions(-)
   f |  1 +
   1 files changed, 1 insertions(+), 0 deletions(-)
  1
   f |  1 +
   1 files changed, 1 insertions(+), 0 deletions(-)
  
  warning: ../f not inside relative root .
  $ hg add --color debug -v f; echo n > n; hg addremove --color debug; cd ..; touch .hg/kept; hg revert -v -r 0 d/f --config ui.origbackuppath=.hg/kept | sed "s,$PWD,PWD,"; cat .hg/kept/d/f
  [ui.addremove.added ui.status|adding f]
  [ ui.warning|f already tracked!]
  [ui.addremove.added ui.status|adding d/n]
  creating directory: PWD/.hg/kept/d
  removing conflicting file: PWD/.hg/kept
  saving current version of d/f as .hg/kept/d/f
  removing d/f
  1
  more

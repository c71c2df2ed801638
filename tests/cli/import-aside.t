Patches taken in without the working copy, onto other parents, and with renames found by likeness.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ printf '1\n2\n3\n4\n5\n' > a; echo b > b; peer commit -q -A -m base -d '0 0'
  $ printf 'one\n2\n3\n4\n5\n' > a; peer move b c; echo new > n; chmod +x n; peer commit -q -A -m right -d '1 0' -u somebody
  $ peer branch -q side; peer remove c; peer commit -q -m gone -d '2 0'; peer export --git -r 1: > ../patches; peer export --git 2 > ../last; peer export 1 > ../plain
  $ cd ..; peer clone -q -r 0 repo to; cd to; echo dirty > a
  $ hg import --bypass ../patches; hg status; peer log -T '{rev}:{node|short} {branch} {author} {phase}\n'; peer verify -q
  applying ../patches
  M a
  2:8ed0c1ac5e33 default tester draft
  1:8bceb6279919 default somebody draft
  0:3b4920600b8b default tester public
  $ hg import --bypass --exact ../last; hg import --bypass ../last; hg import --bypass -s 50 ../last; hg import --bypass --no-commit ../last
  applying ../last
  applying ../last
  unable to find 'c' for patching
  (use '--prefix' to apply patch relative to the current directory)
  abort: patch failed to apply
  abort: cannot use --similarity with --bypass
  abort: cannot specify both --no-commit and --bypass
  [255]
  $ hg import --bypass --secret --import-branch -m other -d '5 0' -u me ../plain; peer log -r tip -T '{rev}:{node|short} {branch} {author} {phase} {p1rev}\n'; peer status --change tip -C
  applying ../plain
  4:2e8868022444 default me secret 0
  M a
  A c
  A n
  R b
  $ peer update -q -C 0; hg import --exact ../last -v; peer parents -T '{rev} {branch}\n'
  applying ../last
  resolving manifests
  removing b
  getting a
  getting c
  getting n
  3 files updated, 0 files merged, 1 files removed, 0 files unresolved
  patching file c
  committing files:
  committing manifest
  committing changelog
  created b78c7640a2a3
  3 side
  $ sed s/diff/changed/ ../last > ../damaged; sed s/removed/kept/ ../patches > ../wrong; hg import --exact ../wrong -q; peer parents -T '{rev}\n'
  3
  $ peer update -q -C 0; cat > ../likely <<END
  > --- a/b	Thu Jan 01 00:00:00 1970 +0000
  > +++ /dev/null	Thu Jan 01 00:00:00 1970 +0000
  > @@ -1,1 +0,0 @@
  > -b
  > --- /dev/null	Thu Jan 01 00:00:00 1970 +0000
  > +++ b/moved	Thu Jan 01 00:00:00 1970 +0000
  > @@ -0,0 +1,2 @@
  > +b
  > +x
  > END
  $ hg import -v -s 40 -m likely -d '3 0' ../likely; peer status --change tip -C
  applying ../likely
  patching file b
  patching file moved
  adding moved
  recording removal of b as rename to moved (66% similar)
  committing files:
  moved
  committing manifest
  committing changelog
  created 45b59fa2d5d6
  A moved
    b
  R b

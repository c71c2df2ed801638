#launcher: a whole local repository is copied without Python.

  $ . "$TESTDIR/prepare.sh"
  $ mkdir in; peer init in/repo; cd in/repo
  $ mkdir -p d/e; echo a > a; echo c > d/e/C.txt; echo '#!' > run; chmod +x run; ln -s a link; peer commit -q -A -m one -d '0 0'
  $ peer phase -p 0; echo b > b; peer remove -q a; peer commit -q -A -m two -d '1 0'
  $ peer branch -q side; echo s > s; peer commit -q -A -m three -d '2 0'; cd ../..

  $ hg clone in/repo
  destination directory: repo
  updating to branch default
  4 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg clone -q in/repo other
  $ hg clone "$TOP/in/repo" third
  updating to branch default
  4 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ for copy in repo other third; do peer -R $copy verify -q; peer -R $copy id -n; peer -R $copy branch; peer -R $copy status -A; peer -R $copy log -T '{rev} {phase}\n'; grep ^default $copy/.hg/hgrc | tidy; done
  1
  default
  C b
  C d/e/C.txt
  C link
  C run
  2 public
  1 public
  0 public
  default = TOP/in/repo
  1
  default
  C b
  C d/e/C.txt
  C link
  C run
  2 public
  1 public
  0 public
  default = TOP/in/repo
  1
  default
  C b
  C d/e/C.txt
  C link
  C run
  2 public
  1 public
  0 public
  default = TOP/in/repo
  $ ls -l repo/run repo/link | cut -c1-4; stat -c %h repo/.hg/store/data/b.i
  lrwx
  -rwx
  4

A source that does not publish keeps its drafts, and what is committed in the copy is not in the source.

  $ printf '[phases]\npublish = no\n' > in/repo/.hg/hgrc
  $ hg clone -q in/repo drafts; peer -R drafts log -T '{rev} {phase}\n'
  2 draft
  1 draft
  0 public
  $ echo more >> drafts/b; peer -R drafts commit -m more -d '3 0'; peer -R drafts verify -q; peer -R in/repo verify -q; hg -R in/repo log -T '{rev}\n'
  2
  1
  0

What needs no repository.

  $ . "$TESTDIR/prepare.sh"
  $ hg version -q > out; grep -c '^Mercurial Distributed SCM (version ' out
  1
  $ hg version > /dev/null; hg --version > /dev/null; hg version -v > /dev/null
  $ hg version x > /dev/null 2>&1
  [255]
  $ hg version -T '{ver}\n' | wc -l | tr -d ' '
  1
  $ hg version -T json | head -2
  [
   {
  $ hg debuginstall | tail -1
  no problems detected
  $ hg help status > /dev/null; hg help nosuch > /dev/null 2>&1
  [255]
  $ hg status -h > /dev/null; hg --help > /dev/null
  $ hg > /dev/null

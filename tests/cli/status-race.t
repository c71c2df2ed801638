Changes that time stamps hide.

  $ . "$TESTDIR/prepare.sh"

The same size in the same second, right after a commit: again and again, because it is a race.

  $ peer init repo; cd repo
  $ for n in 1 2 3 4 5 6; do
  >   echo "one $n" > a; peer commit -q -A -m "$n" -d '0 0'; echo "two $n" > a; hg status
  > done
  M a
  M a
  M a
  M a
  M a
  M a
  $ echo 'two 6' > a; hg status
  M a

After a status has recorded what it saw.

  $ echo three > a; peer commit -q -m three -d '0 0'
  $ hg status
  $ echo THREE > a; hg status
  M a
  $ echo three > a; hg status
  $ hg status
  $ echo THREE > a; hg status
  M a

Another time stamp, the same content.

  $ echo three > a; old a; hg status; hg status
  $ touch a; hg status

The same time stamp, another content: only the size tells.

  $ peer debugrebuilddirstate; old a; hg status; sleep 1; hg status
  $ echo THREEE > a; old a; hg status
  M a
  $ echo three > a; old a; hg status

Status writes nothing into a repository that nobody may write to, and says nothing of it.

  $ touch a; chmod -R a-w .hg; hg status; chmod -R u+w .hg
  $ hg status

A lock that somebody holds is not waited for.

  $ touch a; ln -s 'somewhere:1' .hg/wlock; hg status; echo x >> a; hg status; rm .hg/wlock
  M a

In dirstate-v2 too.

  $ cd ..; peer init --config format.use-dirstate-v2=yes repo2; cd repo2
  $ mkdir d; echo x > d/x
  $ for n in 1 2 3 4; do
  >   echo "one $n" > a; peer commit -q -A -m "$n" -d '0 0'; echo "two $n" > a; hg status
  > done
  M a
  M a
  M a
  M a
  $ echo 'two 4' > a; hg status; hg status
  M a
  M a
  $ touch d/new; hg status; hg status; rm d/new; hg status
  M a
  ? d/new
  M a
  ? d/new
  M a
  $ hg status; peer status; echo y > d/x; hg status; peer status; mkdir d/e; echo e > d/e/e; hg status; peer status
  M a
  M a
  M a
  M d/x
  M a
  M d/x
  M a
  M d/x
  ? d/e/e
  M a
  M d/x
  ? d/e/e

Both programs believe each other's records.

  $ hg status -A > ../ours; peer status -A > ../theirs; cmp ../ours ../theirs
  $ peer debugdirstate > ../before; touch a d/x; hg status; peer status; peer verify -q
  M a
  M d/x
  ? d/e/e
  M a
  M d/x
  ? d/e/e

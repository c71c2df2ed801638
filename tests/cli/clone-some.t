What a clone of some changesets checks out.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo; for n in 0 1 2; do echo $n > f; [ $n = 0 ] || peer branch -q -f side$n; peer commit -q -A -m c$n -d "$n 0"; done; cd ..
  $ hg clone -r 1 repo one | tidy; peer -R one parents -T '{rev} {branch}\n'
  adding changesets
  adding manifests
  adding file changes
  added 2 changesets with 2 changes to 1 files
  new changesets c0da9f77da1e:1aa1d400d9b6
  updating to branch side1
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  1 side1
  $ hg clone -q -b side2 repo two; peer -R two parents -T '{rev} {branch}\n'
  2 side2
  $ hg clone -q -r 2 -r 0 -u default repo three; peer -R three parents -T '{rev} {branch}\n'
  0 default
  $ peer -R repo bookmark -r 0 @; hg clone -q repo four; hg clone -q -r 2 repo five; peer -R four parents -T '{rev}\n'; peer -R five parents -T '{rev}\n'
  0
  2

Truncated and damaged files under `.hg`: always an error that names the file, never a wrong answer or a traceback.

What is printed is our own; that it fails is not.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ mkdir d; echo a > a; echo b > d/b; peer commit -q -A -m 0 -d '0 0'
  $ for n in 1 2 3 4 5; do seq $n 300 > big; peer commit -q -A -m $n -d '0 0'; done
  $ cp -r .hg ../saved
  $ again() { rm -rf .hg; cp -r ../saved .hg; }

`fails` runs a command on the damaged repository: it must end with an abort line and no traceback.

  $ fails() {
  >   "$@" > ../out 2> ../err; code=$?
  >   grep -q Traceback ../err && { echo "traceback: $*"; cat ../err; }
  >   grep -q "panicked" ../err && { echo "panic: $*"; cat ../err; }
  >   test $code -eq 0 && echo "succeeded: $*"
  >   grep -q '^abort: ' ../err || { echo "no abort ($code): $*"; cat ../err; }
  >   again
  > }

The changelog's index.

  $ truncate -s 100 .hg/store/00changelog.i; fails hg status --rev 0 --rev tip
  $ truncate -s 3 .hg/store/00changelog.i; fails hg status --rev 0
  $ printf '\377\377\377\377' | dd of=.hg/store/00changelog.i conv=notrunc status=none; fails hg status --rev 0
  $ printf '\177\377\377\377' | dd of=.hg/store/00changelog.i bs=1 seek=8 conv=notrunc status=none; fails hg files -r 0

The manifest.

  $ truncate -s 40 .hg/store/00manifest.i; fails hg files -r tip
  $ printf 'garbage garbage garbage' | dd of=.hg/store/00manifest.i bs=1 seek=64 conv=notrunc status=none; fails hg files -r 0

A file's history.

  $ rm .hg/store/data/a.i; fails hg cat -r 0 a
  $ truncate -s 50 .hg/store/data/a.i; fails hg cat -r 0 a
  $ printf 'garbage' | dd of=.hg/store/data/a.i bs=1 seek=62 conv=notrunc status=none; fails hg cat -r 0 a
  $ printf '\377\377\377\377' | dd of=.hg/store/data/big.i bs=1 seek=80 conv=notrunc status=none; fails hg cat -r tip big
  $ printf '\0\0\0\0\0\0\0\0' > .hg/store/data/a.i; fails hg cat -r 0 a

The dirstate.

  $ truncate -s 20 .hg/dirstate; fails hg status
  $ truncate -s 55 .hg/dirstate; fails hg status
  $ printf '\177\377\377\377' | dd of=.hg/dirstate bs=1 seek=53 conv=notrunc status=none; fails hg status

Phases.

  $ printf 'nonsense\n' > .hg/store/phaseroots; fails hg status --rev 0 -m

Dirstate-v2.

  $ cd ..; peer init --config format.use-dirstate-v2=yes v2; cd v2
  $ mkdir d; echo a > a; echo b > d/b; peer commit -q -A -m 0 -d '0 0'; peer status; rm -r ../saved; cp -r .hg ../saved
  $ truncate -s 30 .hg/dirstate; fails hg status
  $ printf 'nonsense' | dd of=.hg/dirstate conv=notrunc status=none; fails hg status
  $ rm .hg/dirstate.*; fails hg status
  $ for f in .hg/dirstate.*; do truncate -s 30 $f; done; fails hg status
  $ for f in .hg/dirstate.*; do printf '\377\377\377\377\377\377\377\377' | dd of=$f bs=1 seek=4 conv=notrunc status=none; done; hg status > ../out 2> ../err; grep -c Traceback ../err; again
  0

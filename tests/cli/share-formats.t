The same answers in repositories of every format.

  $ . "$TESTDIR/prepare.sh"

  $ answers() {
  >   hg status; hg status -A -C; hg status --rev 0 -C; hg status --rev 0 --rev 1; hg files; hg files -r 0; hg cat -r 0 a d/b; hg root | tidy; hg status -T json -m
  > }
  $ fill() {
  >   cd "$1"; mkdir -p d/e; echo a > a; echo b > d/b; seq 1 500 > d/e/big; peer commit -q -A -m 0 -d '0 0'
  >   seq 1 501 > d/e/big; peer move -q a A; peer commit -q -m 1 -d '0 0'; echo x >> d/b; rm A; touch new; cd ..
  > }
  $ peer init plain; fill plain
  $ cd plain; answers; cd ..; (cd plain; answers) | sed 's#TOP/[a-z0-9]*#TOP/X#' > expected
  M d/b
  ! A
  ? new
  M d/b
  ! A
  ? new
  C d/e/big
  M d/b
  M d/e/big
  R a
  ! A
    a
  ? new
  M d/e/big
  A A
  R a
  A
  d/b
  d/e/big
  a
  d/b
  d/e/big
  a
  b
  TOP/plain
  [
   {
    "itemtype": "file",
    "path": "d/b",
    "status": "M"
   }
  ]
  $ check() { (cd "$1"; answers) | sed 's#TOP/[a-z0-9]*#TOP/X#' | diff expected -; }

  $ peer --config format.use-dirstate-v2=yes init v2; fill v2; check v2
  $ peer --config format.revlog-compression=none init none; fill none; check none
  $ peer --config format.revlog-compression=zlib init zlib; fill zlib; check zlib
  $ peer --config format.sparse-revlog=no init nosparse; fill nosparse; check nosparse
  $ peer --config format.generaldelta=no --config format.usegeneraldelta=no init nogd; fill nogd; check nogd
  $ peer --config experimental.treemanifest=yes init tree; fill tree; check tree
  $ peer --config format.use-share-safe=no init unsafe; fill unsafe; check unsafe
  $ peer --config format.use-persistent-nodemap=yes --config storage.revlog.persistent-nodemap.slow-path=allow init nodemap; printf '[storage]\nrevlog.persistent-nodemap.slow-path = allow\n' > nodemap/.hg/hgrc; fill nodemap; ls nodemap/.hg/store/*.n; check nodemap
  nodemap/.hg/store/00changelog.n
  $ peer --config format.dotencode=no init nodot; fill nodot; check nodot
  $ peer --config format.usefncache=no init nofn; fill nofn; check nofn
  $ peer --config format.usestore=no init nostore; fill nostore; check nostore

Directories whose manifests have the same text again, but not the same node, are looked into.

  $ peer --config experimental.treemanifest=yes init again; cd again
  $ mkdir d e; echo a > d/a; echo b > e/b; peer commit -q -A -m 0 -d '0 0'
  $ echo c > d/c; peer commit -q -A -m 1 -d '0 0'; peer remove -q d/c; peer commit -q -m 2 -d '0 0'
  $ hg status -A --rev 0 --rev 2
  C d/a
  $ echo x > e/b; hg status -A --rev 0
  M e/b
  C d/a
  $ peer update -q -C 1; echo x > e/b; hg status -A --rev 0; cd ..
  M e/b
  A d/c
  C d/a

Shares.

  $ peer --config extensions.share= share -q plain shared; cd shared; hg status; hg files; hg cat -r 0 a; hg root -T '{reporoot} {hgpath} {storepath}\n' | tidy; cd ..
  A
  d/b
  d/e/big
  a
  TOP/shared TOP/shared/.hg TOP/plain/.hg/store
  $ peer --config extensions.share= share -q unsafe sharedunsafe; cd sharedunsafe; hg status; hg files; cd ..
  A
  d/b
  d/e/big
  $ peer --config extensions.share= share -q --relative plain sharedrel; cd sharedrel; hg status; hg files; cd ..
  A
  d/b
  d/e/big
  $ printf '[alias]\nfromsource = files\n' > plain/.hg/hgrc; hg -R shared fromsource; hg -R sharedunsafe fromsource 2>&1 | head -1
  shared/A
  shared/d/b
  shared/d/e/big
  hg: unknown command 'fromsource'
  [255]

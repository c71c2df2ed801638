Repositories that are broken or not meant well.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ mkdir d; echo a > a; echo b > d/b; peer commit -q -A -m 0 -d '0 0'; echo c > c; peer commit -q -A -m 1 -d '0 0'
  $ cp -r .hg ../saved
  $ again() { rm -rf .hg; cp -r ../saved .hg; }
  $ try() { hg status 2>&1 | tidy; hg files -r 0 2>&1 | tidy; hg cat -r 0 a 2>&1 | tidy; again; }

Requirements.

  $ echo nosuch >> .hg/requires; try
  abort: repository requires features unknown to this Mercurial: nosuch
  (see https://mercurial-scm.org/wiki/MissingRequirement for more information)
  abort: repository requires features unknown to this Mercurial: nosuch
  (see https://mercurial-scm.org/wiki/MissingRequirement for more information)
  abort: repository requires features unknown to this Mercurial: nosuch
  (see https://mercurial-scm.org/wiki/MissingRequirement for more information)
  $ printf 'nosuch\nalso-not\n' >> .hg/requires; hg status; hg root | tidy; again
  abort: repository requires features unknown to this Mercurial: also-not nosuch
  (see https://mercurial-scm.org/wiki/MissingRequirement for more information)
  abort: repository requires features unknown to this Mercurial: also-not nosuch
  (see https://mercurial-scm.org/wiki/MissingRequirement for more information)
  $ printf '\0\0\n' >> .hg/requires; try
  abort: .hg/requires file is corrupt
  abort: .hg/requires file is corrupt
  abort: .hg/requires file is corrupt
  $ : > .hg/requires; hg root | tidy; again
  TOP/repo
  $ rm .hg/requires; hg root | tidy; again
  TOP/repo
  $ printf 'nosuch\n' >> .hg/store/requires; hg status; again
  abort: repository requires features unknown to this Mercurial: nosuch
  (see https://mercurial-scm.org/wiki/MissingRequirement for more information)

Missing parts.

  $ rm .hg/dirstate; try
  ? a
  ? c
  ? d/b
  a
  d/b
  a
  $ rm -r .hg/store; hg status 2>&1 | tidy; hg root 2>&1 | tidy; again
  abort: No such file or directory: 'TOP/repo/.hg/store/requires'
  abort: No such file or directory: 'TOP/repo/.hg/store/requires'
  $ rm -r .hg/cache .hg/wcache; try
  a
  d/b
  a
  $ rm .hg/store/fncache; try
  a
  d/b
  a
  $ rm .hg/store/00manifest.i; hg root | tidy; hg files | tidy; again
  TOP/repo
  a
  c
  d/b
  $ rm .hg/store/00changelog.i; hg root | tidy; again
  TOP/repo
  $ rm -r .hg; mkdir .hg; hg root 2>&1 | tidy; again
  TOP/repo
  $ rm -r .hg; echo x > .hg; hg status 2>&1 | tidy; rm .hg; again
  abort: no repository found in 'TOP/repo' (.hg not found)

A share whose source is gone.

  $ echo /nosuch/.hg > .hg/sharedpath; echo shared >> .hg/requires; hg status; again
  abort: .hg/sharedpath points to nonexistent directory /nosuch/.hg

Nonsense in bookmarks, branch, tags, phases is not fatal where it need not be.

  $ echo nonsense > .hg/bookmarks; hg status; again
  $ echo nonsense > .hg/bookmarks.current; hg status; again
  $ printf 'x\ny\n' > .hg/branch; hg status; again
  $ echo nonsense > .hg/localtags; hg status --rev 0 -m; again
  $ echo nonsense > .hgtags; hg status --rev 0 -mu; rm .hgtags; again
  ? .hgtags

Working copies.

  $ rm -rf d; echo file > d; hg status; rm d; mkdir d; echo b > d/b; hg status
  ! d/b
  ? d
  $ mkdir -p .hg/x; hg status
  $ chmod 000 d; hg status d 2>&1 | head -1 > /dev/null; chmod 755 d
  $ ln -s . loop; hg status; rm loop
  ? loop
  $ ln -s loop2 loop1; ln -s loop1 loop2; hg status; hg status loop1/x 2>&1 | tidy; rm loop1 loop2
  ? loop1
  ? loop2
  abort: path 'loop1/x' traverses symbolic link 'loop1'
  $ long=$(printf 'x%.0s' $(seq 1 250)); echo l > $long; hg status | wc -c; rm $long
  253
  $ hg status $(seq -s / 1 1500) > ../out 2>&1; tr -cd a-zA-Z < ../out; echo
  Filenametoolong
  $ hg status 'a/../c' 'd/./b' '//a' 2>&1 | tidy
  abort: //a not under root 'TOP/repo'
  [255]
  $ hg files 'a/../c'
  c

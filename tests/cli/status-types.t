Links, permissions, special files, nested repositories, and files that became something else.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ echo a > file; echo b > script; chmod +x script; ln -s file link; ln -s nowhere dangling; mkdir d; echo c > d/c
  $ echo e > e; ln -s d dirlink
  $ peer commit -q -A -m one -d '0 0'
  $ hg status
  $ hg files
  d/c
  dangling
  dirlink
  e
  file
  link
  script

Executable bits.

  $ chmod +x file; chmod -x script
  $ hg status
  M file
  M script
  $ chmod -x file; chmod +x script
  $ hg status
  $ chmod g+x file
  $ hg status
  $ chmod g-x file

A link that points elsewhere, becomes a file, or a file that becomes a link.

  $ rm link; ln -s script link; hg status
  M link
  $ rm link; echo file > link; hg status
  M link
  $ printf file > link; hg status
  M link
  $ rm link; ln -s file link; hg status
  $ rm file; ln -s e file; hg status
  M file
  $ rm file; echo a > file; hg status
  $ rm dirlink; mkdir dirlink; echo x > dirlink/x; hg status
  ! dirlink
  ? dirlink/x
  $ rm -r dirlink; ln -s d dirlink; hg status

Files below a link to a directory are not in the repository.

  $ hg status dirlink/c 2>&1 | tidy
  abort: path 'dirlink/c' traverses symbolic link 'dirlink'
  [255]
  $ hg status dirlink/
  $ hg files dirlink
  dirlink
  $ hg files dirlink/c 2>&1 | tidy
  abort: path 'dirlink/c' traverses symbolic link 'dirlink'
  [255]
  $ hg cat dirlink/c 2>&1 | tidy
  dirlink/c: no such file in rev c5a7554652eb
  [1]

A file becomes a directory and a directory a file.

  $ rm e; mkdir e; echo in > e/in; hg status
  ! e
  ? e/in
  $ hg status e
  ! e
  ? e/in
  $ rm -r e; echo e > e; hg status
  $ mv d d.saved; echo d > d; hg status
  ! d/c
  ? d
  ? d.saved/c
  $ hg status d
  ? d
  $ hg status d/c
  ! d/c
  $ rm d; ln -s d.saved d; hg status
  ! d/c
  ? d
  ? d.saved/c
  $ rm d; mv d.saved d; hg status

Special files.

  $ mkfifo pipe; hg status; hg status pipe; hg status -A pipe
  pipe: unsupported file type (type is fifo)
  pipe: unsupported file type (type is fifo)
  $ rm file; mkfifo file; hg status; hg status file
  ! file
  file: unsupported file type (type is fifo)
  ! file
  $ rm file; echo a > file; rm pipe
  $ hg status

Nested repositories are not looked into.

  $ peer init inner; echo i > inner/i; peer -R inner add -q inner/i
  $ hg status
  $ hg status inner
  $ hg status inner/i 2>&1 | tidy
  abort: path 'inner/i' is inside nested repo 'inner'
  [255]
  $ hg files inner/i 2>&1 | tidy
  abort: path 'inner/i' is inside nested repo 'inner'
  [255]
  $ hg -R inner status
  A i
  $ hg --cwd inner status
  A i
  $ hg --cwd inner root | tidy
  TOP/repo/inner
  $ mkdir -p d/fake/.hg; echo f > d/fake/f
  $ hg status
  $ rm -r d/fake inner

A tracked directory that becomes a repository.

  $ peer init d
  $ hg status
  ! d/c
  $ hg status d/c 2>&1 | tidy
  abort: path 'd/c' is inside nested repo 'd'
  [255]
  $ rm -r d/.hg
  $ hg status

Empty directories say nothing.

  $ mkdir -p empty/within
  $ hg status; hg status empty; hg status -A empty
  $ hg files empty
  [1]
  $ touch empty/within/x
  $ hg status
  ? empty/within/x

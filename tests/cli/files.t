The tracked files of the working copy and of changesets.

  $ . "$TESTDIR/prepare.sh"
  $ every_state repo

  $ hg files
  .hgignore
  added
  clean
  dir/copy
  dir/moved
  dir/origin
  dir/sub/two
  missing
  modified
  $ hg files -r 0
  .hgignore
  clean
  dir/one
  dir/origin
  dir/sub/two
  missing
  modified
  removed
  $ hg files -r .
  .hgignore
  clean
  dir/one
  dir/origin
  dir/sub/two
  missing
  modified
  removed
  $ hg files -r null
  [1]
  $ hg files -r 'wdir()'
  .hgignore
  added
  clean
  dir/copy
  dir/moved
  dir/origin
  dir/sub/two
  missing
  modified
  $ hg files -r 0 -r 1
  .hgignore
  clean
  dir/one
  dir/origin
  dir/sub/two
  missing
  modified
  removed
  $ hg files -0 | tr '\0' '|'; echo
  .hgignore|added|clean|dir/copy|dir/moved|dir/origin|dir/sub/two|missing|modified|
  $ hg files -0r 0 dir | tr '\0' '|'; echo
  dir/one|dir/origin|dir/sub/two|
  $ hg files dir
  dir/copy
  dir/moved
  dir/origin
  dir/sub/two
  $ hg files -r 0 dir/sub
  dir/sub/two
  $ hg files removed
  [1]
  $ hg files missing
  missing
  $ hg files unknown
  [1]
  $ hg files clean unknown
  clean
  $ hg files -r 0 removed
  removed
  $ hg files -r 0 nosuch
  nosuch: no such file in rev f710bdb98efd
  [1]
  $ hg files -r 0 clean nosuch
  nosuch: no such file in rev f710bdb98efd
  clean
  $ hg files -I dir -X dir/sub
  dir/copy
  dir/moved
  dir/origin
  $ hg files -X '**'
  [1]
  $ hg files -v -r 0
          29   .hgignore
           6   clean
           4   dir/one
           7   dir/origin
           4   dir/sub/two
           8   missing
           9   modified
           8   removed
  $ hg files -v -r tip clean
           6   clean
  $ hg files -v clean added
           6   added
           6   clean
  $ hg files -q clean
  clean
  $ hg files -T '{path}|' ; echo
  .hgignore|added|clean|dir/copy|dir/moved|dir/origin|dir/sub/two|missing|modified|
  $ hg files -T '{path} {size} {flags}\n' -r 0
  .hgignore 29 
  clean 6 
  dir/one 4 
  dir/origin 7 
  dir/sub/two 4 
  missing 8 
  modified 9 
  removed 8 
  $ hg files -T '{rev} {node|short} {path}\n' -r 0 dir
  0 f710bdb98efd dir/one
  0 f710bdb98efd dir/origin
  0 f710bdb98efd dir/sub/two
  $ hg files -T json dir
  [
   {
    "path": "dir/copy"
   },
   {
    "path": "dir/moved"
   },
   {
    "path": "dir/origin"
   },
   {
    "path": "dir/sub/two"
   }
  ]
  $ hg files -T json -r 0 -v dir/one
  [
   {
    "flags": "",
    "path": "dir/one",
    "size": 4
   }
  ]
  $ hg files -T json nosuch
  [
  ]
  [1]
  $ hg files -T '{path|nosuch}'
  hg: parse error: unknown function 'nosuch'
  [255]
  $ hg files -T default
  abort: "files" not in template map
  [255]
  $ hg files --config ui.detailed-exit-code=yes nosuch
  [1]
  $ cd dir
  $ hg files
  ../.hgignore
  ../added
  ../clean
  copy
  moved
  origin
  sub/two
  ../missing
  ../modified
  $ hg files .
  copy
  moved
  origin
  sub/two
  $ hg files -r 0 ../clean
  ../clean
  $ hg files -T '{path} {relpath(path)}\n' .
  dir/copy copy
  dir/moved moved
  dir/origin origin
  dir/sub/two sub/two
  $ cd ../..

Executable files and links with sizes.

  $ peer init flags; cd flags
  $ echo a > a; echo b > b; chmod +x b; ln -s a c; : > empty; peer commit -q -A -m 0 -d '0 0'
  $ hg files -v
           2   a
           2 x b
           1 l c
           0   empty
  $ hg files -v -r 0
           2   a
           2 x b
           1 l c
           0   empty
  $ hg files -T '{path}:{flags}:{size}:{flags|permissions}\n' -r 0
  a::2:-rw-r--r--
  b:x:2:-rwxr-xr-x
  c:l:1:lrwxrwxrwx
  empty::0:-rw-r--r--
  $ chmod -x b; echo longer >> a
  $ hg files -v
           9   a
           2   b
           1 l c
           0   empty
  $ cd ..

An empty repository.

  $ peer init empty; cd empty
  $ hg files
  [1]
  $ hg files -r tip
  [1]
  $ hg files -r 0
  [1]
  $ hg files nosuch
  [1]
  $ hg files -T json
  [
  ]
  [1]

Where the repository is, and where others are.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo; mkdir -p a/b
  $ hg root | tidy
  TOP/repo
  $ hg --cwd a/b root | tidy
  TOP/repo
  $ hg root -T json | tidy
  [
   {
    "hgpath": "TOP/repo/.hg",
    "reporoot": "TOP/repo",
    "storepath": "TOP/repo/.hg/store"
   }
  ]
  $ hg root -T '{reporoot} {hgpath} {storepath}\n' | tidy
  TOP/repo TOP/repo/.hg TOP/repo/.hg/store
  $ hg root x 2>&1 | head -2
  hg root: invalid arguments
  hg root
  [255]
  $ hg root -z 2>&1 | head -2
  hg root: option -z not recognized
  hg root
  [255]
  $ hg -R . root | tidy
  TOP/repo
  $ hg --repository a/.. root | tidy
  TOP/repo
  $ cd ..
  $ hg root 2>&1 | tidy
  abort: no repository found in 'TOP' (.hg not found)
  [255]
  $ hg -R repo root | tidy
  TOP/repo
  $ hg -R nosuch root 2>&1 | tidy
  abort: repository nosuch not found
  [255]
  $ hg -R repo/a root 2>&1 | tidy
  abort: repository repo/a not found
  [255]
  $ hg --cwd repo/a root | tidy
  TOP/repo
  $ hg --cwd repo -R a root 2>&1 | tidy
  abort: repository a not found
  [255]

A share.

  $ peer --config extensions.share= share -q -U repo shared
  $ hg -R shared root | tidy
  TOP/shared
  $ hg -R shared root -T json | tidy
  [
   {
    "hgpath": "TOP/shared/.hg",
    "reporoot": "TOP/shared",
    "storepath": "TOP/repo/.hg/store"
   }
  ]
  $ hg -R shared status
  $ hg -R shared files
  [1]

Paths.

  $ cd repo
  $ hg paths
  $ cat > .hg/hgrc <<EOF
  > [paths]
  > default = ../other
  > default:pushurl = ssh://host/there
  > default-push = https://user:secret@example.org/repo
  > zzz = relative/dir
  > win = C:\repo
  > empty =
  > EOF
  $ hg paths | tidy
  default = TOP/other
  default:pushurl = ssh://host/there
  default-push = https://user:***@example.org/repo
  win = TOP/repo/C:\repo
  zzz = TOP/repo/relative/dir
  $ hg paths default | tidy
  TOP/other
  $ hg paths zzz | tidy
  TOP/repo/relative/dir
  $ hg paths -q
  default
  default-push
  win
  zzz
  $ hg paths -q zzz
  $ hg paths nosuch
  not found!
  [1]
  $ hg paths -q nosuch
  [1]
  $ hg paths -v | tidy
  default = TOP/other
  default:pushurl = ssh://host/there
  default-push = https://user:***@example.org/repo
  win = TOP/repo/C:\repo
  zzz = TOP/repo/relative/dir
  $ hg paths -T json | tidy
  [
   {
    "name": "default",
    "pushurl": "ssh://host/there",
    "url": "TOP/other"
   },
   {
    "name": "default-push",
    "url": "https://user:secret@example.org/repo"
   },
   {
    "name": "win",
    "url": "TOP/repo/C:\\repo"
   },
   {
    "name": "zzz",
    "url": "TOP/repo/relative/dir"
   }
  ]
  $ hg paths -T '{name}: {url} {pushurl}\n' | tidy
  default: TOP/other ssh://host/there
  default-push: https://user:secret@example.org/repo 
  win: TOP/repo/C:\repo 
  zzz: TOP/repo/relative/dir 
  $ hg paths -T json zzz | tidy
  [
   {
    "name": "zzz",
    "url": "TOP/repo/relative/dir"
   }
  ]
  $ hg paths a b 2>&1 | head -2
  hg paths: invalid arguments
  hg paths [NAME]
  [255]
  $ hg paths --config paths.extra=/abs/dir extra
  /abs/dir
  $ hg paths --config 'paths.ref=path://zzz' ref | tidy
  TOP/repo/relative/dir
  $ cd ..
  $ hg paths
  $ hg paths --config paths.x=y | tidy
  x = TOP/y
  $ hg paths nosuch
  not found!
  [1]

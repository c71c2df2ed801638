Reading the configuration.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ cat > .hg/hgrc <<EOF
  > [ui]
  > username = Somebody <s@example.org>
  > verbose = no
  > [alias]
  > mine = status -m
  > [section]
  > list = a, b c "d e"
  > empty =
  > long = one
  >   two
  >   three
  > sub:option = value
  > sub = main
  > ; comment
  > # comment
  > [second]
  > key = first
  > key = second
  > %unset gone
  > gone = here
  > %unset gone
  > EOF
  $ hg config ui.username
  Somebody <s@example.org>
  $ hg config section
  section.list=a, b c "d e"
  section.empty=
  section.long=one\ntwo\nthree
  section.sub:option=value
  section.sub=main
  $ hg config section.list section.empty
  section.list=a, b c "d e"
  section.empty=
  $ hg config section.long
  one\ntwo\nthree
  $ hg config section.sub
  main
  $ hg config section.sub:option
  value
  $ hg config second
  second.key=second
  $ hg config second.gone
  [1]
  $ hg config nosuch
  [1]
  $ hg config nosuch.key
  [1]
  $ hg config section.nosuch
  [1]
  $ hg config section second
  second.key=second
  section.list=a, b c "d e"
  section.empty=
  section.long=one\ntwo\nthree
  section.sub:option=value
  section.sub=main
  $ hg config ui.username section
  section.list=a, b c "d e"
  section.empty=
  section.long=one\ntwo\nthree
  section.sub:option=value
  section.sub=main
  ui.username=Somebody <s@example.org>
  $ hg config alias
  alias.mine=status -m
  $ hg showconfig section.list
  a, b c "d e"
  $ hg config --source section 2>&1 | tidy
  TOP/repo/.hg/hgrc:7: section.list=a, b c "d e"
  TOP/repo/.hg/hgrc:8: section.empty=
  TOP/repo/.hg/hgrc:11: section.long=one\ntwo\nthree
  TOP/repo/.hg/hgrc:12: section.sub:option=value
  TOP/repo/.hg/hgrc:13: section.sub=main
  $ hg config --source section.list | tidy
  TOP/repo/.hg/hgrc:7: a, b c "d e"
  $ hg config --debug section.list | tidy
  TOP/repo/.hg/hgrc:7: a, b c "d e"
  $ hg config -T json section | tidy
  [
   {
    "defaultvalue": null,
    "name": "section.list",
    "source": "TOP/repo/.hg/hgrc:7",
    "value": "a, b c \"d e\""
   },
   {
    "defaultvalue": null,
    "name": "section.empty",
    "source": "TOP/repo/.hg/hgrc:8",
    "value": ""
   },
   {
    "defaultvalue": null,
    "name": "section.long",
    "source": "TOP/repo/.hg/hgrc:11",
    "value": "one\ntwo\nthree"
   },
   {
    "defaultvalue": null,
    "name": "section.sub:option",
    "source": "TOP/repo/.hg/hgrc:12",
    "value": "value"
   },
   {
    "defaultvalue": null,
    "name": "section.sub",
    "source": "TOP/repo/.hg/hgrc:13",
    "value": "main"
   }
  ]
  $ hg config -T '{name}={value} ({source})\n' section | tidy
  section.list=a, b c "d e" (TOP/repo/.hg/hgrc:7)
  section.empty= (TOP/repo/.hg/hgrc:8)
  section.long=one
  two
  three (TOP/repo/.hg/hgrc:11)
  section.sub:option=value (TOP/repo/.hg/hgrc:12)
  section.sub=main (TOP/repo/.hg/hgrc:13)
  $ hg config -T '{value}\n' section.list
  a, b c "d e"
  $ hg config --config section.list=other section.list
  other
  $ hg config --config section.list=other --source section.list
  --config: other
  $ hg config --config section.new=x --config section.new=y section.new
  y
  $ hg config --config nonsense
  abort: malformed --config option: 'nonsense' (use --config section.name=value)
  [255]
  $ hg config --config a=b
  abort: malformed --config option: 'a=b' (use --config section.name=value)
  [255]
  $ hg config --config a.=b
  abort: malformed --config option: 'a.=b' (use --config section.name=value)
  [255]
  $ hg config --config .a=b
  abort: malformed --config option: '.a=b' (use --config section.name=value)
  [255]
  $ hg --config ui.username=x config ui.username
  x
  $ hg config --config=ui.username=y ui.username
  y
  $ hg config ui.verbose ui.quiet
  ui.verbose=no
  $ hg config -q section.list
  a, b c "d e"

Layers.

  $ printf '[section]\nlist = not shared\n' > .hg/hgrc-not-shared; hg config section.list; rm .hg/hgrc-not-shared
  not shared
  $ HGRCSKIPREPO=1 hg config section.list
  [1]
  $ printf '[section]\nlist = user\nuser = yes\n' > ../user.rc
  $ HGRCPATH=../user.rc hg config section.user section.list
  section.user=yes
  section.list=a, b c "d e"
  $ HGRCPATH=../user.rc HGRCSKIPREPO=1 hg config section.list
  user
  $ mkdir ../rc.d; cp ../user.rc ../rc.d/a.rc; printf '[section]\nuser = no\n' > ../rc.d/b.rc; touch ../rc.d/ignored
  $ HGRCPATH=../rc.d hg config section.user
  no
  $ HGRCPATH=../rc.d:../user.rc hg config section.user
  yes
  $ HGRCPATH=../nosuch hg config section.list
  a, b c "d e"
  $ hg --config-file ../user.rc config section.user
  yes

Includes.

  $ printf '[inc]\na = 1\n' > inc.rc; printf '%%include ../inc.rc\n%%include ../nosuch.rc\n[inc]\nb = 2\n' > .hg/hgrc
  $ hg config inc
  inc.a=1
  inc.b=2
  $ hg config --source inc | tidy
  TOP/repo/inc.rc:2: inc.a=1
  TOP/repo/.hg/hgrc:4: inc.b=2
  $ printf '[inc]\na = 1\n%%include ../two.rc\nc = 3\n' > .hg/hgrc; printf '[two]\nx = y\n' > two.rc; hg config inc two
  inc.a=1
  inc.c=3
  two.x=y

Broken files.

  $ printf '[section\n' > .hg/hgrc; hg config section 2>&1 | tidy; hg status 2>&1 | tidy
  config error at TOP/repo/.hg/hgrc:1: [section
  config error at TOP/repo/.hg/hgrc:1: [section
  [255]
  $ printf 'no section\n' > .hg/hgrc; hg config x 2>&1 | tidy
  config error at TOP/repo/.hg/hgrc:1: no section
  [255]
  $ printf 'key = no section\n' > .hg/hgrc; hg config x 2>&1 | tidy
  [1]
  $ printf '[a]\nb = c\nnonsense\n' > .hg/hgrc; hg config a 2>&1 | tidy
  config error at TOP/repo/.hg/hgrc:3: nonsense
  [255]
  $ printf ' [a]\nb = c\n' > .hg/hgrc; hg config a 2>&1 | tidy
  config error at TOP/repo/.hg/hgrc:1: unexpected leading whitespace:  [a]
  [255]
  $ printf '[a]\nb = c\n' > .hg/hgrc; hg config a
  a.b=c
  $ printf '\357\273\277[a]\nb = bom\n' > .hg/hgrc; hg config a
  a.b=bom
  $ printf '[a]\r\nb = crlf\r\n' > .hg/hgrc; hg config a
  a.b=crlf
  $ printf '[ui]\nverbose = maybe\n' > .hg/hgrc; hg status
  config error: ui.verbose is not a boolean ('maybe')
  [255]
  $ printf '[ui]\ndetailed-exit-code = yes\nverbose = maybe\n' > .hg/hgrc; hg status
  config error: ui.verbose is not a boolean ('maybe')
  [255]
  $ printf '[a]\nb = \377\n' > .hg/hgrc; hg config a | bytes
     a   .   b   = 377  \n
  $ rm .hg/hgrc; mkdir .hg/hgrc; hg config a 2>&1 | tidy; rmdir .hg/hgrc

HGPLAIN.

  $ printf '[ui]\nverbose = yes\nusername = u\n[defaults]\nfiles = -0\n[alias]\nf = files\n' > .hg/hgrc
  $ HGPLAIN=1 hg config ui
  ui.username=u
  $ HGPLAIN=1 HGPLAINEXCEPT=alias hg config alias
  alias.f=files
  $ HGPLAIN=1 hg config alias
  [1]
  $ HGPLAIN= hg config ui.verbose
  [1]

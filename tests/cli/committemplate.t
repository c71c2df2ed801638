What the editor shows where section `committemplate` says so.

  $ . "$TESTDIR/prepare.sh"
  $ export HGRCPATH="$TOP/hgrc"; cat > hgrc <<END
  > [committemplate]
  > changeset = {desc}\n\nHG: {extramsg}\nHG: {author|user} on {branch}{if(activebookmark, " at {activebookmark}")}\n{files % "HG: {file}\n"}
  > changeset.commit.normal = {defaultmsg}{desc}\nHG: {file_adds} / {file_mods} / {file_dels}\nHG: {join(parents, " ")}\n{splitlines(diff()) % "HG: {line}\n"}
  > changeset.commit.amend = amended\nHG: {p1.rev} {file_adds} / {file_mods} / {file_dels} {desc}\n
  > changeset.tag.add = tagged\n
  > defaultmsg = something\n
  > END
  $ export HGEDITOR=cat; peer init repo; cd repo
  $ echo a > a; echo b > b; hg add -q; hg commit -d '0 0' -u 'Me <me@there>' a
  something
  
  HG: a /  / 
  HG: -1:000000000000
  HG: diff -r 000000000000 a
  HG: --- /dev/null\tThu Jan 01 00:00:00 1970 +0000 (esc)
  HG: +++ b/a\tThu Jan 01 00:00:00 1970 +0000 (esc)
  HG: @@ -0,0 +1,1 @@
  HG: +a
  abort: commit message unchanged
  [255]
  $ hg commit -d '0 0' -m first -e; hg log -T '{rev} {desc}\n'
  something
  first
  HG: a b /  / 
  HG: -1:000000000000
  HG: diff -r 000000000000 a
  HG: --- /dev/null\tThu Jan 01 00:00:00 1970 +0000 (esc)
  HG: +++ b/a\tThu Jan 01 00:00:00 1970 +0000 (esc)
  HG: @@ -0,0 +1,1 @@
  HG: +a
  HG: diff -r 000000000000 b
  HG: --- /dev/null\tThu Jan 01 00:00:00 1970 +0000 (esc)
  HG: +++ b/b\tThu Jan 01 00:00:00 1970 +0000 (esc)
  HG: @@ -0,0 +1,1 @@
  HG: +b
  0 something
  first
  $ echo a2 >> a; peer remove b; peer bookmark mark; hg commit -d '1 0' -m second -e -q; hg commit --amend -d '2 0' 2>&1 | tidy; hg log -T '{rev} {desc}\n'
  something
  second
  HG:  / a / b
  HG: 0:520780055d58
  HG: diff -r 520780055d58 a
  HG: --- a/a\tThu Jan 01 00:00:00 1970 +0000 (esc)
  HG: +++ b/a\tThu Jan 01 00:00:01 1970 +0000 (esc)
  HG: @@ -1,1 +1,2 @@
  HG:  a
  HG: +a2
  HG: diff -r 520780055d58 b
  HG: --- a/b\tThu Jan 01 00:00:00 1970 +0000 (esc)
  HG: +++ /dev/null\tThu Jan 01 00:00:00 1970 +0000 (esc)
  HG: @@ -1,1 +0,0 @@
  HG: -b
  amended
  HG: 0  / a / b something
  second
  saved backup bundle to TOP/repo/.hg/strip-backup/5652a4fb452b-9dbfcaad-amend.hg
  1 amended
  second
  0 something
  first
  $ echo x > x; hg add x; hg commit --config committemplate.changeset.commit.normal='{nix|' -m x -e; hg commit --config committemplate.changeset.commit.normal=; hg commit --config committemplate.changeset.commit.normal= -m merged -e --close-branch
  hg: parse error at 1: unterminated template expansion
  ({nix|
    ^ here)
  
  
  HG: Leave message empty to abort commit.
  HG: tester on default at mark
  HG: x
  abort: empty commit message
  merged
  
  HG: Leave message empty to abort commit.
  HG: tester on default at mark
  HG: x

Programs that merge, some conflicts or all of them.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ printf '1\n2\n3\n4\n5\n' > a.txt; cp a.txt b; peer commit -q -A -m base -d '0 0'
  $ printf 'one\n2\n3\n4\nfive\n' | tee a.txt > b; peer commit -q -m right -d '1 0'; peer update -q 0; printf 'uno\n2\n3\n4\nFIVE\n' | tee a.txt > b; peer commit -q -m left -d '2 0'
  $ cat > ../firsts <<'END'
  > #!/bin/sh
  > echo "$2 has" `wc -l < "$2"` | sed 's,.*/,,'
  > for f in "$@"; do sed -e '1s/.*/first/' "$f" > "$f.new"; mv "$f.new" "$f"; done
  > END
  $ cat > ../fails <<'END'
  > #!/bin/sh
  > exit 3
  > END
  $ chmod +x ../firsts ../fails
  $ merge() { hg merge -q "$@"; cat a.txt; hg update -q -C .; rm -f *.orig; }
  $ merge -t :merge3 --config partial-merge-tools.firsts.executable="$TOP/firsts" --config partial-merge-tools.firsts.patterns='**.txt'
  a~base.txt has 5
  a~base.txt has 5
  warning: conflicts while merging a.txt! (edit, then use 'hg resolve --mark')
  warning: conflicts while merging b! (edit, then use 'hg resolve --mark')
  first
  2
  3
  4
  <<<<<<< working copy
  FIVE
  ||||||| common ancestor
  5
  =======
  five
  >>>>>>> merge rev
  $ merge -t :merge --config partial-merge-tools.firsts.executable="$TOP/firsts" --config partial-merge-tools.firsts.args='$other $local $base' --config partial-merge-tools.fails.disable=yes --config partial-merge-tools.fails.executable="$TOP/fails" | head -8
  warning: conflicts while merging a.txt! (edit, then use 'hg resolve --mark')
  warning: conflicts while merging b! (edit, then use 'hg resolve --mark')
  a~local.txt has 5
  a~local.txt has 5
  b~local has 5
  b~local has 5
  first
  2
  3
  4
  $ merge -t :merge --config partial-merge-tools.fails.executable="$TOP/fails" --config partial-merge-tools.firsts.executable="$TOP/firsts" --config partial-merge-tools.firsts.order=-1
  a~base.txt has 5
  a~base.txt has 5
  abort: partial merge tool fails exited with code 3
  uno
  2
  3
  4
  FIVE
  $ merge -t :merge --config partial-merge-tools.fails.executable="$TOP/fails" --config merge.disable-partial-tools=yes | head -3
  warning: conflicts while merging a.txt! (edit, then use 'hg resolve --mark')
  warning: conflicts while merging b! (edit, then use 'hg resolve --mark')
  <<<<<<< working copy
  uno
  =======
  $ hg merge -t mine --config merge-tools.mine.executable=cat --config merge-tools.mine.args='$local' --config merge-tools.mine.premerge=no --config command-templates.pre-merge-tool-output='{toolpath|basename} {path} {local.label} {local.name} {other.ctx} {other.name} {other.islink}{base.rev}\n' | head -3
  merging a.txt
  cat a.txt working copy local  other False0
  uno
  [1]
  $ hg update -q -C . </dev/null; cat > ../tool.py <<'END'
  > def merge(context=None, args=None, **others):
  >     local, base, other = args or context.facts["args"]
  >     with open(local, "wb") as file, open(base, "rb") as first, open(other, "rb") as second:
  >         file.write(first.read() + second.read())
  > def refuse(*positional, **others):
  >     return True
  > END
  $ python() { hg merge -q -t mine --config merge-tools.mine.premerge=no --config merge-tools.mine.executable="$1" </dev/null; hg update -q -C . ; rm -f *.orig; }
  $ hg merge -q -t mine --config merge-tools.mine.premerge=no --config merge-tools.mine.executable=python:../tool.py:merge </dev/null; cat b; hg update -q -C .
  1
  2
  3
  4
  5
  one
  2
  3
  4
  five
  $ python python:../tool.py; python python:../nix.py:merge; python python:../tool.py:nothing
  abort: invalid 'python:' syntax: python:../tool.py
  abort: loading python merge script failed: ../nix.py
  abort: ../tool.py does not have function: nothing

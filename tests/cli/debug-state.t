What merges, dirstates and copies look like inside.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ hg debugmergestate; hg debugmergestate -T json
  no merge state found
  [
   {
    "commits": [],
    "extras": [],
    "files": []
   }
  ]
  $ printf '1\n2\n3\n' > a; echo b > b; peer commit -q -A -m base -d '0 0'
  $ peer move b c; printf 'one\n2\n3\n' > a; peer commit -q -m right -d '1 0'
  $ peer copy c d; peer commit -q -m copy -d '2 0'
  $ peer update -q 0; printf 'uno\n2\n3\n' > a; echo more >> b; peer commit -q -m left -d '3 0'
  $ peer merge -q 2 2>/dev/null; hg debugmergestate -v; hg debugmergestate -T '{files % "{path}\n"}'; hg debugmergestate -T json
  v1 and v2 states match: using v2
  local (working copy): ffaf5ca51d737f26e0750e4a23c1b45f6645f981
  other (merge rev): 53ee16188ca7aa25ad3078626eceeac304f4d7c5
  file: a (state "u")
    local path: a (hash 86f7e437faa5a7fce15d1ddcb9eaeaea377667b8, flags "")
    ancestor path: a (node 01365c4cca56b454df87d56d34d3e439cedc1f2b)
    other path: a (node ab6d6aa8eed41c02aebe9b2aa90eabc47007f60f)
    extra: ancestorlinknode = 029b2e032ec1ef2fc407a2fab0634a054d1e5673
    extra: merged = yes
  file: c (state "r")
    local path: b (hash e9d71f5ee7c92d6dc9e92ffdad17b8bd49418f98, flags "")
    ancestor path: b (node 1e88685f5ddec574a34c70af492f95b6debc8741)
    other path: c (node c542da4651a1244462483f678a670b6c5b6e18b5)
    extra: ancestorlinknode = 029b2e032ec1ef2fc407a2fab0634a054d1e5673
    extra: merged = yes
  file: d (state "r")
    local path: b (hash e9d71f5ee7c92d6dc9e92ffdad17b8bd49418f98, flags "")
    ancestor path: b (node 1e88685f5ddec574a34c70af492f95b6debc8741)
    other path: d (node ce1bf56ff29c80b570d784e047c1c8ab3de72eb8)
    extra: ancestorlinknode = 029b2e032ec1ef2fc407a2fab0634a054d1e5673
    extra: merged = yes
  a
  c
  d
  [
   {
    "commits": [{"label": "working copy", "name": "local", "node": "ffaf5ca51d737f26e0750e4a23c1b45f6645f981"}, {"label": "merge rev", "name": "other", "node": "53ee16188ca7aa25ad3078626eceeac304f4d7c5"}],
    "extras": [],
    "files": [{"ancestor_node": "01365c4cca56b454df87d56d34d3e439cedc1f2b", "ancestor_path": "a", "extras": [{"key": "ancestorlinknode", "value": "029b2e032ec1ef2fc407a2fab0634a054d1e5673"}, {"key": "merged", "value": "yes"}], "local_flags": "", "local_key": "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8", "local_path": "a", "other_node": "ab6d6aa8eed41c02aebe9b2aa90eabc47007f60f", "other_path": "a", "path": "a", "state": "u"}, {"ancestor_node": "1e88685f5ddec574a34c70af492f95b6debc8741", "ancestor_path": "b", "extras": [{"key": "ancestorlinknode", "value": "029b2e032ec1ef2fc407a2fab0634a054d1e5673"}, {"key": "merged", "value": "yes"}], "local_flags": "", "local_key": "e9d71f5ee7c92d6dc9e92ffdad17b8bd49418f98", "local_path": "b", "other_node": "c542da4651a1244462483f678a670b6c5b6e18b5", "other_path": "c", "path": "c", "state": "r"}, {"ancestor_node": "1e88685f5ddec574a34c70af492f95b6debc8741", "ancestor_path": "b", "extras": [{"key": "ancestorlinknode", "value": "029b2e032ec1ef2fc407a2fab0634a054d1e5673"}, {"key": "merged", "value": "yes"}], "local_flags": "", "local_key": "e9d71f5ee7c92d6dc9e92ffdad17b8bd49418f98", "local_path": "b", "other_node": "ce1bf56ff29c80b570d784e047c1c8ab3de72eb8", "other_path": "d", "path": "d", "state": "r"}]
   }
  ]
  $ hg debugp1copies; hg debugp2copies; hg debugp1copies -r 1; hg debugpathcopies 0 2; hg debugpathcopies 0 2 d; hg debugpathcopies 2 0; hg debugpathcopies 0 'wdir()'
  b -> c
  b -> d
  b -> c
  b -> c
  b -> d
  b -> d
  d -> b
  b -> c
  b -> d
  $ hg debugdirstate --docket; hg debugdirstate --all --nodates
  abort: dirstate v1 does not have a docket
  m   0         -2 unset               a
  r   0          0 set                 b
  n   0         -2 unset               c
  n   0         -2 unset               d
  copy: b -> c
  copy: b -> d
  $ cd ..; peer init two --config format.use-dirstate-v2=1; cd two; echo a > a; peer add -q a; hg debugdirstate --docket | grep -v uuid
  size of dirstate data: 45
  start offset of root nodes: 1
  number of root nodes: 1
  nodes with entries: 1
  nodes with copies: 0
  number of unused bytes: 0
  ignore pattern hash: 0000000000000000000000000000000000000000

A damaged list of files is made anew; what begins like the working copy's node names no changeset.
  $ cd ..; peer init list; cd list; mkdir -p s/t; echo 1 > s/t/file; peer ci -q -A -m one -d '0 0'
  $ for list in 'data/s/t/file.i' 'data/s/t/file.i\n\ndata/gone.i\n' 'data/s/t/file.i\nda'; do printf "$list" > .hg/store/fncache; hg debugrebuildfncache; done
  fncache does not ends with a newline
  adding data/s/t/file.i
  1 items added, 0 removed from fncache
  invalid entry in fncache, line 2
  removing 
  removing data/gone.i
  0 items added, 2 removed from fncache
  fncache does not ends with a newline
  fncache already up to date
  $ for name in 0 ff ffffffffffffffffffffffffffffffffffffffff ffe; do hg debugdata -m $name; done
  s/t/file\x00b8e02f6433738021a065f94175c7cd23db5f05be (esc)
  abort: working directory revision cannot be specified
  abort: working directory revision cannot be specified
  abort: invalid revision identifier ffe
  [255]

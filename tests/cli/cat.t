The content of files.

  $ . "$TESTDIR/prepare.sh"
  $ every_state repo
  $ printf 'no end of line' > raw; printf 'a\0b\377\n' > binary; peer add -q raw binary; peer commit -q -m third -d '2 0'; echo now > clean

  $ hg cat clean
  clean
  $ hg cat clean raw
  clean
  no end of line (no-eol)
  $ hg cat binary | bytes
     a  \0   b 377  \n
  $ hg cat dir/sub/two
  two
  more
  $ hg cat -r 0 dir/sub/two
  two
  $ hg cat -r 1 dir/sub/two modified
  two
  more
  modified
  $ hg cat -r 'wdir()' clean
  now
  $ hg cat dir
  origin
  one
  origin
  two
  more
  $ hg cat .
  syntax: glob
  *.ignored
  build
  added
  a\x00b\xff (esc)
  clean
  origin
  one
  origin
  two
  more
  missing
  modified
  again
  no end of line (no-eol)
  $ hg cat 'glob:m*'
  missing
  modified
  again
  $ hg cat -I 'dir/**' .
  origin
  one
  origin
  two
  more
  $ hg cat -X dir -X 'glob:b*' .
  syntax: glob
  *.ignored
  build
  added
  clean
  missing
  modified
  again
  no end of line (no-eol)
  $ cd dir; hg cat sub/two; hg cat ../clean; hg cat .; cd ..
  two
  more
  clean
  origin
  one
  origin
  two
  more
  $ hg cat
  hg cat: invalid arguments
  hg cat [OPTION]... FILE...
  
  output the current or given revision of files
  
  options ([+] can be repeated):
  
   -o --output FORMAT       print output to file with formatted name
   -r --rev REV             print the given revision
      --decode              apply any matching decode filter
   -I --include PATTERN [+] include names matching the given patterns
   -X --exclude PATTERN [+] exclude names matching the given patterns
   -T --template TEMPLATE   display with template
  
  (use 'hg cat -h' to show more help)
  [255]
  $ hg cat nosuch
  nosuch: no such file in rev 68e8b8c1ef2a
  [1]
  $ hg cat removed
  removed: no such file in rev 68e8b8c1ef2a
  [1]
  $ hg cat -r 0 removed
  removed
  $ hg cat unknown
  unknown: no such file in rev 68e8b8c1ef2a
  [1]
  $ hg cat clean nosuch
  clean
  nosuch: no such file in rev 68e8b8c1ef2a
  $ hg cat -r 0 nosuch added
  added: no such file in rev f710bdb98efd
  nosuch: no such file in rev f710bdb98efd
  [1]
  $ hg cat -r null clean
  clean: no such file in rev 000000000000
  [1]
  $ hg cat -r nosuch clean
  abort: unknown revision 'nosuch'
  [255]
  $ hg cat 'glob:nosuch*'
  [1]
  $ cd dir; hg cat nosuch; hg cat -r 0 ../nosuch; cd ..
  nosuch: no such file in rev 68e8b8c1ef2a
  ../nosuch: no such file in rev f710bdb98efd
  $ hg cat ../outside 2>&1 | tidy
  abort: ../outside not under root 'TOP/repo'
  [255]

Templates.

  $ hg cat -T '{path}: {data}' clean dir/origin
  clean: clean
  dir/origin: origin
  $ hg cat -T json clean
  [
   {
    "data": "clean\n",
    "path": "clean"
   }
  ]
  $ hg cat -T json binary
  [
   {
    "data": "a\\u0000b\xed\xb3\xbf\\n", (esc)
    "path": "binary"
   }
  ]
  $ hg cat -T '{path} {rev} {data|count}\n' -r 0 dir
  dir/one 0 4
  dir/origin 0 7
  dir/sub/two 0 4
  $ hg cat -T '{rev}:{node|short} {path}\n' clean
  2:68e8b8c1ef2a clean
  $ hg cat -T cbor clean | bytes
   237 242   D   d   a   t   a   F   c   l   e   a   n  \n   D   p
     a   t   h   E   c   l   e   a   n 377
  $ hg cat -T debug clean
  cat = [
      {
          'data': 'clean\n',
          'path': 'clean'
      },
  ]
  $ hg cat -T json nosuch
  [nosuch: no such file in rev 68e8b8c1ef2a
  
  ]
  [1]

Into files.

  $ hg cat -o ../out-%s clean dir/origin; cat ../out-clean ../out-origin
  clean
  origin
  $ hg cat -o - clean
  clean
  $ hg cat -o ../out.%R.%h.%r -r 0 clean; cat ../out.0.*.0; ls .. | tidy
  clean
  out-clean
  out-origin
  out.0.f710bdb98efd.0
  repo
  $ hg cat -o ../new/deep/%d/%s dir/sub/two; cat ../new/deep/dir/sub/two
  two
  more
  $ hg cat -o ../new/%p dir/sub/two; cat ../new/dir/sub/two
  two
  more
  $ hg cat -o '../100%%' clean; cat '../100%'
  clean
  $ hg cat -o '../%b-%s' clean; cat ../repo-clean
  clean
  $ hg cat -o '../%d-%s' clean; cat ../.-clean
  clean
  $ hg cat -o '../%H' -r 0 clean; ls .. | grep -c '^[0-9a-f]\{40\}$'
  1
  $ hg cat -o '../{pathname|basename|upper}-{rev}-{desc}' clean; cat ../CLEAN-2-third
  clean
  $ hg cat -o '../m-%m' clean; cat ../m-third
  clean
  $ hg cat -o '%n' clean
  abort: invalid format spec '%n' in output filename
  [255]
  $ hg cat -o '%z' clean
  abort: invalid format spec '%z' in output filename
  [255]
  $ hg cat -o 'x%' clean
  abort: incomplete format spec in output filename
  [255]
  $ hg cat -o 'x{' clean
  hg: parse error at 2: unterminated template expansion
  (x{
     ^ here)
  [255]
  $ hg cat -o '../t-%s' -T '<{path}>' clean; cat ../t-clean; echo
  <clean>
  $ hg cat -o '../j-%s' -T json clean; cat ../j-clean
  [
   {
    "data": "clean\n",
    "path": "clean"
   }
  ]
  $ hg cat -o ../new clean 2>&1 | tidy
  abort: Is a directory: '../new'
  [255]
  $ hg cat -o /nosuch/x/%s clean
  $ hg cat -o '../none-%s' nosuch; ls ../none-* 2>/dev/null
  nosuch: no such file in rev 68e8b8c1ef2a
  [2]
  $ cd dir; hg cat -o rel-%s origin; ls; rm rel-origin; cd ..
  copy
  moved
  origin
  rel-origin
  sub
  unknown

Decode filters.

  $ hg cat --decode clean
  clean
  $ hg cat --decode --config decode.'*'='tr a-z A-Z' clean dir/origin
  CLEAN
  origin
  $ hg cat --decode --config decode.'**'='tr a-z A-Z' clean dir/origin
  CLEAN
  ORIGIN
  $ hg cat --decode --config decode.'**.x'='tr a-z A-Z' clean
  clean
  $ hg cat --decode --config decode.'**'='pipe: tr a-z A-Z' clean
  CLEAN
  $ hg cat --decode --config decode.'**'='tempfile: tr a-z A-Z < INFILE > OUTFILE' clean
  CLEAN
  $ hg cat --decode --config decode.'**'='!' clean
  clean
  $ hg cat --config decode.'**'='tr a-z A-Z' clean
  clean

Links and copies.

  $ ln -s clean link; peer add -q link; peer copy -q raw raw2; peer commit -q -m fourth -d '3 0'
  $ hg cat link; echo; hg cat raw2; echo
  clean
  no end of line

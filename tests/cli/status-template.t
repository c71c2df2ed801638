Other forms than plain lines.

  $ . "$TESTDIR/prepare.sh"
  $ every_state repo

Serialised.

  $ hg status -T json
  [
   {
    "itemtype": "file",
    "path": "modified",
    "status": "M"
   },
   {
    "itemtype": "file",
    "path": "added",
    "status": "A"
   },
   {
    "itemtype": "file",
    "path": "dir/copy",
    "status": "A"
   },
   {
    "itemtype": "file",
    "path": "dir/moved",
    "status": "A"
   },
   {
    "itemtype": "file",
    "path": "dir/one",
    "status": "R"
   },
   {
    "itemtype": "file",
    "path": "removed",
    "status": "R"
   },
   {
    "itemtype": "file",
    "path": "missing",
    "status": "!"
   },
   {
    "itemtype": "file",
    "path": "dir/unknown",
    "status": "?"
   },
   {
    "itemtype": "file",
    "path": "unknown",
    "status": "?"
   }
  ]
  $ hg status -C -T json -a
  [
   {
    "itemtype": "file",
    "path": "added",
    "status": "A"
   },
   {
    "itemtype": "file",
    "path": "dir/copy",
    "source": "dir/origin",
    "status": "A"
   },
   {
    "itemtype": "file",
    "path": "dir/moved",
    "source": "dir/one",
    "status": "A"
   }
  ]
  $ hg status -n -T json -m
  [
   {
    "itemtype": "file",
    "path": "modified",
    "status": "M"
   }
  ]
  $ hg status -T json clean
  [
  ]
  $ hg status -T cbor -m | bytes
   237 243   H   i   t   e   m   t   y   p   e   D   f   i   l   e
     D   p   a   t   h   H   m   o   d   i   f   i   e   d   F   s
     t   a   t   u   s   A   M 377
  $ hg status -T debug -ma -C
  status = [
      {
          'itemtype': 'file',
          'path': 'modified',
          'status': 'M'
      },
      {
          'itemtype': 'file',
          'path': 'added',
          'status': 'A'
      },
      {
          'itemtype': 'file',
          'path': 'dir/copy',
          'source': 'dir/origin',
          'status': 'A'
      },
      {
          'itemtype': 'file',
          'path': 'dir/moved',
          'source': 'dir/one',
          'status': 'A'
      },
  ]
  $ hg status -T pickle -m | bytes
   200 004 225   9  \0  \0  \0  \0  \0  \0  \0   ] 224   } 224   (
     C  \b   i   t   e   m   t   y   p   e 224   C 004   f   i   l
     e 224   C 004   p   a   t   h 224   C  \b   m   o   d   i   f
     i   e   d 224   C 006   s   t   a   t   u   s 224   C 001   M
   224   u   a   .
  $ hg status -T 'json(path)' -m
  [
   {"path": "modified"}
  ]
  $ hg status -T 'json(path, code=status|lower)' -a
  [
   {"code": "a", "path": "added"},
   {"code": "a", "path": "dir/copy"},
   {"code": "a", "path": "dir/moved"}
  ]
  $ hg status -T 'cbor(path)' -m | bytes
   237 241   D   p   a   t   h   H   m   o   d   i   f   i   e   d
   377
  $ hg status -T 'json(path' -m; echo
  json(path
  $ hg status -T 'json(path,)' -m
  hg: parse error at 10: not a prefix: )
  (json(path,)
             ^ here)
  [255]
  $ hg status --config ui.formatjson=yes -m
  [
   {
    "itemtype": "file",
    "path": "modified",
    "status": "M"
   }
  ]
  $ hg status --config ui.formatdebug=yes -m
  status = [
      {
          'itemtype': 'file',
          'path': 'modified',
          'status': 'M'
      },
  ]

Templates.

  $ hg status -T '{path}\n'
  modified
  added
  dir/copy
  dir/moved
  dir/one
  removed
  missing
  dir/unknown
  unknown
  $ hg status -T '{status} {path}{if(source, " <- {source}")}\n' -C
  M modified
  A added
  A dir/copy <- dir/origin
  A dir/moved <- dir/one
  R dir/one
  R removed
  ! missing
  ? dir/unknown
  ? unknown
  $ hg status -T '{index}:{status}:{itemtype}:{path|basename}:{path|dirname}\n' -ma
  0:M:file:modified:
  1:A:file:added:
  2:A:file:copy:dir
  3:A:file:moved:dir
  $ cd dir; hg status -T '{relpath(path)} {path}\n' -a; cd ..
  ../added added
  copy dir/copy
  moved dir/moved
  $ hg status -T '{rev} {node|short} {branch} {desc}|{p1.rev}:{p1.node|short} {p2.rev}\n' -m
  2147483647 ffffffffffff default |1:9b20a3821d84 -1
  $ hg status --change 0 -T '{rev} {node|short} {author} {date|isodate} {desc} {status} {path}\n' dir
  0 f710bdb98efd tester 1970-01-01 00:00 +0000 first A dir/one
  0 f710bdb98efd tester 1970-01-01 00:00 +0000 first A dir/origin
  0 f710bdb98efd tester 1970-01-01 00:00 +0000 first A dir/sub/two
  $ hg status -m -T '{date(0)}'
  Thu Jan 01 00:00:00 1970 +0000 (no-eol)
  $ hg status -m -T '{reporoot|basename} {tags}|{bookmarks}|{phase}\n'
  repo ||draft
  $ hg status -T 'text without fields' -m; echo
  text without fields
  $ hg status -T '\x41\t\{{path}\}\n' -m
  A\t{modified\\} (esc)
  $ hg status -T '' -m
  M modified
  $ hg status -T '{path|nosuch}' -m
  hg: parse error: unknown function 'nosuch'
  [255]
  $ hg status -T '{nosuch(path)}' -m
  hg: parse error: unknown function 'nosuch'
  [255]
  $ hg status -T '{path' -m
  hg: parse error at 1: unterminated template expansion
  ({path
    ^ here)
  [255]
  $ hg status -T '{path|}' -m
  hg: parse error at 6: not a prefix: end
  ({path|}
         ^ here)
  [255]
  $ hg status -T '{if(path)}' -m
  hg: parse error: if expects two or three arguments
  [255]
  $ hg status -T '{pad(path, "x")}' -m
  hg: parse error: pad() expects an integer width
  [255]
  $ hg status -T 'héé {path upper}' -m
  hg: parse error at 12: invalid token
  (héé {path upper}
               ^ here)
  [255]
  $ hg status -T 'two
  > lines {path(}' -m
  hg: parse error at 16: not a prefix: end
  (two\nlines {path(}
                    ^ here)
  [255]
  $ hg status -T '{path % "{x}"}' -m
  hg: parse error: 'modified' is not iterable of mappings
  (keyword 'path' does not support map operation)
  [255]
  $ hg status -T '{path|isodate}' -m
  hg: parse error: invalid date: 'modified'
  (template filter 'isodate' is not compatible with keyword 'path')
  [255]
  $ hg status -T '{1/0}' -m
  abort: division by zero is not defined
  [255]
  $ hg status -T '{files("dir/*") % "{file},"}\n' -m
  dir/copy,dir/moved,dir/origin,
  $ hg status -T '{nosuch}{ctx}{repo}|{path}\n' -m
  |modified
  $ hg status --config ui.detailed-exit-code=yes -T '{path' -m
  hg: parse error at 1: unterminated template expansion
  ({path
    ^ here)
  [10]

No row, no complaint.

  $ hg status -T '{path|nosuch}' clean
  $ hg status -T compact clean

Templates and aliases of the configuration.

  $ cat > .hg/hgrc <<EOF
  > [templates]
  > short = "{status}{path}\n"
  > list = {path},
  > framed = "[{path}]"
  > framed:docheader = "<\n"
  > framed:docfooter = "\n>\n"
  > framed:separator = ";"
  > self = {self}
  > uses = "{short}"
  > [templatealias]
  > shout(x) = upper(x)
  > name = path|basename
  > loop = loop
  > bad( = x
  > worse = upper(
  > EOF
  $ hg status -T short -m
  Mmodified
  $ hg status -T framed
  <
  [modified];[added];[dir/copy];[dir/moved];[dir/one];[removed];[missing];[dir/unknown];[unknown]
  >
  $ hg status -T list -m; echo
  modified,
  $ hg status -T uses -m
  Mmodified
  $ hg status -T self -m
  abort: recursive reference 'self' in template
  [255]
  $ hg status -T '{shout(path)} {path|shout} {name}\n' -m
  MODIFIED MODIFIED modified
  $ hg status -T '{shout(path, 1)}' -m
  hg: parse error: invalid number of arguments: 2
  [255]
  $ hg status -T '{loop}' -m
  hg: parse error: infinite expansion of template alias "loop" detected
  [255]
  $ hg status -T '{bad}{worse}' -m
  abort: bad definition of template alias "worse": at 6: not a prefix: end
  [255]
  $ hg status -T '{short}' -m
  Mmodified
  $ rm .hg/hgrc

Styles and files.

  $ hg status -T default -maC
  M modified
  A added
  A dir/copy
    dir/origin
  A dir/moved
    dir/one
  $ hg status -T status -m
  M modified
  $ hg status -T compact -m
  abort: "status" not in template map
  [255]
  $ hg status -T xml -m
  <?xml version="1.0"?>
  <log>
  abort: "status" not in template map
  [255]
  $ hg status -T xml clean
  <?xml version="1.0"?>
  <log>
  </log>
  $ hg status -T list
  available styles: bisect, changelog, compact, default, phases, show, status, xml
  abort: specify a template
  [255]
  $ printf '{status}={path};' > template; hg status -T ./template -m; echo; hg status -T template -m; echo
  M=modified;
  template
  $ hg status -T no/such/file -m; echo
  no/such/file

Functions and filters.

  $ t() { hg status -m -T "$1"; echo; }
  $ t '{join(splitlines("a\nb\nc"), "-")} {splitlines("a\nb") % "<{line}>"} {"a\nb"|splitlines|json}'
  a-b-c <a><b> ["a", "b"]
  $ t '{pad(path, 12)}|{pad(path, 12, left=True)}|{pad(path, 12, ".")}|{pad(path, 3, truncate=True)}'
  modified    |    modified|modified....|mod
  $ t '{fill("some words that have to be wrapped into lines", 12, "* ", "  ")}'
  * some words
    that have
    to be
    wrapped
    into lines
  $ t '{indent("a\n\nb", "  ")}{indent("a\nb", "  ", "* ")}'
    a
  
    b* a
    b
  $ t '{sub("[aeiou]", "_", path)} {sub(r"(m)(o)", r"\2\1", path)} {search("o(.)", path) % "{0}{1}"}'
  m_d_f__d omdified odd
  $ t '{word(0, "a b")} {word(-1, "a b")} {word(5, "a b")}| {startswith("mod", path)} {strip(" x ")} {separate("+", "a", "", "b")}'
  a b | modified x a+b
  $ t '{if(path, "yes")} {ifeq(path, "modified", "same", "other")} {ifcontains("mod", path, "in", "out")} {if(nosuch, 1, 2)}'
  yes same in 2
  $ t '{dict(path, s=status)} {get(dict(a=1), "a")} {dict(path) % "{key}={value}"} {dict(a=dict(b="c"))|json}'
  path=modified s=M 1 path=modified {"a": {"b": "c"}}
  $ t '{1 + 2 * 3} {7 / 2} {-7 / 2} {mod(7, 3)} {-(2)} {min("abc")} {max("abc")}'
  7 3 -4 1 -2 a c
  $ t '{date("2020-02-03 04:05 +0200", "%Y-%m-%d %H:%M %1%2")} {"0 -3600"|rfc822date} {"0 0"|isodate} {"0 0"|rfc3339date} {"0 0"|hgdate} {"0 0"|shortdate}'
  2020-02-03 04:05 +0200 Thu, 01 Jan 1970 01:00:00 +0100 1970-01-01 00:00 +0000 1970-01-01T00:00:00+00:00 0 0 1970-01-01
  $ t '{"A <b.c@d.e>"|person} {"A <b.c@d.e>"|email} {"A <b.c@d.e>"|user} {"A <b.c@d.e>"|emailuser} {"A <b.c@d.e>"|domain}'
  A b.c@d.e b b.c d.e
  $ t '{"<&\">"|escape} {"<a>"|json} {"a b"|urlescape} {"a/b@"|revescape} {"x"|permissions} {"abc"|count} {""|nonempty} {"a/b"|stripdir}'
  &lt;&amp;&quot;&gt; "\u003ca\u003e" a%20b a%252Fb@ -rwxr-xr-x 3 (none) a
  $ t '{label("red", "plain")} {"abcdefghijklmno"|short} {"good"|shortbisect} {"ab"|hex} {"é"|utf8} {"É"|lower}'
  plain abcdefghijkl G 6162 é é
  $ t '{config("ui", "username", "nobody")} {configbool("ui", "verbose", false)} {configint("a", "b", 3)}'
  nobody False 3
  $ t '{filter(splitlines("a\n\nb"))} {filter(dict(a="", b=1))} {"a\nb"|splitlines|reverse} {splitlines("d/a\nd/b")|commondir}'
  a b b=1 b a d
  $ t '{localdate("0 0", "+0100")|isodate} {"x\ny"|firstline} {"x\ny"|addbreaks} {"x\ny"|tabindent}'
  1970-01-01 01:00 +0100 x x<br/>
  y x
  \ty (esc)

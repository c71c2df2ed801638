Patterns of every kind on the command line.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ mkdir -p src/lib/deep doc 'odd dir' src/[x]
  $ for f in top.c top.h README src/a.c src/b.h src/lib/c.c src/lib/deep/d.c doc/a.txt doc/b.md 'odd dir/f g' 'src/[x]/y' src/lib.c 'st*r'; do echo x > "$f"; done
  $ peer commit -q -A -m one -d '0 0'
  warning: filename contains '*', which is reserved on Windows: 'st*r'
  $ f() { hg files "$@"; }

  $ f
  README
  doc/a.txt
  doc/b.md
  odd dir/f g
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  st*r
  top.c
  top.h
  $ f src
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  $ f src/
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  $ f src/lib
  src/lib/c.c
  src/lib/deep/d.c
  $ f src/lib.c top.c
  src/lib.c
  top.c
  $ f 'glob:*.c'
  top.c
  $ f 'glob:**.c'
  src/a.c
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  top.c
  $ f 'glob:**/*.c'
  src/a.c
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  top.c
  $ f 'glob:src/*'
  src/a.c
  src/b.h
  src/lib.c
  $ f 'glob:src/**'
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  $ f 'glob:*.{c,h}'
  top.c
  top.h
  $ f 'glob:{src,doc}/*.[ct]*'
  doc/a.txt
  src/a.c
  src/lib.c
  $ f 'glob:?op.c'
  top.c
  $ f 'glob:[!t]*'
  README
  st*r
  $ f 'glob:src/\[x\]/y'
  src/[x]/y
  $ f 'glob:src/[[]x]/y'
  /peer/lib/python3.11/site-packages/mercurial/util.py:2387: FutureWarning: Possible nested set at position 5
    return remod.compile(pat, flags)
  src/[x]/y
  $ f 're:.*\.c$'
  src/a.c
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  top.c
  $ f 're:src/[ab]'
  src/a.c
  src/b.h
  $ f 're:\.c$'
  [1]
  $ f 're:(?!src).*\.c$'
  top.c
  $ f 're:(.).*\1$'
  doc/b.md
  $ f 'relre:\.c$'
  src/a.c
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  top.c
  $ f 'path:src/lib'
  src/lib/c.c
  src/lib/deep/d.c
  $ f 'path:.'
  README
  doc/a.txt
  doc/b.md
  odd dir/f g
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  st*r
  top.c
  top.h
  $ f 'path:'
  README
  doc/a.txt
  doc/b.md
  odd dir/f g
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  st*r
  top.c
  top.h
  $ f 'filepath:src/a.c'
  src/a.c
  $ f 'filepath:src'
  [1]
  $ f 'relpath:src/a.c'
  src/a.c
  $ f 'relglob:*.c'
  src/a.c
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  top.c
  $ f 'relglob:lib'
  [1]
  $ f 'rootglob:*.c'
  top.c
  $ f 'rootglob:src/*.c'
  src/a.c
  src/lib.c
  $ f 'rootfilesin:src'
  src/a.c
  src/b.h
  src/lib.c
  $ f 'rootfilesin:.'
  README
  st*r
  top.c
  top.h
  $ f 'rootfilesin:src/lib'
  src/lib/c.c
  $ f 'odd dir'
  odd dir/f g
  $ f 'glob:odd dir/*'
  odd dir/f g
  $ f 'st*r'
  st*r
  $ f 'path:st*r'
  st*r
  $ f 'src/[x]'
  src/[x]/y
  $ printf 'top.c\nglob:doc/*\n' > ../list; f 'listfile:../list'
  doc/a.txt
  doc/b.md
  top.c
  $ printf 'top.c\0glob:doc/*\0' > ../list0; f 'listfile0:../list0'
  doc/a.txt
  doc/b.md
  top.c
  $ printf 'glob:**.h\nre:.*README\n' > ../inc; f 'include:../inc'
  README
  src/b.h
  top.h
  $ printf 'rootglob:*.md\n' > doc/inc; f 'subinclude:doc/inc'
  ** unknown exception encountered, please report by visiting
  ** https://foss.heptapod.net/mercurial/mercurial-devel/-/issues
  ** Python 3.11.7 (main, May  9 2026, 07:35:25) [GCC 12.2.0]
  ** Mercurial Distributed SCM (version 7.2.4)
  ** Extensions loaded: 
  Traceback (most recent call last):
    File "/peer/bin/hg", line 51, in <module>
      dispatch.run()
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 100, in run
      status = dispatch(req)
               ^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 189, in dispatch
      status = _rundispatch(req)
               ^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 239, in _rundispatch
      ret = _runcatch(req) or 0
            ^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 435, in _runcatch
      return _callcatch(ui, _runcatchfunc)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 445, in _callcatch
      return scmutil.callcatch(ui, func)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/scmutil.py", line 202, in callcatch
      return func()
             ^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 425, in _runcatchfunc
      return _dispatch(req)
             ^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 930, in _dispatch
      return _dispatch_post_cwd(req)
             ^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 1195, in _dispatch_post_cwd
      return runcommand(
             ^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 862, in runcommand
      ret = _runcommand(ui, options, cmd, d)
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 1208, in _runcommand
      return cmdfunc()
             ^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 1193, in <lambda>
      d = lambda: util.checksignature(func)(ui, *args, **strcmdopt)
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/util.py", line 1998, in check
      return func(*args, **kwargs)
             ^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/commands.py", line 2735, in files
      return cmdutil.files(
             ^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/cmdutil.py", line 2497, in files
      for f in ctx.matches(m):
               ^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/context.py", line 2216, in matches
      return sorted(f for f in ds.matches(match) if ds.get_entry(f).tracked)
                               ^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dirstate.py", line 1837, in matches
      return [f for f in dmap if match(f)]
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dirstate.py", line 1837, in <listcomp>
      return [f for f in dmap if match(f)]
                                 ^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 467, in __call__
      return self.matchfn(fn)
             ^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 727, in matchfn
      return self._matchfn(fn)
             ^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 1533, in matchsubinclude
      mf = match(*matcherargs)
           ^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 285, in match
      assert os.path.isabs(root)
  AssertionError
  [1]
  $ f 'nosuchkind:x'
  [1]
  $ f 'top.c' 'nosuch' 'glob:no*such'
  top.c
  $ f 'glob:no*such'
  [1]
  $ f 'glob:nosuch' nosuch/deeper
  [1]

In a directory.

  $ cd src
  $ f 'glob:*.c'
  a.c
  lib.c
  $ f 'glob:**.c'
  a.c
  lib.c
  lib/c.c
  lib/deep/d.c
  $ f 'glob:../*.c'
  ../top.c
  $ f 're:src/a'
  a.c
  $ f 'path:src/a.c'
  a.c
  $ f 'path:a.c'
  [1]
  $ f 'relpath:a.c'
  a.c
  $ f 'rootglob:*.c'
  ../top.c
  $ f 'rootfilesin:src/lib'
  lib/c.c
  $ f 'rootfilesin:lib'
  [1]
  $ f 'relglob:*.c'
  a.c
  lib.c
  lib/c.c
  lib/deep/d.c
  ../top.c
  $ f ..
  ../README
  ../doc/a.txt
  ../doc/b.md
  ../odd dir/f g
  [x]/y
  a.c
  b.h
  lib.c
  lib/c.c
  lib/deep/d.c
  ../st*r
  ../top.c
  ../top.h
  $ f ../doc
  ../doc/a.txt
  ../doc/b.md
  $ f .
  [x]/y
  a.c
  b.h
  lib.c
  lib/c.c
  lib/deep/d.c
  $ f '' 
  [x]/y
  a.c
  b.h
  lib.c
  lib/c.c
  lib/deep/d.c
  $ f -I 'glob:*.c'
  a.c
  lib.c
  $ f -I '*.c'
  a.c
  lib.c
  $ f -I lib
  lib/c.c
  lib/deep/d.c
  $ f -X lib
  ../README
  ../doc/a.txt
  ../doc/b.md
  ../odd dir/f g
  [x]/y
  a.c
  b.h
  lib.c
  ../st*r
  ../top.c
  ../top.h
  $ f -X 'path:src/lib'
  ../README
  ../doc/a.txt
  ../doc/b.md
  ../odd dir/f g
  [x]/y
  a.c
  b.h
  lib.c
  ../st*r
  ../top.c
  ../top.h
  $ cd ..

Include and exclude.

  $ f -I '*.c'
  top.c
  $ f -I '**.c'
  src/a.c
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  top.c
  $ f -I src
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  $ f -I src -X src/lib
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  $ f -X '**.c' -X doc
  README
  odd dir/f g
  src/[x]/y
  src/b.h
  st*r
  top.h
  $ f -X .
  [1]
  $ f -I nosuch
  [1]
  $ f -I 're:.*\.c$' -X 're:src'
  top.c
  $ f src -I '**.c' -X 'src/lib/**'
  src/a.c
  src/lib.c
  $ f src/a.c -X src
  [1]
  $ f -I src/a.c -I doc
  doc/a.txt
  doc/b.md
  src/a.c
  $ f -I 'set:size(1)' 2>/dev/null >/dev/null; test $? -ne 2

Broken ones.

  $ f 're:('
  abort: invalid pattern (re): (
  [255]
  $ f 're:*'
  abort: invalid pattern (re): *
  [255]
  $ f 're:a{99999999999}'
  ** unknown exception encountered, please report by visiting
  ** https://foss.heptapod.net/mercurial/mercurial-devel/-/issues
  ** Python 3.11.7 (main, May  9 2026, 07:35:25) [GCC 12.2.0]
  ** Mercurial Distributed SCM (version 7.2.4)
  ** Extensions loaded: 
  Traceback (most recent call last):
    File "/peer/bin/hg", line 51, in <module>
      dispatch.run()
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 100, in run
      status = dispatch(req)
               ^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 189, in dispatch
      status = _rundispatch(req)
               ^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 239, in _rundispatch
      ret = _runcatch(req) or 0
            ^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 435, in _runcatch
      return _callcatch(ui, _runcatchfunc)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 445, in _callcatch
      return scmutil.callcatch(ui, func)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/scmutil.py", line 202, in callcatch
      return func()
             ^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 425, in _runcatchfunc
      return _dispatch(req)
             ^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 930, in _dispatch
      return _dispatch_post_cwd(req)
             ^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 1195, in _dispatch_post_cwd
      return runcommand(
             ^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 862, in runcommand
      ret = _runcommand(ui, options, cmd, d)
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 1208, in _runcommand
      return cmdfunc()
             ^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 1193, in <lambda>
      d = lambda: util.checksignature(func)(ui, *args, **strcmdopt)
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/util.py", line 1998, in check
      return func(*args, **kwargs)
             ^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/commands.py", line 2731, in files
      m = scmutil.match(ctx, pats, opts)
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/scmutil.py", line 1135, in match
      return matchandpats(ctx, pats, opts, globbed, default, badfn=badfn)[0]
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/scmutil.py", line 1112, in matchandpats
      m = ctx.match(
          ^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/context.py", line 1912, in match
      return matchmod.match(
             ^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 321, in match
      m = _buildkindpatsmatcher(
          ^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 176, in _buildkindpatsmatcher
      m = matchercls(root, kindpats, badfn=badfn)
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 722, in __init__
      self._pats, self._matchfn = _buildmatch(kindpats, b'$', root)
                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 1558, in _buildmatch
      regex, mf = _buildregexmatch(kindpats, globsuffix)
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 1614, in _buildregexmatch
      matcher = _rematcher(fullregexp)
                ^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 85, in _rematcher
      m = util.re.compile(regex)
          ^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/util.py", line 2387, in compile
      return remod.compile(pat, flags)
             ^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/root/.pyenv/versions/3.11.7/lib/python3.11/re/__init__.py", line 227, in compile
      return _compile(pattern, flags)
             ^^^^^^^^^^^^^^^^^^^^^^^^
    File "/root/.pyenv/versions/3.11.7/lib/python3.11/re/__init__.py", line 294, in _compile
      p = _compiler.compile(pattern, flags)
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/root/.pyenv/versions/3.11.7/lib/python3.11/re/_compiler.py", line 745, in compile
      p = _parser.parse(p, flags)
          ^^^^^^^^^^^^^^^^^^^^^^^
    File "/root/.pyenv/versions/3.11.7/lib/python3.11/re/_parser.py", line 989, in parse
      p = _parse_sub(source, state, flags & SRE_FLAG_VERBOSE, 0)
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/root/.pyenv/versions/3.11.7/lib/python3.11/re/_parser.py", line 464, in _parse_sub
      itemsappend(_parse(source, state, verbose, nested + 1,
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/root/.pyenv/versions/3.11.7/lib/python3.11/re/_parser.py", line 675, in _parse
      raise OverflowError("the repetition number is too large")
  OverflowError: the repetition number is too large
  [1]
  $ f 'glob:['
  [1]
  $ f 'glob:{a'
  abort: invalid pattern (glob): {a
  [255]
  $ f 'glob:a}'
  [1]
  $ f 'glob:\'
  [1]
  $ f 'listfile:nosuch'
  abort: unable to read file list (nosuch)
  [255]
  $ f 'listfile0:nosuch'
  abort: unable to read file list (nosuch)
  [255]
  $ f 'include:nosuch'
  README
  doc/a.txt
  doc/b.md
  odd dir/f g
  src/[x]/y
  src/a.c
  src/b.h
  src/lib.c
  src/lib/c.c
  src/lib/deep/d.c
  st*r
  top.c
  top.h
  $ f 'subinclude:nosuch'
  ** unknown exception encountered, please report by visiting
  ** https://foss.heptapod.net/mercurial/mercurial-devel/-/issues
  ** Python 3.11.7 (main, May  9 2026, 07:35:25) [GCC 12.2.0]
  ** Mercurial Distributed SCM (version 7.2.4)
  ** Extensions loaded: 
  Traceback (most recent call last):
    File "/peer/bin/hg", line 51, in <module>
      dispatch.run()
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 100, in run
      status = dispatch(req)
               ^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 189, in dispatch
      status = _rundispatch(req)
               ^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 239, in _rundispatch
      ret = _runcatch(req) or 0
            ^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 435, in _runcatch
      return _callcatch(ui, _runcatchfunc)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 445, in _callcatch
      return scmutil.callcatch(ui, func)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/scmutil.py", line 202, in callcatch
      return func()
             ^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 425, in _runcatchfunc
      return _dispatch(req)
             ^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 930, in _dispatch
      return _dispatch_post_cwd(req)
             ^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 1195, in _dispatch_post_cwd
      return runcommand(
             ^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 862, in runcommand
      ret = _runcommand(ui, options, cmd, d)
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 1208, in _runcommand
      return cmdfunc()
             ^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dispatch.py", line 1193, in <lambda>
      d = lambda: util.checksignature(func)(ui, *args, **strcmdopt)
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/util.py", line 1998, in check
      return func(*args, **kwargs)
             ^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/commands.py", line 2735, in files
      return cmdutil.files(
             ^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/cmdutil.py", line 2497, in files
      for f in ctx.matches(m):
               ^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/context.py", line 2216, in matches
      return sorted(f for f in ds.matches(match) if ds.get_entry(f).tracked)
                               ^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dirstate.py", line 1837, in matches
      return [f for f in dmap if match(f)]
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/dirstate.py", line 1837, in <listcomp>
      return [f for f in dmap if match(f)]
                                 ^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 467, in __call__
      return self.matchfn(fn)
             ^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 727, in matchfn
      return self._matchfn(fn)
             ^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 1533, in matchsubinclude
      mf = match(*matcherargs)
           ^^^^^^^^^^^^^^^^^^^
    File "/peer/lib/python3.11/site-packages/mercurial/match.py", line 285, in match
      assert os.path.isabs(root)
  AssertionError
  [1]
  $ f 'path:../x' 2>&1 | tidy
  [1]
  $ f '../x' 2>&1 | tidy
  abort: ../x not under root 'TOP/repo'
  [255]
  $ f 'glob:../x/*' 2>&1 | tidy
  abort: ../x/* not under root 'TOP/repo'
  [255]
  $ f -I '../x' 2>&1 | tidy
  abort: ../x not under root 'TOP/repo'
  [255]
  $ f 'path:/etc' 2>&1 | tidy
  [1]
  $ f 'relpath:/etc' 2>&1 | tidy
  abort: /etc not under root 'TOP/repo'
  [255]
  $ f -X 're:['
  abort: invalid pattern (re): [
  [255]
  $ hg status 're:('
  abort: invalid pattern (re): (
  [255]
  $ hg cat 're:('
  abort: invalid pattern (re): (
  [255]
  $ hg --config ui.detailed-exit-code=yes files 're:('
  abort: invalid pattern (re): (
  [255]

The same for status.

  $ rm top.h src/b.h; echo y > src/lib/c.c; echo n > src/new.c; echo n > new.h
  $ hg status 'glob:**.h'
  ! src/b.h
  ! top.h
  ? new.h
  $ hg status 're:src/'
  M src/lib/c.c
  ! src/b.h
  ? src/new.c
  $ hg status -I '**.c'
  M src/lib/c.c
  ? src/new.c
  $ hg status -X src
  ! top.h
  ? doc/inc
  ? new.h
  $ hg status src -X 'glob:**/c.c'
  ! src/b.h
  ? src/new.c
  $ hg status 'rootfilesin:src' 'path:new.h'
  ! src/b.h
  ? new.h
  $ hg status 'relglob:*.c' -A
  M src/lib/c.c
  ? src/new.c
  C src/a.c
  C src/lib.c
  C src/lib/deep/d.c
  C top.c
  $ hg status nosuch top.h
  nosuch: No such file or directory
  ! top.h
  $ cd src/lib; hg status 'glob:*.c' ../new.c; cd ../..
  M c.c
  ? ../new.c
  $ hg status 'listfile:../list' -A
  ? doc/inc
  C doc/a.txt
  C doc/b.md
  C top.c

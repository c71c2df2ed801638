Names with bytes that are no UTF-8, blanks, control characters, different case.

  $ . "$TESTDIR/prepare.sh"
  $ peer init repo; cd repo
  $ printf 'x' > "$(printf 'caf\303\251')"; printf 'x' > "$(printf 'latin\351')"; printf 'x' > ' blank '; printf 'x' > "$(printf 'tab\there')"
  $ printf 'x' > 'quote"\back'; printf 'x' > '$dollar*'; printf 'x' > README; printf 'x' > -dash
  $ peer commit -q -A -m one -d '0 0'
  warning: filename contains '"', which is reserved on Windows: 'quote"\back'
  warning: filename ends with ' ', which is not allowed on Windows: ' blank '
  warning: filename contains '*', which is reserved on Windows: '$dollar*'
  warning: filename contains '\\t', which is invalid on Windows: 'tab\there' (esc)
  $ hg files | bytes
         b   l   a   n   k      \n   $   d   o   l   l   a   r   *
    \n   -   d   a   s   h  \n   R   E   A   D   M   E  \n   c   a
     f 303 251  \n   l   a   t   i   n 351  \n   q   u   o   t   e
     "   \   b   a   c   k  \n   t   a   b  \t   h   e   r   e  \n
  $ printf 'y' > "$(printf 'caf\303\251')"; printf 'y' > "$(printf 'latin\351')"; printf 'y' > 'quote"\back'; rm ' blank '
  $ hg status | bytes
     M       c   a   f 303 251  \n   M       l   a   t   i   n 351
    \n   M       q   u   o   t   e   "   \   b   a   c   k  \n   !
             b   l   a   n   k      \n
  $ hg status -0 | bytes
     M       c   a   f 303 251  \0   M       l   a   t   i   n 351
    \0   M       q   u   o   t   e   "   \   b   a   c   k  \0   !
             b   l   a   n   k      \0
  $ hg status "$(printf 'latin\351')" | bytes
     M       l   a   t   i   n 351  \n
  $ hg status -T json
  [
   {
    "itemtype": "file",
    "path": "café",
    "status": "M"
   },
   {
    "itemtype": "file",
    "path": "latin\xed\xb3\xa9", (esc)
    "status": "M"
   },
   {
    "itemtype": "file",
    "path": "quote\"\\back",
    "status": "M"
   },
   {
    "itemtype": "file",
    "path": " blank ",
    "status": "!"
   }
  ]
  $ hg status -T '{path|json} {path|urlescape} {path|stringescape} {path|count}\n'
  "caf\u00e9" caf%C3%A9 caf\xc3\xa9 5
  "latin\udce9" latin%E9 latin\xe9 6
  "quote\"\\back" quote%22%5Cback quote"\\back 11
  " blank " %20blank%20  blank  7
  $ hg status -T '{path|upper}\n' | bytes
     C   A   F 303 211  \n   L   A   T   I   N 351  \n   Q   U   O
     T   E   "   \   B   A   C   K  \n       B   L   A   N   K    
    \n
  $ hg status -T cbor | bytes
   237 243   H   i   t   e   m   t   y   p   e   D   f   i   l   e
     D   p   a   t   h   E   c   a   f 303 251   F   s   t   a   t
     u   s   A   M 243   H   i   t   e   m   t   y   p   e   D   f
     i   l   e   D   p   a   t   h   F   l   a   t   i   n 351   F
     s   t   a   t   u   s   A   M 243   H   i   t   e   m   t   y
     p   e   D   f   i   l   e   D   p   a   t   h   K   q   u   o
     t   e   "   \   b   a   c   k   F   s   t   a   t   u   s   A
     M 243   H   i   t   e   m   t   y   p   e   D   f   i   l   e
     D   p   a   t   h   G       b   l   a   n   k       F   s   t
     a   t   u   s   A   ! 377
  $ hg status -T debug
  status = [
      {
          'itemtype': 'file',
          'path': 'caf\xc3\xa9',
          'status': 'M'
      },
      {
          'itemtype': 'file',
          'path': 'latin\xe9',
          'status': 'M'
      },
      {
          'itemtype': 'file',
          'path': 'quote"\\back',
          'status': 'M'
      },
      {
          'itemtype': 'file',
          'path': ' blank ',
          'status': '!'
      },
  ]
  $ HGENCODING=ascii hg status -T '{path|upper}\n' | bytes
     C   A   F 303 251  \n   L   A   T   I   N 351  \n   Q   U   O
     T   E   "   \   B   A   C   K  \n       B   L   A   N   K    
    \n
  $ HGENCODING=latin1 hg status -T '{path|upper}\n' | bytes
     C   A   F 303 251  \n   L   A   T   I   N 311  \n   Q   U   O
     T   E   "   \   B   A   C   K  \n       B   L   A   N   K    
    \n
  $ HGENCODING=latin1 hg status | bytes
     M       c   a   f 303 251  \n   M       l   a   t   i   n 351
    \n   M       q   u   o   t   e   "   \   b   a   c   k  \n   !
             b   l   a   n   k      \n
  $ hg cat "$(printf 'latin\351')" ; echo
  x
  $ hg cat -T '{path|stringescape}\n' 'glob:*'
   blank 
  $dollar*
  -dash
  README
  caf\xc3\xa9
  latin\xe9
  quote"\\back
  tab\there
  $ hg status -- -dash
  $ hg status 'path:$dollar*' -A
  C $dollar*
  $ hg status '$dollar*' -A
  C $dollar*
  $ hg status -A 'glob:$dollar[*]'
  C $dollar*
  $ printf 'n' > "$(printf 'new\nline')"; printf 'c' > "$(printf 'control\001')"
  $ hg status -u | bytes
     ?       c   o   n   t   r   o   l 001  \n   ?       n   e   w
    \n   l   i   n   e  \n
  $ hg status -u -T json
  [
   {
    "itemtype": "file",
    "path": "control\u0001",
    "status": "?"
   },
   {
    "itemtype": "file",
    "path": "new\nline",
    "status": "?"
   }
  ]
  $ rm "$(printf 'new\nline')" "$(printf 'control\001')"

Case.

  $ printf 'x' > readme
  $ hg status
  M café
  M latin\xe9 (esc)
  M quote"\back
  !  blank 
  ? readme
  $ hg status README -A
  C README
  $ hg status ReadMe -A
  ReadMe: No such file or directory
  $ rm readme

The order is that of bytes.

  $ peer revert -q --all --no-backup
  $ for n in a a.b a/x a-b A aa 'a b' a0 _ z é; do case $n in */*) ;; *) echo x > "u-$n";; esac; done; mkdir u-a.d; echo x > u-a.d/f; mkdir u-a0d; echo x > u-a0d/f
  $ hg status -n | bytes
     u   -   A  \n   u   -   _  \n   u   -   a  \n   u   -   a    
     b  \n   u   -   a   -   b  \n   u   -   a   .   b  \n   u   -
     a   .   d   /   f  \n   u   -   a   0  \n   u   -   a   0   d
     /   f  \n   u   -   a   a  \n   u   -   z  \n   u   - 303 251
    \n

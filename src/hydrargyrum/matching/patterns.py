"""The kinds of patterns, and how a pattern is spelled as a regular expression, as the peer spells it.

Reading pattern files and running the expressions are done elsewhere.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    #: kind, normalised text, and the file it was read from ("" for the command line)
    Pattern = tuple[bytes, bytes, bytes]

KINDS = frozenset(
    b"re glob path filepath relglob relpath relre rootglob listfile listfile0 set include subinclude rootfilesin".split()
)

#: What may follow a glob: nothing for the command line; nothing or more below for `-I`, `-X` and ignore files.
END = b"$"
END_OR_BELOW = b"(?:/|$)"

_SPECIAL = b"()[]{}?*+-|^$\\.&~# \t\n\r\v\f"
_ESCAPED = {byte: b"\\%c" % byte for byte in _SPECIAL}


def split(pattern: bytes, default: bytes) -> tuple[bytes, bytes]:
    """Kind and text of `kind:text`; without a known kind before the first colon the kind is `default`."""
    kind, colon, rest = pattern.partition(b":")
    return (kind, rest) if colon and kind in KINDS else (default, pattern)


def is_everything(pattern: Pattern) -> bool:
    """Whether the pattern alone matches everything, as the peer recognises it."""
    return not pattern[1] and pattern[0] in (b"relpath", b"glob")


def escape(data: bytes) -> bytes:
    """The text with everything special behind a backslash."""
    return b"".join([_ESCAPED.get(byte) or b"%c" % byte for byte in data])


def glob_to_regex(glob: bytes) -> bytes:
    """A glob as an expression, without anything that says what may follow."""
    out = []
    at, end, open_groups = 0, len(glob), 0
    while at < end:
        byte = glob[at : at + 1]
        at += 1
        if byte == b"*":
            if glob[at : at + 1] != b"*":
                out.append(b"[^/]*")
            elif glob[at + 1 : at + 2] == b"/":
                at += 2
                # one says what several in a row say, and several make `re` try every way to share the path
                if out[-1:] != [b"(?:.*/)?"]:
                    out.append(b"(?:.*/)?")
            else:
                at += 1
                if out[-1:] != [b".*"]:
                    out.append(b".*")
        elif byte == b"?":
            out.append(b".")
        elif byte == b"[":
            # a "!" or "]" right behind the bracket does not close it
            close = glob.find(b"]", at + (glob[at : at + 1] in (b"!", b"]")))
            if close == -1:
                out.append(b"\\[")
            else:
                out.append(_set_to_regex(glob[at:close]))
                at = close + 1
        elif byte == b"{":
            open_groups += 1
            out.append(b"(?:")
        elif byte == b"}" and open_groups:
            open_groups -= 1
            out.append(b")")
        elif byte == b"," and open_groups:
            out.append(b"|")
        elif byte == b"\\":
            out.append(escape(glob[at : at + 1] or b"\\"))
            at += 1
        else:
            out.append(escape(byte))
    return b"".join(out)


def _set_to_regex(inside: bytes) -> bytes:
    inside = inside.replace(b"\\", b"\\\\")
    if inside[:1] == b"!":
        inside = b"^" + inside[1:]
    elif inside[:1] == b"^":
        inside = b"\\" + inside
    return b"[" + inside + b"]"


def to_regex(pattern: Pattern, follow: bytes) -> bytes | None:
    """The expression that is joined with those of other patterns; None for kinds that are looked up instead."""
    kind, text, _source = pattern
    if kind == b"re":
        return text
    if kind == b"relre":
        return _unanchored(text)
    if kind in (b"glob", b"rootglob"):
        return b"" if not text and kind == b"glob" else glob_to_regex(text) + follow
    if kind in (b"path", b"relpath"):
        if text == b"." or (not text and kind == b"relpath"):
            return b""
        return escape(text) + END_OR_BELOW
    if kind == b"rootfilesin":
        return (b"" if text == b"." else escape(text) + b"/") + b"[^/]+$"
    if kind == b"relglob":
        regex = glob_to_regex(text)
        if regex.startswith(b"[^/]*"):
            return b".*" + regex[5:] + follow
        return b"(?:|.*/)" + regex + follow
    return None


def _unanchored(text: bytes) -> bytes:
    """An expression that may start anywhere: leading flags keep to it, what does not start with `^` gets `.*`."""
    flags = b""
    if text.startswith(b"(?"):
        letters, close, rest = text[2:].partition(b")")
        if close and letters and not letters.strip(b"aiLmsux"):
            flags, text = letters, rest.split(b"\n", 1)[0]
    if not text.startswith(b"^"):
        text = b".*" + text
    return b"(?%s:%s)" % (flags, text) if flags else text


def shape(glob: bytes) -> tuple[bytes, bytes] | None:
    """(wildcard, literal) of a glob that a look-up answers.

    The wildcard is "", `*`, `**` or `**/` before the literal, or `>` for a literal with one `*` behind it.
    """
    lead = b""
    for wildcard in (b"**/", b"**", b"*"):
        if glob.startswith(wildcard):
            lead, glob = wildcard, glob[len(wildcard) :]
            break
    if not lead and glob.endswith(b"*") and not glob.endswith((b"**", b"\\*")):
        lead, glob = b">", glob[:-1]
    for byte in b"*?[{\\":
        if byte in glob:
            return None
    return lead, glob

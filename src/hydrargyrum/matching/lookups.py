"""Look-ups that stand for whole crowds of patterns: names, endings, beginnings, trees and exact files.

Paths that hold a newline are none of its business (`.` does not match one), nor is anything with a real wildcard.
"""

from __future__ import annotations

from hydrargyrum.matching.patterns import END_OR_BELOW, is_everything, shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.matching.patterns import Pattern


class Lookups:
    """The look-ups of one matcher."""

    __slots__ = (
        "_below",
        "_endings",
        "_everything",
        "_files_in",
        "_names",
        "_starts",
        "_tails",
        "_trees",
        "exact",
    )

    def __init__(self, follow: bytes) -> None:
        self._below = follow == END_OR_BELOW
        self._everything = False
        self.exact: set[bytes] = set()
        self._trees: set[bytes] = set()
        self._files_in: set[bytes] = set()
        self._names: set[bytes] = set()
        self._tails: dict[bytes, list[bytes]] = {}
        # by length, so that thousands of them cost a few look-ups
        self._endings: dict[int, set[bytes]] = {}
        self._starts: dict[int, set[bytes]] = {}

    def take(self, pattern: Pattern) -> bool:
        """Take the pattern in, where a look-up answers it."""
        kind, text, _source = pattern
        if is_everything(pattern) or (text == b"." and kind in (b"path", b"relpath")):
            self._everything = True
        elif kind == b"filepath":
            self.exact.add(text)
        elif kind in (b"path", b"relpath"):
            self._trees.add(text)
        elif kind == b"rootfilesin":
            self._files_in.add(b"" if text == b"." else text)
        elif kind in (b"glob", b"rootglob"):
            form = shape(text)
            if form is None or form[0]:
                return False
            (self._trees if self._below else self.exact).add(text)
        else:
            return kind == b"relglob" and self._take_unrooted(text)
        return True

    def _take_unrooted(self, glob: bytes) -> bool:
        form = shape(glob)
        if form is None:
            return False
        lead, literal = form
        if lead in (b"*", b"**"):
            self._endings.setdefault(len(literal), set()).add(literal)
        elif lead == b">":
            if b"/" in literal:
                return False
            self._starts.setdefault(len(literal), set()).add(literal)
        elif not literal or literal.endswith(b"/"):
            return False
        elif b"/" in literal:
            self._tails.setdefault(literal.rpartition(b"/")[2], []).append(literal)
        else:
            self._names.add(literal)
        return True

    def matches(self, path: bytes, *, path_only: bool = False) -> bool:
        """Whether a look-up finds `path`; with `path_only` the directories above are known not to match."""
        if self._everything or path in self.exact:
            return True
        if self._files_in and self._in_directory(path):
            return True
        if self._ends_at(path, True):
            return True
        if not path_only:
            slash = path.rfind(b"/")
            while slash != -1:
                path = path[:slash]
                if self._ends_at(path, self._below):
                    return True
                slash = path.rfind(b"/")
        return False

    def _in_directory(self, path: bytes) -> bool:
        slash = path.rfind(b"/")
        if slash == 0 or slash == len(path) - 1:
            return False
        return (path[:slash] if slash > 0 else b"") in self._files_in

    def _ends_at(self, path: bytes, unrooted: bool) -> bool:
        if path in self._trees:
            return True
        if not unrooted:
            return False
        name = path[path.rfind(b"/") + 1 :]
        if name in self._names:
            return True
        for length, texts in self._endings.items():
            if length <= len(path) and path[len(path) - length :] in texts:
                return True
        for length, texts in self._starts.items():
            if name[:length] in texts:
                return True
        tails = self._tails.get(name)
        return tails is not None and any(path == tail or path.endswith(b"/" + tail) for tail in tails)

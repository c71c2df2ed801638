"""A list of normalised patterns as one thing that matches: joined expressions, look-ups and sub-includes.

The peer joins expressions by `|` in groups of limited length. Look-ups replace a part of that only where every
expression keeps to itself, so that the answer (and what is invalid) stays the peer's.
"""

from __future__ import annotations

import posixpath

from hydrargyrum import errors
from hydrargyrum.matching import patterns as spelling
from hydrargyrum.matching.lookups import Lookups
from hydrargyrum.matching.normalize import canonical, join, normalize
from hydrargyrum.matching.pattern_files import Expander
from hydrargyrum.matching.source import text as shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Sequence

    from hydrargyrum.matching.patterns import Pattern
    from hydrargyrum.matching.source import Source

    Match = Callable[[bytes], re.Match[bytes] | None]
    Piece = tuple[Pattern, bytes]

#: The longest text that the peer compiles at once.
_MAX_JOINED = 20_000
#: Sub-includes of sub-includes deeper than this match nothing.
_MAX_DEPTH = 20


class Compiled:
    """Compiled patterns."""

    __slots__ = ("_below", "_joined", "_lookups", "_matches", "_pieces")

    def __init__(
        self, found: Sequence[Pattern], follow: bytes, root: bytes, source: Source, depth: int = 0
    ) -> None:
        # The peer keeps one matcher for each directory: of several files there, it uses the first.
        self._below: dict[bytes, Compiled | errors.EngineError] = {}
        self._lookups = Lookups(follow)
        pieces: list[Piece] = []
        for pattern in found:
            if pattern[0] == b"subinclude":
                self._add_below(pattern, root, source, depth)
                continue
            regex = spelling.to_regex(pattern, follow)
            if regex is None:
                self._lookups.take(pattern)
            else:
                pieces.append((pattern, regex))
        self._pieces = _groups(pieces)
        self._joined: list[Match] | None = None
        try:
            self._matches = [match for group in self._pieces for match in self._compile(group)]
        except _Invalid as problem:
            raise _blame(pieces, problem.problem) from None

    def _add_below(self, pattern: Pattern, root: bytes, source: Source, depth: int) -> None:
        file = join(posixpath.dirname(normalize(pattern[2])), pattern[1])
        new_root = join(root, posixpath.dirname(file))
        prefix = canonical(root, root, new_root, source)
        if prefix:
            prefix += b"/"
        if depth >= _MAX_DEPTH or prefix in self._below:
            return
        try:
            found = Expander(new_root, new_root, source, b"glob").include(join(root, file))
            self._below[prefix] = Compiled(found, spelling.END_OR_BELOW, new_root, source, depth + 1)
        except errors.EngineError as problem:
            # told when the first path below is asked for
            self._below[prefix] = problem

    def _compile(self, group: list[Piece]) -> list[Match]:
        regexes = [regex for _pattern, regex in group]
        if all(map(_keeps_to_itself, regexes)):
            regexes = [regex for pattern, regex in group if not self._lookups.take(pattern)]
        return [_compile(b"|".join(regexes))] if regexes else []

    def matches(self, path: bytes, *, path_only: bool = False) -> bool:
        """Whether any pattern matches; with `path_only` the directories above are known not to match."""
        for prefix, below in self._below.items():
            if path.startswith(prefix):
                if isinstance(below, errors.EngineError):
                    raise below
                if below.matches(path[len(prefix) :], path_only=path_only):
                    return True
        if b"\n" in path:
            if path in self._lookups.exact:
                return True
            if self._joined is None:
                self._joined = [
                    _compile(b"|".join([regex for _pattern, regex in group])) for group in self._pieces
                ]
            return any(match(path) for match in self._joined)
        return self._lookups.matches(path, path_only=path_only) or any(match(path) for match in self._matches)


class _Invalid(Exception):
    """A joined expression that `re` refuses."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def _compile(regex: bytes) -> Match:
    import re
    import warnings

    from hydrargyrum.patience import Expression

    try:
        with warnings.catch_warnings():
            # about sets that a future version may read otherwise
            warnings.simplefilter("ignore")
            return Expression(regex).match
    except (re.error, OverflowError, RecursionError, ValueError) as problem:
        raise _Invalid(str(problem)) from None


def _groups(pieces: list[Piece]) -> list[list[Piece]]:
    """The groups that the peer compiles together."""
    groups: list[list[Piece]] = []
    size = _MAX_JOINED + 1
    for pattern, regex in pieces:
        if len(regex) > _MAX_JOINED:
            raise errors.InvalidPattern(
                kind=pattern[0].decode(), pattern=shown(pattern[1]), problem="too long", length=len(regex)
            )
        if size + len(regex) > _MAX_JOINED:
            groups.append([])
            size = 0
        groups[-1].append((pattern, regex))
        size += len(regex) + 1
    return groups


def _keeps_to_itself(regex: bytes) -> bool:
    """Whether joining the expression with others by `|` cannot change what any of them means.

    It can where it sets flags, refers to groups or names them, or where a bracket of its own stays open. The answer
    may be "no" without need, never "yes" without right.
    """
    at, end, open_groups = 0, len(regex), 0
    while at < end:
        byte = regex[at : at + 1]
        at += 1
        if byte == b"\\":
            if at == end or regex[at : at + 1].isdigit():
                return False
            at += 1
        elif byte == b"(":
            open_groups += 1
            if regex[at : at + 1] == b"?":
                if regex[at + 1 : at + 2] != b":":
                    return False
                at += 2
        elif byte == b")":
            open_groups -= 1
            if open_groups < 0:
                return False
        elif byte == b"[":
            at = _end_of_set(regex, at)
    return open_groups == 0 and at == end


def _end_of_set(regex: bytes, at: int) -> int:
    """Where the set ends whose `[` is before `at`; past the end where it does not."""
    at += regex[at : at + 1] == b"^"
    at += regex[at : at + 1] == b"]"
    while regex[at : at + 1] not in (b"]", b""):
        at += 2 if regex[at : at + 1] == b"\\" else 1
    return at + 1


def _blame(pieces: list[Piece], joined: str) -> errors.InvalidPattern:
    """Names the pattern that is invalid alone, in the order of the patterns; without one none is named."""
    for (kind, text, source), regex in pieces:
        try:
            _compile(regex)
        except _Invalid as problem:
            facts: dict[str, str | int | None] = {
                "kind": kind.decode(),
                "pattern": shown(text),
                "problem": problem.problem,
            }
            if source:
                facts["within"] = shown(source)
            return errors.InvalidPattern(**facts)
    return errors.InvalidPattern(problem=joined)

"""The revisions that a user's expression names: plain names, parents, ancestors by distance and ranges.

This is the part of the revision language that needs no set algebra; whatever goes beyond is refused by name, and the
whole language belongs to `query/`.
"""

from __future__ import annotations

import re

from hydrargyrum import errors
from hydrargyrum.types import NULL_REV, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import NoReturn

    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev

    #: kind, text, position
    Token = tuple[str, str, int]

_TOKEN = re.compile(
    r"(?P<space>[ \t\n\r\f\v]+)|(?P<string>r?'(?:[^'\\]|\\.)*'|r?\"(?:[^\"\\]|\\.)*\")|(?P<open>r?['\"])"
    r"|(?P<operator>::|\.\.|\#\#|[\^~:()\[\]#,!&|+%=-])|(?P<symbol>[^\W]|[._@\udc80-\udcff])",
    re.DOTALL,
)
#: A symbol goes on while these follow; two dots end it.
_SYMBOL = re.compile(r"(?:[\w@$/\udc80-\udcff-]|\.(?!\.))+")
_WORDS = frozenset(("and", "or", "not"))
#: Operators of the language that are not evaluated here.
_SET_OPERATORS = frozenset(
    ("::", "..", "##", "#", "[", "!", "&", "|", "+", "-", "%", "=", "and", "or", "not")
)
#: What stands in front of an operand.
_NEVER_FIRST = frozenset(
    ("end", "^", "~", ")", "[", "]", "#", "##", ",", "&", "|", "+", "%", "=", "and", "or")
)


def resolve_revision(repo: Repository, text: str, *, default: str | None = ".") -> Changeset:
    """The changeset that an expression names; of several the last.

    Args:
        repo: where to look.
        text: the expression; "" means the default.
        default: a plain name, None for the working copy.

    Raises:
        InputError: it names none.
        UnknownRevision, ParseError, Unsupported: see `resolve_pair`.
    """
    if not text:
        return repo[default]
    found = _Expression(repo, text).evaluate()
    if not found:
        raise errors.InputError("empty revision set")
    return repo[found[-1]]


def resolve_pair(repo: Repository, texts: Sequence[str]) -> tuple[Changeset, Changeset]:
    """The two changesets to compare.

    Nothing means the first parent and the working copy; one revision means it and the working copy; otherwise the
    first and the last revision that are named.

    Raises:
        InputError: one side is empty.
        UnknownRevision, AmbiguousPrefix, FilteredRevision: a name that stands for nothing.
        ParseError: an expression that cannot be parsed.
        Unsupported: an expression that needs set algebra.
    """
    if not texts:
        return repo["."], repo[None]
    expressions = [_Expression(repo, text) for text in texts]
    sets = [expression.evaluate() for expression in expressions]
    ends = _ends(sets)
    if ends is None:
        raise errors.InputError("empty revision range")
    first, last = ends
    if first == last and len(sets) > 1 and not all(sets):
        raise errors.InputError("empty revision on one side of range")
    if first == last and len(sets) == 1 and not expressions[0].is_range:
        return repo[first], repo[None]
    return repo[first], repo[last]


def resolve_revisions(repo: Repository, texts: Sequence[str]) -> list[Rev]:
    """All revisions that expressions name, each once, in the order in which they are named. Raises as `resolve_pair`."""
    return list(dict.fromkeys(rev for text in texts for rev in _Expression(repo, text).evaluate()))


def _ends(sets: Sequence[Sequence[Rev]]) -> tuple[Rev, Rev] | None:
    """First and last of the union, in which every revision stands where it is named first."""
    full = [revs for revs in sets if revs]
    if not full:
        return None
    for number in range(len(full) - 1, -1, -1):
        earlier = full[:number]
        for rev in reversed(full[number]):
            if not any(rev in revs for revs in earlier):
                return full[0][0], rev
    return full[0][0], full[0][-1]


class _BeyondGrammar(Exception):
    """The expression uses what only the whole language has."""


class _Expression:
    """Parses and evaluates one expression: a pass that only checks the grammar, then one that looks names up.

    Attributes:
        is_range: after evaluation: the whole is a range.
        checking: the first pass is running.
    """

    __slots__ = ("checking", "current", "is_range", "repo", "text", "tokens")

    def __init__(self, repo: Repository, text: str) -> None:
        self.repo = repo
        self.text = text
        self.is_range = False
        self.checking = True
        self.tokens: Iterator[Token] = iter(())
        self.current: Token = ("end", "", 0)

    # -- entry ----------------------------------------------------------------------------------------------------

    def evaluate(self) -> Sequence[Rev]:
        """The revisions in order."""
        if not self.text:
            raise errors.ParseError("empty query")
        whole = self._whole_names()
        if whole is not None:
            return whole
        try:
            self._parse()
            self.checking = False
            return self._parse()
        except _BeyondGrammar:
            self.checking = False
            self._refuse()
        except errors.ParseError as error:
            raise self._show_place(error) from None

    def _parse(self) -> Sequence[Rev]:
        self.tokens = self._scan()
        self._advance()
        found, self.is_range = self._range()
        if self.current[0] in _SET_OPERATORS:
            raise _BeyondGrammar
        if self.current[0] == ",":
            raise errors.ParseError(
                "can't use a list in this context", hint="see 'hg help \"revsets.x or y\"'"
            )
        if self.current[0] != "end":
            raise errors.ParseError("invalid token", self.current[2])
        return found

    def _look_up(self, name: str) -> Sequence[Rev]:
        if not name:
            raise errors.ParseError("empty string is not a valid revision")
        return [0] if self.checking else [self.repo.resolve(name)]

    def _whole_names(self) -> Sequence[Rev] | None:
        """A plain name, or two of them with a colon between: names may contain what else is an operator."""
        first, colon, last = self.text.partition(":")
        if not all(self.repo.knows(name) for name in (first, last) if name):
            return None
        if not colon:
            return [self.repo.resolve(first)]
        self.is_range = True
        return self._span(
            self.repo.resolve(first) if first else None, self.repo.resolve(last) if last else None
        )

    # -- grammar --------------------------------------------------------------------------------------------------

    def _range(self) -> tuple[Sequence[Rev], bool]:
        found = None if self.current[0] == ":" else self._postfix()
        is_range = False
        while self.current[0] == ":":
            self._advance()
            last = None if self.current[0] in ("end", ")", ",", ":") else self._postfix()
            found, is_range = self._range_of(found, last), True
        return found or [], is_range

    def _range_of(self, first: Sequence[Rev] | None, last: Sequence[Rev] | None) -> Sequence[Rev]:
        if self.checking:
            return [0]
        if (first is not None and not first) or (last is not None and not last):
            return []
        return self._span(None if first is None else first[0], None if last is None else last[-1])

    def _postfix(self) -> Sequence[Rev]:
        found = self._primary()
        while self.current[0] in ("^", "~"):
            operator = self._advance()[0]
            if operator == "~":
                found = self._ancestors(found, self._number())
            elif self.current[0] in ("symbol", "string", "("):
                found = self._numbered_parents(found)
            elif self.current[0] == "-":
                raise _BeyondGrammar
            else:
                found = self._parents(found, 0)
        return found

    def _primary(self) -> Sequence[Rev]:
        kind, text, position = self._advance()
        if kind == "symbol" and self.current[0] == "(":
            return self._call(text)
        if kind in ("symbol", "string"):
            return self._look_up(text)
        if kind == "(":
            if self.current[0] == ")":
                raise errors.ParseError("missing argument")
            found, _ = self._range()
            self._close()
            return found
        if kind in _NEVER_FIRST:
            raise errors.ParseError(f"not a prefix: {kind}", position)
        if kind in ("not", "-") and self.current[0] in _NEVER_FIRST:
            raise errors.ParseError(f"not a prefix: {self.current[0]}", self.current[2])
        if kind == "-" and self.current[0] == "-":
            raise errors.ParseError("can't negate that")
        if kind == "-" and self.current[0] == "symbol":
            return self._look_up("-" + self._advance()[1])
        raise _BeyondGrammar

    def _call(self, name: str) -> Sequence[Rev]:
        self._advance()
        argument: Sequence[Rev] | None = None
        if name not in ("p1", "p2", "parents", "wdir", "all", "none"):
            raise _BeyondGrammar
        if self.current[0] != ")":
            argument = self._range()[0]
        if self.current[0] == ",":
            raise errors.ParseError(
                "can't use a list in this context", hint="see 'hg help \"revsets.x or y\"'"
            )
        self._close()
        if name in ("wdir", "all", "none"):
            if argument is not None:
                raise errors.ParseError(f"{name} takes no arguments")
            if name == "wdir":
                return [WDIR_REV]
            return range(len(self.repo.engine.changelog())) if name == "all" else []
        revs = [WDIR_REV] if argument is None else argument
        if name == "parents":
            return sorted({*self._parents(revs, 0), *self._parents(revs, 1)})
        return self._parents(revs, 0 if name == "p1" else 1)

    def _close(self) -> None:
        if self.current[0] in _SET_OPERATORS:
            raise _BeyondGrammar
        if self.current[0] != ")":
            raise errors.ParseError(f"unexpected token: {self.current[0]}", self.current[2])
        self._advance()

    def _numbered_parents(self, revs: Sequence[Rev]) -> Sequence[Rev]:
        number = self._number()
        if number not in (0, 1, 2):
            raise errors.ParseError("^ expects a number 0, 1, or 2")
        if number == 0:
            return revs
        return self._ancestors(revs, 1) if number == 1 else self._parents(revs, 1)

    def _number(self) -> int:
        """The number behind an operator; -1 where it is none."""
        kind, text, position = self._advance()
        if kind == "(":
            number = self._number()
            self._close()
            return number
        if kind == "-":
            raise _BeyondGrammar
        if kind not in ("symbol", "string"):
            raise errors.ParseError(f"not a prefix: {kind}", position)
        return int(text) if text.isascii() and text.isdigit() else -1

    # -- graph ----------------------------------------------------------------------------------------------------

    def _parents_of(self, rev: Rev) -> tuple[Rev, Rev]:
        if rev == NULL_REV:
            return NULL_REV, NULL_REV
        if rev != WDIR_REV:
            return self.repo.engine.changelog().parents(rev)
        first, second = self.repo.working_copy.parents
        return first.rev, second.rev

    def _parents(self, revs: Sequence[Rev], which: int) -> Sequence[Rev]:
        if self.checking:
            return revs
        return sorted({self._parents_of(rev)[which] for rev in revs} - {NULL_REV})

    def _ancestors(self, revs: Sequence[Rev], distance: int) -> Sequence[Rev]:
        if distance < 0:
            raise errors.ParseError("~ expects a number")
        if self.checking:
            return revs
        found = set()
        for rev in revs:
            for _ in range(distance):
                if rev == NULL_REV:
                    break
                rev = self._parents_of(rev)[0]
            found.add(rev)
        return sorted(found)

    def _span(self, first: Rev | None, last: Rev | None) -> Sequence[Rev]:
        """All revisions between two, in the direction from first to last."""
        length = len(self.repo.engine.changelog())
        if not length and first is None and last is None:
            return []
        start = 0 if first is None else first
        end = length - 1 if last is None else last
        low, high = min(start, end), max(start, end)
        revs: list[Rev] = list(range(low, min(high, length - 1) + 1))
        if high == WDIR_REV:
            revs.append(WDIR_REV)
        return revs if start <= end else revs[::-1]

    # -- tokens ---------------------------------------------------------------------------------------------------

    def _advance(self) -> Token:
        token = self.current
        self.current = next(self.tokens, ("end", "", len(self.text)))
        return token

    def _scan(self) -> Iterator[Token]:
        position = 0
        while position < len(self.text):
            found = _TOKEN.match(self.text, position)
            if found is None:
                raise errors.ParseError(f"syntax error in revset '{self.text}'", position)
            kind = found.lastgroup
            if kind == "open":
                raise errors.ParseError("unterminated string", found.end())
            if kind == "symbol":
                symbol = self._symbol_at(position)
                yield (symbol if symbol in _WORDS else "symbol"), symbol, position
                position += len(symbol)
                continue
            if kind == "string":
                yield "string", _unquote(found.group()), position
            elif kind == "operator":
                yield found.group(), "", position
            position = found.end()
        yield "end", "", position

    def _symbol_at(self, position: int) -> str:
        found = _SYMBOL.match(self.text, position)
        symbol = found.group() if found else self.text[position]
        if "-" in symbol and not self.repo.knows(symbol):
            return symbol.partition("-")[0]
        return symbol

    # -- errors ---------------------------------------------------------------------------------------------------

    def _refuse(self) -> NoReturn:
        """The expression needs more than this module can; but an unknown name in it is said first."""
        names = [(kind, text) for kind, text, _ in self._scan()]
        depth = 0
        for number, (kind, text) in enumerate(names):
            is_call = names[number + 1 : number + 2] == [("(", "")]
            if kind == "(" and number and names[number - 1][0] == "symbol":
                depth += 1
            elif kind == ")" and depth:
                depth -= 1
            elif kind == "symbol" and not is_call and not depth and not text.isdigit():
                self.repo.resolve(text)
        raise errors.Unsupported(feature=f"revision set '{self.text}' is")

    def _show_place(self, error: errors.ParseError) -> errors.ParseError:
        if error.location is None:
            return error
        before = self.text[: error.location]
        place = len(before.encode("utf-8", "surrogateescape"))
        shown = self.text.replace("\n", " ")
        hint = f"{shown}\n{' ' * (place + 1)}^ here"
        return errors.ParseError(error.problem, place, hint=hint)


def _unquote(text: str) -> str:
    if text.startswith("r"):
        return text[2:-1]
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)

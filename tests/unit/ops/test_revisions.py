"""Expressions for revisions on a history that is only in memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrargyrum import errors
from hydrargyrum.ops.revisions import resolve_pair, resolve_revision
from hydrargyrum.types import NULL_REV, WDIR_REV

#: Parents of each revision: 0 - 1 - 2 - 4 (merge with 3), 3 from 1; the working copy is on 4.
PARENTS = [(-1, -1), (0, -1), (1, -1), (1, -1), (2, 3)]
NAMES = {"tip": 4, ".": 4, "null": -1, "a-b": 2, "old:new": 1, "x/y": 3, "é": 0, "@": 3}


class Index:
    def __len__(self) -> int:
        return len(PARENTS)

    def parents(self, rev: int) -> tuple[int, int]:
        return PARENTS[rev]


class Engine:
    def changelog(self) -> Index:
        return Index()


class Found:
    def __init__(self, rev: int) -> None:
        self.rev = rev


class WorkingCopy:
    parents = (Found(4), Found(-1))


class Repo:
    engine = Engine()
    working_copy = WorkingCopy()

    def resolve(self, name: str) -> int:
        if name in NAMES:
            return NAMES[name]
        if name.lstrip("-").isdigit() and -len(PARENTS) <= int(name) < len(PARENTS):
            return int(name) % len(PARENTS)
        raise errors.UnknownRevision(name=name)

    def knows(self, name: str) -> bool:
        try:
            self.resolve(name)
        except errors.UnknownRevision:
            return False
        return True

    def __getitem__(self, name: object) -> int:
        if name is None:
            return WDIR_REV
        return name if isinstance(name, int) else self.resolve(str(name))


REPO = Repo()


def one(text: str) -> int:
    return resolve_revision(REPO, text)  # type: ignore[arg-type, return-value]


def pair(*texts: str) -> tuple[int, int]:
    return resolve_pair(REPO, texts)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    ("text", "rev"),
    [
        ("0", 0),
        ("tip", 4),
        ("-1", 4),
        ("a-b", 2),
        ("x/y", 3),
        ("é", 0),
        ("@", 3),
        ("'a-b'", 2),
        ('"old:new"', 1),
        ("r'tip'", 4),
        (".^", 2),
        ("tip^2", 3),
        ("tip^0", 4),
        ("tip^1", 2),
        ("tip^^", 1),
        ("tip^2^", 1),
        ("tip~2", 1),
        ("tip~0", 4),
        ("tip~9", NULL_REV),
        ("(tip)^", 2),
        ("((tip)~(1))", 2),
        ("p1()", 4),
        ("p1(tip)", 2),
        ("p2(tip)", 3),
        ("parents(tip)", 3),
        ("wdir()", WDIR_REV),
        ("wdir()^", 4),
        ("wdir()~2", 2),
        ("1:3", 3),
        ("3:1", 1),
        ("all()", 4),
        (" tip ^ ", 2),
        ("a-b^", 1),
        ("a-b~1", 1),
        ("x/y^", 1),
        ("1:a-b", 2),
        (":2", 2),
        ("2:", 4),
    ],
)
def test_one(text: str, rev: int) -> None:
    assert one(text) == rev


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), (4, WDIR_REV)),
        (("1",), (1, WDIR_REV)),
        (("1", "3"), (1, 3)),
        (("3", "1"), (3, 1)),
        (("1", "1"), (1, 1)),
        (("1:3",), (1, 3)),
        (("3:1",), (3, 1)),
        (("2:2",), (2, 2)),
        (("(2:2)",), (2, WDIR_REV)),
        ((":",), (0, 4)),
        (("null:1",), (NULL_REV, 1)),
        (("1:null",), (1, NULL_REV)),
        (("0:wdir()",), (0, WDIR_REV)),
        (("wdir():0",), (WDIR_REV, 0)),
        (("0:1:3",), (0, 3)),
        (("0:2", "1"), (0, 2)),
        (("1", "0:2"), (1, 2)),
        (("none()", "1", "2"), (1, 2)),
        (("tip^2:tip",), (3, 4)),
    ],
)
def test_pairs(texts: tuple[str, ...], expected: tuple[int, int]) -> None:
    assert pair(*texts) == expected


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (("null^",), "empty revision range"),
        (("0^2",), "empty revision range"),
        (("none()",), "empty revision range"),
        (("none():1",), "empty revision range"),
        (("1", "none()"), "empty revision on one side of range"),
    ],
)
def test_empty_ranges(texts: tuple[str, ...], problem: str) -> None:
    with pytest.raises(errors.InputError, match=problem):
        pair(*texts)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("foo", "foo"),
        ("foo-bar", "foo"),
        ("foo/bar", "foo/bar"),
        ("1:foo", "foo"),
        ("foo^", "foo"),
        ("99", "99"),
        ("tip or foo", "foo"),
        ("foo::tip", "foo"),
        ("foo & 1", "foo"),
    ],
)
def test_unknown_names(text: str, name: str) -> None:
    with pytest.raises(errors.UnknownRevision) as caught:
        one(text)
    assert caught.value.facts["name"] == name


@pytest.mark.parametrize(
    "text", ["1 or 2", "not 1", "!1", "1::2", "1..2", "max(all())", "keyword(foo)", "tip-1", "0^-"]
)
def test_set_algebra_is_refused_by_name(text: str) -> None:
    with pytest.raises(errors.Unsupported) as caught:
        one(text)
    assert text in caught.value.text()


@pytest.mark.parametrize(
    ("text", "detail", "column"),
    [
        ("1 2", "at 2: invalid token", 3),
        ("(1", "at 2: unexpected token: end", 3),
        ("1)", "at 1: invalid token", 2),
        ("^", "at 0: not a prefix: ^", 1),
        ("1~", "at 2: not a prefix: end", 3),
        ("'a", "at 1: unterminated string", 2),
        ("$x", "at 0: syntax error in revset '$x'", 1),
    ],
)
def test_parse_errors_show_the_place(text: str, detail: str, column: int) -> None:
    with pytest.raises(errors.ParseError) as caught:
        one(text)
    assert caught.value.detail() == detail
    assert caught.value.hint_text() == f"{text}\n{' ' * column}^ here"


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("1^3", "^ expects a number 0, 1, or 2"),
        ("1^x", "^ expects a number 0, 1, or 2"),
        ("()", "missing argument"),
        ("1, 2", "can't use a list in this context"),
        ("wdir(0)", "wdir takes no arguments"),
        ("''", "empty string is not a valid revision"),
    ],
)
def test_parse_errors_without_a_place(text: str, detail: str) -> None:
    with pytest.raises(errors.ParseError) as caught:
        one(text)
    assert caught.value.detail() == detail


def test_nothing_given_is_the_default() -> None:
    assert one("") == 4
    assert resolve_revision(REPO, "", default=None) == WDIR_REV  # type: ignore[arg-type, comparison-overlap]


WORDS = ["tip", "0", "1", "^", "~", ":", "(", ")", "-", "'", "foo", "wdir()", "$", '"', ",", "or"]


@given(st.lists(st.sampled_from(WORDS), max_size=8).map("".join))
def test_any_text_gives_a_revision_or_an_error_of_ours(text: str) -> None:
    try:
        first, last = pair(text)
    except errors.HgError:
        return
    assert all(NULL_REV <= rev < len(PARENTS) or rev == WDIR_REV for rev in (first, last))

"""Options in arguments, against the standard library's `getopt` where it says the same."""

from __future__ import annotations

import getopt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrargyrum import errors
from hydrargyrum.cli.options import Grammar, OptionError, byte_repr, split_early_options, split_options
from hydrargyrum.extension import Option

OPTIONS = (
    Option("a", "all", ""),
    Option("r", "rev", "", default=[]),
    Option("", "revision-count", "", default=0),
    Option("t", "template", "", default=""),
    Option("", "no-merges", ""),
    Option("", "edit", "", default=True),
    Option("", "no-edit", ""),
    Option("h", "help", ""),
)
GRAMMAR = Grammar(OPTIONS)

WORDS = st.sampled_from(
    [
        "--all",
        "--al",
        "--a",
        "--rev",
        "--rev=x",
        "--revi",
        "--revision-count=3",
        "-a",
        "-r",
        "-ar",
        "-arx",
        "-tx",
        "-t",
        "--no-all",
        "--no-help",
        "--merges",
        "--no-merges",
        "--no-edit",
        "--",
        "-",
        "x",
        "file",
        "-z",
        "--zzz",
        "--all=1",
        "--template",
        "--templ=",
        "-:",
        "--no-m",
        "-h",
        "--=x",
        "-a-",
        "",
    ]
)


@given(st.lists(WORDS, max_size=6), st.booleans())
def test_like_getopt(words: list[str], anywhere: bool) -> None:
    function = getopt.gnu_getopt if anywhere else getopt.getopt
    try:
        expected: object = function(words, GRAMMAR.short_letters, GRAMMAR.long_names)
    except getopt.GetoptError as problem:
        expected = str(problem), problem.opt
    try:
        found: object = split_options(words, GRAMMAR, anywhere=anywhere)
    except OptionError as problem:
        found = str(problem), problem.option
    assert found == expected


def values(*words: str) -> dict[str, object]:
    found, _others = split_options(words, GRAMMAR, anywhere=True)
    return dict(GRAMMAR.values(found).as_dict())


def test_values() -> None:
    assert values() == {
        "all": None,
        "rev": [],
        "revision_count": 0,
        "template": "",
        "no_merges": None,
        "edit": True,
        "no_edit": None,
        "help": None,
    }
    assert values("-r1", "--rev", "2", "--rev=")["rev"] == ["1", "2", ""]
    assert values("--revision-count", "7")["revision_count"] == 7
    assert values("-tx", "-ty")["template"] == "y"
    assert values("-a")["all"] is True


def test_negations() -> None:
    assert values("--no-all")["all"] is False
    assert values("-a", "--no-all")["all"] is False
    assert values("--no-all", "-a")["all"] is True
    assert values("--merges")["no_merges"] is False
    # both are declared, so that neither is the other's negation
    assert values("--no-edit") == {**values(), "no_edit": True}
    with pytest.raises(OptionError, match="option --no-help not recognized"):
        values("--no-help")


def test_numbers() -> None:
    with pytest.raises(errors.InputError) as caught:
        values("--revision-count=x\udcff")
    assert caught.value.text() == "invalid value 'x\\xff' for option --revision-count, expected int"


def test_defaults_are_not_shared() -> None:
    values("-r1")
    assert values()["rev"] == []
    assert OPTIONS[1].default == []


def test_given_options_are_known() -> None:
    found, _others = split_options(["--no-all", "-r1"], GRAMMAR, anywhere=True)
    parsed = GRAMMAR.values(found)
    assert [key for key in parsed if parsed.given(key)] == ["all", "rev"]
    again = GRAMMAR.values([("--template", "x")], parsed)
    assert again.items("rev") == ["1"]
    assert again.given("rev")
    assert again.text("template") == "x"


EARLY = Grammar(
    (Option("R", "repository", "", default=""), Option("q", "quiet", ""), Option("", "cwd", "", default="")),
    {"repository": "repo"},
)


@pytest.mark.parametrize(
    ("words", "anywhere", "found", "others"),
    [
        ("x --cwd foo -Rbar -q y", True, [("--cwd", "foo"), ("-R", "bar"), ("-q", "")], "x y"),
        ("x --cwd=foo y -R bar --repo=z", True, [("--cwd", "foo"), ("-R", "bar"), ("--repo", "z")], "x y"),
        ("--unknown --cwd=foo -- --quiet", True, [("--cwd", "foo")], "--unknown --quiet"),
        ("--cwd foo -Rbar x -q y", False, [("--cwd", "foo"), ("-R", "bar")], "x -q y"),
        ("--cwd=foo x -R y", False, [("--cwd", "foo")], "x -R y"),
        ("--unknown --cwd=foo", False, [], "--unknown --cwd=foo"),
        ("--cwd", True, [], "--cwd"),
        ("-R", True, [], "-R"),
        ("-R -- x", True, [("-R", "--")], "x"),
        ("--quiet=foo x", True, [], "--quiet=foo x"),
        ("-qfoo x", True, [], "-qfoo x"),
        ("-R=bar", True, [("-R", "=bar")], ""),
        ("-: - y", True, [], "-: - y"),
        ("--cw foo", True, [], "--cw foo"),
        ("--no-quiet", True, [("--no-quiet", "")], ""),
    ],
)
def test_early_options(words: str, anywhere: bool, found: list[tuple[str, str]], others: str) -> None:
    assert split_early_options(words.split(), EARLY, anywhere=anywhere) == (found, others.split())


def test_separator_can_be_kept() -> None:
    words = ["x", "-Rbar", "--", "--quiet"]
    assert split_early_options(words, EARLY, anywhere=True, keep_separator=True)[1] == ["x", "--", "--quiet"]


def test_bytes_are_shown() -> None:
    assert byte_repr("a'b\udcff\u00e9") == '"a\'b\\xff\\xc3\\xa9"'

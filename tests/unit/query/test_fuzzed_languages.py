"""Random and mutilated expressions of the three query languages: the parsed tree, the error and its place are the peer's.

Nothing is decided here that the peer does not decide; what expressions mean is tested beside the languages.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peer import Peer
from unit.driver import ours

#: How many expressions of each language are tried; `make test-nightly` tries more.
EXAMPLES = int(os.environ.get("HYG_FUZZ_EXAMPLES", "60"))
_CHANGE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=EXAMPLES <= 60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: What mutilation puts in.
_NOISE = st.sampled_from(
    [*"()[]{}'\"\\,:|&+-*/%#^~=!.@$;<>? \t\n0aZ_é", "::", "..", "##", "not ", "and", "\\x", "\\"]
)


def mutilated(whole: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Mostly what `whole` gives, sometimes with up to three places changed."""

    def change(text: str, edits: list[tuple[int, int, str]]) -> str:
        for place, length, noise in edits:
            at = place % (len(text) + 1)
            text = text[:at] + noise + text[at + length :]
        return text.replace("\0", "")

    edit = st.tuples(st.integers(0, 200), st.integers(0, 3), _NOISE | st.just(""))
    return st.builds(change, whole, st.lists(edit, max_size=3))


# ---- revision sets ----------------------------------------------------------------------------------------------

_ATOMS = st.sampled_from(
    [
        *(
            "0",
            "1",
            "tip",
            ".",
            "null",
            "wdir()",
            "all()",
            "none()",
            "'0'",
            '"tip"',
            "r'1'",
            "'\\x30'",
            "a-b",
            "draft()",
        ),
        *(
            "merge()",
            "branch(default)",
            "branch('re:d.*')",
            "user(t)",
            "file('*.c')",
            "x",
            "heads(all())",
            "1..2",
            "-1",
        ),
        *(
            "limit(all(), 1)",
            "first(all())",
            "desc()",
            "nosuch()",
            "branch(",
            "ancestors(1, depth=1)",
            "sort(all(), -rev)",
        ),
        *(
            "ancestors(1, 2, 3)",
            "limit()",
            "roots(0:1)",
            "x@y",
            "a/b",
            "'a b'",
            "rev(1)",
            "keyword(c)",
            "date('>2000')",
        ),
    ]
)


def _revset(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    infix = st.sampled_from(
        [
            "::",
            ":",
            "..",
            " or ",
            " and ",
            " + ",
            "|",
            "&",
            " - ",
            "%",
            "##",
            ",",
            "#",
            " not ",
            "=",
            " ",
            "^",
            "~",
        ]
    )
    return st.one_of(
        st.builds("{}{}{}".format, inner, infix, inner),
        st.builds("({})".format, inner),
        st.builds(
            "{}{}".format, st.sampled_from(["not ", "!", "::", ":", "-", "..", "only", "heads", "p1"]), inner
        ),
        st.builds(
            "{}{}".format,
            inner,
            st.sampled_from(["^", "^2", "^3", "~1", "~x", "::", ":", "#g[0]", "#g[1:2]"]),
        ),
        st.builds(
            "{}({})".format, st.sampled_from(["max", "only", "present", "sort", "reverse", "first"]), inner
        ),
        st.builds("{}({}, {})".format, st.sampled_from(["only", "limit", "sort", "range"]), inner, inner),
    )


REVSETS = mutilated(st.recursive(_ATOMS, _revset, max_leaves=6))

# ---- file sets --------------------------------------------------------------------------------------------------

_FILES = st.sampled_from(
    [
        *(
            "modified()",
            "all()",
            "'*.c'",
            "f",
            "glob:*",
            "re:f.*",
            "path:f",
            "size('>1k')",
            "binary()",
            "grep(x)",
        ),
        *(
            "size()",
            "nosuch()",
            "added(1)",
            "revs(0, f)",
            "status(0, 1, all())",
            "status(0)",
            "'a b'",
            "set:x",
            "**",
            "*.{c,h}",
        ),
        *(
            "encoding(ascii)",
            "eol(dos)",
            "copied()",
            "exec()",
            "grep('(')",
            "size(x)",
            "none()",
            "tracked()",
            "hgignore()",
        ),
    ]
)


def _fileset(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    infix = st.sampled_from([" and ", " or ", "&", "|", " - ", "+", ",", " ", ":"])
    return st.one_of(
        st.builds("{}{}{}".format, inner, infix, inner),
        st.builds("({})".format, inner),
        st.builds("{}{}".format, st.sampled_from(["not ", "!", "-"]), inner),
        st.builds("{}({})".format, st.sampled_from(["added", "grep", "size", "revs", "unknown"]), inner),
    )


FILESETS = mutilated(st.recursive(_FILES, _fileset, max_leaves=6))

# ---- templates --------------------------------------------------------------------------------------------------

_TEMPLATE_ATOMS = st.sampled_from(
    [
        *(
            "{a}",
            "text",
            "\\n",
            "{'quoted'}",
            '{"double {a}"}',
            "{r'raw\\n'}",
            "{1}",
            "{-1}",
            "{a|upper}",
            "{a % '{a}'}",
        ),
        *(
            "{dict(a=1)}",
            "{if(a, 'x', 'y')}",
            "{nosuch()}",
            "{a|nosuch}",
            "{join(a, ' ')}",
            "{a.b}",
            "\\{",
            "{{a}}",
            "{}",
        ),
        *(
            "{1 + 2 * 3}",
            "{5 / 0}",
            "{pad(a, 5)}",
            "{pad()}",
            "{date(a)}",
            "{'\\x41'}",
            "{sub('(', 'x', a)}",
            "{a",
            "}",
            "\\",
        ),
        *(
            "{fill(a, 'x')}",
            "{splitlines(a)|json}",
            "{get(dict(a=1), 'a')}",
            "{ifeq(a, a, b, c, d)}",
            "{word(0, a)}",
        ),
    ]
)


def _template(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("{{if(a, '{}')}}".format, inner),
        st.builds('{{if(a, "{}", "{}")}}'.format, inner, inner),
        st.builds(
            "{{{}|{}}}".format,
            st.sampled_from(["a", "'x'", "(1)", "a|lower"]),
            st.sampled_from(["upper", "short", "json"]),
        ),
        st.builds('{{a % "{}"}}'.format, inner),
    )


TEMPLATES = mutilated(st.recursive(_TEMPLATE_ATOMS, _template, max_leaves=5))


@pytest.fixture(scope="module")
def place(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("fuzzed") / "r"
    peer.ok(root.parent, "init", str(root))
    for number in range(3):
        (root / "f").write_text(f"{number}\n")
        peer.ok(root, "commit", "-Aqm", f"c{number}", "-u", "t", "-d", f"{number} 0")
    return root


def check(peer: Peer, root: Path, *words: str) -> None:
    expected = peer.run(root, *words)
    # where the peer has no answer: what it does not catch, and what only it refuses (docs/compatibility.md)
    if b"Traceback" in expected.err or b"working directory revision cannot be specified" in expected.err:
        return
    assert ours(root, *words) == expected, words


@_CHANGE
@given(expression=REVSETS)
def test_revision_sets(peer: Peer, place: Path, expression: str) -> None:
    check(peer, place, "debugrevspec", "-p", "parsed", "--", expression)


@_CHANGE
@given(expression=FILESETS)
def test_file_sets(peer: Peer, place: Path, expression: str) -> None:
    check(peer, place, "debugfileset", "-p", "parsed", "--", expression)


@_CHANGE
@given(expression=TEMPLATES)
def test_templates(peer: Peer, place: Path, expression: str) -> None:
    check(peer, place, "debugtemplate", "-v", "-D", "a=value", "--", expression)

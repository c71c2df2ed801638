"""Matchers of the pure engine beyond the recorded table: files, hashes, links, hostile input, combinations."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hydrargyrum import errors
from hydrargyrum.matching import roots as visits
from hydrargyrum.matching.build import MatchRequest, build
from hydrargyrum.matching.ignore import load_ignore
from hydrargyrum.matching.matcher import (
    AlwaysMatcher,
    DifferenceMatcher,
    ExactMatcher,
    IntersectionMatcher,
    NeverMatcher,
    UnionMatcher,
)
from hydrargyrum.matching.source import DictSource, DiskSource

NOTHING = DictSource({})

IGNORE_FILES = {
    b".hgignore": b"syntax: glob\n*.o\ninclude:other/inc\nsubinclude:sub/.hgignore\n",
    b"other/inc": b"syntax: rootglob\nfoo\n",
    b"sub/.hgignore": b"\\.tmp$\nsubinclude:deep/ign\ninclude:inc2\n",
    b"sub/deep/ign": b"x\n",
    b"sub/inc2": b"y\n",
}


def test_the_hash_of_ignore_files_is_the_peers():
    # read from the dirstate that rhg wrote for these files
    source = DictSource(
        {b"/tmp/ig/" + name: data for name, data in IGNORE_FILES.items()} | {b"/tmp/ig-user": b"zz\n"}
    )
    assert load_ignore(b"/tmp/ig", (), source).hash.hex() == "feaf4ea6f8996681bc73652604fab37fbaad588e"
    more = [b"other/inc", b"/tmp/ig-user", b"nope"]
    assert load_ignore(b"/tmp/ig", more, source).hash.hex() == "3913368bfb6889eb6a1d8344775314eeaa6c1282"
    nowhere = load_ignore(b"/nowhere", (), source)
    assert nowhere.hash.hex() == "da39a3ee5e6b4b0d3255bfef95601890afd80709"
    assert nowhere.is_never
    assert not nowhere.warnings
    assert not nowhere.ignores_or_above(b"a")


def test_a_file_that_includes_itself_is_skipped_with_a_warning():
    source = DictSource(
        {
            b"/r/.hgignore": b"include:a\nsubinclude:sub/s\n^x$\n",
            b"/r/a": b"include:b\n^y$\n",
            b"/r/b": b"include:a\ninclude:.hgignore\n^z$\n",
            b"/r/sub/s": b"subinclude:s\ninclude:s\n^w$\n",
        }
    )
    loaded = load_ignore(b"/r", (), source)
    assert [(warning.id, warning.facts) for warning in loaded.warnings] == [
        ("unreadable-pattern-file", {"path": "a", "errno": 40}),
        ("unreadable-pattern-file", {"path": ".hgignore", "errno": 40}),
    ]
    assert all(map(loaded.ignores_file, [b"x", b"y", b"z", b"sub/w"]))
    assert not loaded.ignores_file(b"w")


def test_including_the_same_file_again_and_again_ends():
    files = {b"/r/f%d" % n: b"include:f%d\ninclude:f%d\n" % (n + 1, n + 1) for n in range(30)}
    loaded = load_ignore(b"/r", (), DictSource(files | {b"/r/.hgignore": b"include:f0\n^a$\n"}))
    assert loaded.ignores_file(b"a")
    assert len(loaded.warnings) > 1000
    assert len(loaded.hash) == 20


def test_what_is_wrong_below_is_told_when_it_matters():
    source = DictSource({b"/r/.hgignore": b"subinclude:sub/s\n", b"/r/sub/s": b"[\n"})
    loaded = load_ignore(b"/r", (), source)
    assert not loaded.ignores_file(b"a")
    with pytest.raises(errors.InvalidPattern) as caught:
        loaded.ignores_file(b"sub/a")
    assert caught.value.text() == "/r/sub/s: invalid pattern (relre): ["


def test_unreadable_ignore_files_are_skipped_with_a_warning(tmp_path):
    root = os.fsencode(tmp_path)
    (tmp_path / ".hgignore").mkdir()
    loaded = load_ignore(root, [b"nope"])
    assert [warning.text() for warning in loaded.warnings] == [
        f"skipping unreadable pattern file '{tmp_path}/.hgignore': Is a directory",
        f"skipping unreadable pattern file '{tmp_path}/nope': No such file or directory",
    ]


def test_filesets_are_refused_by_name():
    with pytest.raises(errors.Unsupported) as caught:
        build(MatchRequest(b"/r", patterns=[b"set:added()"]), NOTHING)
    assert caught.value.facts == {"feature": "filesets"}


def test_links_and_nested_repositories_on_disk(tmp_path):
    root = tmp_path / "r"
    (root / "d" / "nested" / ".hg").mkdir(parents=True)
    (root / "l").symlink_to("d")
    (tmp_path / "way").symlink_to(root)

    def explicit(cwd, *patterns):
        return list(
            build(MatchRequest(os.fsencode(root), os.fsencode(cwd), patterns=patterns)).explicit_paths
        )

    assert explicit(root, b"l", b"d/x", b"no/such/x") == [b"d/x", b"l", b"no/such/x"]
    assert explicit(tmp_path / "way" / "d", b"x", b"..") == [b"", b"d/x"]
    with pytest.raises(errors.IllegalPath) as caught:
        explicit(root, b"l/x/y")
    assert caught.value.text() == "path 'l/x/y' traverses symbolic link 'l'"
    assert caught.value.detailed_exit_code == 255
    with pytest.raises(errors.IllegalPath) as caught:
        explicit(root, b"d/nested/x")
    assert caught.value.text() == "path 'd/nested/x' is inside nested repo 'd/nested'"
    with pytest.raises(errors.PathOutsideRepository) as caught:
        explicit(tmp_path, b"x")
    assert caught.value.hint_text() == "consider using '--cwd r'"
    unchecked = DiskSource(os.fsencode(root), check_links=False)
    request = MatchRequest(os.fsencode(root), patterns=[b"l/x"])
    assert list(build(request, unchecked).explicit_paths) == [b"l/x"]


def test_thousands_of_names_need_no_expression():
    lines = [f"name{n}\n*.ext{n}\npre{n}*\nd{n}/e\n" for n in range(2000)]
    contents = ("syntax: glob\n" + "".join(lines)).encode()
    loaded = load_ignore(b"/r", (), DictSource({b"/r/.hgignore": contents}))
    assert loaded._compiled._matches == []
    assert all(map(loaded.ignores_file, [b"name7", b"x/name1999", b"x.ext12", b"pre3x", b"a/d77/e", b"d0/e"]))
    assert not any(map(loaded.ignores_file, [b"name2000", b"xname7", b"x.ext", b"apre3", b"d77/f", b"xd0/e"]))
    # paths with a newline are looked up by the peer's expressions
    assert loaded.ignores_file(b"a/name7\n")
    assert not loaded.ignores_file(b"a\nb/name7")


def test_exact_matchers_and_what_is_made_of_them():
    matcher = ExactMatcher([b"a/b/c", b"a/d", b"e"])
    assert matcher.matches(b"a/d")
    assert not matcher.matches(b"a")
    assert matcher.visit_children(b"") == {b"a", b"e"}
    assert matcher.visit_children(b"a") == {b"b", b"d"}
    assert matcher.visit_children(b"e") == "none"
    both = IntersectionMatcher(AlwaysMatcher(), ExactMatcher([b"b"]))
    assert both.exact_files == {b"b"}
    assert both.explicit_paths == [b"b"]
    rest = DifferenceMatcher(ExactMatcher([b"a", b"b"]), ExactMatcher([b"b"]))
    assert rest.exact_files == {b"a"}
    assert not rest.matches(b"b")
    assert DifferenceMatcher(matcher, AlwaysMatcher()).visit_children(b"") == "none"
    assert IntersectionMatcher(matcher, NeverMatcher()).is_never
    either = UnionMatcher([ExactMatcher([b"x/y"]), ExactMatcher([b"x/z"])])
    assert either.visit_children(b"x") == {b"y", b"z"}
    assert either.matches(b"x/z")
    assert not either.matches(b"x")


VISITS = st.sampled_from(
    ["none", "all", "recursive", frozenset([b"a"]), frozenset([b"a", b"b"]), frozenset([b"c"])]
)


def includes(visit, name):
    return name in visit if isinstance(visit, frozenset) else visit != "none"


@given(VISITS, VISITS, st.sampled_from([b"a", b"b", b"c", b"d"]))
def test_combined_visits_never_lose_a_child(left, right, name):
    both = includes(left, name) and includes(right, name)
    either = includes(left, name) or includes(right, name)
    met = visits.intersection(left, right)
    assert includes(met, name) == (both or met == "all")
    joined = visits.union(left, right)
    assert includes(joined, name) == (either or joined == "all")
    rest = visits.difference(left, right)
    assert includes(rest, name) == (includes(left, name) and right != "recursive")
    assert (rest == "recursive") == (left == "recursive" and right == "none")


PIECES = st.sampled_from(["a", "b", ".", "*", "**", "?", "ab", "[ab]", "{a,b}"])
PARTS = st.lists(PIECES, min_size=1, max_size=3).map("".join)
GLOBS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
KINDS = st.sampled_from(["glob", "rootglob", "relglob", "path", "relpath", "filepath", "rootfilesin"])
PATHS = st.lists(st.text("ab.", min_size=1, max_size=3), min_size=1, max_size=4).map("/".join)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(KINDS, GLOBS), min_size=1, max_size=4),
    st.lists(st.tuples(KINDS, GLOBS), max_size=2),
    st.lists(PATHS, min_size=1, max_size=10),
)
def test_a_walk_reaches_every_match(patterns, excluded, paths):
    written = [[f"{kind}:{glob}".encode() for kind, glob in found] for found in (patterns, excluded)]
    try:
        request = MatchRequest(b"/r", patterns=written[0], exclude=written[1])
        matchers = [build(request, NOTHING), build(MatchRequest(b"/r", include=written[0]), NOTHING)]
    except errors.PathOutsideRepository:
        return
    for matcher in matchers:
        for path in (path.encode() for path in paths):
            if matcher.matches(path):
                directory = b""
                for name in path.split(b"/"):
                    visit = matcher.visit_children(directory)
                    if visit == "recursive":
                        break
                    assert includes(visit, name), (written, path, directory)
                    directory = directory + b"/" + name if directory else name


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.booleans(), GLOBS), min_size=1, max_size=5),
    st.lists(PATHS, min_size=1, max_size=10),
)
def test_look_ups_answer_as_the_joined_expressions_do(globs, paths):
    import re

    from hydrargyrum.matching.patterns import END_OR_BELOW, to_regex

    found = [(b"relglob" if unrooted else b"rootglob", glob.encode()) for unrooted, glob in globs]
    lines = b"".join(b"%s:%s\n" % pattern for pattern in found)
    matcher = load_ignore(b"/r", (), DictSource({b"/r/.hgignore": lines}))
    normal = [(kind, os.path.normpath(glob), b"") for kind, glob in found]
    joined = re.compile(b"|".join(to_regex(pattern, END_OR_BELOW) for pattern in normal)).match
    for path in (path.encode() for path in paths):
        above = [joined(directory) for directory in visits.directories_above(path)]
        assert matcher.ignores_or_above(path) == bool(joined(path) or any(above))
        if not any(above):
            assert matcher.ignores_file(path) == bool(joined(path))


@settings(max_examples=300)
@given(st.binary(max_size=60), PATHS)
def test_any_bytes_in_an_ignore_file_are_answered(contents, path):
    try:
        load_ignore(b"/r", (), DictSource({b"/r/.hgignore": contents})).ignores_or_above(path.encode())
    except errors.EngineError as problem:
        assert problem.text()

"""Collections of the engines behave as Python's own: the same bodies run on `dict`, `list`, `frozenset` and on theirs."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Callable, Mapping, MutableMapping, Sequence, Set
from pathlib import Path
from typing import Any

import pytest

from hydrargyrum.engine.select import select_engine
from hydrargyrum.types import DirstateEntry, EngineSettings, PatternSet, RenderOptions

ENTRY = DirstateEntry("a", 0, -1, -1)


@pytest.fixture(params=["builtin", "pure", "native"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def repository(kind: str, root: Path) -> Any:
    return select_engine(kind).open(str(root), EngineSettings())


@pytest.fixture
def mapping(kind: str, originals: Callable[[str], Path]) -> Any:
    root = originals("dirstate-v2")
    if kind == "builtin":
        return dict(repository("pure", root).dirstate())
    return repository(kind, root).dirstate()


@pytest.fixture
def sequence(kind: str, originals: Callable[[str], Path]) -> Any:
    root = originals("default")
    if kind == "builtin":
        return list(repository("pure", root).changelog())
    return repository(kind, root).changelog()


@pytest.fixture
def ancestors(kind: str, originals: Callable[[str], Path]) -> Any:
    repo = repository("pure" if kind == "builtin" else kind, originals("default"))
    found = repo.ancestors([12], inclusive=True)
    return frozenset(found) if kind == "builtin" else found


class TestMapping:
    def test_reads_as_a_mapping(self, mapping: Any) -> None:
        assert isinstance(mapping, Mapping)
        names = list(mapping)
        assert len(names) == len(mapping) > 20
        assert names == list(mapping.keys())
        assert [name for name, _ in mapping.items()] == names
        assert [mapping[name] for name in names] == list(mapping.values())
        assert "nosuch" not in mapping
        assert 7 not in mapping
        assert mapping.get("nosuch") is None
        assert mapping.get("nosuch", 5) == 5
        with pytest.raises(KeyError) as caught:
            mapping["nosuch"]
        assert caught.value.args == ("nosuch",)

    def test_names_are_in_byte_order(self, mapping: Any) -> None:
        raw = [name.encode("utf-8", "surrogateescape") for name in mapping]
        assert raw == sorted(raw)

    def test_equals_a_dict_of_the_same_items(self, mapping: Any) -> None:
        same = dict(mapping.items())
        assert mapping == same
        assert same == mapping
        same.popitem()
        assert mapping != same

    def test_views_are_sets(self, mapping: Any) -> None:
        some = set(list(mapping)[:3])
        assert mapping.keys() & (some | {"nosuch"}) == some
        assert some <= mapping.keys()
        assert len(mapping.keys() - some) == len(mapping) - 3
        first = next(iter(mapping.items()))
        assert first in mapping.items()

    def test_iterators_are_lazy_and_end_for_good(self, mapping: Any) -> None:
        iterator = iter(mapping)
        assert iter(iterator) is iterator
        assert next(iterator) == next(iter(mapping))
        for _ in iterator:
            pass
        for _ in range(2):
            with pytest.raises(StopIteration):
                next(iterator)

    def test_an_iterator_keeps_what_it_reads_alive(self, kind: str, originals: Callable[[str], Path]) -> None:
        source = (
            dict.fromkeys("abc") if kind == "builtin" else repository(kind, originals("default")).dirstate()
        )
        iterator = iter(source)
        expected = list(source)
        del source
        gc.collect()
        assert list(iterator) == expected

    def test_changes(self, mapping: Any) -> None:
        assert isinstance(mapping, MutableMapping)
        before = len(mapping)
        mapping["zzz/new"] = ENTRY
        assert mapping["zzz/new"] == ENTRY
        assert len(mapping) == before + 1
        assert list(mapping)[-1] == "zzz/new"
        del mapping["zzz/new"]
        assert "zzz/new" not in mapping
        with pytest.raises(KeyError):
            del mapping["zzz/new"]
        name = next(iter(mapping))
        entry = mapping.pop(name)
        assert len(mapping) == before - 1
        assert mapping.pop(name, None) is None
        assert mapping.setdefault(name, entry) == entry
        mapping.update({name: ENTRY})
        assert mapping[name] == ENTRY
        mapping.clear()
        assert len(mapping) == 0
        assert list(mapping) == []

    @pytest.mark.parametrize("view", ["__iter__", "keys", "values", "items"])
    def test_growing_while_iterating_is_refused(self, mapping: Any, view: str) -> None:
        iterator = iter(getattr(mapping, view)())
        next(iterator)
        mapping["zzz"] = ENTRY
        with pytest.raises(RuntimeError, match="changed size during iteration"):
            next(iterator)

    def test_shrinking_while_iterating_is_refused(self, mapping: Any) -> None:
        iterator = iter(mapping)
        name = next(iterator)
        del mapping[name]
        with pytest.raises(RuntimeError, match="changed size during iteration"):
            next(iterator)

    def test_overwriting_while_iterating_is_legal(self, mapping: Any) -> None:
        seen = 0
        for name in mapping:
            mapping[name] = ENTRY
            seen += 1
        assert seen == len(mapping)
        assert all(entry == ENTRY for entry in mapping.values())

    def test_two_iterators_do_not_disturb_each_other(self, mapping: Any) -> None:
        one, two = iter(mapping), iter(mapping)
        next(one)
        next(one)
        assert next(two) == next(iter(mapping))
        assert next(one) == list(mapping)[2]


class TestSequence:
    def test_reads_as_a_sequence(self, sequence: Any) -> None:
        assert isinstance(sequence, Sequence)
        rows = list(sequence)
        assert len(rows) == len(sequence) > 15
        assert [row.rev for row in rows] == list(range(len(rows)))
        assert sequence[0] == rows[0]
        assert sequence[-1] == rows[-1]
        assert list(sequence[2:9:3]) == rows[2:9:3]
        assert list(sequence[::-1]) == rows[::-1]
        assert list(reversed(sequence)) == rows[::-1]

    def test_membership_and_positions(self, sequence: Any) -> None:
        row = sequence[4]
        assert row in sequence
        assert sequence.index(row) == 4
        assert sequence.count(row) == 1
        assert 4 not in sequence
        with pytest.raises(ValueError):
            sequence.index(ENTRY)

    @pytest.mark.parametrize("index", [10**6, -(10**6)])
    def test_past_the_end(self, sequence: Any, index: int) -> None:
        with pytest.raises(IndexError):
            sequence[index]

    def test_an_index_must_be_a_number(self, sequence: Any) -> None:
        with pytest.raises(TypeError):
            sequence["0"]


class TestPaths:
    """Tracked files: a list of names, which the native engine makes only when somebody wants to have one."""

    @pytest.fixture
    def paths(self, kind: str, originals: Callable[[str], Path]) -> Any:
        root = originals("dirstate-v2")
        repo = repository("pure" if kind == "builtin" else kind, root)
        found, _ = repo.files(None, PatternSet(str(root)))
        return list(found) if kind == "builtin" else found

    def test_read_as_a_list(self, paths: Any) -> None:
        assert len(paths) > 20
        names = list(paths)
        assert list(paths) == names
        assert list(reversed(paths)) == names[::-1]
        assert (paths[0], paths[-1], list(paths[3:9:2])) == (names[0], names[-1], names[3:9:2])
        assert (names[4] in paths, "nosuch" in paths, 7 in paths, "\ud800" in paths) == (
            True,
            False,
            False,
            False,
        )
        assert (paths.index(names[4]), paths.count(names[4]), paths.count("nosuch")) == (4, 1, 0)
        with pytest.raises(ValueError):
            paths.index("nosuch")
        with pytest.raises(IndexError):
            paths[len(names)]


@pytest.mark.parametrize("name", ["pure", "native"])
@pytest.mark.parametrize("below", ["", "src", "src/mod0"])
def test_lines_before_and_after_there_is_a_list(
    name: str, below: str, originals: Callable[[str], Path]
) -> None:
    root = str(originals("dirstate-v2"))
    paths, _ = repository(name, Path(root)).files(None, PatternSet(root))
    look = RenderOptions(letters=False, end=b"\0", relative_to=os.path.normpath(os.path.join(root, below)))
    whole = paths.render(look)
    assert b"".join(paths.render_pieces(look)) == whole
    shown = [os.path.relpath(os.path.join(root, path), os.path.join(root, below)) for path in paths]
    assert whole == b"".join(os.fsencode(path) + b"\0" for path in shown)
    assert paths.render(look) == b"".join(paths.render_pieces(look)) == whole


class TestSet:
    def test_reads_as_a_set(self, ancestors: Any) -> None:
        assert isinstance(ancestors, Set)
        assert len(ancestors) == len(list(ancestors)) == 13
        assert 0 in ancestors
        assert 12 in ancestors
        assert 13 not in ancestors
        assert "x" not in ancestors

    def test_works_with_pythons_own_sets(self, ancestors: Any) -> None:
        small = {0, 1, 99}
        assert ancestors & small == {0, 1}
        assert small & ancestors == {0, 1}
        assert ancestors | small == set(range(13)) | {99}
        assert ancestors - small == set(range(2, 13))
        assert small - ancestors == {99}
        assert ancestors ^ small == set(range(2, 13)) | {99}
        assert {3, 4} <= ancestors
        assert ancestors >= {3}
        assert ancestors == set(range(13))
        assert ancestors != set(range(12))
        assert not ancestors.isdisjoint(small)
        assert ancestors.isdisjoint({50})

    def test_two_walks_agree(self, ancestors: Any) -> None:
        one = iter(ancestors)
        first = next(one)
        assert next(iter(ancestors)) == first
        assert sorted([first, *one]) == list(range(13))


@pytest.mark.parametrize("name", ["pure", "native"])
def test_classes_can_be_subclassed_and_have_properties(name: str, originals: Callable[[str], Path]) -> None:
    repo = repository(name, originals("default"))
    kinds = [type(repo.dirstate()), type(repo.changelog()), type(repo.ancestors([1]))]
    for kind in kinds:
        sub = type("Sub", (kind,), {"extra": property(lambda self: len(self))})
        assert issubclass(sub, kind)
    assert repo.root == str(originals("default"))
    with pytest.raises(AttributeError):
        repo.root = "elsewhere"


@pytest.mark.parametrize("name", ["pure", "native"])
def test_no_reference_is_leaked_by_abandoned_iterators(name: str, originals: Callable[[str], Path]) -> None:
    class Watched:
        pass

    dirstate = repository(name, originals("default")).dirstate()
    holder = Watched()
    watch = weakref.ref(holder)
    iterators = [iter(dirstate.items()) for _ in range(100)]
    for iterator in iterators:
        next(iterator)
    iterators.append(holder)  # type: ignore[arg-type]
    del iterators, dirstate, holder, iterator
    gc.collect()
    assert watch() is None


@pytest.mark.parametrize("name", ["pure", "native"])
def test_ancestors_are_lazy_and_descend(name: str, originals: Callable[[str], Path]) -> None:
    repo = repository(name, originals("default"))
    index = repo.changelog()
    tip = len(index) - 1
    expected: set[int] = set()
    pending = [tip]
    while pending:
        for parent in index.parents(pending.pop()):
            if parent >= 0 and parent not in expected:
                expected.add(parent)
                pending.append(parent)
    found = list(repo.ancestors([tip]))
    assert found == sorted(expected, reverse=True)
    assert list(repo.ancestors([tip], inclusive=True)) == [tip, *found]
    assert list(repo.ancestors([])) == []
    with pytest.raises(IndexError):
        repo.ancestors([tip + 1])

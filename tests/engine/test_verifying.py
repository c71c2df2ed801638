"""Both engines find the same in a damaged store, in the same order; how it is worded is tested beside the peer."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from hydrargyrum import errors
from hydrargyrum.engine.select import select_engine
from hydrargyrum.types import EngineSettings

Found = list[tuple[object, ...]]


def found(name: str, root: Path) -> tuple[Found, object]:
    """What an engine tells of a repository, and its counts or the error that ended it."""
    told: Found = []

    def receive(
        finding: str,
        link: int | None,
        about: str | None,
        facts: Mapping[str, int | str],
        problem: errors.EngineError | None,
    ) -> None:
        # what exactly is wrong with a compressed chunk, each library says in its own way
        told.append((finding, link, about, dict(facts), problem and type(problem).__name__))

    try:
        repo = select_engine(name).open(str(root), EngineSettings())
        counts: object = repo.verify(receive, full=True, verbose=True)
    except errors.EngineError as problem:
        counts = type(problem).__name__
    return told, counts


def test_a_sound_repository(originals: Callable[[str], Path]) -> None:
    told, counts = found("native", originals("default"))
    assert [finding for finding, *_ in told] == ["step"] * 5
    assert isinstance(counts, tuple)
    assert all(counts)


@pytest.mark.parametrize("kind", ["default", "no-store", "treemanifest", "zlib"])
def test_both_find_the_same(kind: str, fresh: Callable[[str], Path]) -> None:
    root = fresh(kind)
    assert found("native", root) == found("pure", root)
    numbers = random.Random(kind)
    files = sorted((root / ".hg").rglob("*.[id]"))
    damages = 0
    for _ in range(12):
        path = numbers.choice(files)
        sound = path.read_bytes()
        spoilt = bytearray(sound)
        if numbers.random() < 0.2:
            del spoilt[numbers.randrange(len(spoilt)) :]
        else:
            # not the length of the first header, which is the same for all
            spoilt[numbers.randrange(min(4, len(spoilt) - 1), len(spoilt))] ^= 1 << numbers.randrange(8)
        path.write_bytes(spoilt)
        native, pure = found("native", root), found("pure", root)
        for one, other in zip(native[0], pure[0], strict=False):
            assert one == other, path
        assert native == pure, path
        damages += len(native[0]) > 6 or isinstance(native[1], str)
        path.write_bytes(sound)
    assert damages

"""What merging asks of an engine, against what can be computed naively from its other answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hydrargyrum.engine.protocol import EngineRepository
from hydrargyrum.types import Node

Open = Callable[[str], EngineRepository]


@pytest.mark.parametrize("kind", ["default", "treemanifest"])
def test_manifest_diff_is_the_difference_of_the_manifests(opened: Open, kind: str) -> None:
    repo = opened(kind)
    count = len(repo.changelog())
    manifests = {
        rev: {path: (entry.node, entry.flags) for path, entry in repo.manifest(rev).items()}
        for rev in range(-1, count)
    }
    seen = 0
    for first in range(-1, count, 2):
        for second in range(-1, count, 3):
            one, two = manifests[first], manifests[second]
            expected = [
                (path, *one.get(path, (None, "")), *two.get(path, (None, "")))
                for path in sorted({*one, *two}, key=lambda path: path.encode("utf-8", "surrogateescape"))
                if one.get(path) != two.get(path)
            ]
            assert list(repo.manifest_diff(first, second)) == expected
            seen += len(expected)
    assert seen > 50
    with pytest.raises(IndexError):
        repo.manifest_diff(0, count)


def test_common_ancestor_heads(opened: Open) -> None:
    repo = opened("default")
    count = len(repo.changelog())
    several = 0
    for first in range(count):
        for second in range(count):
            shared = set(repo.ancestors([first], inclusive=True)) & set(
                repo.ancestors([second], inclusive=True)
            )
            below = {parent for rev in shared for parent in repo.ancestors([rev])}
            found = list(repo.common_ancestor_heads(first, second))
            assert found == sorted(shared - below)
            several += bool(found) and found[0] not in (first, second)
    assert several
    assert list(repo.common_ancestor_heads(-1, 0)) == []


def test_file_ancestors_go_through_copies(opened: Open) -> None:
    repo = opened("default")
    copies = 0
    for rev in range(len(repo.changelog())):
        for path in repo.changeset(rev).files:
            entry = repo.manifest(rev).get(path)
            if entry is None:
                continue
            ancestors = list(repo.file_ancestors(path, entry.node))
            assert ancestors[0][1:] == (path, entry.node)
            assert [link for link, _, _ in ancestors[1:]] == sorted(
                (link for link, _, _ in ancestors[1:]), reverse=True
            )
            source = repo.file_copy(path, entry.node)
            if source is not None:
                copies += 1
                assert source in [(name, Node(node)) for _, name, node in ancestors]
    assert copies

"""What the peer answered once about random repositories and a real one, we answer now: byte for byte.

All of them are asked with `HYG_RECORDED=all`; otherwise a few, always the same, so that a commit is judged by what it
changes. `record.py` asks anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from peer import Peer
from recorded import compare, recording, walks

WAYS = ("pure", "native", "launcher")
#: How many repositories are asked where not all are.
SOME = 4


def chosen() -> list[str]:
    """The repositories of this run."""
    names = [name for name in walks.NAMES if (recording.ANSWERS / f"{name}.xz").exists()]
    wanted = os.environ.get("HYG_RECORDED", "")
    if wanted == "all":
        return names
    if wanted:
        return wanted.split(",")
    small = [name for name in names if name != "flask"]
    return small[:: len(small) // SOME][:SOME]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recorded").resolve()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in chosen()]
)
def test_answers(name: str, peer: Peer, shelf: Path, hg_under_test: Path) -> None:
    root = walks.build(peer, shelf, name)
    left_out = recording.differing(name)
    expected = {line: answer for line, answer in recording.stored(name).items() if not left_out(line)}
    wrong: list[str] = []
    for way in WAYS:
        found = compare.answers(root, way, list(expected), hg_under_test)
        assert found if way == "launcher" else len(found) == len(expected)
        wrong += compare.differences(expected, found, way)
    assert not wrong, f"{len(wrong)} of {len(expected)} differ:\n" + "\n".join(wrong[:12])


def test_there_are_enough_of_them() -> None:
    """More than 40 repositories, 300 questions each."""
    names = [name for name in walks.NAMES if (recording.ANSWERS / f"{name}.xz").exists()]
    assert len(names) > 40
    assert len(recording.questions()) >= 300

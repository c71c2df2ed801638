"""Full texts of big manifests in `.hg/wcache`: written by the one engine, believed by the other, never where damaged.

What is in them is in `docs/formats/manifest-texts.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ours import run_ours

from hydrargyrum import errors
from hydrargyrum.engine.protocol import Engine
from hydrargyrum.engine.select import select_engine
from hydrargyrum.types import EngineSettings, PatternSet

COUNT = 4500


def name(number: int) -> str:
    return f"{'d' * 200}/{number:06}{'f' * 100}"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, hg_under_test: Path) -> Path:
    root = tmp_path_factory.mktemp("kept") / "repo"
    assert run_ours(hg_under_test, "python", root.parent, ("init", "repo")).code == 0
    for number in range(COUNT):
        path = root / name(number)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"%d\n" % number)
    assert run_ours(hg_under_test, "python", root, ("commit", "-Aqm", "many", "-u", "x")).code == 0
    return root


@pytest.fixture
def big(made: Path) -> Iterator[Path]:
    """The repository without kept texts; its manifest is as it was afterwards."""
    for path in shelf(made):
        path.unlink()
    manifest = stored(made)
    before = manifest.read_bytes()
    yield made
    manifest.write_bytes(before)


def shelf(root: Path) -> list[Path]:
    directory = root / ".hg/wcache/hyg-manifests"
    return sorted(directory.iterdir()) if directory.exists() else []


def stored(root: Path) -> Path:
    data = root / ".hg/store/00manifest.d"
    return data if data.exists() else data.with_suffix(".i")


def spoil(root: Path) -> None:
    path = stored(root)
    data = path.read_bytes()
    path.write_bytes(data[:64] + b"!" * (len(data) - 64))


def cat(engine: Engine, root: Path, *numbers: int) -> list[bytes]:
    repository = engine.open(str(root), EngineSettings())
    patterns = tuple(f"path:{name(number)}" for number in numbers)
    return [found.data for found in repository.contents(0, PatternSet(str(root), patterns=patterns))]


def test_a_kept_text_answers_instead_of_the_store(engine: Engine, big: Path) -> None:
    wanted = [b"7\n", b"4499\n"]
    assert cat(engine, big, 7, 4499) == wanted
    (kept,) = shelf(big)
    data = kept.read_bytes()
    for other in map(select_engine, ("pure", "native")):
        kept.unlink()
        cat(other, big, 3)
        assert shelf(big) == [kept]
        assert kept.read_bytes() == data
    spoil(big)
    assert cat(engine, big, 7, 4499) == wanted
    assert cat(engine, big, 7) == wanted[:1]
    kept.unlink()
    with pytest.raises(errors.EngineError):
        cat(engine, big, 7)
    assert shelf(big) == []


def test_a_damaged_text_is_not_believed(engine: Engine, big: Path) -> None:
    assert cat(engine, big, 4499) == [b"4499\n"]
    (kept,) = shelf(big)
    good = kept.read_bytes()
    line = good.index(name(4499).encode())
    places = [
        *range(0, len(good), len(good) // 9),
        line - 1,
        line,
        line + len(name(0)) + 3,
        len(good) - 50,
        len(good) - 1,
    ]
    damages = [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in places]
    for damage in [*damages, b"", good[:-1], good + b"x", bytes(len(good))]:
        kept.write_bytes(damage)
        assert cat(engine, big, 4499) == [b"4499\n"]
        assert cat(engine, big, 0, 2250) == [b"0\n", b"2250\n"]


@pytest.mark.parametrize("mode", ["python", "pure"])
def test_verify_does_not_believe_it(mode: str, big: Path, hg_under_test: Path) -> None:
    assert cat(select_engine("pure"), big, 1) == [b"1\n"]
    spoil(big)
    answer = run_ours(hg_under_test, mode, big, ("verify", "-q"))
    assert answer.code == 1
    assert b"manifest" in answer.err


def test_nothing_is_said_where_nothing_can_be_kept(engine: Engine, big: Path) -> None:
    directory = big / ".hg/wcache/hyg-manifests"
    directory.rmdir()
    directory.write_bytes(b"a file")
    try:
        assert cat(engine, big, 4499) == [b"4499\n"]
    finally:
        directory.unlink()
        directory.mkdir()

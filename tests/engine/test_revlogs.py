"""Single revlogs as they are stored: rows, texts and nodes by prefix, on both engines as the peer shows them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import repositories

from hydrargyrum import errors
from hydrargyrum.engine.protocol import EngineRepository
from hydrargyrum.engine.revlogs import RevlogKind, StoredRevlog
from hydrargyrum.engine.select import select_engine
from hydrargyrum.engine.storenames import decode_directories
from hydrargyrum.ops.revlogs import find_revision
from hydrargyrum.types import EngineSettings
from peer import Peer

#: Format of the repository, kind and path of the revlog, the peer's arguments for it.
REVLOGS: list[tuple[str, RevlogKind, str, tuple[str, ...]]] = [
    ("default", "changelog", "", ("-c",)),
    ("default", "manifest", "", ("-m",)),
    ("default", "file", "bin/tool", ("bin/tool",)),
    ("default", "file", "big", ("big",)),
    ("no-generaldelta", "file", "src/mod0/file0.py", ("src/mod0/file0.py",)),
    ("treemanifest", "manifest", "src/mod0", ("--dir", "src/mod0")),
    ("nodemap", "changelog", "", ("-c",)),
]


def opened(name: str, root: Path) -> EngineRepository:
    return select_engine(name).open(str(root), EngineSettings())


@pytest.mark.parametrize("name", ["pure", "native"])
@pytest.mark.parametrize("case", REVLOGS, ids=lambda case: " ".join((case[0], *case[3])))
def test_rows_are_what_the_peer_shows(
    case: tuple[str, RevlogKind, str, tuple[str, ...]],
    name: str,
    originals: Callable[[str], Path],
    peer: Peer,
) -> None:
    kind, which, path, args = case
    root = originals(kind)
    extra = repositories.arguments(kind)
    fields = ("flags", "data-offset", "chunk-size", "full-size", "delta-base", "linkrev", "p1-rev", "p2-rev")
    shown = peer.ok(root, "debugindex", *args, "-v", "--debug", "-T", "json", *extra)
    expected = [
        (*(int(row[field]) for field in fields), bytes.fromhex(row["nodeid"])) for row in json.loads(shown)
    ]
    revlog = opened(name, root).revlog(which, path)
    count = len(expected)
    assert len(revlog) == count > 0
    assert [tuple(row) for row in revlog.rows(0, count)] == expected
    assert [tuple(row) for row in revlog.rows(-5, 1)] == expected[:1]
    assert [tuple(row) for row in revlog.rows(count - 1, count + 9)] == expected[-1:]
    assert list(revlog.rows(count, count + 1)) == []
    for rev in {0, count - 1}:
        assert revlog.node(rev) == expected[rev][-1]
        assert revlog.raw_text(rev) == peer.ok(root, "debugdata", *args, str(rev), *extra)


@pytest.mark.parametrize("case", REVLOGS, ids=lambda case: " ".join((case[0], *case[3])))
def test_what_is_stored(
    case: tuple[str, RevlogKind, str, tuple[str, ...]], originals: Callable[[str], Path]
) -> None:
    """Both engines say the same, and the chunks of what is stored whole hold the text."""
    found = []
    for name in ("pure", "native"):
        revlog = opened(name, originals(case[0])).revlog(case[1], case[2])
        found.append((revlog.header(), [revlog.chunk(rev) for rev in range(len(revlog))]))
        assert revlog.chunk(-1) == b""
    assert found[0] == found[1]
    header, chunks = found[0]
    assert header & 0xFFFF == 1
    assert bool(header & (1 << 17)) == (case[0] != "no-generaldelta" and case[1] != "changelog")
    rows = revlog.rows(0, len(revlog))
    assert [len(chunk) for chunk in chunks] == [row[2] for row in rows]
    plain = [rev for rev, row in enumerate(rows) if row[4] == rev and chunks[rev][:1] == b"u"]
    for rev in plain:
        assert chunks[rev][1:] == revlog.raw_text(rev)


@pytest.fixture(params=["pure", "native"])
def big(request: pytest.FixtureRequest, originals: Callable[[str], Path]) -> StoredRevlog:
    return opened(request.param, originals("default")).revlog("file", "big")


def test_edges(big: StoredRevlog) -> None:
    assert (big.node(-1), big.raw_text(-1)) == (bytes(20), b"")
    for rev in (len(big), -2):
        with pytest.raises(IndexError):
            big.node(rev)
        with pytest.raises(IndexError):
            big.raw_text(rev)
        with pytest.raises(IndexError):
            big.chunk(rev)


def test_prefixes(big: StoredRevlog) -> None:
    nodes = [big.node(rev).hex() for rev in range(len(big))]
    assert big.match(nodes[3]) == (1, 3)
    assert big.match(nodes[5][:12]) == (1, 5)
    first = [node[0] for node in nodes]
    shared = next(digit for digit in first if first.count(digit) > 1)
    assert big.match(shared) == (2, -1)
    absent = next(digit for digit in "123456789abcdef" if digit not in first)
    assert big.match(absent) == (0, -1)
    assert big.match("0" * 40) == (1, -1)


@pytest.mark.parametrize("name", ["pure", "native"])
def test_what_is_not_there_is_empty(name: str, originals: Callable[[str], Path]) -> None:
    repository = opened(name, originals("default"))
    for kind, path in (("file", "no/such"), ("file", "../x"), ("manifest", "src")):
        revlog = repository.revlog(kind, path)  # type: ignore[arg-type]
        assert (len(revlog), list(revlog.rows(0, 5))) == (0, [])


@pytest.mark.parametrize("name", ["pure", "native"])
def test_the_list_of_files(name: str, originals: Callable[[str], Path], tmp_path: Path) -> None:
    root = originals("default")
    listed = opened(name, root).listed_files()
    assert "data/bin/tool.i" in listed
    assert list(listed) == sorted(set(listed), key=os.fsencode)
    stored = (root / ".hg/store/fncache").read_bytes().splitlines()
    assert {os.fsdecode(decode_directories(line)) for line in stored} == set(listed)
    assert list(opened(name, originals("no-fncache")).listed_files()) == []

    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    place = copy / ".hg/store/fncache"
    for data, facts in (
        (b"data/b.i\ndata/a.i.hg/x.i\ndata/b.i\nda", {"offset": 36, "line": None}),
        (b"data/b.i\n\ndata/a.i.hg/x.i\n", {"offset": None, "line": 2}),
    ):
        place.write_bytes(data)
        repository = opened(name, copy)
        with pytest.raises(errors.CorruptFile) as caught:
            repository.listed_files()
        assert caught.value.facts["path"] == str(place)
        assert {key: caught.value.facts.get(key) for key in facts} == facts
        assert list(repository.listed_files(lenient=True)) == ["data/a.i/x.i", "data/b.i"]


@pytest.mark.parametrize("name", ["pure", "native"])
def test_the_docket(name: str, originals: Callable[[str], Path], peer: Peer, tmp_path: Path) -> None:
    assert opened(name, originals("default")).dirstate_docket() is None
    root = tmp_path / "v2"
    shutil.copytree(originals("dirstate-v2"), root)
    shown = (
        peer.ok(root, "debugdirstate", "--docket", *repositories.arguments("dirstate-v2"))
        .decode()
        .splitlines()
    )
    values = [line.partition(": ")[2] for line in shown]
    row = opened(name, root).dirstate_docket()
    assert row is not None
    assert [*map(str, row[:-1]), row[-1].hex()] == values
    (root / ".hg/dirstate").write_bytes((root / ".hg/dirstate").read_bytes()[:60])
    with pytest.raises(errors.CorruptFile) as caught:
        opened(name, root).dirstate_docket()
    assert (caught.value.facts["problem"], caught.value.facts["offset"]) == ("truncated docket", 60)
    (root / ".hg/dirstate").unlink()
    assert opened(name, root).dirstate_docket() == (0, "", 0, 0, 0, 0, 0, bytes(20))


@pytest.mark.parametrize("name", ["pure", "native"])
def test_an_empty_repository_has_no_heads(name: str, peer: Peer, tmp_path: Path) -> None:
    peer.ok(tmp_path, "init", "empty")
    assert list(opened(name, tmp_path / "empty").heads()) == []


class Prefixes:
    """A revlog of which nothing is known but what some prefixes mean."""

    def __init__(self, answers: dict[str, tuple[int, int]]) -> None:
        self.match = answers.__getitem__

    def __len__(self) -> int:
        return 9


def test_nothing_begins_like_the_working_copy() -> None:
    revlog = Prefixes({"f": (1, 4), "ff": (0, -1), "fe": (1, 3)})
    assert find_revision(revlog, "fe", of_file=False) == 3  # type: ignore[arg-type]
    assert find_revision(revlog, "F", of_file=False) == 4  # type: ignore[arg-type]
    with pytest.raises(errors.Abort, match="invalid revision identifier f"):
        find_revision(revlog, "f", of_file=False)  # type: ignore[arg-type]
    with pytest.raises(errors.Abort, match="working directory revision cannot be specified"):
        find_revision(revlog, "ff", of_file=False)  # type: ignore[arg-type]

"""The persistent node map: found, not trusted, given up when it is broken."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hydrargyrum.engine.pure.store.revlog import Revlog

sys.path.insert(0, str(Path(__file__).parent))
from revlogs import Row, write


def tree(nodes: list[str]) -> bytes:
    """A trie over hexadecimal nodes; the root comes last."""
    blocks: list[list[int]] = []

    def build(revs: list[int], depth: int) -> int:
        block = []
        for digit in "0123456789abcdef":
            here = [rev for rev in revs if nodes[rev][depth] == digit]
            block.append(-1 if not here else -(here[0] + 2) if len(here) == 1 else build(here, depth + 1))
        blocks.append(block)
        return len(blocks) - 1

    build(list(range(len(nodes))), 0)
    return b"".join(struct.pack(">16i", *block) for block in blocks)


def with_map(root: Path, covered: int = 30, total: int = 40) -> tuple[Path, bytes, bytes]:
    layout = write(root, "log", [Row(b"%d" % rev) for rev in range(total)])
    plain = Revlog(layout, b"log")
    nodes = [plain.node(rev).hex() for rev in range(covered)]
    data = tree(nodes)
    docket = struct.pack(">BBQQQQ", 1, 2, covered - 1, len(data), 0, 20) + b"ab" + plain.node(covered - 1)
    place = root / ".hg"
    (place / "log.n").write_bytes(docket)
    (place / "log-ab.nd").write_bytes(data)
    return place, docket, data


def opened(place: Path) -> Revlog:
    from revlogs import layout_at

    return Revlog(layout_at(place.parent), b"log", nodemap=True)


def check(log: Revlog) -> None:
    nodes = [log.node(rev) for rev in range(len(log))]
    for rev, node in enumerate(nodes):
        assert log.find(node) == rev
        for length in (1, 2, 3, 7, 40):
            prefix = node.hex()[:length]
            matching = [r for r, n in enumerate(nodes) if n.hex().startswith(prefix)]
            count, found = log.match_prefix(prefix)
            assert count == min(2, len(matching))
            assert count == 2 or found == rev
    assert log.find(b"\xee" * 20) is None
    assert log.match_prefix("0" * 40) == (1, -1)


def test_a_sound_map(tmp_path: Path) -> None:
    place, _, data = with_map(tmp_path)
    log = opened(place)
    assert log._nodemap is not None
    assert log._nodemap.covered == 30
    check(log)
    (place / "log-ab.nd").write_bytes(data + b"of a transaction that is not done")
    check(opened(place))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda d: b"",
        lambda d: d[:20],
        lambda d: b"\x02" + d[1:],
        lambda d: d[:-1] + b"?",
        lambda d: d[:2] + struct.pack(">Q", 99) + d[10:],
        lambda d: d[:10] + struct.pack(">Q", 1 << 60) + d[18:],
        lambda d: d[:10] + struct.pack(">Q", 65) + d[18:],
        lambda d: d.replace(b"ab", b"zz", 1),
        lambda d: d.replace(b"ab", b"./", 1),
    ],
)
def test_a_docket_that_does_not_fit_is_not_used(tmp_path: Path, wrong) -> None:  # type: ignore[no-untyped-def]
    place, docket, _ = with_map(tmp_path)
    (place / "log.n").write_bytes(wrong(docket))
    log = opened(place)
    assert log._nodemap is None
    check(log)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(-(2**31), 2**31 - 1)), min_size=1, max_size=30))
def test_any_tree_ends_and_never_names_a_wrong_revision(
    tmp_path_factory: pytest.TempPathFactory, slots: list[tuple[int, int]]
) -> None:
    place, _, data = with_map(tmp_path_factory.mktemp("map"))
    damaged = bytearray(data)
    for slot, value in slots:
        if slot * 4 + 4 <= len(damaged):
            struct.pack_into(">i", damaged, slot * 4, value)
    (place / "log-ab.nd").write_bytes(damaged)
    log = opened(place)
    for rev in range(len(log)):
        assert log.find(log.node(rev)) in (rev, None)
        count, found = log.match_prefix(log.node(rev).hex())
        assert count in (0, 2) or found == rev

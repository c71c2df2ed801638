"""`hg sl`: which changesets it draws, how they hang together, and what each looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

#: 0 to 5 are public; 6 and 7 hang on 2, 8 on 4, 9 on 3; 10 is hidden.
DRAWN = """\
o  9 d
|
| o  8 work c
| |
| o  4 public 5
|/
o  3 public 4
|
| o  7 work b
| |
| @  6 work a
|/
o  2 public 3
|
~
"""


@pytest.fixture(scope="module")
def work(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published line of six changesets with work on several of them."""
    root = tmp_path_factory.mktemp("sl") / "work"
    peer.ok(root.parent, "init", str(root))

    def commit(name: str, text: str, *options: str) -> None:
        (root / name).write_text(f"{text}\n")
        peer.ok(root, "commit", "-A", "-m", text, "-d", "0 0", "-u", "Me <me@example.com>", *options)

    for number in range(1, 7):
        commit("f", f"public {number}")
    peer.ok(root, "phase", "--public", "tip")
    peer.ok(root, "update", "2")
    commit("a", "work a")
    commit("b", "work b")
    peer.ok(root, "bookmark", "feature")
    peer.ok(root, "update", "4")
    peer.ok(root, "branch", "other")
    commit("c", "work c", "--secret")
    peer.ok(root, "update", "3")
    commit("d", "d")
    commit("e", "forgotten")
    node = peer.ok(root, "log", "-r", "tip", "-T", "{node}").decode()
    peer.ok(root, "update", "6")
    peer.ok(root, "debugobsolete", node, "--config", "experimental.evolution=all")
    return root


@pytest.fixture(params=["pure", "native"])
def engine(request: pytest.FixtureRequest) -> dict[str, str]:
    return {"HYG_ENGINE": request.param}


def test_what_is_drawn(work: Path, engine: dict[str, str]) -> None:
    assert ours(work, "sl", "-T", "{rev} {desc}\n", env=engine).out.decode() == DRAWN
    hidden = ours(work, "smartlog", "--hidden", "-T", "{rev}\n", env=engine).out.decode()
    assert hidden.splitlines()[:3] == ["x  10", "|", "o  9"]


def test_what_lies_between_is_left_out(work: Path, engine: dict[str, str]) -> None:
    chosen = ours(work, "sl", "-r", "desc('work')", "-T", "{rev}\n", env=engine).out.decode()
    assert chosen.splitlines() == [
        "o  8",
        "|",
        "o  4",
        ":",
        ": o  7",
        ": |",
        ": @  6",
        ":/",
        "o  2",
        "|",
        "~",
    ]
    short = ours(
        work, "sl", "-r", "7 + 8", "-T", "{rev}\n", "--config", "experimental.graphshorten=1",
        "--config", "experimental.graphstyle.grandparent=.", env=engine,
    )  # fmt: skip
    assert short.out.decode().splitlines() == ["o  8", "o  4", ". o  7", "./", "o  2", "~"]


def test_what_a_changeset_looks_like(work: Path, engine: dict[str, str]) -> None:
    lines = ours(work, "sl", env=engine).out.decode().splitlines()
    node = ours(work, "log", "-r", "7", "-T", "{shortest(node, 8)}", env=engine).out.decode()
    place = next(number for number, line in enumerate(lines) if node in line)
    assert lines[place : place + 2] == [f"| o  {node} feature  me  1970-01-01", "| |  work b"]
    assert any(" (other) (secret)  me" in line for line in lines)
    configured = ours(work, "sl", "-r", "7", "--config", "command-templates.smartlog={rev}!\\n", env=engine)
    assert configured.out.decode().splitlines() == ["o  7!", ":", "o  2!", "|", "~"]


def test_an_empty_repository_and_wrong_revisions(tmp_path: Path) -> None:
    assert ours(tmp_path, "init", "new").code == 0
    assert ours(tmp_path / "new", "sl") == (0, b"", b"")
    assert ours(tmp_path / "new", "sl", "-r", "nothing").err == b"abort: unknown revision 'nothing'\n"

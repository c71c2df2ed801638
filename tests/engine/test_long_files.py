"""Long files: they go through in pieces, so that memory does not grow with them, and the peer reads what came of it.

The figures for files of a gigabyte are in `docs/benchmarks.md`.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from peer import Peer, clean_environment
from unit.driver import ours

#: Files of this size are long for both engines.
LONG = 16 << 20
#: The one whose memory is measured.
SIZE = 40 << 20
#: A long text that is quickly compressed.
TEXT = b"".join(b"line %d of it\n" % number for number in range(70_000)) * 15


class Commands:
    """Commands of ours whose memory is measured."""

    def __init__(self, engine: str, root: Path) -> None:
        names = sorted(name for name in sys.modules if name.startswith("hydrargyrum."))
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("measured_commands.py")), str(root), *names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=clean_environment(HYG_ENGINE=engine),
        )

    def run(self, *args: str) -> tuple[str, int]:
        """What a command said, and the memory that it took, in bytes."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(args) + "\n")
        self.process.stdin.flush()
        code, out, memory = json.loads(self.process.stdout.readline())
        assert code == 0, out
        return out, memory

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


def write_noise(path: Path, size: int) -> str:
    hasher = hashlib.sha1()
    with open(path, "wb") as file:
        for _ in range(size >> 20):
            piece = os.urandom(1 << 20)
            hasher.update(piece)
            file.write(piece)
    return hasher.hexdigest()


def digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha1").hexdigest()


@pytest.fixture(params=["pure", "native"])
def engine_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def commands(engine_name: str, tmp_path: Path) -> Iterator[Commands]:
    root = tmp_path / "repo"
    ours(tmp_path, "init", "repo")
    found = Commands(engine_name, root)
    yield found
    found.close()


def test_memory_does_not_grow_with_a_file(
    commands: Commands, engine_name: str, peer: Peer, tmp_path: Path
) -> None:
    """The native engine has no text in memory; the pure one has up to two, and maps what is stored."""
    root = tmp_path / "repo"
    path = root / "big"
    content = write_noise(path, SIZE)
    few, text = (SIZE // 4, SIZE // 4) if engine_name == "native" else (SIZE // 4, SIZE * 7 // 2)
    said, memory = commands.run("add", "big")
    assert f"up to {3 * SIZE // 1_000_000} MB" in said
    assert memory < few
    used = {"commit": commands.run("commit", "-m", "one", "-d", "0 0")[1]}
    os.utime(path, (1, 1))
    said, used["status"] = commands.run("status")
    assert not said
    assert used["status"] < few
    assert commands.run("update", "-q", "null")[1] < few
    used["update"] = commands.run("update", "-q", "tip")[1]
    assert digest(path) == content
    with open(path, "r+b") as file:
        file.seek(SIZE // 2)
        file.write(b"\0changed")
    said, used["status of a change"] = commands.run("status")
    assert said == "M big\n"
    said, used["diff"] = commands.run("diff")
    assert "Binary file big has changed" in said
    print(engine_name, {name: f"{memory >> 20} MiB" for name, memory in used.items()})
    assert all(memory < text for memory in used.values()), used
    found = peer.run(root, "cat", "-r", "tip", "big")
    assert hashlib.sha1(found.out).hexdigest() == content
    path.unlink()


def _history(run: Callable[..., object], root: Path) -> None:
    """Three commits with long files: new, copied, one that looks like metadata, one that was short."""
    (root / "text").write_bytes(TEXT)
    (root / "odd").write_bytes(b"\1\n" + TEXT)
    (root / "short").write_bytes(b"small\n")
    run("commit", "-qAm", "one", "-d", "0 0")
    run("rename", "-q", "text", "moved")
    (root / "short").write_bytes(b"\0" + TEXT)
    run("commit", "-qm", "two", "-d", "0 0")
    (root / "odd").write_bytes(b"\1\n" + TEXT + b"end\n")
    run("commit", "-qm", "three", "-d", "0 0")


def _nodes(peer: Peer, root: Path) -> bytes:
    return peer.ok(root, "log", "-T", "{node} {file_copies}\n")


@pytest.fixture(scope="module")
def peers_nodes(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    root = tmp_path_factory.mktemp("peer") / "repo"
    peer.ok(root.parent, "init", "repo")
    _history(lambda *args: peer.ok(root, *args), root)
    return _nodes(peer, root)


@pytest.mark.parametrize(
    ("engine_name", "compression"), [("pure", "zstd"), ("native", "zstd"), ("native", "zlib")]
)
def test_what_is_stored_in_pieces_is_what_the_peer_stores(
    engine_name: str, compression: str, peer: Peer, peers_nodes: bytes, tmp_path: Path
) -> None:
    root = tmp_path / "repo"
    peer.ok(tmp_path, "init", "repo", "--config", f"format.revlog-compression={compression}")

    def run(*args: str) -> bytes:
        found = ours(root, *args, env={"HYG_ENGINE": engine_name})
        assert found.code == 0, found.err
        return found.out

    _history(run, root)
    run("update", "-q", "null")
    run("update", "-q", "2")
    os.utime(root / "moved", (1, 1))
    os.utime(root / "odd", (1, 1))
    assert not run("status")
    assert (root / "moved").read_bytes() == TEXT
    assert (root / "short").read_bytes() == b"\0" + TEXT
    assert (root / "odd").read_bytes() == b"\1\n" + TEXT + b"end\n"
    assert _nodes(peer, root) == peers_nodes
    peer.ok(root, "verify", "-q")


def test_binary_patches_of_long_files(engine_name: str, peer: Peer, tmp_path: Path) -> None:
    root = tmp_path / "repo"
    peer.ok(tmp_path, "init", "repo")
    (root / "big").write_bytes(b"\0" * 100 + b"some noise" * (LONG // 10 + 10))
    (root / "same").write_bytes(b"\0" * (LONG + 10))
    peer.ok(root, "commit", "-qAm", "one", "-d", "0 0")
    with open(root / "big", "r+b") as file:
        file.seek(77)
        file.write(b"changed")
    (root / "same").chmod(0o755)
    env = {"HYG_ENGINE": engine_name}
    hashes = ("--git", "--config", "diff.nobinary=1", "--config", "experimental.extendedheader.index=12")
    for style in ((), hashes):
        assert ours(root, "diff", *style, env=env).out == peer.ok(root, "diff", *style)
    peer.ok(root, "commit", "-qm", "two", "-d", "0 0")
    style = ("-c", ".", "--git")
    assert ours(root, "diff", *style, env=env).out == peer.ok(root, "diff", *style)

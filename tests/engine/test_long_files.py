"""Long files: they go through in pieces, so that memory does not grow with them, and the peer reads what came of it.

Most tests count files of 64 KiB as long; the figures for files of a gigabyte are in `docs/benchmarks.md`.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from hydrargyrum.repo import repository
from hydrargyrum.types import EngineSettings
from peer import Peer, clean_environment
from unit.driver import ours

#: Files of this size are long where `short_limit` is used.
LONG = 64 << 10
#: The file whose memory is measured.
SIZE = int(os.environ.get("HYG_LONG_MIB", "40")) << 20
#: A text that is long even where a file has revisions already.
TEXT = b"".join(b"line %d of it\n" % number for number in range(40_000))
#: A text that is long only where a file has none.
MIDDLE = TEXT[: 3 * LONG]


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


#: What the peer says of a file of 2 GiB, asked on 2026-11-25; it takes 10 GiB of memory for it, so it is not asked again.
PEERS_WARNING = b"big: up to 6442 MB of RAM may be required to manage this file"
PEERS_REFUSAL = b"abort: big: size of 2147483648 bytes exceeds maximum revlog storage of 2GiB\n"


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
def short_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both engines take files from `LONG` on in pieces."""
    monkeypatch.setattr(repository, "EngineSettings", partial(EngineSettings, long_from=LONG))


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
    """Of a file that is stored whole, no command has a text in memory."""
    root = tmp_path / "repo"
    path = root / "big"
    content = write_noise(path, SIZE)
    few = 20 << 20
    said, memory = commands.run("add", "big")
    assert f"up to {3 * SIZE // 1_000_000} MB" in said
    assert memory < few
    used = {"commit": commands.run("commit", "-m", "one", "-d", "0 0")[1]}
    os.utime(path, (1, 1))
    said, used["status"] = commands.run("status")
    assert not said
    used["verify"] = commands.run("verify", "-q")[1]
    used["update null"] = commands.run("update", "-q", "null")[1]
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
    assert all(memory < few for memory in used.values()), used
    found = peer.run(root, "cat", "-r", "tip", "big")
    assert hashlib.sha1(found.out).hexdigest() == content
    path.unlink()


Run = Callable[..., object]


def _history(run: Run, root: Path) -> None:
    """Four commits with long files: new, copied, looking like metadata, short before, stored whole again."""
    (root / "text").write_bytes(TEXT)
    (root / "odd").write_bytes(b"\1\n" + TEXT)
    (root / "middle").write_bytes(MIDDLE)
    (root / "short").write_bytes(b"small\n")
    run("commit", "-qAm", "one", "-d", "0 0")
    run("rename", "-q", "text", "moved")
    run("copy", "-q", "odd", "odd2")
    (root / "short").write_bytes(b"\0" + TEXT)
    run("commit", "-qm", "two", "-d", "0 0")
    (root / "odd").write_bytes(b"\1\n" + TEXT + b"end\n")
    (root / "middle").write_bytes(MIDDLE + b"end\n")
    run("commit", "-qm", "three", "-d", "0 0")
    (root / "odd").write_bytes(b"\1\n" + TEXT)
    (root / "moved").write_bytes(b"changed\n" + TEXT)
    (root / "empty").write_bytes(b"")
    run("commit", "-qAm", "four", "-d", "0 0")


def _nodes(peer: Peer, root: Path) -> bytes:
    return peer.ok(root, "log", "-T", "{node} {file_copies}\n")


@pytest.fixture(scope="module")
def peers_nodes(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    root = tmp_path_factory.mktemp("peer") / "repo"
    peer.ok(root.parent, "init", "repo")
    _history(lambda *args: peer.ok(root, *args), root)
    return _nodes(peer, root)


def _run(root: Path, engine: str) -> Callable[..., bytes]:
    def run(*args: str) -> bytes:
        found = ours(root, *args, env={"HYG_ENGINE": engine})
        assert found.code == 0, found.err
        return found.out

    return run


def _stored(root: Path) -> dict[str, bytes]:
    data = root / ".hg/store/data"
    return {path.name: path.read_bytes() for path in sorted(data.iterdir())}


@pytest.mark.usefixtures("short_limit")
@pytest.mark.parametrize("compression", ["zstd", "zlib", "none"])
def test_what_is_stored_in_pieces_is_what_the_peer_stores(
    compression: str, peer: Peer, peers_nodes: bytes, tmp_path: Path
) -> None:
    stores = {}
    for engine in ("pure", "native"):
        root = tmp_path / engine
        peer.ok(tmp_path, "init", engine, "--config", f"format.revlog-compression={compression}")
        run = _run(root, engine)
        _history(run, root)
        run("update", "-q", "null")
        run("update", "-q", "3")
        for name in ("moved", "odd", "odd2", "short", "middle"):
            os.utime(root / name, (1, 1))
        assert not run("status")
        assert (root / "moved").read_bytes() == b"changed\n" + TEXT
        assert (root / "short").read_bytes() == b"\0" + TEXT
        assert (root / "odd2").read_bytes() == b"\1\n" + TEXT
        assert (root / "middle").read_bytes() == MIDDLE + b"end\n"
        run("verify", "-q")
        assert _nodes(peer, root) == peers_nodes
        peer.ok(root, "verify", "-q")
        stores[engine] = _stored(root)
    pure, native = stores["pure"], stores["native"]
    assert list(pure) == list(native)
    # "middle" has a delta; other texts are stored whole, more than one of a file
    assert {"moved.d", "odd.d", "odd2.d", "short.d", "middle.d"} < set(native)
    if compression == "none":
        assert pure == native
    # zlib and zstd are each engine's own, so that sizes and places may differ, but not by much
    for name, data in native.items():
        assert abs(len(pure[name]) - len(data)) <= max(len(data) // 20, 12), name


@pytest.mark.usefixtures("short_limit")
def test_damaged_long_files_are_refused_alike(peer: Peer, tmp_path: Path) -> None:
    """What was handed out before the damage showed is taken back."""
    root = tmp_path / "repo"
    peer.ok(tmp_path, "init", "repo", "--config", "format.revlog-compression=zlib")
    noise = b"".join(hashlib.sha512(b"%d" % number).digest() for number in range(LONG // 16))
    (root / "noise").write_bytes(noise)
    (root / "text").write_bytes(noise.hex().encode())
    peer.ok(root, "commit", "-qAm", "one", "-d", "0 0")
    peer.ok(root, "update", "-q", "null")
    data = root / ".hg/store/data"
    for name in ("noise", "text"):
        good = (data / f"{name}.d").read_bytes()
        flipped = bytearray(good)
        flipped[len(good) // 2] ^= 0x55
        for bad in (
            bytes(flipped),
            good[: len(good) // 2],
            b"?" + good[1:],
            good[:1] + good[: len(good) - 1],
        ):
            (data / f"{name}.d").write_bytes(bad)
            said = []
            for engine in ("pure", "native"):
                env = {"HYG_ENGINE": engine}
                found = ours(root, "update", "tip", env=env)
                assert found.code == 255
                assert not (root / name).exists()
                checked = ours(root, "verify", "-q", env=env)
                assert checked.code == 1
                said.append((found.err, checked.out + checked.err))
                ours(root, "update", "-qC", "null", env=env)
            assert said[0] == said[1]
            assert name.encode() in said[0][0]
        (data / f"{name}.d").write_bytes(good)
    assert ours(root, "update", "-q", "tip").code == 0


def test_files_of_two_gigabytes_are_refused(engine_name: str, tmp_path: Path) -> None:
    """In the peer's words, before much of them is read; nothing of the commit is left."""
    env = {"HYG_ENGINE": engine_name}
    ours(tmp_path, "init", "repo", env=env)
    root = tmp_path / "repo"
    with open(root / "big", "wb") as file:
        file.truncate(1 << 31)
    (root / "small").write_bytes(b"small\n")
    found = ours(root, "add", env=env)
    assert (found.code, found.err.splitlines()[0]) == (0, PEERS_WARNING)
    found = ours(root, "commit", "-m", "one", env=env)
    assert (found.code, found.err) == (255, PEERS_REFUSAL)
    assert ours(root, "status", env=env).out == b"A big\nA small\n"
    assert not list((root / ".hg/store").rglob("*.d"))


@pytest.mark.usefixtures("short_limit")
def test_binary_patches_of_long_files(engine_name: str, peer: Peer, tmp_path: Path) -> None:
    root = tmp_path / "repo"
    peer.ok(tmp_path, "init", "repo")
    (root / "big").write_bytes(b"\0" * 100 + b"some noise" * (LONG // 10 + 10))
    (root / "same").write_bytes(b"\0" * (LONG + 10))
    (root / "late").write_bytes(TEXT + b"\0")
    (root / "gone").write_bytes(b"\0" * (LONG + 10))
    (root / "text").write_bytes(TEXT)
    peer.ok(root, "commit", "-qAm", "one", "-d", "0 0")
    with open(root / "big", "r+b") as file:
        file.seek(77)
        file.write(b"changed")
    (root / "same").chmod(0o755)
    (root / "late").write_bytes(TEXT)
    (root / "text").write_bytes(TEXT + b"end\n")
    peer.ok(root, "remove", "-q", "gone")
    peer.ok(root, "copy", "-q", "late", "copy")
    env = {"HYG_ENGINE": engine_name}
    hashes = ("--git", "--config", "diff.nobinary=1", "--config", "experimental.extendedheader.index=12")
    alike = ("--git", "--config", "experimental.extendedheader.similarity=1")
    for style in (("--nodates",), ("-a", "--nodates"), ("--git",), hashes, alike):
        assert ours(root, "diff", *style, env=env).out == peer.ok(root, "diff", *style), style
    peer.ok(root, "commit", "-qm", "two", "-d", "0 0")
    style = ("-c", ".", "--git")
    assert ours(root, "diff", *style, env=env).out == peer.ok(root, "diff", *style)

"""`bundle`: files of every kind that real Mercurial takes in completely, from repositories of several formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from hydrargyrum.exchange.bundlefile import open_bundle
from hydrargyrum.exchange.sansio.changegroup import ChangegroupReader
from peer import Peer
from unit.driver import ours

ENGINES = ["pure", "native"]


def make(peer: Peer, root: Path, *options: str) -> Path:
    """Two heads, a merge, renames, a removed file, an empty changeset, the same file revision made twice."""
    peer.ok(root.parent, "init", str(root), *options)

    def record(message: str) -> None:
        peer.ok(root, "commit", "-Aqm", message, "-u", "t", "-d", "0 0", "--config", "ui.allowemptycommit=1")

    (root / "d/e").mkdir(parents=True)
    (root / "d/e/f").write_text("".join(f"{n}\n" for n in range(500)))
    (root / "a").write_bytes(b"a\n")
    record("zero")
    peer.ok(root, "mv", "d/e/f", "d/g")
    (root / "bin").write_bytes(bytes(range(256)) * 10)
    record("one")
    peer.ok(root, "up", "-q", "0")
    (root / "bin").write_bytes(bytes(range(256)) * 10)  # the file revision of "one"
    (root / "b").write_bytes(b"b\n")
    record("two")
    peer.ok(root, "merge", "-q", "1")
    record("three")
    peer.ok(root, "rm", "a")
    record("four")
    record("empty")
    peer.ok(root, "up", "-q", "2")
    (root / "b").write_bytes(b"b\nb\n")
    record("head")
    return root


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("bundles")
    return {
        "flat": make(peer, base / "flat"),
        "tree": make(peer, base / "tree", "--config", "experimental.treemanifest=1"),
    }


def log(peer: Peer, root: Path) -> bytes:
    return peer.ok(root, "log", "-r", "sort(all(), node)", "-T", "{node} {files % '{file} '}\n")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "kind", ["", "none-v1", "gzip-v1", "bzip2-v1", "none-v2", "gzip-v2", "zstd-v2", "v1", "zstd"]
)
def test_the_peer_takes_all_of_it(
    peer: Peer, roots: dict[str, Path], tmp_path: Path, kind: str, engine: str
) -> None:
    root, file = roots["flat"], tmp_path / "all.hg"
    args = ["bundle", "-a", str(file), *(["-t", kind] if kind else [])]
    answer = ours(root, *args, env={"HYG_ENGINE": engine})
    assert (answer.code, answer.out, answer.err) == (0, b"7 changesets found\n", b"")
    copy = tmp_path / "copy"
    peer.ok(tmp_path, "init", str(copy))
    peer.ok(copy, "unbundle", str(file))
    assert peer.run(copy, "verify", "-q").code == 0
    assert log(peer, copy) == log(peer, root)
    spec = {"": "bzip2-v2", "v1": "bzip2-v1", "zstd": "zstd-v2"}.get(kind, kind)
    assert peer.ok(root, "debugbundle", "--spec", str(file)).decode().startswith(spec)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["flat", "tree"])
def test_a_part_of_history(
    peer: Peer, roots: dict[str, Path], tmp_path: Path, name: str, engine: str
) -> None:
    root, copy, rest = roots[name], tmp_path / "copy", tmp_path / "rest.hg"
    peer.ok(tmp_path, "clone", "-q", "-r", "2", str(root), str(copy))
    env = {"HYG_ENGINE": engine}
    kind = "zstd-v2;cg.version=03" if name == "tree" else "zstd-v2"
    answer = ours(root, "bundle", "-t", kind, str(rest), str(copy), env=env)
    assert (answer.code, answer.err) == (0, b"")
    peer.ok(copy, "unbundle", str(rest))
    assert peer.run(copy, "verify", "-q").code == 0
    assert log(peer, copy) == log(peer, root)
    again = ours(root, "bundle", "-t", kind, str(rest), str(copy), env=env)
    assert (again.code, again.out) == (1, b"searching for changes\nno changes found\n")


@pytest.mark.parametrize("engine", ENGINES)
def test_base_and_revision(peer: Peer, roots: dict[str, Path], tmp_path: Path, engine: str) -> None:
    root, file = roots["flat"], tmp_path / "part.hg"
    args = ["bundle", "--base", "0", "-r", "1:3 - 2"]
    peers = peer.ok(root, *args, str(tmp_path / "theirs.hg"))
    assert ours(root, *args, str(file), env={"HYG_ENGINE": engine}).out == peers
    by_branch = [*args[:3], "-b", "default", str(tmp_path / "branch.hg")]
    assert ours(root, *by_branch, env={"HYG_ENGINE": engine}) == peer.run(root, *by_branch)
    copy = tmp_path / "copy"
    peer.ok(tmp_path, "clone", "-q", "-r", "0", str(root), str(copy))
    peer.ok(copy, "unbundle", str(file))
    assert peer.run(copy, "verify", "-q").code == 0
    wanted = peer.ok(root, "log", "-r", "sort(::3, node)", "-T", "{node}\n")
    assert peer.ok(copy, "log", "-r", "sort(all(), node)", "-T", "{node}\n") == wanted


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    """Markers, all phases, two branches of which one is closed, a tag, long files."""
    root = tmp_path_factory.mktemp("rich") / "root"
    peer.ok(root.parent, "init", str(root))
    (root / ".hg/hgrc").write_text("[experimental]\nevolution=all\n")

    def record(number: int, *options: str) -> None:
        for name in ("common", f"own{number % 3}"):
            with (root / name).open("a") as stream:
                stream.writelines(f"{number} {line}\n" for line in range(60))
        peer.ok(root, "commit", "-Aqm", f"c{number}", "-u", "t", "-d", f"{number} 0", *options)

    for number in range(5):
        record(number)
    peer.ok(root, "update", "-q", "2")
    peer.ok(root, "branch", "-q", "other")
    record(5)
    peer.ok(root, "tag", "-q", "mark", "-u", "t", "-d", "6 0")
    peer.ok(root, "mv", "-q", "own1", "moved")
    peer.ok(root, "commit", "-qm", "moved", "--close-branch", "-u", "t", "-d", "7 0")
    peer.ok(root, "update", "-q", "default")
    record(8)
    peer.ok(root, "commit", "-q", "--amend", "-m", "amended", "-u", "t", "-d", "9 0")
    peer.ok(root, "phase", "-p", "2")
    record(10, "-s")
    peer.ok(root, "tags")
    return root


#: Kinds of bundles that are not compressed, or by a library that both programs have.
SAME_BYTES = (
    "none-v1",
    "gzip-v1",
    "none-v2",
    "none-v3",
    "none-v2;cg.version=01",
    "none-v2;cg.version=03",
    "none-v2;obsolescence=yes",
    "none-v2;obsolescence=1;obsolescence-mandatory=no;phases=on",
    "none-v3;phases=no;tagsfnodescache=0",
    "none-v2;revbranchcache=no",
    "none-v2;changegroup=no",
    "gzip-bundle2",
)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_bytes_as_the_peer(peer: Peer, rich: Path, tmp_path: Path, engine: str) -> None:
    for number, kind in enumerate(SAME_BYTES):
        # the order of several heads among cached nodes is not settled
        for args in (["-a", "-r", "10"], ["--base", "3", "-r", "7"], ["--base", "0", "-r", "5"]):
            theirs, mine = tmp_path / f"theirs{number}.hg", tmp_path / f"mine{number}.hg"
            expected = peer.run(rich, "bundle", *args, "-t", kind, str(theirs))
            found = ours(rich, "bundle", *args, "-t", kind, str(mine), env={"HYG_ENGINE": engine})
            assert found == expected, (kind, args)
            assert mine.read_bytes() == theirs.read_bytes(), (kind, args)
            shown = peer.ok(rich, "debugbundle", "--all", str(mine))
            assert ours(rich, "debugbundle", "--all", str(mine)).out == shown, (kind, args)
            spec = peer.ok(rich, "debugbundle", "--spec", str(mine))
            assert ours(rich, "debugbundle", "--spec", str(mine)).out == spec, (kind, args)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("more", ["", ";cg.delta-compression=zlib"])
def test_the_fourth_version_both_ways(peer: Peer, rich: Path, tmp_path: Path, engine: str, more: str) -> None:
    kind, env = f"none-v2;cg.version=04;phases=1{more}", {"HYG_ENGINE": engine}
    theirs, mine = tmp_path / "theirs.hg", tmp_path / "mine.hg"
    peer.ok(rich, "bundle", "-a", "-t", kind, str(theirs))
    assert ours(rich, "bundle", "-a", "-t", kind, str(mine), env=env).code == 0
    logs = []
    for number, file in enumerate((theirs, mine)):
        for option in ("no", "yes"):
            copies = [tmp_path / f"{number}{option}{who}" for who in ("peer", "ours")]
            for copy in copies:
                peer.ok(tmp_path, "init", str(copy), "--config", f"format.exp-use-delta-info-flags={option}")
            peer.ok(copies[0], "unbundle", str(file))
            assert ours(copies[1], "unbundle", str(file), env=env).code == 0
            for copy in copies:
                assert peer.run(copy, "verify", "-q").code == 0
                shown = "{node} {phase} {files} {file_copies}\n"
                logs.append(peer.ok(copy, "log", "-r", "sort(all(), node)", "-C", "-T", shown))
    assert len(set(logs)) == 1


@pytest.mark.parametrize(
    "kind",
    ["nope", "nope-v2", "gzip-v9", "zstd-v1", "packed1", "none-v2;cg.version=05", "none-packed1;x=y"],
)
def test_kinds_that_there_are_not(peer: Peer, roots: dict[str, Path], tmp_path: Path, kind: str) -> None:
    args = ["bundle", "-a", "-t", kind, str(tmp_path / "x.hg")]
    theirs, mine = peer.run(roots["flat"], *args), ours(roots["flat"], *args)
    assert (mine.code, mine.err) == (theirs.code, theirs.err)
    assert not (tmp_path / "x.hg").exists()


def test_reading_what_the_peer_writes(peer: Peer, roots: dict[str, Path], tmp_path: Path) -> None:
    from hydrargyrum.engine.select import select_engine
    from hydrargyrum.types import EngineSettings

    for kind in ("none-v1", "bzip2-v1", "gzip-v2", "zstd-v2", "none-v2"):
        file = tmp_path / f"{kind}.hg"
        peer.ok(roots["flat"], "bundle", "-q", "-a", "-t", kind, str(file))
        for name in ENGINES:
            engine = select_engine(name).open(str(roots["flat"]), EngineSettings())
            found: dict[tuple[str, str], int] = {}
            with open_bundle(str(file), engine) as bundle:
                for part in bundle.parts():
                    if part.kind == "changegroup":
                        for section in ChangegroupReader(part.read, part.parameters["version"]).sections():
                            key = section.kind, section.path
                            found[key] = sum(1 for _ in section.revisions)
            assert found["changelog", ""] == 7
            assert found["manifest", ""] == 6
            assert found["file", "bin"] == 1
            assert found["file", "d/g"] == 1

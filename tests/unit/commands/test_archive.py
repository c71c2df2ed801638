"""`archive` beside the peer's: the same members with the same bytes, or the same refusal."""

from __future__ import annotations

import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    """A repository with a tag, a link, an executable and files that are filtered."""
    root = tmp_path_factory.mktemp("archive") / "repo"
    peer.ok(root.parent, "init", str(root))
    (root / "d").mkdir()
    (root / "a").write_text("a\n")
    (root / "d/run").write_text("#!\n")
    (root / "d/run").chmod(0o755)
    os.symlink("a", root / "link")
    peer.ok(root, "commit", "-Aqm0", "-d1000000000 0")
    peer.ok(root, "tag", "v1", "-d1000000001 0")
    (root / "a").write_text("b\n")
    peer.ok(root, "commit", "-qm2", "-d1000000002 0")
    return root


def members(path: Path) -> list[tuple[object, ...]]:
    """What is in an archive."""
    if path.is_dir():
        return sorted(
            (str(file.relative_to(path)), file.lstat().st_mode, _content(file), _time(file))
            for file in path.rglob("*")
            if file.is_symlink() or file.is_file()
        )
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return [
                (
                    each.filename,
                    each.external_attr,
                    each.date_time,
                    each.extra,
                    each.compress_type,
                    packed.read(each),
                )
                for each in packed.infolist()
            ]
    with tarfile.open(path) as tar:
        return [
            (each.name, each.mode, each.mtime, each.linkname, each.type, _member(tar, each))
            for each in tar.getmembers()
        ]


def _content(file: Path) -> str:
    return os.readlink(file) if file.is_symlink() else file.read_text()


def _time(file: Path) -> float:
    return 0 if file.is_symlink() else file.stat().st_mtime


def _member(tar: tarfile.TarFile, each: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(each) if each.isfile() else None
    return b"" if stream is None else stream.read()


@pytest.mark.parametrize(
    "args",
    [
        ("out.tar",),
        ("out.tar.gz", "-r", "0"),
        ("out.tbz2", "-p", "x/%h-{rev}"),
        ("out.zip", "-X", "path:d"),
        ("-t", "uzip", "out", "-I", "path:a"),
        ("-t", "txz", "out-%R", "-r", "1"),
        ("plain", "-r", "1"),
        ("-t", "files", "plain.tar", "--config", "ui.archivemeta=no"),
        ("decoded", "--config", "decode.a=tr a-z A-Z"),
        ("plain", "--no-decode", "--config", "decode.a=tr a-z A-Z"),
    ],
)
def test_members(peer: Peer, repo: Path, tmp_path: Path, args: tuple[str, ...]) -> None:
    answers = []
    for who in ("ours", "theirs"):
        (tmp_path / who).mkdir()
        run = ours if who == "ours" else peer.run
        answers.append(run(tmp_path / who, "-R", str(repo), "archive", *args))
    assert answers[0] == answers[1]
    (mine,) = (tmp_path / "ours").iterdir()
    (other,) = (tmp_path / "theirs").iterdir()
    assert mine.name == other.name
    assert members(mine) == members(other)
    if mine.is_file() and mine.suffix in (".tar", ".gz"):
        assert mine.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    "args",
    [
        ("-r", "null", "x"),
        ("-t", "nothing", "x"),
        (".",),
        ("-",),
        ("-p", "x", "plain"),
        ("-p", "../x", "x.tar"),
        ("-I", "nothing", "x.tar"),
        ("x.tar", "y"),
    ],
)
def test_refusals(peer: Peer, repo: Path, args: tuple[str, ...]) -> None:
    expected = peer.run(repo, "archive", *args)
    found = ours(repo, "archive", *args)
    assert (found.code, found.err) == (expected.code, expected.err)
    assert expected.code


def test_standard_output(peer: Peer, repo: Path) -> None:
    expected = peer.run(repo, "archive", "-t", "tar", "-")
    assert ours(repo, "archive", "-t", "tar", "-") == expected
    assert b".hg_archival.txt" in expected.out

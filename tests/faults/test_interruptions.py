"""Ctrl-C and its kin in the middle of whatever takes long: a word, exit code 255, no lock and no journal left, nothing
half done in the store, and the next command works.

The signal comes at a given look at a file, a sample of places here; many of them with `HYG_CRASH_POINTS=all`
(`make test-nightly`).
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import forking
import pytest
import watching

from peer import Peer
from unit.driver import ours

ALL = os.environ.get("HYG_CRASH_POINTS") == "all"
STRIP = ("--config", "extensions.strip=")
PURGE = ("--config", "extensions.purge=")


def _touch(root: Path) -> None:
    for path in root.glob("dir*/*"):
        os.utime(path, (1, 1))


def _change(root: Path) -> None:
    for path in root.glob("dir*/*"):
        path.write_bytes(path.read_bytes() + b"changed\n")


def _move(root: Path) -> None:
    for path in list(root.glob("dir*/*")):
        content = path.read_bytes() + b"and moved\n"
        path.unlink()
        path.with_name(f"moved-{path.name}").write_bytes(content)


def _litter(root: Path) -> None:
    for path in list(root.glob("dir*/*")):
        path.with_name(f"litter-{path.name}").write_bytes(b"litter\n")


def _nothing(_root: Path) -> None:
    pass


#: Commands that may take long, and what is done before them.
COMMANDS: dict[str, tuple[tuple[str, ...], Callable[[Path], None]]] = {
    "status": (("status",), _touch),
    "diff": (("diff",), _change),
    "commit": (("commit", "-m", "new"), _change),
    "amend": (("commit", "--amend", "-m", "new"), _change),
    "addremove": (("addremove", "-s", "50"), _move),
    "update": (("update", "-q", "0"), _nothing),
    "update null": (("update", "-q", "null"), _nothing),
    "merge": (("merge", "-q", "side", "--tool", ":other"), _nothing),
    "graft": (("graft", "-q", "side", "--tool", ":other"), _nothing),
    "revert": (("revert", "-q", "--all", "-r", "0"), _nothing),
    "shelve": (("shelve", "-q"), _change),
    "clone": (("clone", "-q", "--pull", ".", "../copy"), _nothing),
    "clone by links": (("clone", "-q", ".", "../copy"), _nothing),
    "bundle": (("bundle", "-q", "--all", "../new.hg"), _nothing),
    "unbundle": (("unbundle", "-q", "../all.hg"), _nothing),
    "import": (("import", "-q", "-m", "patch", "../patch"), _nothing),
    "export": (("export", "-r", "all()", "-o", "../%n.patch"), _nothing),
    "verify": (("verify", "-q"), _nothing),
    "archive": (("archive", "../archive"), _nothing),
    "purge": (("purge", *PURGE), _litter),
    "annotate": (("annotate", "glob:dir*/*"), _nothing),
    "grep": (("grep", "--diff", "line"), _nothing),
    "log of a keyword": (("log", "-k", "nowhere"), _nothing),
    "log of files": (
        ("log", "-r", "file('glob:dir1/*') and filelog('dir1/f1') and modifies('dir2')"),
        _nothing,
    ),
    "log with patches": (("log", "-p"), _nothing),
    "strip": (("strip", "-q", "3", "--no-backup", *STRIP), _nothing),
    "strip with a backup": (("strip", "-q", "3", *STRIP), _nothing),
    "cat": (("cat", "glob:dir*/*"), _nothing),
    "files": (("files",), _nothing),
    "rebuild": (("debugrebuildfncache",), _nothing),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return forking.compile_library("events", tmp_path_factory.mktemp("events"))


@pytest.fixture(scope="module")
def watchers(library: Path) -> Iterator[dict[str, watching.Watcher]]:
    found = {engine: watching.Watcher(library, engine) for engine in ("pure", "native")}
    yield found
    for watcher in found.values():
        watcher.close()


@pytest.fixture(scope="module")
def common(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two heads of a history of a few dozen files, beside it a bundle with all of it and a patch."""
    root = tmp_path_factory.mktemp("common") / "repo"
    peer.ok(root.parent, "init", str(root))
    for number in range(60):
        path = root / f"dir{number % 5}" / f"f{number // 5}"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"line {line} of {number}\n" for line in range(20)))
    peer.ok(root, "commit", "-qAm", "zero", "-d", "0 0")
    for commit in range(1, 7):
        for path in sorted(root.glob("dir*/*"))[commit * 4 :: 2]:
            path.write_bytes(path.read_bytes().replace(b"line %d " % commit, b"changed %d\n" % commit))
        if commit == 4:
            peer.ok(root, "update", "-q", "-C", "2")
            for path in sorted(root.glob("dir*/*"))[::3]:
                path.write_bytes(b"side\n" + path.read_bytes())
        peer.ok(root, "commit", "-qm", f"commit {commit}", "-d", f"{commit} 0")
        if commit == 4:
            peer.ok(root, "bookmark", "-i", "side")
            peer.ok(root, "update", "-q", "-C", "3")
    peer.ok(root, "bundle", "-q", "--all", "../whole.hg")
    (root / "more").write_text("more\n")
    peer.ok(root, "commit", "-qAm", "more", "-d", "9 0")
    peer.ok(root, "bundle", "-q", "--base", "2", "-r", "tip", "../all.hg")
    for path in root.glob("dir*/*"):
        path.write_bytes(path.read_bytes() + b"patched\n")
    patch = peer.ok(root, "diff", "--git")
    (root.parent / "patch").write_bytes(patch)
    peer.ok(root, "update", "-q", "-C", ".")
    return root


class Trial:
    """A command on copies of the repository."""

    def __init__(self, peer: Peer, watcher: watching.Watcher, common: Path, base: Path, command: str) -> None:
        self.peer = peer
        self.watcher = watcher
        self.base = base
        self.args, prepare = COMMANDS[command]
        self.start = base / "start"
        shutil.copytree(common.parent, self.start, symlinks=True)
        root = self.start / "repo"
        if command == "unbundle":
            peer.ok(root, "strip", "-q", "--no-backup", "3", *STRIP)
        prepare(root)
        self.old = self._state(root)
        done = self._copy("done")
        answer = watcher.signal(done, self.args, -1, 0)
        assert answer["code"] in (0, 1), answer
        assert "Traceback" not in answer["err"], answer
        self.looks = answer["seen"]
        self.new = self._state(done)

    def _copy(self, name: str) -> Path:
        shutil.rmtree(self.base / name, ignore_errors=True)
        shutil.copytree(self.start, self.base / name, symlinks=True)
        return self.base / name / "repo"

    def _state(self, root: Path) -> Any:
        found: dict[str, Any] = self.peer.standing(root)
        return [each[0] for each in found["changesets"]], found["names"]["bookmarks"]

    def interrupt(self, at: int, number: int) -> list[str]:
        root = self._copy("interrupted")
        answer = self.watcher.signal(root, self.args, at, number)
        word = "interrupted!" if number == signal.SIGINT else "killed!"
        found = []
        if answer["code"] != 255 or "Traceback" in answer["err"]:
            found.append(f"code {answer['code']}: {answer}")
        elif answer["err"].splitlines()[-1:] != [word]:
            found.append(f"no last word: {answer}")
        for name in ("wlock", "store/lock", "store/journal"):
            if os.path.lexists(root / ".hg" / name):
                found.append(f"{name} is left")
        state = self._state(root)
        if state not in (self.old, self.new) and self.args[0] not in ("strip", "commit", "shelve"):
            found.append(f"neither old nor new: {state}, {self.old}, {self.new}")
        checked = self.peer.run(root, "verify", "-q")
        if checked.code or checked.err:
            found.append(f"verify {checked}")
        engine = {"HYG_ENGINE": self.watcher.engine}
        for args in (("status", "-q"), ("update", "-q", "-C", "2"), ("summary",)):
            after = ours(root, *args, env=engine)
            if after.code or after.err:
                found.append(f"{args} afterwards: {after}")
        return [f"signal {number} at {at} of {self.looks}: {one}" for one in found]


#: What takes things away or brings them is tried on both engines, the rest on one of them (on both with all places).
ON_BOTH = ("commit", "amend", "update", "unbundle", "strip", "clone")


def _cases() -> Iterator[tuple[str, str]]:
    for number, command in enumerate(COMMANDS):
        for engine in ("native", "pure"):
            if ALL or command in ON_BOTH or engine == ("native", "pure")[number % 2]:
                yield engine, command


@pytest.mark.parametrize(("engine_name", "command"), list(_cases()))
def test_signals(
    engine_name: str,
    command: str,
    watchers: dict[str, watching.Watcher],
    peer: Peer,
    common: Path,
    tmp_path: Path,
) -> None:
    trial = Trial(peer, watchers[engine_name], common, tmp_path, command)
    assert trial.looks > 10, trial.looks
    first = max(trial.looks // 8, 12)
    places = range(first, trial.looks - 8, 1 + trial.looks // 40) if ALL else (trial.looks * 2 // 3,)
    problems = []
    for number, at in enumerate(places):
        kind = (signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)[(number + len(command)) % 4]
        problems += trial.interrupt(at, kind)
    assert not problems, "\n".join(problems)

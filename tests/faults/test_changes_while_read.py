"""Files that somebody else changes while a command looks at them: what is stored is what was read, the dirstate calls
nothing clean that is not, and nothing that is no file is waited for.

The change comes after a given look at the file, so that each is met at every place. A sample of places here; all of them
with `HYG_CRASH_POINTS=all` (`make test-nightly`).
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import forking
import pytest
import watching

from peer import Peer
from unit.driver import ours

ALL = os.environ.get("HYG_CRASH_POINTS") == "all"

COMMITTED = b"committed content\n"
LOCAL = b"a local change\n"
OTHER = b"from elsewhere\n"

#: Commands, and what is in the file before them.
COMMANDS: dict[str, tuple[tuple[str, ...], bytes]] = {
    "status of an unchanged file": (("status",), COMMITTED),
    "status": (("status",), COMMITTED[:-1] + b"!"),
    "status of two revisions": (("status", "--rev", "0"), COMMITTED),
    "diff": (("diff",), LOCAL),
    "commit": (("commit", "-m", "new"), LOCAL),
    "amend": (("commit", "--amend", "-m", "new"), LOCAL),
    "add": (("add", "new"), LOCAL),
    "addremove": (("addremove", "-s", "50"), LOCAL),
    "revert": (("revert", "file"), LOCAL),
    "shelve": (("shelve",), LOCAL),
}
IN_PLACE = ("truncate", "grow", "rewrite")
REPLACED = ("file", "directory", "pipe", "link", "nothing")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return forking.compile_library("events", tmp_path_factory.mktemp("events"))


@pytest.fixture(scope="module", params=["pure", "native"])
def watcher(request: pytest.FixtureRequest, library: Path) -> Iterator[watching.Watcher]:
    found = watching.Watcher(library, request.param)
    yield found
    found.close()


@pytest.fixture(scope="module")
def common(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("common") / "repo"
    peer.ok(root.parent, "init", str(root))
    (root / "file").write_bytes(b"before\n")
    (root / "else").write_bytes(b"else\n")
    peer.ok(root, "commit", "-qAm", "zero", "-d", "0 0")
    (root / "file").write_bytes(COMMITTED)
    peer.ok(root, "commit", "-qAm", "one", "-d", "0 0")
    return root


class Case(NamedTuple):
    """One command on one copy of the repository."""

    peer: Peer
    watcher: watching.Watcher
    root: Path
    args: tuple[str, ...]

    @property
    def path(self) -> Path:
        return self.root / ("new" if self.args[0] in ("add", "addremove") else "file")

    def run(self, change: str, at: int) -> dict[str, Any]:
        other = self.root.parent / "other"
        make = {
            "file": lambda: other.write_bytes(OTHER),
            "directory": other.mkdir,
            "pipe": lambda: os.mkfifo(other),
            "link": lambda: other.symlink_to("else"),
        }
        if change in make:
            make[change]()
        kind = "replace" if change in REPLACED else change
        return self.watcher.change(self.root, self.args, self.path, at, kind, str(other))

    def problems(self, answer: dict[str, Any]) -> list[str]:
        found = []
        if "Traceback" in answer["err"] or answer["code"] not in (0, 1, 255):
            found.append(f"no clear end: {answer}")
        if answer["code"] == 255 and not any(
            line.startswith("abort: ") and self.path.name in line for line in answer["err"].splitlines()
        ):
            found.append(f"no clear error: {answer}")
        for name in ("wlock", "store/lock", "store/journal"):
            if os.path.lexists(self.root / ".hg" / name):
                found.append(f"{name} is left")
        checked = self.peer.run(self.root, "verify", "-q")
        if checked.code or checked.err:
            found.append(f"verify {checked}")
        wanted = self._wanted_status()
        engine = {"HYG_ENGINE": self.watcher.engine}
        for who, said in (
            ("ours", ours(self.root, "status", "-A", str(self.path), env=engine).out),
            ("peer", self.peer.run(self.root, "status", "-A", str(self.path)).out),
        ):
            letters = said[:1].decode()
            if letters not in wanted:
                found.append(f"{who}: status {said!r}, not {wanted!r}; {answer}")
        return found

    def _wanted_status(self) -> str:
        """The letters that the file may have."""
        stored = self.peer.run(self.root, "cat", "-r", ".", str(self.path))
        there = stored.code == 0
        tracked = there or self.path.name.encode() in self.peer.ok(self.root, "files")
        try:
            mode = os.lstat(self.path).st_mode
        except FileNotFoundError:
            return "!" if tracked else ""
        if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
            return "!" if tracked else ""
        if not tracked:
            return "?"
        if not there:
            return "A"
        is_file = stat.S_ISREG(mode)
        linked = self.peer.ok(self.root, "files", "-v", "-r", ".", str(self.path)).lstrip().split()[1:2] == [
            b"l"
        ]
        same = is_file and not linked and self.path.read_bytes() == stored.out
        if not is_file:
            same = os.readlink(self.path).encode() == stored.out
        return "C" if same else "M"


def _case(peer: Peer, watcher: watching.Watcher, common: Path, base: Path, command: str) -> Case:
    args, content = COMMANDS[command]
    root = base / "repo"
    shutil.rmtree(base, ignore_errors=True)
    shutil.copytree(common, root, symlinks=True)
    case = Case(peer, watcher, root, args)
    case.path.write_bytes(content)
    os.utime(case.path, (1_000_000_000, 1_000_000_000))
    return case


@pytest.mark.parametrize("command", COMMANDS)
def test_changes(command: str, watcher: watching.Watcher, peer: Peer, common: Path, tmp_path: Path) -> None:
    case = _case(peer, watcher, common, tmp_path / "count", command)
    answer = case.run("count", -1)
    looks = answer["seen"]
    assert answer["code"] == 0, answer
    assert looks or command == "add"
    problems: list[str] = []
    changes = (*IN_PLACE, *REPLACED)
    first = list(COMMANDS).index(command)
    for number, change in enumerate(changes):
        # here two kinds of change, others for each command and engine
        if not ALL and (number + first + (watcher.engine == "pure")) % 4:
            continue
        places = range(looks) if ALL else [(number * 3 + len(command)) % max(looks, 1)]
        for at in places:
            case = _case(peer, watcher, common, tmp_path / "case", command)
            answer = case.run(change, at)
            problems += [f"{change} after look {at} of {looks}: {one}" for one in case.problems(answer)]
    assert not problems, "\n".join(problems)

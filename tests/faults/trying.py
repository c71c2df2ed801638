"""Tries a command of `stories` at one point: what happened, and whether everything is still there."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from stories import PRECIOUS, Story

from peer import Peer, clean_environment
from unit.driver import ours

HERE = Path(__file__).resolve().parent
ERRORS = {"ENOSPC": errno.ENOSPC, "EACCES": errno.EACCES, "EROFS": errno.EROFS}


def compile_faults(directory: Path) -> Path:
    """The library that makes faults."""
    path = directory / "faults.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-o", path, HERE / "faults.c", "-ldl"],
        check=True,
        capture_output=True,
    )
    return path


class Runner:
    """A process that runs commands of ours which die."""

    def __init__(self, library: Path, engine: str) -> None:
        self.engine = engine
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "driver.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=clean_environment(LD_PRELOAD=str(library), HYG_ENGINE=engine, HGEDITOR="true"),
        )
        # no object files by threads that a fork would lose: only modules
        self._ask({"import": sorted(name for name in sys.modules if name.startswith("hydrargyrum."))})

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def run(self, root: Path, args: tuple[str, ...], kind: str, at: int, number: int = 0) -> dict[str, Any]:
        """One command; see `driver.answer`."""
        return self._ask(
            {"root": str(root), "args": args, "kind": kind, "at": at, "errno": number, "env": {}}
        )

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


class Outcome(NamedTuple):
    """What came of one point: "old", "new" or "between", and what is wrong."""

    state: str
    problems: list[str]


class Trial:
    """A story on an engine: its beginning, its end, and tries in between."""

    def __init__(self, peer: Peer, runner: Runner, base: Path, common: Path, story: Story) -> None:
        self.peer = peer
        self.runner = runner
        self.base = base
        self.story = story
        self.start = base / "start" / "repo"
        self.start.parent.mkdir(parents=True)
        shutil.copytree(common, self.start, symlinks=True)
        story.prepare(peer, self.start)
        self.old = self._state(self.start)
        done = self._copy("done")
        answer = runner.run(done, story.args, "count", -1)
        assert answer["code"] in (0, 1), answer
        assert "Traceback" not in answer["err"], answer
        self.points = answer["seen"]
        self.new = self._state(done)

    def _copy(self, name: str, source: Path | None = None) -> Path:
        root = self.base / name / "repo"
        shutil.rmtree(root.parent, ignore_errors=True)
        shutil.copytree((source or self.start).parent, root.parent, symlinks=True)
        return root

    def _state(self, root: Path) -> dict[str, Any]:
        found: dict[str, Any] = self.peer.standing(root)
        return {
            "changesets": [each[:6] for each in found["changesets"]],
            "bookmarks": found["names"]["bookmarks"],
            "parents": found["dirstate"]["parents"],
        }

    def kill(self, at: int, *, torn: bool = False) -> Outcome:
        """Dies at a point."""
        root = self._copy("dead")
        answer = self.runner.run(root, self.story.args, "torn" if torn else "kill", at)
        if not answer["killed"]:
            return Outcome("new", [f"was not killed: {answer}"] if at < self.points - 3 else [])
        outcomes = []
        # the peer reads no line of its journal that is cut short
        for who in ("ours", "ours") if torn and "journal" in answer["point"] else ("ours", "peer"):
            copy = self._copy(f"recovered by {who}", root)
            outcomes.append(self._judge(copy, who, answer["point"]))
        state = outcomes[0].state if outcomes[0].state == outcomes[1].state else "between"
        problems = [f"at {at} ({answer['point']}): {line}" for each in outcomes for line in each.problems]
        if outcomes[0].state != outcomes[1].state:
            problems.append(f"at {at}: {[each.state for each in outcomes]}")
        return Outcome(state, problems)

    def fail(self, at: int, name: str, *, on: bool = False) -> Outcome:
        """A call fails at a point (`on`: and all later ones)."""
        root = self._copy("failed")
        answer = self.runner.run(root, self.story.args, "fail on" if on else "fail", at, ERRORS[name])
        problems = []
        if "Traceback" in answer["err"] or answer["code"] not in (0, 1, 255):
            problems.append(f"no clear error: {answer}")
        if answer["code"] == 255:
            words = answer["err"].splitlines()
            what = "" if on else _shown_name(answer["point"].partition(" ")[2])
            if not any(line.startswith("abort: ") for line in words):
                problems.append(f"no word of an abort: {answer}")
            elif os.strerror(ERRORS[name]) not in answer["err"] or what not in answer["err"]:
                problems.append(f"the error does not name what failed: {answer}")
        outcome = self._judge(root, "ours", answer["point"])
        problems += outcome.problems
        return Outcome(outcome.state, [f"{name} at {at} ({answer['point']}): {line}" for line in problems])

    def _judge(self, root: Path, who: str, point: str) -> Outcome:
        recovered = ours(root, "recover") if who == "ours" else self.peer.run(root, "recover")
        problems = []
        there = os.path.exists(root / ".hg/store/journal")
        if recovered.code not in (0, 1) or there:
            problems.append(f"{who}: recover: {recovered}, journal left: {there}")
        try:
            found = self._state(root)
        except RuntimeError as problem:
            return Outcome("between", [*problems, f"{who}: {problem}"])
        core = {key: found[key] for key in ("changesets", "bookmarks")}
        state = next(
            (
                name
                for name, whole in (("new", self.new), ("old", self.old))
                if all(whole[key] == core[key] for key in core)
            ),
            "between",
        )
        if state == "between":
            problems += self._between(root, found)
        if found["parents"] not in (self.old["parents"], self.new["parents"]) and not self.story.steps:
            problems.append(
                f"{who}: parents {found['parents']}, {self.old['parents']}, {self.new['parents']}"
            )
        status = ours(root, "status", "-mard")
        if status.code or status.err:
            problems.append(f"{who}: status {status}")
        if self.story.precious and PRECIOUS not in _everything(self.peer, root):
            problems.append(f"{who}: what was not committed is gone")
        checked = self.peer.run(root, "verify", "-q")
        if checked.code or (checked.err and b'"obsolete" feature not enabled' not in checked.err):
            problems.append(f"{who}: verify {checked}")
        return Outcome(state, problems)

    def _between(self, root: Path, found: dict[str, Any]) -> list[str]:
        """Neither old nor new: nothing may be lost."""
        if not self.story.steps:
            return [f"between: {found}, not {self.old} nor {self.new}"]
        here = {each[0] for each in found["changesets"]}
        lost = {each[0] for each in self.old["changesets"]} - here
        for bundle in sorted((root / ".hg/strip-backup").glob("*.hg")):
            if lost:
                self.peer.run(root, "unbundle", "-q", str(bundle))
        here = {each[0] for each in self._state(root)["changesets"]}
        lost -= here
        return [f"lost {lost}"] if lost else []


def _shown_name(path: str) -> str:
    """The name by which users know a file: a temporary one is that of another."""
    name = re.sub(r"^\.?(.*)-[0-9a-f]+~$", r"\1", os.path.basename(path))
    return {"wlock": "working directory of", "lock": "repository"}.get(name, name)


def _everything(peer: Peer, root: Path) -> str:
    """What is in files, in shelves and in the changeset that a commit made."""
    text = peer.run(root, "cat", "-r", "tip", "set:**", "--config", "ui.quiet=1").out.decode("latin-1")
    for path in [*root.rglob("*")]:
        if path.is_file() and ".hg" not in path.parts:
            text += path.read_text("latin-1")
    for path in (root / ".hg").glob("shel*/*.patch"):
        text += path.read_text("latin-1").replace("\n+", "\n")
    return text

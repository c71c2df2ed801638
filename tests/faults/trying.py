"""Tries a command of `stories` at one point: what happened, and whether everything is still there."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

import forking
from stories import PRECIOUS, Story

from peer import Answer, Peer, clean_environment, peer_path
from unit.driver import ours

COARSE = 255
CACHES = "repo/.hg/cache:repo/.hg/wcache"
ERRORS = {"ENOSPC": errno.ENOSPC, "EACCES": errno.EACCES, "EROFS": errno.EROFS}


class Fault(NamedTuple):
    """What happens: `kind` of `driver.KINDS`, at which change of a file, with which error.

    Attributes:
        only: changes of files whose path (from what has the repository in it) begins with one of these, with ":" between.
    """

    kind: str
    at: int
    errno: int = 0
    only: str = ""


class Runner(forking.Driver):
    """A process that runs commands which die: ours on an engine, or (engine "peer") the peer's."""

    def __init__(self, library: Path, engine: str) -> None:
        self.engine = engine
        python = [str(peer_path().parent / "python3")] if engine == "peer" else [sys.executable]
        super().__init__(
            [*python, str(forking.HERE / "driver.py"), *(["peer"] if engine == "peer" else [])],
            clean_environment(LD_PRELOAD=str(library), HYG_ENGINE=engine, HGEDITOR="true"),
        )
        # no object files by threads that a fork would lose: only modules
        names = ["mercurial.dispatch", "mercurial.main_script", "mercurial.commands", "mercurial.localrepo"]
        if engine != "peer":
            names = sorted(name for name in sys.modules if name.startswith("hydrargyrum."))
        self.ask({"import": names})

    def run(self, root: Path, args: tuple[str, ...], fault: Fault) -> dict[str, Any]:
        """One command; see `driver.answer`."""
        return self.ask({"root": str(root), "args": args, "env": {}, **fault._asdict()})


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
        answer = runner.run(done, story.args, Fault("count", -1))
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
        stands = found["dirstate"]
        return {
            "changesets": [each[:6] for each in found["changesets"]],
            "bookmarks": found["names"]["bookmarks"],
            "dirstate": [stands[key] for key in ("parents", "branch", "entries", "copies")],
        }

    def kill(self, at: int, *, torn: bool = False) -> Outcome:
        """Dies at a point."""
        root = self._copy("dead")
        answer = self.runner.run(root, self.story.args, Fault("torn" if torn else "kill", at))
        if not answer["killed"]:
            return Outcome("new", [f"was not killed: {answer}"] if at < self.points - 3 else [])
        outcomes = []
        # the peer reads no line of its journal that is cut short
        for who in ("ours", "ours") if torn and "journal" in answer["point"] else ("ours", "peer"):
            copy = self._copy(f"recovered by {who}", root)
            outcomes.append(self._judge(copy, who))
        state = outcomes[0].state if outcomes[0].state == outcomes[1].state else "between"
        told = [line for each in outcomes for line in each.problems]
        if self.runner.engine == "peer":
            # what the peer leaves and cannot mend itself is no fault of ours
            theirs = {line.removeprefix("peer: ") for line in outcomes[1].problems}
            told = [line for line in outcomes[0].problems if line.removeprefix("ours: ") not in theirs]
        problems = [f"at {at} ({answer['point']}): {line}" for line in told]
        if outcomes[0].state != outcomes[1].state:
            problems.append(f"at {at}: {[each.state for each in outcomes]}")
        return Outcome(state, problems)

    def interrupt(self, at: int) -> Outcome:
        """Ctrl-C at a point: it ends, soon or when it is done, and leaves nothing to recover from and no lock."""
        root = self._copy("interrupted")
        answer = self.runner.run(root, self.story.args, Fault("interrupt", at))
        problems = []
        left = [
            name
            for name in ("wlock", "store/lock", "store/journal")
            if os.path.lexists(root / ".hg" / name)
            # what the story begins with is no fault of ours
            and (name == "store/journal" or not os.path.lexists(self.start / ".hg" / name))
        ]
        if self.story.name == "recover":
            left = [name for name in left if name != "store/journal"]
        if left:
            problems.append(f"left: {left}, {answer}")
        if (answer["code"] == COARSE and "interrupted!" not in answer["err"]) or "Traceback" in answer["err"]:
            problems.append(f"not a word of it: {answer}")
        outcome = self._judge(root, "ours")
        problems += outcome.problems
        return Outcome(
            outcome.state, [f"interrupted at {at} ({answer['point']}): {line}" for line in problems]
        )

    def caches(self) -> Outcome:
        """Nothing below the directories of caches can be changed: nobody but a cache misses anything."""
        root = self._copy("without caches")
        answer = self.runner.run(root, self.story.args, Fault("fail on", 0, ERRORS["ENOSPC"], CACHES))
        outcome = self._judge(root, "ours")
        problems = outcome.problems
        if answer["code"] not in (0, 1) or outcome.state != "new":
            problems = [*problems, f"a cache stops it: {outcome.state}, {answer}"]
        return Outcome(outcome.state, [f"{self.story.name}: {line}" for line in problems])

    def fail(self, at: int, name: str, *, on: bool = False) -> Outcome:
        """A call fails at a point (`on`: and all later ones)."""
        root = self._copy("failed")
        answer = self.runner.run(root, self.story.args, Fault("fail on" if on else "fail", at, ERRORS[name]))
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
        outcome = self._judge(root, "ours")
        problems += outcome.problems
        return Outcome(outcome.state, [f"{name} at {at} ({answer['point']}): {line}" for line in problems])

    def _run(self, who: str, root: Path, *args: str) -> Answer:
        if who == "peer":
            return self.peer.run(root, *args)
        engine = self.runner.engine if self.runner.engine != "peer" else "pure"
        return ours(root, *args, env={"HYG_ENGINE": engine})

    def _judge(self, root: Path, who: str) -> Outcome:
        recovered = self._run(who, root, "recover")
        problems = []
        there = os.path.exists(root / ".hg/store/journal")
        if recovered.code not in (0, 1) or there:
            problems.append(f"{who}: recover: {recovered}, journal left: {there}")
        try:
            found = self._state(root)
        except RuntimeError as problem:
            return Outcome("between", [*problems, f"{who}: {problem}"])
        state = next(
            (
                name
                for name, whole in (("new", self.new), ("old", self.old))
                if all(whole[key] == found[key] for key in ("changesets", "bookmarks"))
            ),
            "between",
        )
        if state == "between":
            problems += self._between(root, found)
        if found["dirstate"] not in (self.old["dirstate"], self.new["dirstate"]) and not (
            self.story.steps or self.story.tells
        ):
            problems.append(
                f"{who}: dirstate {found['dirstate']}, {self.old['dirstate']}, {self.new['dirstate']}"
            )
        status = ours(root, "status", "-mard")
        if status.code or status.err:
            problems.append(f"{who}: status {status}")
        if self.story.precious and PRECIOUS not in _everything(self.peer, root):
            problems.append(f"{who}: what was not committed is gone")
        checked = self.peer.run(root, "verify", "-q")
        if checked.code or (checked.err and b'"obsolete" feature not enabled' not in checked.err):
            problems.append(f"{who}: verify {checked}")
        if self.story.check is not None:
            problems += [f"{who}: {line}" for line in self.story.check(self.peer, root)]
        return Outcome(state, [*problems, *self._goes_on(root, who)])

    def _goes_on(self, root: Path, who: str) -> list[str]:
        """One can get to a clean working copy again."""
        answer = self._run(who, root, "update", "-q", "-C", ".")
        if b"unshelve already in progress" in answer.err:
            answer = self._run(who, root, "unshelve", "--abort")
            return [] if not answer.code else [f"{who}: cannot be given up: {answer}"]
        if answer.code:
            return [f"{who}: does not go on: {answer}"]
        status = self.peer.run(root, "status", "-mard")
        return [f"{who}: not clean: {status}"] if status.code or status.out else []

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
    name = re.sub(r"^\.?(.*?)([-.][0-9a-f]+)+~$", r"\1", os.path.basename(path))
    # what cannot be called `undo` is told by the name that it has
    return {"wlock": "working directory of", "lock": "repository", "undo": "journal"}.get(name, name)


def _everything(peer: Peer, root: Path) -> str:
    """What is in files, in shelves and in the changeset that a commit made."""
    text = peer.run(root, "cat", "-r", "tip", "set:**", "--config", "ui.quiet=1").out.decode("latin-1")
    for path in [*root.rglob("*")]:
        if path.is_file() and ".hg" not in path.parts:
            text += path.read_text("latin-1")
    for path in (root / ".hg").glob("shel*/*.patch"):
        text += path.read_text("latin-1").replace("\n+", "\n")
    return text

"""Tries a command of `stories` at one point: what happened, and whether everything is still there.

How commands are run at points is the business of `running`, how directories are compared that of `places`.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from places import Place, State
from running import Fault, Point, Runner
from stories import PENDING, PRECIOUS, Story

from peer import Answer, Peer
from unit.driver import ours

COARSE = 255
#: Said by the peer, too, of an `unshelve` that was killed while it was finished or given up; it is forgotten then.
STOPPED = (
    b"abort: working directory parents do not match unshelve state\n",
    b"abort: could not read shelved state file, your working copy may be in an unexpected state\n",
)
CACHES = "repo/.hg/cache:repo/.hg/wcache"
ERRORS = {"ENOSPC": errno.ENOSPC, "EACCES": errno.EACCES, "EROFS": errno.EROFS, "EPERM": errno.EPERM}


class Outcome(NamedTuple):
    """What came of one point: "old", "new" or "between", and what is wrong."""

    state: str
    problems: list[str]


class Trial:
    """A story on an engine: its beginning, its end, and tries in between.

    All tries are made at one place, so that nothing in a repository points to another one. What was judged once is not
    judged again: neither what a command left nor what there is after a recovery (`judged` and `same` count).
    """

    def __init__(self, peer: Peer, runner: Runner, base: Path, common: Path, story: Story) -> None:
        self.peer = peer
        self.runner = runner
        self.story = story
        self.root = base / "place" / "repo"
        self.root.parent.mkdir(parents=True)
        self.place = Place(self.root.parent)
        shutil.copytree(common, self.root, symlinks=True)
        story.prepare(peer, self.root)
        self.start = self.place.take()
        self.judged = self.same = 0
        self._verdicts: dict[tuple[str, str], Outcome] = {}
        self._after: dict[tuple[str, str], Outcome] = {}
        self.old = self._state()
        answer = self._run_at(Fault("count", -1))
        assert answer["code"] in (0, 1), answer
        assert "Traceback" not in answer["err"], answer
        self.points = answer["seen"]
        self.new = self._state()

    def _run_at(self, fault: Fault) -> dict[str, Any]:
        self.place.put(self.start)
        return self.runner.run(self.root, self._cwd(), self.story.args, fault)

    def _cwd(self) -> Path:
        return self.root.parent if self.story.beside else self.root

    def _state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.peer.standing(self.root)
        stands = found["dirstate"]
        return {
            "changesets": [each[:6] for each in found["changesets"]],
            "bookmarks": found["names"]["bookmarks"],
            "dirstate": [stands[key] for key in ("parents", "branch", "entries", "copies")],
        }

    def kill(self, at: int, *, torn: bool = False) -> Outcome:
        """Dies at a point."""
        answer = self._run_at(Fault("torn" if torn else "kill", at))
        if not answer["killed"]:
            return Outcome("new", [f"was not killed: {answer}"] if at < self.points - 3 else [])
        return self._judge_dead(self.place.take(), f"at {at}", Point(answer["point"], torn))

    def every_kill(self) -> Iterator[tuple[Point, Outcome]]:
        """Dies at all points: a single run that is held at each of them tells what it would leave there."""
        self.place.put(self.start)
        found: list[tuple[Point, str]] = []
        states: dict[str, State] = {}

        def visit(point: Point) -> None:
            state = self.place.take()
            mark = self.place.mark(state)
            states.setdefault(mark, state)
            found.append((point, mark))

        answer = self.runner.pause(self.root, self._cwd(), self.story.args, visit)
        assert answer["code"] in (0, 1), answer
        self.points = sum(not point.torn for point, _ in found)
        for number, (point, mark) in enumerate(found):
            if point.torn and "journal" in point.name and self.runner.engine == "peer":
                # half of its lines about a strip cut some files and not others, whoever reads them
                continue
            yield point, self._judge_dead(states[mark], f"at {number}", point)

    def _judge_dead(self, dead: State, at: str, point: Point) -> Outcome:
        # the peer reads no line of its journal that is cut short
        helpers = ("ours",) if point.torn and "journal" in point.name else ("ours", "peer")
        outcomes = [self._judge(dead, who) for who in helpers]
        names = {each.state for each in outcomes}
        told = [line for each in outcomes for line in each.problems]
        if self.runner.engine == "peer":
            # what the peer leaves and cannot mend itself is no fault of ours
            theirs = {line.removeprefix("peer: ") for line in outcomes[-1].problems}
            told = [line for line in outcomes[0].problems if line.removeprefix("ours: ") not in theirs]
        word = " torn" * point.torn
        problems = [f"{at}{word} ({point.name}): {line}" for line in told]
        if len(names) > 1:
            problems.append(f"{at}{word} ({point.name}): {[each.state for each in outcomes]}")
        return Outcome(names.pop() if len(names) == 1 else "between", problems)

    def interrupt(self, at: int) -> Outcome:
        """Ctrl-C at a point: it ends, soon or when it is done, and leaves nothing to recover from and no lock."""
        answer = self._run_at(Fault("interrupt", at))
        problems = []
        left = [
            name
            for name in ("wlock", "store/lock", "store/journal")
            if os.path.lexists(self.root / ".hg" / name)
            # what the story begins with is no fault of ours
            and (name == "store/journal" or f"repo/.hg/{name}" not in self.start)
        ]
        if self.story.name == "recover":
            left = [name for name in left if name != "store/journal"]
        if left:
            problems.append(f"left: {left}, {answer}")
        if (answer["code"] == COARSE and "interrupted!" not in answer["err"]) or "Traceback" in answer["err"]:
            problems.append(f"not a word of it: {answer}")
        outcome = self._judge(self.place.take(), "ours")
        problems += outcome.problems
        return Outcome(
            outcome.state, [f"interrupted at {at} ({answer['point']}): {line}" for line in problems]
        )

    def caches(self) -> Outcome:
        """Nothing below the directories of caches can be changed: nobody but a cache misses anything."""
        answer = self._run_at(Fault("fail on", 0, ERRORS["ENOSPC"], CACHES))
        outcome = self._judge(self.place.take(), "ours")
        problems = outcome.problems
        if answer["code"] not in (0, 1) or outcome.state != "new":
            problems = [*problems, f"a cache stops it: {outcome.state}, {answer}"]
        return Outcome(outcome.state, [f"{self.story.name}: {line}" for line in problems])

    def fail(self, at: int, name: str, *, on: bool = False) -> Outcome:
        """A call fails at a point (`on`: and all later ones)."""
        answer = self._run_at(Fault("fail on" if on else "fail", at, ERRORS[name]))
        problems = []
        if "Traceback" in answer["err"] or answer["code"] not in (0, 1, 255):
            problems.append(f"no clear error: {answer}")
        if answer["code"] == 255:
            words = answer["err"].splitlines()
            what = "" if on else _shown_name(answer["point"].partition(" ")[2])
            if not any(line.startswith("abort: ") for line in words):
                problems.append(f"no word of an abort: {answer}")
            elif os.strerror(ERRORS[name]) not in answer["err"] or not _names(answer["err"], what):
                problems.append(f"the error does not name what failed: {answer}")
        outcome = self._judge(self.place.take(), "ours")
        problems += outcome.problems
        return Outcome(outcome.state, [f"{name} at {at} ({answer['point']}): {line}" for line in problems])

    def _run(self, who: str, *args: str) -> Answer:
        if who == "peer":
            return self.peer.run(self.root, *args)
        return ours(self.root, *args, env={"HYG_ENGINE": self.runner.recovers_with})

    def _judge(self, left: State, who: str) -> Outcome:
        """What there is after somebody recovers what was left."""
        key = who, self.place.mark(left)
        self.same += key in self._verdicts
        if key not in self._verdicts:
            self.place.put(left)
            self._verdicts[key] = self._recover(who)
        return self._verdicts[key]

    def _recover(self, who: str) -> Outcome:
        recovered = self._run(who, "recover")
        problems = []
        there = os.path.exists(self.root / ".hg/store/journal")
        if recovered.code not in (0, 1) or there:
            problems.append(f"{who}: recover: {recovered}, journal left: {there}")
        key = who, self.place.mark(self.place.take())
        self.same += key in self._after
        if key not in self._after:
            self.judged += 1
            self._after[key] = self._look(who)
        found = self._after[key]
        return Outcome(found.state, [*problems, *found.problems])

    def _look(self, who: str) -> Outcome:
        problems: list[str] = []
        root = self.root
        try:
            found = self._state()
        except RuntimeError as problem:
            return Outcome("between", [f"{who}: {problem}"])
        state = next(
            (
                name
                for name, whole in (("new", self.new), ("old", self.old))
                if all(whole[key] == found[key] for key in ("changesets", "bookmarks"))
            ),
            "between",
        )
        if state == "between":
            problems += self._between(found)
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
        if self.story.stops and (state != "new" or "--abort" in self.story.args):
            recorded = self.peer.run(root, "log", "-r", "all()", "-p", "a", "--hidden").out.decode("latin-1")
            if PENDING not in _everything(self.peer, root) + recorded.replace("\n+", "\n"):
                problems.append(f"{who}: what was not committed before the shelf was taken back is gone")
        # first, because it recovers what lies beside, or within
        if self.story.check is not None:
            problems += [f"{who}: {line}" for line in self.story.check(self.peer, root)]
        checked = self.peer.run(root, "verify", "-q")
        silent = not checked.err or b'"obsolete" feature not enabled' in checked.err
        told_of_dirstate = self.story.untrue and b"\ndirstate inconsistent with current parent" in checked.err
        if (checked.code or not silent) and not told_of_dirstate:
            problems.append(f"{who}: verify {checked}")
        return Outcome(state, [*problems, *self._goes_on(who)])

    def _goes_on(self, who: str) -> list[str]:
        """One can get to a clean working copy again."""
        answer = self._run(who, "update", "-q", "-C", ".")
        if b"unshelve already in progress" in answer.err:
            answer = self._run(who, "unshelve", "--abort")
            if not answer.code:
                return []
            if not (self.story.stops and any(words in answer.err for words in STOPPED)):
                return [f"{who}: cannot be given up: {answer}"]
            answer = self._run(who, "update", "-q", "-C", ".")
        if answer.code:
            return [f"{who}: does not go on: {answer}"]
        status = self.peer.run(self.root, "status", "-mard")
        return [f"{who}: not clean: {status}"] if status.code or status.out else []

    def _between(self, found: dict[str, Any]) -> list[str]:
        """Neither old nor new: nothing may be lost."""
        if not self.story.steps:
            return [f"between: {found}, not {self.old} nor {self.new}"]
        here = {each[0] for each in found["changesets"]}
        lost = {each[0] for each in self.old["changesets"]} - here
        for bundle in sorted((self.root / ".hg/strip-backup").glob("*.hg")):
            if lost:
                self.peer.run(self.root, "unbundle", "-q", str(bundle))
        here = {each[0] for each in self._state()["changesets"]}
        lost -= here
        return [f"lost {lost}"] if lost else []


def _shown_name(path: str) -> str:
    """The name by which users know a file: a temporary one is that of another."""
    name = re.sub(r"^\.?(.*?)([-.][0-9a-f]+)+~$|^(dirstate)\.[0-9a-f]{8}$", r"\1\3", os.path.basename(path))
    # what cannot be called `undo` is told by the name that it has
    name = name.removesuffix(".break")
    return {"wlock": "working directory of", "lock": "repository", "undo": "journal"}.get(name, name)


def _names(text: str, name: str) -> bool:
    """Whether an error names a file; what cannot be renamed or removed is told by the name that it has."""
    before = {"journal": "undo", "repository": "lock"}.get(
        name, name.removesuffix(".orig").removesuffix(".old")
    )
    return name in text or f"/{before}'" in text or f"/{before}.resolve'" in text


def _everything(peer: Peer, root: Path) -> str:
    """What is in files, in shelves and in the changeset that a commit made."""
    text = peer.run(root, "cat", "-r", "tip", "set:**", "--config", "ui.quiet=1").out.decode("latin-1")
    for path in [*root.rglob("*")]:
        if path.is_file() and ".hg" not in path.parts:
            text += path.read_text("latin-1")
    for path in (root / ".hg").glob("shel*/*.patch"):
        text += path.read_text("latin-1").replace("\n+", "\n")
    return text

"""Random walks: the peer and both engines do the same steps in repositories of their own, and in one by turns.

`python tests/interop/walking.py --steps 2000 --seed 7` walks on after a difference and tells all of them. The steps are
made by `walk_steps`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
for each in (HERE.parent, HERE.parent / "unit", HERE):
    if str(each) not in sys.path:
        sys.path.insert(0, str(each))

from driver import ours  # noqa: E402
from walk_steps import Step, Steps  # noqa: E402

from peer import Answer, Peer  # noqa: E402

CONFIGURATION = """\
[ui]
interactive = false
merge = :merge
[devel]
default-date = 77 0
[extensions]
amend =
purge =
share =
strip =
uncommit =
[commands]
commit.post-status = no
[storage]
dirstate-v2.slow-path = allow
revlog.persistent-nodemap.slow-path = allow
"""
#: What changes from seed to seed.
FLAVOURS = (
    "",
    "[experimental]\nevolution = all\n",
    "[format]\nuse-dirstate-v2 = yes\nuse-persistent-nodemap = yes\n",
    "[experimental]\nevolution = all\n[format]\nuse-dirstate-v2 = yes\nrevlog-compression = none\n",
    "[experimental]\ntreemanifest = yes\nevolution = createmarkers\n",
    "[merge]\ncheckunknown = warn\n[phases]\nnew-commit = secret\n[diff]\ngit = yes\n",
)
ENGINES = ("pure", "native")
ALTERNATING = ("peer", "pure", "peer", "native", "pure", "native")


class Difference(NamedTuple):
    """What came out otherwise.

    Attributes:
        who: had the other result.
        step: the step; number: of it.
        told: what differs.
    """

    who: str
    number: int
    step: Step
    told: list[str]

    def __str__(self) -> str:
        lines = "\n    ".join(self.told)
        return f"step {self.number}, {self.who}: {self.step}\n    {lines}"


class Walk:
    """One walk.

    Attributes:
        done: steps taken so far.
    """

    def __init__(
        self, base: Path, seed: int, *, engines: tuple[str, ...] = ENGINES, mixed: bool = True
    ) -> None:
        self.base = base
        flavour = FLAVOURS[seed % len(FLAVOURS)]
        self.steps = Steps(seed, trees="treemanifest" in flavour)
        self.rc = base / "hgrc"
        self.rc.write_text(CONFIGURATION + flavour)
        self.peer = Peer(HGRCPATH=str(self.rc), HGEDITOR="true")
        self.who = ("peer", *engines, *(("mixed",) if mixed else ()))
        self.done: list[Step] = []
        for who in self.who:
            self._root(who).parent.mkdir()
        self.peer.ok(base, "init", self._root("peer"))
        for who in self.who[1:]:
            answer = ours(
                base, "init", str(self._root(who)), env=self._env(who if who in ENGINES else "pure")
            )
            assert answer.code == 0, answer
        for who in self.who:
            (self._root(who) / ".hgignore").write_text("^ignored\n\\.orig$\n")

    def close(self) -> None:
        """End the peer."""
        self.peer.close()

    def _root(self, who: str) -> Path:
        return self.base / who / "repo"

    def _env(self, engine: str) -> dict[str, str]:
        return {"HYG_ENGINE": engine, "HGRCPATH": str(self.rc), "HGEDITOR": "true"}

    def take(self) -> list[Difference]:
        """One step of everybody; what differs."""
        before = self.peer.standing(self._root("peer"))
        step = self.steps.next(before)
        self.done.append(step)
        answers = {who: self._one(who, step) for who in self.who}
        told: list[Difference] = []
        wanted = self.peer.standing(self._root("peer"))
        for who in self.who[1:]:
            problems = []
            if answers[who] != answers["peer"]:
                problems += _unlike_answers(answers["peer"], answers[who])
            try:
                found = self.peer.standing(self._root(who))
            except RuntimeError as problem:
                problems.append(str(problem))
            else:
                problems += _unlike(wanted, found)
            if problems:
                told.append(Difference(self._name(who), len(self.done), step, problems))
        return told

    def _name(self, who: str) -> str:
        return who if who != "mixed" else f"mixed by {self._turn()}"

    def _turn(self) -> str:
        return ALTERNATING[len(self.done) % len(ALTERNATING)]

    def _one(self, who: str, step: Step) -> Answer:
        root = self._root(who)
        if step.edit is not None:
            _edit(root, *step.edit)
            return Answer(0, b"", b"")
        program = self._turn() if who == "mixed" else who
        if step.args[0] == "clone":
            shutil.rmtree(root.parent / "cloned", ignore_errors=True)
        if step.args[0] in ("export", "bundle"):
            (root.parent / step.args[-1]).unlink(missing_ok=True)
        if program == "peer":
            answer = self.peer.run(root, *step.args)
        else:
            answer = ours(root, *step.args, env=self._env(program))
        cloned = root.parent / "cloned"
        if step.args[0] == "clone" and cloned.exists():
            stands = self.peer.standing(cloned)
            stands["hg"] = stands["files"] = None
            answer = answer._replace(out=answer.out + repr(stands).encode())
        place = os.fsencode(root.parent)
        out = answer.out if b"\noptions:\n" not in answer.out else b"a usage"
        return Answer(answer.code, out.replace(place, b"BASE"), answer.err.replace(place, b"BASE"))

    def verify(self) -> list[str]:
        """What the peer's `verify` has to say of what is ours, and what we read otherwise than the peer."""
        told = []
        question = (
            "log",
            "-T",
            "{rev}:{node} {phase} {branch} {tags} {bookmarks} {file_copies} {files}\\n{desc}\\n",
        )
        for who in self.who[1:]:
            root = self._root(who)
            answer = self.peer.run(root, "verify", "-q")
            if answer.code or answer.err or answer.out:
                told.append(f"{who}: verify: {answer}")
            for engine in ENGINES:
                for args in (question, ("status", "-A")):
                    wanted, found = self.peer.run(root, *args), ours(root, *args, env=self._env(engine))
                    if wanted != found:
                        told += [f"{who}, asked by {engine}: {args[0]}", *_unlike_answers(wanted, found)]
        return told

    def meet(self) -> None:
        """Everybody goes on from where the peer is."""
        for who in self.who[1:]:
            shutil.rmtree(self._root(who).parent)
            shutil.copytree(self._root("peer").parent, self._root(who).parent, symlinks=True)

    def keep(self, shelf: Path) -> None:
        """Copy what the peer has, to try a step again."""
        shutil.rmtree(shelf, ignore_errors=True)
        shutil.copytree(self._root("peer").parent, shelf, symlinks=True)


def _edit(root: Path, kind: str, path: str, data: str) -> None:
    full = root / path
    above = full.parent
    while above != root:
        if above.is_symlink() or (above.exists() and not above.is_dir()):
            return
        above = above.parent
    there = os.path.lexists(full)
    if kind == "mode":
        if there and not full.is_symlink() and not full.is_dir():
            full.chmod(full.stat().st_mode ^ 0o111)
        return
    if full.is_dir() and not full.is_symlink():
        return
    if there and (kind in ("remove", "link") or full.is_symlink()):
        full.unlink()
    if kind == "remove":
        return
    full.parent.mkdir(parents=True, exist_ok=True)
    if kind == "link":
        full.symlink_to(data)
    else:
        full.write_bytes(os.fsencode(data))


def _unlike_answers(wanted: Answer, found: Answer) -> list[str]:
    return [
        f"{name}: peer {getattr(wanted, name)!r}\n         ours {getattr(found, name)!r}"
        for name in Answer._fields
        if getattr(wanted, name) != getattr(found, name)
    ]


def _unlike(wanted: Any, found: Any, where: str = "") -> list[str]:
    if wanted == found:
        return []
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [
            line
            for key in sorted({*wanted, *found})
            for line in _unlike(wanted.get(key), found.get(key), f"{where}/{key}")
        ]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [
            line
            for place, (one, two) in enumerate(zip(wanted, found, strict=True))
            for line in _unlike(one, two, f"{where}/{place}")
        ]
    return [f"{where}: peer {wanted!r}\n         ours {found!r}"]


def main() -> None:
    """Walk and tell."""
    import tempfile

    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where the state before a difference is kept")
    parser.add_argument("--most", type=int, default=10, help="differences until it stops")
    asked = parser.parse_args()
    count = 0
    with tempfile.TemporaryDirectory() as base:
        walk = Walk(Path(base), asked.seed)
        for number in range(1, asked.steps + 1):
            if asked.keep:
                walk.keep(asked.keep / f"now{asked.seed}")
            differences: list[object] = list(walk.take())
            if number % 20 == 0 or number == asked.steps:
                differences += walk.verify()
            for difference in differences:
                print(difference, flush=True)
            if differences:
                count += 1
                if asked.keep:
                    shutil.rmtree(asked.keep / f"s{asked.seed}-{number}", ignore_errors=True)
                    shutil.move(asked.keep / f"now{asked.seed}", asked.keep / f"s{asked.seed}-{number}")
                walk.meet()
            if count >= asked.most:
                break
        walk.close()
    print(f"seed {asked.seed}: {number} steps, {count} with differences")


if __name__ == "__main__":
    main()

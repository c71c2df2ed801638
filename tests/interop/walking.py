"""Random walks: the peer and both engines do the same steps in repositories of their own, and in one by turns.

`python tests/interop/walking.py --steps 2000 --seed 7` walks on after a difference and tells all of them; with `--keep`
it can be resumed. The steps are made by `walk_steps`.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import re
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
for each in (HERE.parent, HERE.parent / "unit", HERE):
    if str(each) not in sys.path:
        sys.path.insert(0, str(each))

from driver import ours  # noqa: E402
from walk_steps import HOME, SHARED, Step, Steps, left_out  # noqa: E402

from peer import Answer, Peer  # noqa: E402

CONFIGURATION = """\
[ui]
interactive = false
merge = :merge
[devel]
default-date = 77 0
[extensions]
amend =
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
SHOWN = 800
#: How much of a difference is told at the end of a line, and in all, when a walk goes on after it.
LINE, LINES = 400, 12
RANDOM_NAME = b"failed to recover dirstate."
CRASHED = b"** unknown exception encountered"
#: What changes the parent and leaves files alone.
MOVERS = (("debugsetparents",), ("rollback",), ("strip",), ("unbundle",))
#: After so many steps a walk is saved, if it is kept at all.
SAVING = 100
#: After so many steps both engines are asked about everything, not only the peer.
DEEPLY = 25
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
        crashes: those in which the peer came to a bad end.
        verified: how often the peer's `verify` was asked about something that had changed.
    """

    def __init__(self, base: Path, seed: int, *, more: dict[str, float] | None = None) -> None:
        self.base = base
        flavour = FLAVOURS[seed % len(FLAVOURS)]
        self.steps = Steps(seed, trees="treemanifest" in flavour, more=more)
        self.rc = base / "hgrc"
        self.rc.write_text(CONFIGURATION + flavour)
        self.peer = Peer(HGRCPATH=str(self.rc), HGEDITOR="true")
        self.who = ("peer", *ENGINES, "mixed")
        self.done: list[Step] = []
        self.crashes: list[Step] = []
        self.verified = 0
        self.stands: dict[str, Any] = {}
        self._stood: dict[str, tuple[object, dict[str, Any]]] = {}
        self._checked: dict[str, tuple[object, Answer]] = {}
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
            (self._root(who).parent / "message").write_text("from a file\n\nwith more\n")

    def close(self) -> None:
        """End the peer."""
        self.peer.close()

    def _root(self, who: str, where: str = HOME) -> Path:
        return self.base / who / where

    def _places(self, who: str) -> list[str]:
        return [where for where in (HOME, SHARED) if self._root(who, where).exists()]

    def _env(self, engine: str) -> dict[str, str]:
        return {"HYG_ENGINE": engine, "HGRCPATH": str(self.rc), "HGEDITOR": "true"}

    def take(self) -> list[Difference]:
        """One step of everybody; what differs."""
        before = self.stands or self._stand("peer")
        step = self.steps.next(before)
        self.done.append(step)
        answers = {who: self._one(who, step) for who in self.who}
        self.stands = self._stand("peer")
        if self._touch(step, before):
            self.stands = self._stand("peer")
        wanted = self.stands
        if step.edit is not None:
            return []  # we had no part in it
        lacks = before[step.where]["untrue"]["lacks"] if step.where in before else []
        if CRASHED in answers["peer"].err or _is_impossible(answers) or _is_missed(answers["peer"], lacks):
            # nobody has to do the same
            self.crashes.append(step)
            self.meet()
            return []
        told: list[Difference] = []
        for who in self.who[1:]:
            problems = []
            if answers[who] != answers["peer"]:
                problems += _unlike_answers(answers["peer"], answers[who])
            try:
                found = self._stand(who)
            except (OSError, RuntimeError) as problem:
                problems.append(str(problem))
            else:
                unshared = step.args[0] == "unshare"
                problems += _unlike(*map(_unshared, (wanted, found)) if unshared else (wanted, found))
            if problems:
                told.append(Difference(self._name(who), len(self.done), step, problems))
        if step.args[0] == "unshare" and not told:
            self.meet()
        return told

    def _touch(self, step: Step, before: dict[str, Any]) -> bool:
        """Makes everybody read all files again where the parent has changed without them.

        Whether the dirstate says of a file that it was clean when it was read last depends on milliseconds.
        """
        there = [where for where in self._places("peer") if where in before]
        moved = [
            where
            for where in there
            if self.stands[where]["dirstate"]["parents"] != before[where]["dirstate"]["parents"]
            and (where != step.where or step.args[:1] in MOVERS)
        ]
        for who in self.who:
            for where in moved:
                for path in self._root(who, where).rglob("*"):
                    if ".hg" not in path.parts and (path.is_symlink() or path.is_file()):
                        moment = 1_000_000_000 + len(self.done)
                        os.utime(path, (moment, moment), follow_symlinks=False)
        return bool(moved)

    def _stand(self, who: str) -> dict[str, Any]:
        """How everything of somebody stands; asked again when a file has changed."""
        top = self.base / who
        if who in self._stood and self._stood[who][0] == _fingerprint(top):
            return self._stood[who][1]
        found = {where: self.peer.standing(self._root(who, where)) for where in self._places(who)}
        # what was found out about files in doubt has been written
        self._stood[who] = _fingerprint(top), found
        return found

    def _name(self, who: str) -> str:
        return who if who != "mixed" else f"mixed by {self._turn()}"

    def _turn(self) -> str:
        return ALTERNATING[len(self.done) % len(ALTERNATING)]

    def _one(self, who: str, step: Step) -> Answer:
        root = self._root(who, step.where)
        if step.edit is not None:
            _edit(root, *step.edit)
            return Answer(0, b"", b"")
        program = self._turn() if who == "mixed" else who
        made = _made_outside(root, step)
        if made is not None:
            _remove(made)
        answer = (
            self.peer.run(root, *step.args)
            if program == "peer"
            else ours(root, *step.args, env=self._env(program))
        )
        # from its cache of tags the peer cannot read a tree of manifests on (`assert base is not None`)
        stale = ("branch*", "rbc-*", *(("hgtagsfnodes1", "tags2*") if self.steps.trees else ()))
        for cache in [one for pattern in stale for one in (root / ".hg/cache").glob(pattern)]:
            cache.unlink()
        if made is not None and os.path.lexists(made):
            answer = answer._replace(out=answer.out + self._outside(step, made))
        place = os.fsencode(root.parent)
        out = answer.out if b"\noptions:\n" not in answer.out else b"a usage"
        if step.args[0] == "rollback":
            # what data files of dirstates are called is random
            kept = [line for line in answer.err.splitlines(True) if RANDOM_NAME not in line]
            answer = answer._replace(err=b"".join(kept))
        if step.args[:2] == ("shelve", "-l"):
            # seconds pass between one and the other
            out = re.sub(rb"\(\d+[smhdw] ago\) *", b"(ago) ", out)
        if step.args[0] == "verify":
            answer = _sorted(answer)
        return Answer(answer.code, out.replace(place, b"BASE"), answer.err.replace(place, b"BASE"))

    def _outside(self, step: Step, made: Path) -> bytes:
        """What a step made beside the repository."""
        if step.args[0] == "clone":
            stands = self.peer.standing(made)
            stands["hg"] = stands["files"] = None
            return json.dumps(stands, sort_keys=True).encode()
        if step.args[0] == "archive":
            return repr(_packed(made)).encode()
        return made.read_bytes() if step.args[0] == "export" else b""

    def verify(self, *, deeply: bool = True) -> list[str]:
        """What the peer's `verify` says of what is ours and not of its own; `deeply`: and what we read otherwise."""
        told = []
        question = (
            "log",
            "-T",
            "{rev}:{node} {phase} {branch} {tags} {bookmarks} {file_copies} {files}\\n{desc}\\n",
        )
        sound = self._check("peer")
        for who in self.who[1:]:
            root = self._root(who)
            # what the steps themselves broke (the parents that `debugsetparents` sets) it says of its own, too
            checked = self._check(who)
            if checked != sound:
                told.append(f"{who}: verify: {checked}, not {sound}")
            if not deeply:
                continue
            for engine in ENGINES:
                for args in (question, ("status", "-A")):
                    wanted = self.peer.run(root, *args)
                    found = ours(root, *args, env=self._env(engine))
                    if wanted != found:
                        told += [f"{who}, asked by {engine}: {args[0]}", *_unlike_answers(wanted, found)]
        return told

    def _check(self, who: str) -> Answer:
        root = self._root(who)
        now = _fingerprint(root / ".hg")
        if who in self._checked and self._checked[who][0] == now:
            return self._checked[who][1]
        answer = _sorted(self.peer.run(root, "verify", "-q"))
        self.verified += 1
        self._checked[who] = _fingerprint(root / ".hg"), answer
        return answer

    def meet(self) -> None:
        """Everybody goes on from where the peer is."""
        for who in self.who[1:]:
            _copy(self.base / "peer", self.base / who)
        self._checked.clear()
        self._stood.clear()

    def keep(self, shelf: Path) -> None:
        """Copy what the peer has, to try a step again."""
        _copy(self.base / "peer", shelf)

    def save(self, shelf: Path) -> None:
        """Keep everything, to go on from here with `resume`."""
        for who in self.who:
            _copy(self.base / who, shelf / who)
        state = (self.steps.rng.getstate(), self.done, self.crashes, self.verified)
        (shelf / "walk").write_bytes(pickle.dumps(state))

    def resume(self, shelf: Path) -> None:
        """Goes on from what was saved of a walk with the same seed."""
        for who in self.who:
            _copy(shelf / who, self.base / who)
        state, self.done, self.crashes, self.verified = pickle.loads((shelf / "walk").read_bytes())
        self.steps.rng.setstate(state)
        self.steps.number = len(self.done)
        self._checked.clear()
        self._stood.clear()


def _is_impossible(answers: dict[str, Answer]) -> bool:
    """Whether a changeset with a file and a directory of one name was refused: the peer does so half way."""
    return b"abort: Not a directory: " in answers["peer"].err and any(
        b"' already in dirstate\n" in answer.err for answer in answers.values()
    )


def _is_missed(answer: Answer, lacks: list[str]) -> bool:
    """Whether the peer stopped half way at a file of its parent that its dirstate does not know and nobody has.

    It takes such a file for one that is there, and changes its mode; we write it.
    """
    start = b"abort: No such file or directory: 'BASE/"
    told = [line for line in answer.err.split(b"\n") if line.startswith(start)]
    return any(line.endswith(b"/%s'" % os.fsencode(path)) for line in told for path in lacks)


def _sorted(answer: Answer) -> Answer:
    """Errors in a dirstate are told in the order of its file, which nothing depends on."""
    return answer._replace(err=b"".join(sorted(answer.err.splitlines(True))))


def _fingerprint(top: Path) -> object:
    """Changes with every change below a directory, but for that of caches."""
    found = []
    for directory, inside, files in os.walk(top):
        inside[:] = [name for name in inside if name not in ("cache", "wcache")]
        for name in [*inside, *files]:
            facts = os.lstat(os.path.join(directory, name))
            # of a directory what is in it is told; that a lock came and went is not
            moment = () if name in inside else (facts.st_ino, facts.st_size, facts.st_mtime_ns)
            found.append((directory, name, facts.st_mode, *moment))
    return sorted(found)


def _copy(source: Path, target: Path) -> None:
    """Copies all that somebody has; a share finds the copy of its source."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
    pointer = target / SHARED / ".hg/sharedpath"
    if pointer.exists():
        pointer.write_bytes(pointer.read_bytes().replace(os.fsencode(source), os.fsencode(target)))


def _made_outside(root: Path, step: Step) -> Path | None:
    """What a command makes beside the repository, which is not there before."""
    if step.args[0] in ("export", "bundle", "archive", "clone", "share"):
        return next((root / arg for arg in reversed(step.args) if arg.startswith("../")), None)
    return None


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _packed(path: Path) -> list[tuple[Any, ...]]:
    """What is in an archive."""
    if path.is_dir():
        return sorted(
            (str(each.relative_to(path)), each.lstat().st_mode, each.read_bytes() if each.is_file() else b"")
            for each in path.rglob("*")
            if each.is_symlink() or not each.is_dir()
        )
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as packed:
            return [
                (one.filename, one.date_time, one.external_attr, packed.read(one))
                for one in packed.infolist()
            ]
    with tarfile.open(path) as members:
        return [
            (one.name, one.mode, one.mtime, one.type, one.linkname, _member(members, one)) for one in members
        ]


def _member(members: tarfile.TarFile, one: tarfile.TarInfo) -> bytes:
    stream = members.extractfile(one) if one.isreg() else None
    return stream.read() if stream is not None else b""


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
        f"{name}: peer {_part(one, two)!r}\n         ours {_part(two, one)!r}"
        for name, one, two in zip(Answer._fields, wanted, found, strict=True)
        if one != two
    ]


def _unshared(stands: dict[str, Any]) -> dict[str, Any]:
    """When a share gets a store of its own, the peer makes everything public and loses bookmarks; we keep both."""
    shared = {key: stands[SHARED][key] for key in ("status", "dirstate", "merge", "files")}
    shared["changesets"] = [[*each[:3], each[4], each[6]] for each in stands[SHARED]["changesets"]]
    return {**stands, SHARED: shared}


def _part(text: Any, other: Any) -> Any:
    """What of a long text is another than in the other."""
    if not isinstance(text, bytes) or len(text) < SHOWN:
        return text
    same = next(
        (at for at, (one, two) in enumerate(zip(text, other, strict=False)) if one != two), len(other)
    )
    at = max(same - SHOWN // 4, 0)
    return text[at : at + SHOWN]


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
    parser.add_argument("--resume", type=Path, help="go on from what --keep saved as saved<SEED>")
    parser.add_argument("--more", action="append", default=[], help="KIND=WEIGHT: take some steps more often")
    parser.add_argument("--most", type=int, default=10, help="differences until it stops")
    asked = parser.parse_args()
    more = {kind: float(weight) for kind, _, weight in (each.partition("=") for each in asked.more)}
    count = 0
    with tempfile.TemporaryDirectory() as base:
        walk = Walk(Path(base), asked.seed, more=more)
        if asked.resume:
            walk.resume(asked.resume)
        for number in range(len(walk.done) + 1, asked.steps + 1):
            if asked.keep and number % SAVING == 1:
                walk.save(asked.keep / f"saved{asked.seed}")
            if asked.keep:
                walk.keep(asked.keep / f"now{asked.seed}")
            differences: list[object] = list(walk.take())
            differences += walk.verify(deeply=number % DEEPLY == 0 or number == asked.steps)
            if differences and isinstance(differences[0], str):
                differences.insert(0, f"step {number}: {walk.done[-1]}\n" + "\n".join(map(str, differences)))
            for difference in differences[:1]:
                print("\n".join(line[:LINE] for line in str(difference).split("\n")[:LINES]), flush=True)
            if differences:
                count += 1
                if asked.keep:
                    _copy(asked.keep / f"now{asked.seed}", asked.keep / f"s{asked.seed}-{number}")
                walk.meet()
            if count >= asked.most:
                break
        walk.close()
    print(
        f"seed {asked.seed}: {number} steps, {count} with differences, {walk.verified} times verified;"
        f" the peer crashed in {len(walk.crashes)}; never: {left_out(walk.done)}"
    )
    for step in walk.crashes:
        print(f"    crash: {step}")


if __name__ == "__main__":
    main()

"""Steps of a random walk: what somebody might do next in a repository. Who does it is the business of `walking`."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

NAMES = (
    "a",
    "b",
    "c",
    "dir/a",
    "dir/b",
    "dir/sub/c",
    "other/d",
    "Other/D",
    "with space/e",
    "n\u00e4me",
    "dir2",
)
BRANCHES = ("default", "side", "stable")
MARKS = ("red", "green", "blue")
TAGS = ("one", "two", "three")
TOOLS = (
    ":merge",
    ":merge3",
    ":local",
    ":other",
    ":union",
    ":fail",
    ":mergediff",
    ":merge-local",
    ":merge-other",
)
IGNORED = "ignored"
#: Where steps are taken: the repository, and a working copy that shares its store.
HOME, SHARED = "repo", "shared"
#: What a long walk has to have taken, each with the options that make something else of it.
COMMANDS = """
add addremove amend archive backout bisect bookmark branch bundle clone commit copy debugobsolete
debugrebuilddirstate debugrebuildfncache debugsetparents export forget graft import merge phase purge recover
remove rename resolve revert rollback share shelve strip tag unamend unbundle uncommit unshare unshelve update
verify
"""
OPTIONS = (("commit", "--amend"), ("commit", "--close-branch"), ("commit", "--secret"), ("clone", "--pull"))


class Step(NamedTuple):
    """One step: changes of files, or a command.

    Attributes:
        args: of the command; empty for an edit.
        edit: (kind, path, data) of an edit.
        where: it is taken.
    """

    args: tuple[str, ...] = ()
    edit: tuple[str, str, str] | None = None
    where: str = HOME

    def __str__(self) -> str:
        what = f"hg {' '.join(map(repr, self.args))}" if self.args else f"edit {self.edit}"
        return what if self.where == HOME else f"in {self.where}: {what}"


def left_out(steps: list[Step]) -> list[str]:
    """What a long walk has not taken."""
    taken = {step.args[0] for step in steps if step.args}
    missing = sorted(set(COMMANDS.split()) - taken)
    for name, option in OPTIONS:
        if not any(step.args[:1] == (name,) and option in step.args for step in steps):
            missing.append(f"{name} {option}")
    return missing


class Steps:
    """Makes steps, always the same for the same seed and the same answers."""

    def __init__(self, seed: int, *, trees: bool = False, more: dict[str, float] | None = None) -> None:
        self.trees = trees
        self.more = more or {}
        self.rng = random.Random(seed)
        self.number = 0
        self.standing: dict[str, Any] = {}
        self.where = HOME

    def next(self, standings: dict[str, dict[str, Any]]) -> Step:
        """The next step from here; how each place stands is told."""
        self.number += 1
        rng = self.rng
        self.where = SHARED if SHARED in standings and rng.random() < 0.2 else HOME
        self.standing = standings[self.where]
        untangling = self._untangling()
        if untangling and rng.random() < 0.9:
            return Step(tuple(untangling), where=self.where)
        if self.number < 6 or rng.random() < 0.3:
            return self._edit()
        unfinished = self._unfinished()
        if unfinished and rng.random() < 0.6:
            return Step(tuple(rng.choice(unfinished)), where=self.where)
        table = WEIGHTS if len(self.standing["changesets"]) < 60 else SHRINKING
        kinds, weights = zip(*{**table, **self.more}.items(), strict=True)
        kind = rng.choices(kinds, weights)[0]
        args: list[str] = getattr(self, f"_{kind.replace('-', '_')}")()
        return Step(tuple(args), where=self.where)

    def _untangling(self) -> list[str]:
        """Away with a file and a directory of one name, to which `debugsetparents` and `import` lead.

        Mercurial stops half way in what it does with them, here or there by the order of its sets.
        """
        if self.standing["untrue"]["tangled"]:
            return ["debugrebuilddirstate"]
        nodes = [facts[0] for facts in self.standing["changesets"] if "tangled" in facts[5]]
        return ["strip", "--hidden", "-k", "-f", "--no-backup", nodes[0]] if nodes else []

    # -- what there is ------------------------------------------------------------------------------------------

    def _some(self, *values: Any) -> Any:
        return self.rng.choice(values)

    def _maybe(self, chance: float, *args: str) -> list[str]:
        return list(args) if self.rng.random() < chance else []

    def _date(self) -> list[str]:
        # now and then the one of the configuration
        return self._maybe(0.9, "-d", f"{self.number} {self._some(0, 0, 0, -3600, 7200)}")

    def _revs(self) -> list[int]:
        return [rev for rev, facts in enumerate(self.standing["changesets"]) if "hidden" not in facts[5]]

    def _rev(self) -> str:
        revs = self._revs()
        if not revs or self.rng.random() < 0.03:
            return self._some("null", "tip", ".", "nowhere", "99")
        hidden = sorted(set(range(len(self.standing["changesets"]))) - set(revs))
        if hidden and self.rng.random() < 0.03:
            return str(self.rng.choice(hidden))
        # what is near the end is more interesting
        return str(self.rng.choice(revs[-8:] if self.rng.random() < 0.7 else revs))

    def _tracked(self) -> list[str]:
        return sorted(self.standing["dirstate"]["entries"])

    def _file(self) -> str:
        files = self._tracked()
        if files and self.rng.random() < 0.9:
            return self.rng.choice(files)
        return self.rng.choice(NAMES)

    def _files(self, chance: float) -> list[str]:
        if self.rng.random() >= chance:
            return []
        return [self._file() for _ in range(self._some(1, 1, 2))]

    def _tool(self, chance: float = 0.5) -> list[str]:
        return self._maybe(chance, "--tool", self._some(*TOOLS))

    def _unfinished(self) -> list[list[str]]:
        inside, merge = self.standing["hg"], self.standing["merge"]
        names = inside["in "]
        parents = self.standing["dirstate"]["parents"]
        more = [["resolve", "-m", "--all"], ["resolve", "--all", *self._tool()], ["resolve", "-l"]]
        commit = ["commit", "-m", f"m{self.number}", *self._date()]
        if inside["graftstate"]:
            return [
                ["graft", "--continue"],
                ["graft", "--abort"],
                ["graft", "--stop"],
                ["continue"],
                ["abort"],
                *more,
            ]
        if "shelvedstate" in names:
            return [["unshelve", "--continue"], ["unshelve", "--abort"], ["continue"], ["abort"], *more]
        if inside["updatestate"]:
            return [["update", "-C", "."], *more]
        if len(parents) > 1:
            return [commit, commit, ["merge", "--abort"], ["abort"], ["update", "-C", "."], *more]
        return [commit, *more] if merge else []

    # -- changes of files ---------------------------------------------------------------------------------------

    def _edit(self) -> Step:
        rng = self.rng
        there = sorted(set(self.standing["files"]) - {".hgignore"})
        kind = rng.choice(
            ("new", "change", "change", "change", "change", "remove", "mode", "link", "replace")
        )
        if not there or kind == "new":
            path = rng.choice((*NAMES, *NAMES, IGNORED, f"new{self.number % 7}", f"dir/new{self.number % 5}"))
            return self._change("write", path, self._lines())
        path = rng.choice(there)
        if kind == "change":
            told = self.standing["files"][path]
            lines = told[1:].splitlines(keepends=True)
            place = rng.randrange(len(lines) + 1)
            lines[place : place + rng.randint(0, 2)] = [f"changed {rng.randrange(5)}\n"] * rng.randint(0, 2)
            return self._change("write", path, "".join(lines))
        if kind == "replace":
            return self._change("write", path, self._lines())
        return self._change(kind, path, f"to-{rng.randrange(3)}")

    def _change(self, kind: str, path: str, data: str) -> Step:
        return Step(edit=(kind, path, data), where=self.where)

    def _lines(self) -> str:
        first, count = self.rng.randrange(4), self._some(0, 1, 5, 12)
        return "".join(f"line {line}\n" for line in range(first, first + count))

    # -- commands -----------------------------------------------------------------------------------------------

    def _add(self) -> list[str]:
        return ["add", *self._files(0.5), *self._maybe(0.1, "-n")]

    def _addremove(self) -> list[str]:
        return ["addremove", *self._maybe(0.5, "-s", self._some("0", "50", "80", "100")), *self._files(0.2)]

    def _forget(self) -> list[str]:
        return ["forget", self._file()]

    def _remove(self) -> list[str]:
        return ["remove", *self._maybe(0.3, "-f"), *self._maybe(0.3, "-A"), *self._maybe(0.8, self._file())]

    def _copy(self) -> list[str]:
        return [
            "copy",
            *self._maybe(0.2, "-A"),
            *self._maybe(0.2, "-f"),
            *self._maybe(0.05, "--forget"),
            *self._pair(),
        ]

    def _rename(self) -> list[str]:
        return ["rename", *self._maybe(0.2, "-A"), *self._maybe(0.2, "-f"), *self._pair()]

    def _pair(self) -> list[str]:
        source = self._file()
        if "/" in source and self.rng.random() < 0.3:
            source = source.partition("/")[0]
        return [source, self._some(*NAMES, "moved", "moved/x", "dir/new0", "new1", "dir", "other")]

    def _revert(self) -> list[str]:
        where = self._maybe(0.4, "-r", self._rev())
        which = self._maybe(0.5, "--all") or self._files(1)
        return ["revert", *where, *which, *self._maybe(0.5, "-C"), *self._maybe(0.1, "-n")]

    def _commit(self) -> list[str]:
        text = self._some(f"c{self.number}", f"c{self.number}\n\nmore text\n", f"same {self.number % 3}")
        said = self._maybe(0.05, "-l", "../message") or ["-m", text]
        args = ["commit", *said, *self._date(), *self._maybe(0.15, "-A"), *self._files(0.15)]
        args += self._maybe(0.1, self._some("--secret", "--secret", "--draft"))
        args += self._maybe(0.1, "-u", f"Us\u00e9r {self.number % 3}")
        return args + self._maybe(0.06, "--close-branch")

    def _amend(self) -> list[str]:
        args = ["commit", "--amend", *self._date(), *self._maybe(0.2, "-A"), *self._files(0.15)]
        args += self._maybe(0.6, "-m", f"amended {self.number}") or ["--no-edit"]
        return args + self._maybe(0.1, "-s") + self._maybe(0.05, "--close-branch")

    def _ext_amend(self) -> list[str]:
        return [
            "amend",
            *self._date(),
            *self._files(0.2),
            *self._maybe(0.2, "-D"),
            *self._maybe(0.2, "-m", "by amend"),
        ]

    def _branch(self) -> list[str]:
        args = ["branch", *(self._maybe(0.15, "-C") or [self._some(*BRANCHES)]), *self._maybe(0.6, "-f")]
        return args + self._maybe(0.1, "-r", self._rev())

    def _tag(self) -> list[str]:
        args = ["tag", self._some(*TAGS), *self._date(), *self._maybe(0.3, "-f"), *self._maybe(0.3, "-l")]
        return args + (self._maybe(0.2, "--remove") or self._maybe(0.5, "-r", self._rev()))

    def _bookmark(self) -> list[str]:
        name, other = self._some(*MARKS), self._some(*MARKS)
        return [
            "bookmark",
            *self._some(
                [name],
                [name, "-r", self._rev()],
                [name, "-r", self._rev(), "-f"],
                ["-i", name],
                ["-i"],
                ["-d", name],
                ["-m", name, other],
                ["-m", name, other, "-f"],
                [],
            ),
        ]

    def _phase(self) -> list[str]:
        kind = self._some("-d", "-s", "-d", "-s", "-p") if self.rng.random() < 0.8 else None
        more = self._maybe(0.1, "-r", self._rev())
        return ["phase", *([kind] if kind else []), *self._maybe(0.4, "-f"), self._rev(), *more]

    def _update(self) -> list[str]:
        flags = self._some([], [], ["-C"], ["-C"], ["-m"], ["-c"])
        where = self._some(
            [self._rev()], [self._rev()], [self._rev()], [self._some(*BRANCHES, *MARKS, *TAGS)], [], ["null"]
        )
        return ["update", *flags, *where, *self._tool(0.3)]

    def _merge(self) -> list[str]:
        return [
            "merge",
            *self._maybe(0.9, self._rev()),
            *self._tool(0.7),
            *self._maybe(0.1, "-f"),
            *self._maybe(0.05, "-P"),
        ]

    def _resolve(self) -> list[str]:
        flags = self._some(["-l"], ["-m"], ["-u"], ["--all"], ["-m", "--all"], ["-u", "--all"], self._tool(1))
        return ["resolve", *flags, *self._files(0.4)]

    def _graft(self) -> list[str]:
        args = ["graft", *(self._rev() for _ in range(self._some(1, 1, 2))), *self._tool(), *self._date()]
        args += self._maybe(0.2, "-f") + self._maybe(0.2, "--log") + self._maybe(0.1, "--no-commit")
        args += self._maybe(0.1, "-D") + self._maybe(0.1, "-u", "Grafter") + self._maybe(0.05, "-n")
        return args + self._maybe(0.1, "--base", self._rev())

    def _backout(self) -> list[str]:
        args = [
            "backout",
            self._rev(),
            *self._tool(),
            *self._date(),
            *self._maybe(0.6, "-m", f"b{self.number}"),
        ]
        return (
            args
            + self._maybe(0.2, "--merge")
            + self._maybe(0.2, "--no-commit")
            + self._maybe(0.05, "--parent", self._rev())
        )

    def _export(self) -> list[str]:
        return ["export", "-r", self._rev(), "-o", "../exported.patch", *self._maybe(0.7, "-g")]

    def _import(self) -> list[str]:
        args = ["import", "../exported.patch", *self._date(), *self._maybe(0.2, "--no-commit")]
        args += self._maybe(0.15, "--partial") + self._maybe(0.1, "--secret") + self._maybe(0.1, "-f")
        return (
            args + self._maybe(0.15, "--bypass") + self._maybe(0.1, "--exact") + self._maybe(0.1, "-s", "80")
        )

    def _shelve(self) -> list[str]:
        args = ["shelve", *self._maybe(0.4, "-n", self._some("s1", "s2")), *self._date(), *self._files(0.2)]
        return args + self._maybe(0.2, "-k") + self._maybe(0.2, "-A") + self._maybe(0.2, "-u")

    def _shelves(self) -> list[str]:
        return self._some(
            ["shelve", "-l"],
            ["shelve", "-p"],
            ["shelve", "-d", self._some("s1", "s2")],
            ["shelve", "--cleanup"],
        )

    def _unshelve(self) -> list[str]:
        names = [name[:-7] for name in self.standing["hg"]["in shelved"] if name.endswith(".shelve")]
        # which of several of a second is the newest nobody knows
        name = [self.rng.choice(names)] if names else self._maybe(0.5, "s1")
        return ["unshelve", *name, *self._maybe(0.3, "-k"), *self._tool(), "--date", "7 0"]

    def _purge(self) -> list[str]:
        return ["purge", *self._maybe(0.3, "--all"), *self._maybe(0.1, "-p"), *self._maybe(0.2, "--files")]

    def _rollback(self) -> list[str]:
        return ["rollback", *self._maybe(0.5, "-f"), *self._maybe(0.2, "-n")]

    def _strip(self) -> list[str]:
        return [
            "strip",
            self._rev(),
            *self._maybe(0.3, "-k"),
            *self._maybe(0.3, "-f"),
            *self._maybe(0.3, "--no-backup"),
        ]

    def _uncommit(self) -> list[str]:
        args = ["uncommit", *self._files(0.4), *self._date(), *self._maybe(0.2, "--keep")]
        return args + self._maybe(0.4, "--allow-dirty-working-copy")

    def _unamend(self) -> list[str]:
        return ["unamend"]

    def _bisect(self) -> list[str]:
        return [
            "bisect",
            *self._some(
                ["-r"], ["-g", self._rev()], ["-b", self._rev()], ["-s", self._rev()], ["-b"], ["-g"]
            ),
        ]

    def _bundle(self) -> list[str]:
        if self.trees:
            # where Mercurial refuses what carries no directories, we write what does
            return self._ask()
        args = ["bundle", "../bundled.hg", "-r", self._rev()]
        # a base of another branch could leave out a manifest that is gone when it is needed
        kind = self._some("none-v2", "bzip2-v1", "gzip-v2", "zstd-v2")
        return [*args, "-t", kind, *self._some(["-a"], ["--base", "null"])]

    def _unbundle(self) -> list[str]:
        return ["unbundle", "../bundled.hg", *self._maybe(0.2, "-u")]

    def _clone(self) -> list[str]:
        return [
            "clone",
            ".",
            "../cloned",
            *self._maybe(0.4, "--pull"),
            *self._maybe(0.3, "-r", self._rev()),
            *self._maybe(0.3, "-U"),
            *self._maybe(0.2, "-u", self._rev()),
        ]

    def _share(self) -> list[str]:
        if self.where == SHARED:
            return ["unshare"]
        flags = self._maybe(0.2, "-U") + self._maybe(0.4, "-B") + self._maybe(0.3, "--relative")
        return ["share", *flags, ".", "../shared"]

    def _archive(self) -> list[str]:
        kind, name = self._some(
            ("files", "../archived"),
            ("tar", "../archived.tar"),
            ("zip", "../archived.zip"),
            ("", "../archived.tgz"),
        )
        args = ["archive", *(["-t", kind] if kind else []), *self._maybe(0.7, "-r", self._rev())]
        args += self._maybe(0.3, "-p", "" if kind == "files" else "top/") + self._maybe(
            0.2, "-X", self._file()
        )
        return [*args, *self._maybe(0.1, "--no-decode"), name]

    def _debugobsolete(self) -> list[str]:
        nodes = [facts[0] for facts in self.standing["changesets"]]
        if not nodes or self.rng.random() < 0.3:
            return ["debugobsolete"]
        old = self.rng.randrange(len(nodes))
        # a successor comes later, as it does in life
        new = [self.rng.choice(nodes[old + 1 :]) for _ in range(self._some(0, 1, 1, 2)) if nodes[old + 1 :]]
        args = ["debugobsolete", nodes[old], *new, "-d", f"{self.number} 0"]
        return args + self._maybe(0.3, "-u", "marker") + self._maybe(0.3 * (not new), "--record-parents")

    def _debugsetparents(self) -> list[str]:
        return ["debugsetparents", self._rev(), *self._maybe(0.2, self._rev())]

    def _ask(self) -> list[str]:
        return self._some(
            ["status", "-C"],
            ["status", "--change", self._rev()],
            ["log", "-G", "-T", "{rev} {node|short} {phase} {branch} {tags} {bookmarks} {desc|firstline}\n"],
            ["log", "-f", self._file(), "-T", "{rev} {files}\n"],
            ["log", "-p", "-r", self._rev()],
            ["diff"],
            ["diff", "-g", "-r", self._rev()],
            ["annotate", "-r", self._rev(), self._file()],
            ["heads", "-T", "{rev} {branch}\n"],
            ["summary"],
            ["identify"],
            ["branches", "-c"],
            ["bookmarks"],
            ["tags", "-v"],
            ["parents", "-T", "{node}\n"],
            ["resolve", "-l"],
            ["files"],
            ["cat", "-r", self._rev(), self._file()],
            ["log", "--hidden", "-T", "{rev} {node|short} {obsolete} {instabilities}\n"],
            ["manifest", "-r", self._rev(), "-v"],
            ["shelve", "-l", "-p"],
        )

    def _repair(self) -> list[str]:
        return self._some(
            ["recover"],
            ["debugrebuilddirstate"],
            ["debugrebuilddirstate", "--minimal"],
            ["debugrebuildfncache"],
            ["verify"],
        )


#: How often a kind of step is taken, against the others.
WEIGHTS = {
    "add": 3,
    "addremove": 8,
    "forget": 1,
    "remove": 3,
    "copy": 4,
    "rename": 5,
    "revert": 5,
    "commit": 26,
    "amend": 6,
    "ext-amend": 1,
    "branch": 3,
    "tag": 4,
    "bookmark": 5,
    "phase": 3,
    "update": 12,
    "merge": 9,
    "resolve": 2,
    "graft": 5,
    "backout": 4,
    "export": 2,
    "import": 3,
    "shelve": 4,
    "shelves": 1,
    "unshelve": 5,
    "purge": 2,
    "rollback": 2,
    "strip": 3,
    "uncommit": 3,
    "unamend": 2,
    "bisect": 3,
    "bundle": 2,
    "unbundle": 3,
    "clone": 1,
    "share": 3,
    "archive": 1.5,
    "debugobsolete": 1.5,
    "debugsetparents": 0.7,
    "ask": 6,
    "repair": 3,
}
#: The same once there is a lot.
SHRINKING = {**WEIGHTS, "strip": 20, "rollback": 5, "commit": 12}

Maker = Callable[[dict[str, Any]], Step]

"""Shelves on disk: their names and files, backups of used ones, and the state of an `unshelve` that stopped half-way.

Making one is `ops.shelving_create`, taking one back `ops.shelving_restore`. Format: docs/formats/shelve.md.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.atomicfile import remove_if_there, write_atomically

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Node

DIRECTORY, BACKUP_DIRECTORY = "shelved", "shelve-backup"
STATE_FILE = "shelvedstate"
#: Whose name changesets of shelves have.
USER = "shelve@localhost"
#: Such a changeset never leaves the repository.
SECRET = 2
#: Where that phase is there, it stays in the store.
INTERNAL = 96
_SUFFIXES = ("hg", "patch", "shelve")
_STATE_VERSION = 2
_NO_BOOKMARK = ":no-active-bookmark"


class Shelf:
    """One shelf.

    Attributes:
        name: of the shelf; directory: where its files are.
    """

    __slots__ = ("directory", "name")

    def __init__(self, directory: str, name: str) -> None:
        self.directory = directory
        self.name = name

    def path(self, suffix: str) -> str:
        """The path of one of its files."""
        return os.path.join(self.directory, f"{self.name}.{suffix}")

    def exists(self) -> bool:
        """Whether it is there (old ones have no file with the node)."""
        there = [os.path.exists(self.path(suffix)) for suffix in _SUFFIXES]
        return there[2] or (there[0] and there[1])

    @property
    def time(self) -> int:
        """When it was made, in seconds since the epoch."""
        suffix = "shelve" if os.path.exists(self.path("shelve")) else "patch"
        return int(os.stat(self.path(suffix)).st_mtime)

    def node(self) -> Node | None:
        """The node of its changeset; where an old program made it, from the patch. None where that says nothing."""
        from hydrargyrum.types import Node

        if os.path.exists(self.path("shelve")):
            suffix, mark = "shelve", b"node="
        else:
            suffix, mark = "patch", b"# Node ID "
        with open(self.path(suffix), "rb") as stream:
            for line in stream:
                if line.startswith(mark):
                    return Node(bytes.fromhex(line[len(mark) :].decode("ascii")))
        return None

    def write_node(self, node: Node) -> None:
        """Record the node."""
        write_atomically(os.fsencode(self.path("shelve")), b"node=%s\n" % node.hex().encode("ascii"))

    def patch(self) -> bytes:
        """Its changes as a patch with a header."""
        with open(self.path("patch"), "rb") as stream:
            return stream.read()

    def delete(self) -> None:
        """Remove its files."""
        for suffix in _SUFFIXES:
            remove_if_there(os.fsencode(self.path(suffix)))


def shelf(repo: Repository, name: str) -> Shelf:
    """The shelf with a name, there or not."""
    return Shelf(os.path.join(repo.dot_hg, DIRECTORY), name)


def shelves(repo: Repository, directory: str = DIRECTORY) -> list[Shelf]:
    """All shelves, the newest first."""
    where = os.path.join(repo.dot_hg, directory)
    try:
        names = {name.rpartition(".")[0] or name for name in os.listdir(where)}
    except FileNotFoundError:
        return []
    found = [one for one in (Shelf(where, name) for name in names) if one.exists()]
    return sorted(found, key=lambda one: (one.time, os.fsencode(one.name)), reverse=True)


def put_away(repo: Repository, used: Shelf) -> None:
    """Move a shelf to the backups, of which only the newest are kept. The working copy lock is held."""
    where = os.path.join(repo.dot_hg, BACKUP_DIRECTORY)
    os.makedirs(where, exist_ok=True)
    for suffix in _SUFFIXES:
        if os.path.exists(used.path(suffix)):
            os.replace(used.path(suffix), next(_free_paths(where, used.name, suffix)))
    most = repo.config.integer("shelve", "maxbackups", 10)
    kept = shelves(repo, BACKUP_DIRECTORY)
    border = kept[most - 1].time if 0 < most < len(kept) else None
    for old in kept[most:]:
        # of those from the same second nobody knows the order
        if old.time != border:
            old.delete()


def _free_paths(where: str, name: str, suffix: str) -> Iterator[str]:
    from itertools import count

    for number in count():
        more = f"-{number}" if number else ""
        path = os.path.join(where, f"{name}{more}.{suffix}")
        if not os.path.exists(path):
            yield path


def free_name(repo: Repository, branch: str) -> str:
    """The name of a new shelf that the user has not named: after the active bookmark or the branch."""
    from itertools import count

    label = (repo.active_bookmark or branch).replace("/", "_").replace("\\", "_")
    if label.startswith("."):
        label = f"_{label[1:]}"
    for number in count():
        name = f"{label}-{number:02d}" if number else label
        if not shelf(repo, name).exists():
            return name
    raise AssertionError("numbers do not end")


def check_name(repo: Repository, name: str) -> None:
    """Raises `Abort` for a name that a new shelf cannot have."""
    if shelf(repo, name).exists():
        raise errors.Abort(f"a shelved change named '{name}' already exists")
    if "/" in name or "\\" in name:
        raise errors.Abort("shelved change names can not contain slashes")
    if name.startswith("."):
        raise errors.Abort("shelved change names can not start with '.'")


class UnshelveState:
    """Where an `unshelve` stopped.

    Attributes:
        name: of the shelf.
        original: the working copy's parent before; pending: that, or the changeset with what was not committed.
        parents: of the working copy now.
        temporary: changesets that go away at the end.
        branch: to be restored, or "".
        keep: the shelf stays; interactive: changes are chosen when it goes on.
        bookmark: that was active, or "".
    """

    __slots__ = (
        "bookmark",
        "branch",
        "interactive",
        "keep",
        "name",
        "original",
        "parents",
        "pending",
        "temporary",
    )

    def __init__(self, name: str, original: Node, pending: Node) -> None:
        self.name = name
        self.original = original
        self.pending = pending
        self.parents: list[Node] = []
        self.temporary: list[Node] = []
        self.branch = ""
        self.keep = self.interactive = False
        self.bookmark = ""

    @classmethod
    def read(cls, repo: Repository) -> UnshelveState | None:
        """The recorded one, None where there is none.

        Raises:
            Abort: it is of a version that is not known.
            ValueError, KeyError: it is damaged.
            UnknownNode: a changeset of it is gone.
        """
        from hydrargyrum.types import Node

        try:
            with open(os.path.join(repo.dot_hg, STATE_FILE), "rb") as stream:
                first, *lines = [os.fsdecode(line) for line in stream.read().split(b"\n")]
        except FileNotFoundError:
            return None
        if int(first) != _STATE_VERSION:
            raise errors.Abort("this version of shelve is incompatible with the version used in this repo")
        found = dict(line.split("=", 1) for line in lines if line.strip())

        def nodes(key: str) -> list[Node]:
            return [Node(bytes.fromhex(digits)) for digits in found[key].split(" ") if digits]

        state = cls(found["name"], nodes("originalwctx")[0], nodes("pendingctx")[0])
        state.parents, state.temporary = nodes("parents"), nodes("nodestoremove")
        state.branch = found.get("branchtorestore", "")
        state.keep = found.get("keep") == "keep"
        state.interactive = found.get("interactive") == "interactive"
        index = repo.engine.changelog()
        for node in (state.original, state.pending):
            index.rev(node)
        mark = found.get("activebook", "")
        state.bookmark = "" if mark == _NO_BOOKMARK else mark
        return state

    def write(self, repo: Repository) -> None:
        """Record it; with the transaction that runs, if one does, it goes away again."""
        facts = {
            "name": self.name,
            "originalwctx": self.original.hex(),
            "pendingctx": self.pending.hex(),
            "parents": " ".join(node.hex() for node in self.parents),
            "nodestoremove": " ".join(node.hex() for node in self.temporary),
            "branchtorestore": self.branch,
            "keep": "keep" if self.keep else "nokeep",
            "activebook": self.bookmark or _NO_BOOKMARK,
        }
        if self.interactive:
            facts["interactive"] = "interactive"
        text = f"{_STATE_VERSION}\n" + "".join(f"{key}={value}\n" for key, value in facts.items())
        if repo.current_transaction is not None:
            repo.current_transaction.write_file("plain", STATE_FILE, os.fsencode(text))
        else:
            write_atomically(os.fsencode(os.path.join(repo.dot_hg, STATE_FILE)), os.fsencode(text))


def forget_state(repo: Repository) -> None:
    """The `unshelve` is over."""
    remove_if_there(os.fsencode(os.path.join(repo.dot_hg, STATE_FILE)))


class Given:
    """Nobody is asked: what is recorded for a while has its message and its user."""

    def user(self) -> str:
        """Whose name is recorded."""
        return USER

    def message(self, draft: Draft) -> str:
        """The message as it is."""
        return draft.description

    def not_recorded(self, path: str) -> None:
        """A message that was not typed is not missed."""


class Scratch:
    """A transaction that is aborted at its end, for a `with`: what is recorded in it is gone then.

    The working copy stays as it is at the end; after an exception, or where the process dies, the dirstate is that of the
    beginning. Both locks are held by the caller.
    """

    def __init__(self, repo: Repository, name: str) -> None:
        self._repo = repo
        self._name = name
        self._kept = False

    def keep(self) -> None:
        """What was recorded stays after all."""
        self._kept = True

    def __enter__(self) -> Self:
        self._txn = self._repo.transaction(self._name, report=lambda _text: None)
        try:
            self._txn.back_up_dirstate()
        except BaseException as problem:
            self._txn.__exit__(type(problem))
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._kept:
            self._txn.report_to(self._repo.reporter.warn)
            self._txn.__exit__(None)
            return
        files = {} if kind is not None else self._files()
        self._txn.__exit__(kind or errors.Abort)
        for name, data in files.items():
            write_atomically(os.fsencode(os.path.join(self._repo.dot_hg, name)), data)
        self._repo.invalidate()

    def _files(self) -> dict[str, bytes]:
        """What says of the working copy where it is; a docket comes after its data."""
        from hydrargyrum.repo.transaction import dirstate_data_name

        dot_hg = self._repo.dot_hg
        data = dirstate_data_name(os.fsencode(os.path.join(dot_hg, "dirstate")))
        found = {}
        for name in (data, "dirstate", "branch"):
            if name is not None and os.path.exists(os.path.join(dot_hg, name)):
                with open(os.path.join(dot_hg, name), "rb") as stream:
                    found[name] = stream.read()
        return found


def stays(repo: Repository) -> bool:
    """Whether what is recorded for shelves stays in the store, in a phase that is never shown."""
    from hydrargyrum.repo.phases import supports_internal

    return supports_internal(repo) and repo.config.text("shelve", "store") == "internal"


def phase(repo: Repository) -> int:
    """The phase of what is recorded for shelves."""
    return INTERNAL if stays(repo) else SECRET


if TYPE_CHECKING:
    from hydrargyrum.ops.commit_plan import Draft

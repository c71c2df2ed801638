"""Changing bookmarks: moving, removing, the active one; written when the transaction closes.

Looking them up is the engine's business; which name may be given to what is decided in `ops.bookmarks`. Format:
docs/formats/bookmarks.md.
"""

from __future__ import annotations

import os

from hydrargyrum.atomicfile import remove_if_there, write_atomically

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hydrargyrum.repo.repository import Repository
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Node, Rev

FILE = "bookmarks"
ACTIVE_FILE = "bookmarks.current"


class Bookmarks:
    """The bookmarks of a repository as one transaction sees and changes them."""

    __slots__ = ("_by_name", "_repo", "_txn")

    def __init__(self, repo: Repository, txn: Transaction) -> None:
        self._repo = repo
        self._txn = txn
        self._by_name: dict[str, Node] = dict(repo.engine.bookmarks().items())

    @classmethod
    def of(cls, repo: Repository, txn: Transaction) -> Bookmarks:
        """The one of a transaction; read on first use."""
        found = txn.states.get(FILE)
        if not isinstance(found, Bookmarks):
            found = txn.states[FILE] = cls(repo, txn)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def node(self, name: str) -> Node:
        """Where a bookmark is. Raises KeyError."""
        return self._by_name[name]

    def change(self, changes: Iterable[tuple[str, Node | None]]) -> None:
        """Moves bookmarks, or removes them (None), when the transaction closes."""
        for name, node in changes:
            before = self._by_name.pop(name, None)
            if node is not None:
                self._by_name[name] = node
            self._txn.changes.move_bookmark(name, before, node)
        location = "" if "bookmarksinstore" in self._repo.engine.requirements else "plain"
        self._txn.generate(location, FILE, self.data, late=True)
        self._txn.hook_facts["bookmark_moved"] = "1"
        if location and _are_shared(self._repo):
            self._txn.after_close("share-bookmarks", lambda _txn: self._write_to_source())

    def _write_to_source(self) -> None:
        """The bookmarks of a share that has none of its own are the source's; what it writes is a copy."""
        path = os.path.join(self._repo.engine.shared_dot_hg, FILE)
        write_atomically(os.fsencode(path), self.data())
        self._repo.invalidate()

    def data(self) -> bytes:
        """The file's content."""
        names = sorted((os.fsencode(name), node) for name, node in self._by_name.items())
        return b"".join(b"%s %s\n" % (node.hex().encode("ascii"), name) for name, node in names)

    def divergent_at(self, nodes: Sequence[Node], name: str) -> list[str]:
        """Bookmarks `NAME@SOMETHING` beside `name` on one of the nodes."""
        base = name.split("@", 1)[0]
        return [
            mark
            for mark in self.of_family(base)
            if mark not in ("@", name) and "@" in mark and self._by_name[mark] in nodes
        ]

    def of_family(self, base: str) -> list[str]:
        """Bookmarks that are called `base` before the first at sign."""
        return [mark for mark in self._by_name if mark.split("@", 1)[0] == base]

    def after_commit(self, parents: Sequence[Node], node: Node, rev: Rev) -> None:
        """The active bookmark follows a commit; those that diverged from it and are behind it go away."""
        active = self._repo.active_bookmark
        if not active or active not in self._by_name:
            return
        engine = self._repo.engine
        changes: list[tuple[str, Node | None]] = []
        stale: Sequence[Node] = parents
        if self._by_name[active] in parents:
            ancestors = engine.ancestors([rev], inclusive=True)
            index = engine.changelog()
            family = [self._by_name[mark] for mark in self.of_family(active.split("@", 1)[0])]
            stale = [mark for mark in family if index.rev(mark) in ancestors]
            changes.append((active, node))
        changes += [(mark, None) for mark in self.divergent_at(stale, active)]
        if changes:
            self.change(changes)


def _are_shared(repo: Repository) -> bool:
    """Whether a share was made with the bookmarks of its source."""
    if repo.engine.shared_dot_hg == repo.engine.dot_hg:
        return False
    try:
        with open(os.path.join(repo.dot_hg, "shared"), "rb") as file:
            return FILE.encode() in file.read().splitlines()
    except FileNotFoundError:
        return False


def activate(repo: Repository, name: str | None) -> None:
    """Makes a bookmark the active one, or none; at once. The working copy lock is held."""
    path = os.fsencode(os.path.join(repo.dot_hg, ACTIVE_FILE))
    if name is None:
        remove_if_there(path)
    else:
        write_atomically(path, os.fsencode(name))
    repo.invalidate()


def is_active_parent(repo: Repository) -> bool:
    """Whether the active bookmark is at a parent of the working copy (and so follows it)."""
    active = repo.active_bookmark
    return active is not None and repo.engine.bookmarks().get(active) in repo.engine.working_parents()

"""Adding, moving, renaming and removing bookmarks: which names may be given, what is in the way, which one is active.

How they are stored is the business of `repo.bookmarks`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.ops.foreground import moves_forward
from hydrargyrum.repo.bookmarks import Bookmarks, activate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Node, Rev


def whole_name(repo: Repository, name: str) -> str:
    """A bookmark's name; "." stands for the active one. Raises InputError where none is active."""
    if name != ".":
        return name
    if not repo.active_bookmark:
        raise errors.InputError("no active bookmark")
    return repo.active_bookmark


def checked_name(name: str) -> str:
    """A name for a new bookmark. Raises InputError where it cannot be one."""
    from hydrargyrum.ops.identity import check_new_name

    stripped = os.fsdecode(os.fsencode(name).strip())
    if not stripped:
        raise errors.InputError("bookmark names cannot consist entirely of whitespace")
    check_new_name(stripped)
    return stripped


def delete(repo: Repository, names: Sequence[str]) -> None:
    """Removes bookmarks. Raises InputError where one is not there."""
    with repo.transaction("bookmark") as txn:
        marks = Bookmarks.of(repo, txn)
        for name in names:
            if name not in marks:
                raise errors.InputError(f"bookmark '{name}' does not exist")
            if name == repo.active_bookmark:
                activate(repo, None)
        marks.change([(name, None) for name in names])


def rename(repo: Repository, old: str, new: str, *, force: bool, inactive: bool) -> None:
    """Renames a bookmark. Raises InputError or Abort where that cannot be."""
    with repo.transaction("bookmark") as txn:
        marks = Bookmarks.of(repo, txn)
        name = checked_name(new)
        if old not in marks:
            raise errors.InputError(f"bookmark '{old}' does not exist")
        stale = _clear_way(repo, marks, name, force=force)
        was_active = repo.active_bookmark == old
        marks.change([*((mark, None) for mark in stale), (name, marks.node(old)), (old, None)])
        if was_active and not inactive:
            txn.after_close("active-bookmark", lambda _txn: activate(repo, name))


def add(
    repo: Repository, names: Sequence[str], rev: Rev | None, *, force: bool = False, inactive: bool = False
) -> None:
    """Sets bookmarks; on the working copy's parent (`rev` None) the first of them becomes active.

    Raises:
        InputError, Abort: a name cannot be given.
    """
    with repo.transaction("bookmark") as txn:
        _add(repo, txn, names, rev, force=force, inactive=inactive)


def _add(
    repo: Repository, txn: Transaction, names: Sequence[str], rev: Rev | None, *, force: bool, inactive: bool
) -> None:
    marks = Bookmarks.of(repo, txn)
    current = repo["."].node
    target = current if rev is None else repo[rev].node
    changes: list[tuple[str, Node | None]] = []
    first = None
    active = repo.active_bookmark
    for given in names:
        name = checked_name(given)
        first = first or name
        if inactive and name == active:
            activate(repo, None)
            continue
        changes += [(mark, None) for mark in _clear_way(repo, marks, name, force=force, target=target)]
        changes.append((name, target))
    if not changes:
        return
    if rev is not None:
        _warn_of_hidden(repo, target)
    marks.change(changes)
    if first in marks and rev is None and not inactive and marks.node(str(first)) == current:
        txn.after_close("active-bookmark", lambda _txn: activate(repo, first))
    elif current != target and first == active:
        activate(repo, None)


def _warn_of_hidden(repo: Repository, node: Node) -> None:
    """Tells that a changeset is one that only `--hidden` shows, and what became of it."""
    from hydrargyrum.repo.evolution import has_markers

    if not has_markers(repo.engine.store):
        return
    digits = node.hex()[:12]
    try:
        repo.nested(repo.root).engine.resolve(digits)
    except errors.FilteredRevision as hidden:
        repo.reporter.warn(f"bookmarking hidden changeset {digits}\n({hidden.text()})\n")


def _clear_way(
    repo: Repository, marks: Bookmarks, name: str, *, force: bool, target: Node | None = None
) -> list[str]:
    """Divergent bookmarks that go when `name` is set (to `target`). Raises Abort where something is in the way."""
    if force:
        return []
    if name in marks:
        stale = None if target is None else _moved_forward(repo, marks, name, target)
        if stale is None:
            raise errors.Abort(f"bookmark '{name}' already exists (use -f to force)")
        return stale
    if name in repo.engine.branch_tips() or name == repo.engine.working_branch():
        raise errors.Abort("a bookmark cannot have the name of an existing branch")
    if len(name) > 3 and repo.knows(name):
        repo.reporter.warn(
            f"bookmark {name} matches a changeset hash\n"
            "(did you leave a -r out of an 'hg bookmark' command?)\n"
        )
    return []


def _moved_forward(repo: Repository, marks: Bookmarks, name: str, target: Node) -> list[str] | None:
    """Divergent bookmarks that go when a bookmark moves to `target`; None where that is no way forward."""
    place = marks.node(name)
    if place == target and target == repo["."].node:
        return []
    index = repo.engine.changelog()
    new, old = repo[target].rev, repo[place].rev
    below = repo.engine.ancestors([new], inclusive=True)
    family = [marks.node(mark) for mark in marks.of_family(name.split("@", 1)[0])]
    if (old not in below or old == new) and target in family:
        return marks.divergent_at([target], name)
    stale = [node for node in family if repo[node].rev in below]
    if not moves_forward(repo, old, new):
        return None
    repo.reporter.status(f"moving bookmark '{name}' forward from {index.node(old).hex()[:12]}\n")
    return marks.divergent_at(stale, name)


def only_reachable_from(repo: Repository, mark: str) -> Sequence[Rev]:
    """The changesets that nothing but a bookmark leads to: no head without it, and no other bookmark."""
    from hydrargyrum.ops.revisions import resolve_revisions

    quoted = "literal:" + mark.replace("\\", "\\\\").replace("'", "\\'")
    name = f"bookmark('{quoted}')"
    others = f"ancestors(head() and not {name}) - ancestors(bookmark() and not {name})"
    return resolve_revisions(repo, [f"ancestors({name}) - {others}"])

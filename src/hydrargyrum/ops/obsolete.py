"""Making obsolescence markers when changesets are rewritten or pruned: whether, and what they say.

How they are stored is the business of `repo.obsolescence`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.repo.obsolescence import Marker, add_markers, metadata_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Node

#: Bits of the metadata `ef1`: what a rewriting changed.
_DESCRIPTION, _META, _PARENTS, _DIFF, _USER, _DATE, _BRANCH = (1 << place for place in range(7))
_ON = frozenset(("1", "yes", "true", "on", "always"))


def allows(repo: Repository, option: str) -> bool:
    """Whether configuration enables "createmarkers", "allowunstable", "exchange" or "allowdivergence"."""
    own = repo.config.optional_boolean("experimental", f"evolution.{option}")
    if own is not None:
        return own
    wanted = repo.config.text_list("experimental", "evolution")
    if len(wanted) == 1 and wanted[0].lower() in _ON:
        return True
    return "all" in wanted or option in wanted


def replace(
    repo: Repository,
    txn: Transaction,
    old: Changeset,
    new: Sequence[Changeset],
    *,
    user: str,
    operation: str,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Marks a changeset as replaced by others (by none: pruned). Raises Abort for a public one."""
    if old.phase == "public":
        raise errors.Abort(
            f"cannot obsolete public changeset: {old.node.hex()[:12]}",
            hint="see 'hg help phases' for details",
        )
    config = repo.config
    facts = dict(metadata or {})
    facts["user"] = config.text("devel", "user.obsmarker") or user
    if config.boolean("experimental", "evolution.track-operation", True):
        facts["operation"] = operation
    if config.boolean("experimental", "evolution.effect-flags", True):
        facts["ef1"] = str(effects(repo, old, new))
    parents = None if new else recorded_parents(old)
    marker = Marker(
        old.node,
        [changeset.node for changeset in new],
        0,
        metadata_of(facts),
        repo.working_copy.date,
        parents,
    )
    add_markers(repo, txn, [marker])


def recorded_parents(changeset: Changeset) -> list[Node]:
    """The parents as a marker records them: the first one also where it is null."""
    first, second = changeset.parents
    return [first.node] if second.rev < 0 else [first.node, second.node]


def effects(repo: Repository, old: Changeset, new: Sequence[Changeset]) -> int:
    """What differs between a changeset and its successors, as a number of bits."""
    found = 0
    for changeset in new:
        for bit, differs in (
            (_DESCRIPTION, changeset.description != old.description),
            (_USER, changeset.user != old.user),
            (_DATE, changeset.date != old.date),
            (_BRANCH, changeset.branch != old.branch),
            (_PARENTS, [p.rev for p in changeset.parents] != [p.rev for p in old.parents]),
            (_META, not _same_facts(old, changeset)),
        ):
            found |= bit if differs else 0
        if _patch(repo, changeset) != _patch(repo, old):
            found |= _DIFF
    return found


def _same_facts(old: Changeset, new: Changeset) -> bool:
    """Whether the rest of what is noted of two changesets is the same.

    As with the peer, that a branch was changed is nothing new of a changeset that had nothing noted at all.
    """
    before, after = _other_facts(old), _other_facts(new)
    if old.branch == "default" and not before and len(old.extra) <= 1:
        after.pop("branch_change", None)
    return before == after


def _other_facts(changeset: Changeset) -> dict[str, str]:
    return {
        key: value
        for key, value in changeset.extra.items()
        if key not in ("branch", "source") and not key.endswith(("-source", "_source"))
    }


def _patch(repo: Repository, changeset: Changeset) -> list[bytes]:
    """The changed lines of a changeset in git's form, without places and hashes."""
    from hydrargyrum.types import DiffRequest, DiffStyle, PatternSet

    request = DiffRequest(
        changeset.parents[0].rev, changeset.rev, PatternSet(repo.root), DiffStyle(git=True, context=0)
    )
    lines = b"".join(repo.engine.diff(request)).splitlines()
    return [line for line in lines if not line.startswith(b"@@")]


# -- looking at markers themselves --------------------------------------------------------------------------------


def listed_markers(
    repo: Repository, nodes: Sequence[Node] | None, *, exclusive: bool, numbered: bool
) -> list[tuple[int, Marker]]:
    """Markers with their places among all of them, in that order.

    Args:
        repo: the repository.
        nodes: only what these changesets need, None for all.
        exclusive: of that, what no other changeset needs.
        numbered: the places count; otherwise markers that were chosen are sorted by what they say.
    """
    from hydrargyrum.repo.obsolescence import exclusive_markers, read_markers, relevant_markers

    every = read_markers(repo)
    rows = list(enumerate(every))
    if nodes is None:
        return rows
    if exclusive:
        chosen = exclusive_markers(every, nodes, lambda node: _is_known(repo, node))
    else:
        chosen = frozenset(relevant_markers(every, nodes))
    rows = [row for row in rows if row[1] in chosen]
    if not numbered:
        rows.sort(key=lambda row: _by_content(row[1]))
    return rows


def _is_known(repo: Repository, node: Node) -> bool:
    try:
        repo.engine.changelog().rev(node)
    except errors.UnknownNode:
        return False
    return True


def _by_content(marker: Marker) -> tuple[object, ...]:
    metadata = [(os.fsencode(key), os.fsencode(value)) for key, value in marker.metadata]
    return (
        marker.predecessor,
        tuple(marker.successors),
        marker.flags,
        tuple(metadata),
        tuple(marker.date),
        tuple(marker.parents or ()),
    )


def delete_markers(repo: Repository, places: Collection[int]) -> int:
    """Removes the markers at these places; how many there were. Nothing brings them back."""
    from hydrargyrum.atomicfile import write_atomically
    from hydrargyrum.repo.obsolescence import FILE, encode_markers, read_markers

    with repo.lock_store():
        every = read_markers(repo)
        left = [marker for place, marker in enumerate(every) if place not in places]
        write_atomically(os.fsencode(os.path.join(repo.engine.store, FILE)), encode_markers(left))
        repo.invalidate()
    return len(every) - len(left)

"""`graft`: changes of other changesets are made again on top of the working copy's parent.

Applying one is `ops.grafting`; where an interrupted graft goes on is in `.hg/graftstate` (docs/formats/graftstate.md).
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.ops import moving
from hydrargyrum.ops.grafting import apply_change
from hydrargyrum.types import NULL_REV, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hydrargyrum.merge.conversation import Conversation
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.ops.commit_plan import Dialog
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Node, Rev

STATE_FILE = "graftstate"
_LABELS = ("local", "graft", "parent of graft")


class GraftState:
    """What is to be done, and what was done.

    Attributes:
        nodes: of the changesets that are left.
        new_nodes: of the changesets that were made; None where an old program began.
        user, date: instead of those of the changesets, or None.
        log: the message says where the change is from.
        no_commit: nothing is recorded.
        base: node of the base instead of the parent, or None.
    """

    __slots__ = ("base", "date", "log", "new_nodes", "no_commit", "nodes", "user")

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.new_nodes: list[Node] | None = []
        self.user: str | None = None
        self.date: str | None = None
        self.log = False
        self.no_commit = False
        self.base: Node | None = None

    @classmethod
    def read(cls, repo: Repository) -> GraftState | None:
        """The state of an interrupted graft, or None. Raises `CorruptFile`."""
        from hydrargyrum.repo import cbor
        from hydrargyrum.types import Node

        path = os.path.join(repo.dot_hg, STATE_FILE)
        try:
            with open(path, "rb") as stream:
                data = stream.read()
        except FileNotFoundError:
            return None
        state = cls()
        version, _, rest = data.partition(b"\n")
        if not version.isdigit() or len(version) >= 40:
            state.new_nodes = None
            state.nodes = [Node(bytes.fromhex(line.decode("ascii"))) for line in data.split()]
            return state
        item = cbor.decode(rest, path)
        found = item if isinstance(item, dict) else {}
        state.nodes = [Node(bytes.fromhex(node.decode("ascii"))) for node in found.get(b"nodes", ())]
        state.new_nodes = [Node(node) for node in found[b"newnodes"]] if b"newnodes" in found else None
        state.user = os.fsdecode(found[b"user"]) if b"user" in found else None
        state.date = os.fsdecode(found[b"date"]) if b"date" in found else None
        state.log = bool(found.get(b"log"))
        state.no_commit = bool(found.get(b"no_commit"))
        base = found.get(b"base")
        state.base = Node(bytes.fromhex(base.decode("ascii"))) if base else None
        return state

    def write(self, repo: Repository) -> None:
        """Keep it for `graft --continue`."""
        from hydrargyrum.atomicfile import write_atomically
        from hydrargyrum.repo import cbor

        data: dict[bytes, cbor.Item] = {b"nodes": [node.hex().encode("ascii") for node in self.nodes]}
        if self.new_nodes is not None:
            data[b"newnodes"] = list(self.new_nodes)
        if self.user is not None:
            data[b"user"] = os.fsencode(self.user)
        if self.date is not None:
            data[b"date"] = os.fsencode(self.date)
        if self.log:
            data[b"log"] = True
        if self.no_commit:
            data[b"no_commit"] = True
        if self.base is not None:
            data[b"base"] = self.base.hex().encode("ascii")
        write_atomically(os.fsencode(os.path.join(repo.dot_hg, STATE_FILE)), b"1\n" + cbor.encode(data))


def forget_state(repo: Repository) -> None:
    """The graft is over."""
    from hydrargyrum.atomicfile import remove_if_there

    remove_if_there(os.fsencode(os.path.join(repo.dot_hg, STATE_FILE)))


# -- which changesets ------------------------------------------------------------------------------------------------


def choose(
    repo: Repository,
    revs: Sequence[Rev],
    talk: Conversation,
    *,
    again: bool,
    with_base: bool,
    target: Changeset,
) -> list[Rev]:
    """Those of the revisions that can be grafted and have not been; the others are told.

    Args:
        repo: where.
        revs: in the order of grafting.
        talk: takes messages.
        again: also ancestors and what was grafted before (`--force`, `--continue`).
        with_base: merges too.
        target: what is grafted onto.
    """
    chosen, warn = [], talk.warn
    for rev in revs:
        if not with_base and repo.engine.changelog().parents(rev)[1] != NULL_REV:
            warn(f"skipping ungraftable merge revision {rev}\n")
        else:
            chosen.append(rev)
    if again or with_base or not chosen:
        return chosen
    mine = {NULL_REV} if target.rev == NULL_REV else repo.engine.ancestors([target.rev], inclusive=True)
    for rev in chosen:
        if rev in mine:
            warn(f"skipping ancestor revision {_named(repo, rev)}\n")
    chosen = [rev for rev in chosen if rev not in mine]
    if not chosen:
        return []
    talk.debug("scanning for duplicate grafts\n")
    return _without_duplicates(repo, chosen, target, warn)


def _named(repo: Repository, rev: Rev) -> str:
    return f"{rev}:{repo[rev].node.hex()[:12]}"


def _without_duplicates(
    repo: Repository, revs: list[Rev], target: Changeset, warn: Callable[[str], object]
) -> list[Rev]:
    """Leave out what is on this side already, as a graft of the same changeset or as what it was grafted from."""
    origins: dict[str, Rev] = {}
    for rev in revs:
        changeset = repo[rev]
        origins[changeset.node.hex()] = rev
        source = changeset.extra.get("source")
        if source:
            origins[source] = rev
    shared = _common_ancestors(repo, revs)
    for rev in sorted(repo.engine.ancestors([target.rev], inclusive=True)):
        if rev < 0 or rev in shared:
            continue
        changeset = repo[rev]
        source, here = changeset.extra.get("source"), _named(repo, rev)
        if source in origins:
            known = _rev_of(repo, source)
            other = origins[source]
            if known in revs:
                warn(f"skipping revision {_named(repo, known)} (already grafted to {here})\n")
                revs.remove(known)
            elif other in revs:
                what = f"also has unknown origin {source[:12]}"
                if known is not None:
                    what = f"also has origin {known}:{source[:12]}"
                warn(f"skipping already grafted revision {_named(repo, other)} ({here} {what})\n")
                revs.remove(other)
        elif changeset.node.hex() in origins:
            other = origins[changeset.node.hex()]
            if other in revs:
                warn(f"skipping already grafted revision {_named(repo, other)} (was grafted from {here})\n")
                revs.remove(other)
    return revs


def _rev_of(repo: Repository, digits: str) -> Rev | None:
    try:
        return repo[bytes.fromhex(digits)].rev
    except (errors.UnknownNode, ValueError):
        return None


def _common_ancestors(repo: Repository, revs: Sequence[Rev]) -> frozenset[Rev] | set[Rev]:
    """Ancestors of the revision that all share."""
    heads: list[Rev] = [revs[0]]
    for rev in revs[1:]:
        heads = list(repo.engine.common_ancestor_heads(heads[0], rev))[:1]
        if not heads:
            return frozenset()
    return set(repo.engine.ancestors(heads, inclusive=True))


# -- doing it --------------------------------------------------------------------------------------------------------


class Graft:
    """One run.

    Attributes:
        state: what is left to do.
        dry_run: only say it.
    """

    def __init__(
        self,
        repo: Repository,
        state: GraftState,
        merger: FileMerger,
        dialog: Dialog,
        *,
        dry_run: bool = False,
    ) -> None:
        self._repo = repo
        self._merger = merger
        self._dialog = dialog
        self.state = state
        self.dry_run = dry_run

    def run(self, revs: Sequence[Rev], *, goes_on: bool) -> bool:
        """Graft changesets; False where one has conflicts. With `goes_on` the first one is applied already."""
        repo, talk = self._repo, self._merger.talk
        for place, rev in enumerate(revs):
            change = repo[rev]
            talk.status(f"grafting {_summary(repo, change)}\n")
            if self.dry_run:
                continue
            if not (goes_on and place == 0):
                base = change.parents[0] if self.state.base is None else repo[self.state.base]
                stats = apply_change(repo, change, base, self._merger, _LABELS)
                if stats.unresolved:
                    self.state.nodes = [repo[left].node for left in revs[place:]]
                    self.state.write(repo)
                    return False
            if not self.state.no_commit:
                self._commit(change)
        if not self.dry_run:
            forget_state(repo)
        return True

    def run_in_memory(self, revs: Sequence[Rev], target: Changeset) -> None:
        """Graft changesets onto another one than the working copy's parent, which is left alone.

        Raises:
            Abort: one has conflicts; nothing was grafted.
        """
        from hydrargyrum.merge.filemerge import ConflictInMemory
        from hydrargyrum.ops.grafting import graft_in_memory
        from hydrargyrum.ops.memory_commit import MemoryCommit, commit_in_memory

        repo, talk = self._repo, self._merger.talk
        with repo.lock_store(), repo.transaction("graft") as txn:
            for rev in revs:
                change = repo[rev]
                talk.status(f"grafting {_summary(repo, change)}\n")
                if self.dry_run:
                    continue
                base = change.parents[0] if self.state.base is None else repo[self.state.base]
                try:
                    merged, copies = graft_in_memory(target, change, base, self._merger)
                except ConflictInMemory as problem:
                    raise errors.Abort("cannot graft in memory: merge conflicts", hint=str(problem)) from None
                user, date, message, extra = self._meta(change)
                wish = MemoryCommit(message, user, date, extra, copies)
                target = repo[commit_in_memory(txn, target, merged, wish, self._dialog)]

    def _meta(self, change: Changeset) -> tuple[str, tuple[int, int], str, dict[str, str]]:
        """User, date, message and extra of what a changeset becomes."""
        from hydrargyrum.dates import parse_date

        state = self.state
        source = change.extra.get("source")
        extra = {"source": change.node.hex()}
        if source:
            extra = {"source": source, "intermediate-source": change.node.hex()}
        message = change.description
        if state.log:
            message += f"\n(grafted from {change.node.hex()})"
        date = parse_date(state.date) if state.date else change.date
        return state.user or change.user, date, message, extra

    def _commit(self, change: Changeset) -> None:
        from hydrargyrum.ops.commit import commit
        from hydrargyrum.ops.commit_plan import CommitRequest

        state, repo = self.state, self._repo
        user, date, message, extra = self._meta(change)
        request = CommitRequest(PatternSet(repo.root), message, user=user, date=date, extra=extra)
        with repo.lock_working_copy(), repo.lock_store():
            outcome = commit(repo, request, self._dialog)
        repo.invalidate()
        if outcome.node is None:
            self._merger.talk.warn(
                f"note: graft of {_named(repo, change.rev)} created no changes to commit\n"
            )
        elif state.new_nodes is not None:
            state.new_nodes.append(outcome.node)


def _summary(repo: Repository, change: Changeset) -> str:
    first_line = change.description.partition("\n")[0]
    text = f'{_named(repo, change.rev)} "{first_line}"'
    names = [*change.tags, *change.bookmarks]
    return f"{text} ({' '.join(names)})" if names else text


def stop(repo: Repository, merger: FileMerger) -> Changeset:
    """Leave an interrupted graft with what was recorded so far; where the working copy is. Raises `StateError`."""
    if GraftState.read(repo) is None:
        raise errors.StateError("no interrupted graft found")
    here = repo["."]
    moving.move(repo, moving.clean_update_to(here), merger)
    forget_state(repo)
    return here


def abort(repo: Repository, merger: FileMerger) -> Changeset:
    """Go back to where an interrupted graft began; where that is.

    Changesets that were made stay where something else was built on them, or where they are public.

    Raises:
        StateError: there is none.
        Abort: an old program began it.
    """
    state = GraftState.read(repo)
    if state is None:
        raise errors.StateError("no interrupted graft to abort")
    if state.new_nodes is None:
        raise errors.Abort("cannot abort using an old graftstate")
    start = repo["."]
    if state.new_nodes and _can_strip(repo, state.new_nodes, merger):
        from hydrargyrum.ops.strip import strip

        start = repo[state.new_nodes[0]].parents[0]
        with repo.lock_working_copy(), repo.lock_store():
            moving.move(repo, moving.clean_update_to(start), merger)
            strip(repo, [repo[node].rev for node in state.new_nodes], backup=False)
        repo.invalidate()
    else:
        moving.move(repo, moving.clean_update_to(start), merger)
    forget_state(repo)
    return start


def _can_strip(repo: Repository, nodes: Sequence[Node], merger: FileMerger) -> bool:
    from hydrargyrum.ops.strip import with_descendants

    revs = {repo[node].rev for node in nodes}
    public = [node for node in nodes if repo[node].phase == "public"]
    if public:
        names = ", ".join(node.hex()[:12] for node in public)
        merger.talk.warn(f"cannot clean up public changesets {names}\n")
        return False
    # what was made on top, and is shown, would have to go too
    if with_descendants(repo, revs) - revs - repo.hidden:
        merger.talk.warn("new changesets detected on destination branch, can't strip\n")
        return False
    return True

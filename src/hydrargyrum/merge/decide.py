"""Makes the plan of a merge or a move for one repository: reads the sides, looks at untracked files, holds the auction.

The rules for a file are in `manifests`; what they need of copies is put together here, and nothing is changed on disk.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.merge import actions as kinds
from hydrargyrum.merge.actions import Action, Plan
from hydrargyrum.merge.copies import SideCopies, SideFacts, merge_copies
from hydrargyrum.merge.manifests import (
    ADDED_NODE,
    MODIFIED_NODE,
    Auction,
    Manner,
    Sides,
    merge_manifests,
)
from hydrargyrum.types import NULL_REV, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hydrargyrum.engine.merging import FileAncestor, ManifestDifference
    from hydrargyrum.engine.protocol import ManifestMap, StatusReport
    from hydrargyrum.merge.conversation import Conversation
    from hydrargyrum.merge.manifests import Entry
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev


class RevisionFiles:
    """The files of a revision."""

    __slots__ = ("_manifest", "_repo", "rev")

    def __init__(self, repo: Repository, rev: Rev) -> None:
        self._repo = repo
        self._manifest: ManifestMap | None = None
        self.rev = rev

    def get(self, path: str) -> Entry | None:
        """Node and flags of a file, or None."""
        if self._manifest is None:
            self._manifest = self._repo.engine.manifest(self.rev)
        found = self._manifest.get(path)
        return None if found is None else (found.node, found.flags)

    def data(self, path: str) -> bytes:
        """The content of a file that is there."""
        entry = self.get(path)
        assert entry is not None
        return self._repo.engine.file_data(path, entry[0])

    def has_directory(self, name: str) -> bool:
        """Whether there are files below a directory."""
        return _has_directory(self._repo, self.rev, name)

    def ancestors(self, path: str) -> Sequence[FileAncestor]:
        """What a file stems from, itself first."""
        entry = self.get(path)
        return [] if entry is None else self._repo.engine.file_ancestors(path, entry[0])


class WorkingState:
    """The working copy as one side: its first parent and what status says.

    Attributes:
        parent: revision of the first parent.
        parent_files: its files.
        target: the revision, None for the working copy.
        report: what status says.
        changed: entries of files that differ from the parent, None for those that are gone.
        dirty_within: a subrepository has changes.
    """

    __slots__ = ("_repo", "changed", "dirty_within", "parent", "parent_files", "report", "target")

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self.parent = repo.working_copy.parents[0].rev
        self.target: Rev | None = None
        self.parent_files = RevisionFiles(repo, self.parent)
        everything = PatternSet(repo.root)
        self.report: StatusReport = repo.engine.status(StatusRequest(everything, unknown=False))
        self.changed: dict[str, Entry | None] = {}
        self.dirty_within = False
        for path in self.report.added:
            self.changed[path] = (ADDED_NODE, self._flags(path))
        for path in self.report.modified:
            self.changed[path] = (MODIFIED_NODE, self._flags(path))
        for path in (*self.report.removed, *self.report.deleted):
            self.changed[path] = None

    def _flags(self, path: str) -> str:
        found = self._repo.working_copy.find_file(path)
        return "" if found is None else found.flags

    def get(self, path: str) -> Entry | None:
        """Node and flags of a file, or None."""
        return self.changed[path] if path in self.changed else self.parent_files.get(path)

    @property
    def is_dirty(self) -> bool:
        """Whether anything is not committed, the branch included."""
        if self.dirty_within or self.changed or len(self.report.deleted):
            return True
        return self._repo.working_copy.branch != self._repo[self.parent].branch

    def data(self, path: str) -> bytes:
        """The content of a file on disk."""
        return self._repo.working_copy.file(path).data

    def has_directory(self, name: str) -> bool:
        """Whether there are tracked files below a directory."""
        return _has_directory(self._repo, None, name)

    def ancestors(self, path: str) -> Sequence[FileAncestor]:
        """What a file stems from; a changed file is not in it itself."""
        entry = self.parent_files.get(path)
        return [] if entry is None else self._repo.engine.file_ancestors(path, entry[0])

    def difference(self, other: RevisionFiles) -> list[ManifestDifference]:
        """Where the working copy and a revision differ."""
        found = {row[0]: row for row in self._repo.engine.manifest_diff(self.parent, other.rev)}
        for path, entry in self.changed.items():
            theirs = other.get(path)
            found.pop(path, None)
            if entry != theirs:
                node, flags = (None, "") if entry is None else entry
                other_node, other_flags = (None, "") if theirs is None else theirs
                found[path] = (path, node, flags, other_node, other_flags)
        return list(found.values())

    def added_since(self, base: Rev) -> list[str]:
        """Files that a revision lacks."""
        found = {row[0] for row in self._repo.engine.manifest_diff(base, self.parent) if row[1] is None}
        files = RevisionFiles(self._repo, base)
        for path, entry in self.changed.items():
            if entry is None:
                found.discard(path)
            elif files.get(path) is None:
                found.add(path)
        return list(found)


def _has_directory(repo: Repository, rev: Rev | None, name: str) -> bool:
    if not name:
        return True
    patterns = PatternSet(repo.root, [f"path:{name}"], warn_missing=False)
    return any(path != name for path in repo.engine.files(rev, patterns)[0])


class Decision:
    """Makes one plan.

    Attributes:
        working: the working copy.
        other: the revision that is merged or moved to.
        manner: how.
        merge_force: `merge --force`.
        follow_copies: copies are traced.
    """

    __slots__ = ("_repo", "_talk", "follow_copies", "manner", "merge_force", "other", "working")

    def __init__(
        self,
        repo: Repository,
        talk: Conversation,
        working: WorkingState,
        other: Changeset,
        manner: Manner,
        *,
        merge_force: bool = False,
        follow_copies: bool = True,
    ) -> None:
        self._repo = repo
        self._talk = talk
        self.working = working
        self.other = RevisionFiles(repo, other.rev)
        self.manner = manner
        self.merge_force = merge_force
        self.follow_copies = follow_copies

    def plan(self, bases: Sequence[Rev | None]) -> Plan:
        """The plan for some bases; None is the working copy itself (changes are overwritten).

        Raises:
            StateError: untracked files are in the way, or files and directories of the same name.
        """
        if len(bases) == 1:
            plan = self._for_base(bases[0], whole=False)
        else:
            plan = self._auction([base for base in bases if base is not None])
        self._forget_removed(plan)
        self._drop_false_conflicts(plan, bases[0])
        return plan

    def _auction(self, bases: Sequence[Rev]) -> Plan:
        repo, talk = self._repo, self._talk
        local, other = f"{_short(repo, self.working.parent)}+", _short(repo, self.other.rev)
        names = " and ".join(_short(repo, base) for base in bases)
        talk.note(f"note: merging {local} and {other} using bids from ancestors {names}\n")
        auction = Auction()
        for base in bases:
            talk.note(f"\ncalculating bids for ancestor {_short(repo, base)}\n")
            plan = self._for_base(base, whole=True)
            for path, action in plan.all():
                talk.debug(f" {path}: {action.reason} -> {action.kind}\n")
            auction.bid(plan)
        talk.note(f"\nauction for merging merge bids ({len(bases)} ancestors)\n")
        result = auction.close()
        says = {"debug": talk.debug, "note": talk.note, "warn": talk.warn}
        for level, text in auction.messages:
            says[level](text)
        talk.note("end of auction\n\n")
        return result

    # -- one base -------------------------------------------------------------------------------------------------

    def _for_base(self, base: Rev | None, *, whole: bool) -> Plan:
        files = self.working if base is None else RevisionFiles(self._repo, base)
        copies: tuple[SideCopies, SideCopies, Mapping[str, list[str]]] = (SideCopies(), SideCopies(), {})
        if self.follow_copies and isinstance(files, RevisionFiles):
            copies = self._copies(files)
        self._announce(base)
        differing: Sequence[ManifestDifference] = self.working.difference(self.other)
        if base not in (None, self.other.rev, self.working.parent) and not whole:
            relevant = self._relevant(base, copies)
            differing = [row for row in differing if row[0] in relevant]
        sides = Sides(
            self.working,
            self.other,
            files,
            base_rev=self.working.parent if base is None else base,
            differing=differing,
            copies=copies,
        )
        plan = merge_manifests(sides, self.manner)
        if self.working.target is not None:
            return plan  # nothing on disk can be in the way
        if self._repo.config.boolean("experimental", "merge.checkpathconflicts"):
            from hydrargyrum.merge.pathconflicts import check_path_conflicts

            check_path_conflicts(self._repo, self.working, self.other, plan, self._talk)
        from hydrargyrum.merge.untracked import check_untracked

        check_untracked(self._repo, self.working, self.other, plan, self)
        return plan

    @property
    def talk(self) -> Conversation:
        """Messages and questions."""
        return self._talk

    def _announce(self, base: Rev | None) -> None:
        repo = self._repo
        self._talk.note("resolving manifests\n")
        local = f"{_short(repo, self.working.parent)}+"
        ancestor = local if base is None else _short(repo, base)
        other = _short(repo, self.other.rev)
        manner = self.manner
        self._talk.debug(f" branchmerge: {manner.is_merge}, force: {manner.force}, partial: False\n")
        self._talk.debug(f" ancestor: {ancestor}, local: {local}, remote: {other}\n")

    def _relevant(
        self, base: Rev | None, copies: tuple[SideCopies, SideCopies, Mapping[str, list[str]]]
    ) -> set[str]:
        """Files that the other side changed, and their copies on ours."""
        assert base is not None
        found = {row[0] for row in self._repo.engine.manifest_diff(base, self.other.rev)}
        ours = copies[0]
        found.update([path for path, source in ours.copy.items() if source in found])
        found.update(ours.moved_files)
        return found

    def _copies(self, base: RevisionFiles) -> tuple[SideCopies, SideCopies, dict[str, list[str]]]:
        nothing: tuple[SideCopies, SideCopies, dict[str, list[str]]] = (SideCopies(), SideCopies(), {})
        if self.other.rev == NULL_REV or _is_off(self._repo):
            return nothing
        repo, working, other = self._repo, self.working, self.other
        guessed = self._guessed_copies(base)
        if guessed is not None:
            return guessed
        ours, theirs = self._traced(base, working.target), self._traced(base, other.rev)

        def added() -> list[str]:
            return _added(repo, base.rev, other.rev)

        found = merge_copies(
            SideFacts(
                working,
                ours,
                added=lambda: working.added_since(base.rev),
                has_directory=working.has_directory,
                ancestors=working.ancestors,
            ),
            SideFacts(
                other, theirs, added=added, has_directory=other.has_directory, ancestors=other.ancestors
            ),
            SideFacts(base, {}, added=list, has_directory=base.has_directory, ancestors=base.ancestors),
        )
        if self._repo.config.boolean("ui", "debug") and (ours or theirs):
            self._describe_copies(found, (ours, theirs), (working.added_since(base.rev), added()))
        return found

    def _guessed_copies(
        self, base: RevisionFiles
    ) -> tuple[SideCopies, SideCopies, dict[str, list[str]]] | None:
        """Copies by `experimental.copytrace=heuristics`, where that is wanted and can be done."""
        from hydrargyrum.merge import heuristics

        repo, local, other = self._repo, self.working.parent_files, self.other
        if not heuristics.is_wanted(repo, local.rev, base.rev):
            return None
        changed = heuristics.changed_between(repo, base.rev, other.rev, self._talk)
        if changed is None:
            return None
        traced, added = self._traced(base, other.rev), _added(repo, base.rev, local.rev)
        limit = repo.config.integer("experimental", "copytrace.movecandidateslimit", 100)
        return heuristics.guess_copies(
            (local, other, base), traced, changed, added, limit=limit, talk=self._talk
        )

    def _traced(self, base: RevisionFiles, target: Rev | None) -> Mapping[str, str]:
        """Copies from the base to a side, None being the working copy: the source of each."""
        if base.rev in (NULL_REV, target):
            return {}
        everything = PatternSet(self._repo.root)
        request = StatusRequest(everything, base=base.rev, target=target, unknown=False, copies=True)
        return self._repo.engine.status(request).copies

    def _describe_copies(
        self,
        found: tuple[SideCopies, SideCopies, dict[str, list[str]]],
        copies: tuple[Mapping[str, str], Mapping[str, str]],
        added: tuple[list[str], list[str]],
    ) -> None:
        """What --debug shows of copies."""
        ours, theirs, diverging = found
        debug = self._talk.debug
        new = (set(added[0]) - set(added[1]), set(added[1]) - set(added[0]))
        for name, paths in zip(("local", "other"), new, strict=True):
            if paths:
                listed = "\n   ".join(sorted(paths, key=os.fsencode))
                debug(f"  unmatched files in {name}:\n   {listed}\n")
        apart = {path for names in diverging.values() for path in names}
        deleted = {
            path for side in (ours, theirs) for names in side.renamed_deleted.values() for path in names
        }
        debug("  all copies found (* = to merge, ! = divergent, % = renamed and deleted):\n")
        for name, traced in zip(("local", "remote"), copies, strict=True):
            if traced:
                debug(f"   on {name} side:\n")
            for path in sorted(traced, key=os.fsencode):
                marks = "*" if path in ours.copy or path in theirs.copy else ""
                marks += "!" if path in apart else ""
                marks += "%" if path in deleted else ""
                debug(f"    src: '{traced[path]}' -> dst: '{path}' {marks}\n")
        debug("  checking for directory renames\n")
        for side in (ours, theirs):
            for old, target in side.moved_directories.items():
                debug(f"   discovered dir src: '{old}' -> dst: '{target}'\n")
        for side in (ours, theirs):
            for path, target in side.moved_files.items():
                debug(f"   pending file src: '{path}' -> dst: '{target}'\n")

    # -- afterwards -----------------------------------------------------------------------------------------------

    def _forget_removed(self, plan: Plan) -> None:
        """Files that are gone on disk and that the other side lacks leave the dirstate too."""
        kind = kinds.REMOVE if self.manner.is_merge else kinds.FORGET
        for path in self.working.report.deleted:
            if self.other.get(path) is None:
                plan.set(path, Action(kind, "forget deleted"))
        if not self.manner.is_merge:
            for path in self.working.report.removed:
                if self.other.get(path) is None:
                    plan.set(path, Action(kinds.FORGET, "forget removed"))

    def _drop_false_conflicts(self, plan: Plan, base: Rev | None) -> None:
        """A changed file against a deleted one is no conflict where the content is that of the base."""
        if base is None:
            return
        files = RevisionFiles(self._repo, base)
        for path, _ in plan.of(kinds.CHANGED_DELETED):
            if files.get(path) is not None and self.working.data(path) == files.data(path):
                plan.set(path, Action(kinds.REMOVE, "prompt same"))
        for path, _ in plan.of(kinds.DELETED_CHANGED):
            if files.get(path) is not None and self.other.data(path) == files.data(path):
                plan.drop(path)


def _added(repo: Repository, base: Rev, target: Rev) -> list[str]:
    """Files of a revision that another one lacks."""
    return [row[0] for row in repo.engine.manifest_diff(base, target) if row[1] is None]


def _is_off(repo: Repository) -> bool:
    from hydrargyrum.config.values import parse_boolean

    return parse_boolean(repo.config.text("experimental", "copytrace") or "on") is False


def choose_bases(
    repo: Repository, first: Changeset, second: Changeset, talk: Conversation | None
) -> list[Rev]:
    """The bases of a merge: all greatest common ancestors, or the preferred one (`merge.preferancestor`).

    Where one was chosen of several, `talk` is told.
    """
    heads = list(repo.engine.common_ancestor_heads(first.rev, second.rev)) or [NULL_REV]
    wanted = repo.config.text_list("merge", "preferancestor")
    if wanted == ["*"]:
        return sorted(heads, key=lambda rev: repo[rev].node)
    if len(heads) == 1:
        return heads
    for name in wanted:
        try:
            preferred = repo[name].rev
        except errors.HgError:
            continue
        if preferred in heads:
            chosen = preferred
            break
    else:
        chosen = min(heads, key=lambda rev: repo[rev].node)
    if talk is not None:
        one, two = _short(repo, first.rev), _short(repo, second.rev)
        text = f"note: using {_short(repo, chosen)} as ancestor of {one} and {two}\n"
        for rev in sorted(heads, key=lambda rev: repo[rev].node):
            if rev != chosen:
                text += f"      alternatively, use --config merge.preferancestor={_short(repo, rev)}\n"
        talk.status(text)
    return [chosen]


def _short(repo: Repository, rev: Rev) -> str:
    return repo[rev].node.hex()[:12]

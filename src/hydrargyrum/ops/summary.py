"""The state of the working copy in numbers, as `summary` tells it.

Also how it differs from others, where these are asked. How it is worded is the command's business.
"""

from __future__ import annotations

import os

from hydrargyrum.ops.nested.inner import Inner
from hydrargyrum.repo.substates import has_subrepos, subrepos_of
from hydrargyrum.types import NULL_REV, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev


class FileCounts:
    """How many files (and subrepositories) of the working copy are in which state."""

    __slots__ = (
        "added",
        "copied",
        "deleted",
        "modified",
        "removed",
        "renamed",
        "subrepos",
        "unknown",
        "unresolved",
    )

    def __init__(self) -> None:
        self.modified = self.added = self.removed = self.renamed = self.copied = 0
        self.deleted = self.unknown = self.unresolved = self.subrepos = 0

    @property
    def is_clean(self) -> bool:
        """Whether a commit would have nothing to do."""
        return not (
            self.modified or self.added or self.removed or self.renamed or self.copied or self.subrepos
        )


class Summary:
    """The state of a working copy.

    Attributes:
        parents: of the working copy; the null changeset where there is none.
        branch: of the next commit; branch_heads: its open heads; closed_head: the first parent closes it as a head.
        files: counts.
        grafting, updating: such an operation has stopped half-way.
        phase: the phase that the parents force on the next commit, None where it is the usual one.
        new: how many changesets of the branch's heads are no ancestors of the parents.
        draft, secret: how many changesets are; orphan, content_divergent, phase_divergent likewise.
    """

    __slots__ = (
        "branch",
        "branch_heads",
        "closed_head",
        "content_divergent",
        "draft",
        "files",
        "grafting",
        "new",
        "orphan",
        "parents",
        "phase",
        "phase_divergent",
        "secret",
        "updating",
    )

    def __init__(self, repo: Repository) -> None:
        first, second = repo.working_copy.parents
        self.parents = [first] if second.rev == NULL_REV else [first, second]
        self.branch = repo.working_copy.branch
        heads = repo.engine.branch_heads().get(self.branch, ())
        self.branch_heads = [rev for rev, closed in heads if not closed]
        self.closed_head = first.closes_branch and any(rev == first.rev for rev, _ in heads)
        self.files = _count_files(repo)
        self.grafting = os.path.exists(os.path.join(repo.dot_hg, "graftstate"))
        self.updating = os.path.exists(os.path.join(repo.dot_hg, "updatestate"))
        self.phase = _forced_phase(repo, self.parents)
        bases = [parent.rev for parent in self.parents if parent.rev != NULL_REV]
        self.new = len(repo.engine.missing(self.branch_heads, bases))
        self.draft, self.secret = (
            sum(rev not in repo.hidden for rev in repo.engine.phase_revs([phase]))
            for phase in ("draft", "secret")
        )
        self.orphan, self.content_divergent, self.phase_divergent = _count_unstable(repo)


def _forced_phase(repo: Repository, parents: Sequence[Changeset]) -> str | None:
    from hydrargyrum.repo.phases import NAMES, NUMBERS, wanted_phase

    phase = max(NUMBERS[parent.phase] if parent.rev != NULL_REV else 0 for parent in parents)
    return NAMES[phase] if phase > wanted_phase(repo) else None


def _count_files(repo: Repository) -> FileCounts:
    """Counts the files by state; a copy counts as one instead of as added, with its source removed as renamed."""
    from hydrargyrum.repo.unfinished import merge_facts

    counts = FileCounts()
    counts.unresolved = len(merge_facts(repo).unresolved)
    report = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=True))
    counts.modified, counts.deleted = len(report.modified), len(report.deleted)
    counts.unknown = len(report.unknown)
    counts.added, counts.removed = len(report.added), len(report.removed)
    # a file with a copy is never clean
    touched = counts.modified or counts.added or counts.deleted
    copies = repo.engine.edit_dirstate().copies() if touched else ()
    if copies:
        added, removed = set(report.added), set(report.removed)
        for name, source in copies:
            if source in removed:
                removed.remove(source)
                counts.renamed += 1
            else:
                counts.copied += 1
            added.discard(name)
        counts.added, counts.removed = len(added), len(removed)
    report.write_fixes()
    counts.subrepos = _count_dirty_subrepos(repo)
    return counts


def _count_dirty_subrepos(repo: Repository) -> int:
    """How many subrepositories a commit would record anew. Raises Unsupported for a foreign kind."""
    if not has_subrepos(repo):
        return 0
    recorded = subrepos_of(repo.working_copy)
    return sum(Inner(repo, path, state).is_dirty() for path, state in recorded.items())


def _count_unstable(repo: Repository) -> tuple[int, int, int]:
    """Orphans, content-divergent and phase-divergent changesets, where configuration has markers made."""
    from hydrargyrum.ops.obsolete import allows
    from hydrargyrum.repo.instability import count_unstable

    if not allows(repo, "createmarkers"):
        return 0, 0, 0
    orphan, phase, content = count_unstable(repo)
    return orphan, content, phase


class Comparison:
    """How a repository and others differ.

    Attributes:
        incoming: whether there are changesets to be taken.
        outgoing: changesets that could be sent; incoming_bookmarks, outgoing_bookmarks: those that only one side has.
    """

    __slots__ = ("incoming", "incoming_bookmarks", "outgoing", "outgoing_bookmarks")

    def __init__(self, *, incoming: bool, outgoing: int, bookmarks: tuple[int, int]) -> None:
        self.incoming = incoming
        self.outgoing = outgoing
        self.incoming_bookmarks, self.outgoing_bookmarks = bookmarks


def compare(
    repo: Repository,
    source: Repository,
    target: Repository,
    wanted: Sequence[Rev] | None,
    sent: Sequence[Rev] | None,
) -> Comparison:
    """Compares with a repository to take from (`wanted`: only these of its revisions) and one to send to (`sent`: ours).

    Raises:
        Abort: they have nothing in common.
    """
    from hydrargyrum.ops.discovery import find_incoming, find_outgoing, served_bookmarks
    from hydrargyrum.repo.reporter import SilentReporter

    reporter, repo.reporter = repo.reporter, SilentReporter()
    try:
        incoming, _ = find_incoming(repo, source, wanted, force=False)
        outgoing, _ = find_outgoing(repo, target, sent, force=False)
    finally:
        repo.reporter = reporter
    ours, theirs = set(repo.engine.bookmarks()), set(served_bookmarks(target))
    return Comparison(
        incoming=bool(incoming),
        outgoing=len(outgoing),
        bookmarks=(len(theirs - ours), len(ours - theirs)),
    )

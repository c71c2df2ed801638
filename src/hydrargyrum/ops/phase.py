"""Moving changesets to another phase, in a transaction of its own."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.repo.phases import NUMBERS, PhaseRoots
from hydrargyrum.types import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev


class PhaseOutcome(Value):
    """How many changesets changed their phase, and how many of those named could not."""

    __slots__ = ("changed", "rejected")

    def __init__(self, changed: int, rejected: int) -> None:
        self.changed = changed
        self.rejected = rejected


def move_phases(repo: Repository, name: str, revs: Sequence[Rev], *, force: bool) -> PhaseOutcome:
    """Moves changesets to a phase. The store lock is held by the caller. Raises InputError where there are none."""
    target = NUMBERS[name]
    with repo.transaction("phase") as txn:
        if not revs:
            raise errors.InputError("empty revision set")
        roots = PhaseRoots.of(repo, txn)
        everything = range(len(repo.engine.changelog()))
        before = [roots.phase(rev) for rev in everything]
        roots.advance(txn, target, revs)
        if force:
            roots.retract(txn, target, revs)
        after = [roots.phase(rev) for rev in everything]
    changed = sum(old != new for old, new in zip(before, after, strict=True))
    rejected = sum(1 for rev in revs if rev >= 0 and after[rev] < target)
    return PhaseOutcome(changed, rejected)

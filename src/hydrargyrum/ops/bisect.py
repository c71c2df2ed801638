"""`bisect`: which changesets are marked, which one to test next, and what the marks leave open.

Moving the working copy and running the test is the command's business. Format: docs/formats/bisect-state.md.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev

STATE_FILE = "bisect.state"
#: In the order in which they are written.
MARKS = ("bad", "current", "good", "skip")


class Marks:
    """What is recorded of a bisection: revisions by mark, in the order in which they were marked."""

    __slots__ = ("bad", "current", "good", "skip")

    def __init__(self) -> None:
        self.bad: list[Rev] = []
        self.current: list[Rev] = []
        self.good: list[Rev] = []
        self.skip: list[Rev] = []

    @classmethod
    def read(cls, repo: Repository) -> Marks:
        """The recorded ones.

        Raises:
            Abort: a line has an unknown mark.
            UnknownRevision: a line names a changeset that is not there.
        """
        from hydrargyrum.query.revset.bisection import read_marks

        marks = cls()
        for mark, revs in read_marks(repo).items():
            marks.of(mark).extend(revs)
        return marks

    def of(self, mark: str) -> list[Rev]:
        """The list of a mark, to be added to."""
        found: list[Rev] = getattr(self, mark)
        return found

    def write(self, repo: Repository) -> None:
        """Record them."""
        from hydrargyrum.atomicfile import create_mode, write_atomically

        index = repo.engine.changelog()
        lines = [f"{mark} {index.node(rev).hex()}\n" for mark in MARKS for rev in self.of(mark)]
        with repo.lock_working_copy():
            path = os.fsencode(os.path.join(repo.dot_hg, STATE_FILE))
            write_atomically(path, "".join(lines).encode("ascii"), create_mode(os.fsencode(repo.dot_hg)))

    def require_both(self) -> None:
        """Raises `StateError` where there is no good one or no bad one."""
        for mark in ("good", "bad"):
            if not self.of(mark):
                raise errors.StateError(f"cannot bisect (no known {mark} revisions)")


class Step:
    """How far a bisection has come.

    Attributes:
        revs: the revision to test next; at the end, what the wanted one may be, ascending.
        remaining: how many it may still be; 0 at the end.
        finds_good: the first good revision is looked for, not the first bad one.
    """

    __slots__ = ("finds_good", "remaining", "revs")

    def __init__(self, revs: Sequence[Rev], remaining: int, *, finds_good: bool) -> None:
        self.revs = tuple(revs)
        self.remaining = remaining
        self.finds_good = finds_good

    @property
    def tests(self) -> int:
        """About how many tests are left."""
        return max(self.remaining, 1).bit_length() - 1


def forget(repo: Repository) -> None:
    """End a bisection, if there is one."""
    from hydrargyrum.atomicfile import remove_if_there

    remove_if_there(os.fsencode(os.path.join(repo.dot_hg, STATE_FILE)))


def narrowed(repo: Repository, marks: Marks, revs: Iterable[Rev]) -> list[Rev]:
    """Those of `revs` that can say something: with both ends known, only what lies between them."""
    if not (marks.good and marks.bad):
        return list(revs)
    between = repo.engine.paths_between
    candidates = list(between(marks.good, marks.bad))
    seen = set(candidates)
    candidates += [rev for rev in between(marks.bad, marks.good) if rev not in seen]
    wanted = set(revs)
    return [rev for rev in candidates if rev in wanted]


def next_step(repo: Repository, marks: Marks) -> Step:
    """What to test next.

    Raises:
        Abort: good and bad changesets are not related, or contradict each other.
    """
    finds_good = False
    last, suspects = _suspects(repo, marks.good, marks.bad)
    if not suspects:
        finds_good = True
        last, suspects = _suspects(repo, marks.bad, marks.good)
    if not suspects:
        if len(marks.bad) == len(marks.good) == 1 and marks.bad != marks.good:
            raise errors.Abort("starting revisions are not directly related")
        raise errors.Abort(f"inconsistent state, {last}:{repo[last].node.hex()[:12]} is good and bad")
    skipped = set(marks.skip)
    testable = {rev for rev in suspects if rev not in skipped and rev != last}
    if not testable:
        return Step(suspects, 0, finds_good=finds_good)
    return Step([_best(repo, suspects, testable)], len(suspects), finds_good=finds_good)


def _suspects(repo: Repository, before: Sequence[Rev], after: Sequence[Rev]) -> tuple[Rev, list[Rev]]:
    """The lowest revision of the later side, and what may have brought the change, ascending; nothing where unrelated."""
    engine, last = repo.engine, min(after)
    descending = set(engine.paths_between(before, [last]))
    suspects = sorted(descending.intersection(engine.missing([last], before)))
    return (last, suspects) if last in descending else (last, [])


def _best(repo: Repository, suspects: Sequence[Rev], testable: set[Rev]) -> Rev:
    """The revision whose test leaves as little as possible, whatever its result; the lowest of several.

    A bad one leaves its ancestors among the suspects, a good one the others. Ancestors are bits of a number, given up
    when the last child has been counted; nothing that descends from a revision with more than half of the suspects
    below it can be better, so it is passed over.
    """
    total = len(suspects)
    firsts, seconds = repo.engine.parent_columns(suspects)
    place = {rev: bit for bit, rev in enumerate(suspects)}
    waiting = [0] * total
    for parent in (*firsts, *seconds):
        if parent in place:
            waiting[place[parent]] += 1
    below: dict[int, int] = {}
    best, best_worth = suspects[0], -1
    for bit, rev in enumerate(suspects):
        ancestors, hopeless = 1 << bit, False
        for parent in (firsts[bit], seconds[bit]):
            where = place.get(parent)
            if where is None:
                continue
            if where in below:
                ancestors |= below[where]
            else:
                hopeless = True
            waiting[where] -= 1
            if not waiting[where]:
                below.pop(where, None)
        if hopeless:
            continue
        count = ancestors.bit_count()
        worth = min(count, total - count)
        if rev in testable and worth > best_worth:
            best, best_worth = rev, worth
            if worth == total // 2:
                break
        if rev in testable and total - count < total // 2:
            continue
        below[bit] = ancestors
    return best


def unchecked_ancestor(repo: Repository, marks: Marks, step: Step) -> Changeset | None:
    """Where to go on behind a merge that was found while only one of its parents was tested; else None."""
    from hydrargyrum.query.revset import new_query
    from hydrargyrum.query.revset.predicates.graph import greatest_common_ancestor

    first, second = repo.engine.changelog().parents(step.revs[0])
    if second < 0:
        return None
    tested = set(marks.bad if step.finds_good else marks.good)
    if len({first, second} & tested) != 1:
        return None
    return repo[greatest_common_ancestor(new_query(repo), first, second)]

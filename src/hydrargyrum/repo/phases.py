"""Changing phases: the roots of each phase, moving boundaries, and writing them when the transaction closes.

Which phase a changeset has is answered by the engine (`EngineRepository.phase`); how the file looks is told in
docs/formats/phaseroots.md.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.types import NULL_REV, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hydrargyrum.repo.repository import Repository
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Rev

#: Numbers of the phases in the file, by name, in their order.
NUMBERS = {"public": 0, "draft": 1, "secret": 2, "archived": 32, "internal": 96}
NAMES = {number: name for name, number in NUMBERS.items()}
FILE = "phaseroots"


def wanted_phase(repo: Repository, wish: str | None = None) -> int:
    """The phase of new commits by configuration (or by an option). Raises ConfigError for a word that is none."""
    text = wish or repo.config.text("phases", "new-commit") or "draft"
    if text in NUMBERS:
        return NUMBERS[text]
    if text.isdigit() and int(text) in NAMES:
        return int(text)
    raise errors.ConfigError(f"phases.new-commit: not a valid phase name ('{text}')")


def supports_internal(repo: Repository) -> bool:
    """Whether changesets may be in the internal phase."""
    return "internal-phase-2" in repo.engine.requirements


def supports_archived(repo: Repository) -> bool:
    """Whether changesets may be in the archived phase."""
    return "exp-archived-phase" in repo.engine.requirements


class PhaseRoots:
    """The roots of all phases that are not public, as one transaction sees and changes them."""

    __slots__ = ("_phases", "_repo", "_roots")

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self._roots = _read(repo)
        self._phases: dict[Rev, int] | None = None

    @classmethod
    def of(cls, repo: Repository, txn: Transaction) -> PhaseRoots:
        """The one of a transaction; read on first use."""
        found = txn.states.get(FILE)
        if not isinstance(found, PhaseRoots):
            found = txn.states[FILE] = cls(repo)
        return found

    def phase(self, rev: Rev) -> int:
        """The phase of a revision."""
        return self._all().get(rev, 0)

    def register_new(self, txn: Transaction, phase: int, revs: Sequence[Rev]) -> None:
        """New changesets have at least this phase."""
        self._phases = None
        phases = self._all()
        lower = [rev for rev in revs if phases.get(rev, 0) < phase]
        if lower:
            self._add_roots(phase, lower)
            # none of them has a parent in a higher phase, or it would be in that one itself
            self._phases = phases = {**phases, **dict.fromkeys(lower, phase)}
            self._changed(txn)
        moves = {number: (None, name) for number, name in NAMES.items()}
        txn.changes.phases.extend(((rev,), moves[phases.get(rev, 0)]) for rev in revs)

    def advance(self, txn: Transaction, phase: int, revs: Iterable[Rev]) -> int:
        """Changesets and their ancestors have at most this phase from now on; how many changed."""
        before = dict(self._all())
        targets = self._ancestors(revs, lambda rev: before.get(rev, 0) > phase)
        if not targets:
            return 0
        after = dict(before)
        for rev in targets:
            after[rev] = phase
        self._rebuild(txn, before, after)
        return len(targets)

    def retract(self, txn: Transaction, phase: int, revs: Iterable[Rev]) -> int:
        """Changesets and their descendants have at least this phase from now on; how many changed.

        Raises:
            Abort: the null revision is among them.
        """
        revs = list(revs)
        if NULL_REV in revs:
            raise errors.Abort("cannot change null revision phase")
        before = dict(self._all())
        raised = {rev for rev in revs if before.get(rev, 0) < phase}
        if not raised:
            return 0
        index = self._repo.engine.changelog()
        for rev in range(min(raised) + 1, len(index)):
            first, second = index.parents(rev)
            if (first in raised or second in raised) and before.get(rev, 0) < phase:
                raised.add(rev)
        after = {**before, **dict.fromkeys(raised, phase)}
        self._rebuild(txn, before, after)
        return len(raised)

    def forget_from(self, txn: Transaction, first: Rev) -> None:
        """Roots from a revision on are gone, because they are stripped."""
        index = self._repo.engine.changelog()
        gone = {index.node(rev) for rev in range(first, len(index))}
        for roots in self._roots.values():
            roots -= gone
        self._phases = None
        self._changed(txn)

    def data(self) -> bytes:
        """The file's content; roots of a phase in the order of their revisions."""
        index = self._repo.engine.changelog()
        lines = []
        for phase in sorted(self._roots):
            for rev in sorted(index.rev(node) for node in self._roots[phase]):
                lines.append(b"%d %s\n" % (phase, index.node(rev).hex().encode("ascii")))
        return b"".join(lines)

    # -- inside -------------------------------------------------------------------------------------------------

    def _changed(self, txn: Transaction) -> None:
        txn.generate("", FILE, self.data)
        txn.hook_facts["phases_moved"] = "1"

    def _all(self) -> dict[Rev, int]:
        if self._phases is None:
            index = self._repo.engine.changelog()
            roots: dict[Rev, int] = {}
            for phase in sorted(self._roots):
                for node in self._roots[phase]:
                    roots[index.rev(node)] = phase
            found: dict[Rev, int] = {}
            for rev in range(min(roots, default=len(index)), len(index)):
                first, second = index.parents(rev)
                phase = max(roots.get(rev, 0), found.get(first, 0), found.get(second, 0))
                if phase:
                    found[rev] = phase
            self._phases = found
        return self._phases

    def _ancestors(self, revs: Iterable[Rev], counts: Counts) -> set[Rev]:
        index = self._repo.engine.changelog()
        waiting = list(revs)
        found: set[Rev] = set()
        while waiting:
            rev = waiting.pop()
            if rev != NULL_REV and rev not in found and counts(rev):
                found.add(rev)
                waiting.extend(index.parents(rev))
        return found

    def _add_roots(self, phase: int, revs: Sequence[Rev]) -> None:
        """New roots; those that follow from others are left out."""
        index = self._repo.engine.changelog()
        inside = set(revs)
        for rev in sorted(revs):
            first, second = index.parents(rev)
            if first not in inside and second not in inside:
                self._roots.setdefault(phase, set()).add(index.node(rev))
        self._phases = None

    def _rebuild(self, txn: Transaction, before: dict[Rev, int], after: dict[Rev, int]) -> None:
        """Roots from the phases of all revisions: where a phase is above both parents'."""
        index = self._repo.engine.changelog()
        roots: dict[int, set[Node]] = {}
        for rev, phase in after.items():
            first, second = index.parents(rev)
            if phase and phase > max(after.get(first, 0), after.get(second, 0)):
                roots.setdefault(phase, set()).add(index.node(rev))
        self._roots, self._phases = roots, None
        for rev in sorted({*before, *after}):
            old, new = before.get(rev, 0), after.get(rev, 0)
            if old != new:
                txn.changes.phases.append(((rev,), (NAMES[old], NAMES[new])))
        self._changed(txn)


def _read(repo: Repository) -> dict[int, set[Node]]:
    """Roots by phase; those that are not in the history are left out."""
    path = os.path.join(repo.engine.store, FILE)
    found: dict[int, set[Node]] = {}
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return found
    index = repo.engine.changelog()
    for line in data.splitlines():
        fields = line.split()
        try:
            phase, node = int(fields[0]), Node(bytes.fromhex(fields[1].decode("ascii")))
        except (ValueError, IndexError):
            raise errors.CorruptFile(path=path, problem="a line is not a phase and a node") from None
        if phase not in NAMES:
            raise errors.CorruptFile(path=path, problem="a line is not a phase and a node")
        try:
            index.rev(node)
        except errors.UnknownNode:
            continue
        if phase:
            found.setdefault(phase, set()).add(node)
    return found


if TYPE_CHECKING:
    from collections.abc import Callable

    Counts = Callable[[Rev], bool]

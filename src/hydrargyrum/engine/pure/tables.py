"""Changesets, and what they did to files, as tables of the pure engine: `engine.history.HistoryRepository`.

Rows are gathered column by column; the Arrow stream around them is `report.arrow`.
"""

from __future__ import annotations

from hydrargyrum.engine.pure.report.arrow import Table
from hydrargyrum.engine.pure.text import encode
from hydrargyrum.tabletext import to_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hydrargyrum.engine.protocol import EngineRepository, ManifestMap
    from hydrargyrum.types import ChangesetRecord, Rev


def changeset_table(repo: EngineRepository, revs: Iterable[Rev]) -> Table:
    """Changesets in the order of `revs`."""
    asked = [rev for rev in revs if rev >= 0]
    records = repo.changesets(asked)
    first, second = repo.parent_columns(asked)
    phases: dict[Rev, str] = {}
    for phase in ("draft", "secret", "archived", "internal"):
        phases.update(dict.fromkeys(repo.phase_revs([phase]), phase))
    return Table(
        [
            ("rev", "int32", asked),
            ("node", "utf8", [record.node.hex() for record in records]),
            ("p1", "int32", first),
            ("p2", "int32", second),
            ("user", "utf8", [to_table(record.user) for record in records]),
            ("date", "seconds", [record.time for record in records]),
            ("tz", "int32", [record.offset for record in records]),
            ("branch", "utf8", [to_table(record.extra.get("branch", "default")) for record in records]),
            ("phase", "utf8", [phases.get(rev, "public") for rev in asked]),
            ("files", "int32", [len(record.files) for record in records]),
            ("description", "utf8", [to_table(record.description) for record in records]),
        ]
    )


def change_table(repo: EngineRepository, revs: Iterable[Rev]) -> Table:
    """What changesets did to the files that they list."""
    asked = [rev for rev in revs if rev >= 0]
    manifests = _Recent(repo)
    numbers: list[Rev] = []
    paths: list[bytes] = []
    statuses: list[str] = []
    for record in repo.changesets(asked):
        for path, status in _changes(repo, record, manifests):
            numbers.append(record.rev)
            paths.append(encode(path))
            statuses.append(status)
    return Table([("rev", "int32", numbers), ("path", "binary", paths), ("status", "utf8", statuses)])


def _changes(
    repo: EngineRepository, record: ChangesetRecord, manifests: _Recent
) -> Iterable[tuple[str, str]]:
    if not record.files:
        return
    first, second = repo.parent_columns([record.rev])
    parents = [parent for parent in (first[0], second[0]) if parent >= 0]
    manifest = manifests.of(record.rev)
    before = [manifests.of(parent) for parent in parents]
    bases: list[ManifestMap] | None = None
    for path in record.files:
        if path in manifest:
            yield path, "M" if any(path in each for each in before) else "A"
            continue
        if len(parents) == 2:
            if bases is None:
                bases = [manifests.of(rev) for rev in repo.common_heads_of(parents)]
            if _inherited(path, before, bases):
                # a parent had removed it already: it is listed, and nothing happened to it here
                yield path, "M"
                continue
        yield path, "R"


def _inherited(path: str, before: Sequence[ManifestMap], bases: Sequence[ManifestMap]) -> bool:
    """Whether a file that a merge lacks was gone in one parent, and untouched since the bases in the other."""
    first, second = (each.get(path) for each in before)
    if first is not None and second is not None:
        return False
    kept = first if first is not None else second
    if kept is None:
        return True
    known = [base.get(path) for base in bases]
    return bool(known) and all(entry is not None and entry.node == kept.node for entry in known)


class _Recent:
    """The manifests that were looked at last."""

    MOST = 6

    def __init__(self, repo: EngineRepository) -> None:
        self._repo = repo
        self._kept: dict[Rev, ManifestMap] = {}

    def of(self, rev: Rev) -> ManifestMap:
        found = self._kept.pop(rev, None)
        if found is None:
            if len(self._kept) >= self.MOST:
                del self._kept[next(iter(self._kept))]
            found = self._repo.manifest(rev)
        self._kept[rev] = found
        return found

"""What has to be done to a repository so that it has the format that configuration asks for.

Doing it is `run`'s business; what formats there are is told in `formats`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.ops.upgrading.formats import (
    ALL_REVLOGS,
    CHANGELOG,
    FILELOGS,
    FORMATS,
    MANIFEST,
    OPTIMISATIONS,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hydrargyrum.config import Config
    from hydrargyrum.ops.upgrading.formats import Improvement
    from hydrargyrum.repo import Repository

#: Compression of revlogs: each may come and go.
_COMPRESSIONS = frozenset(
    ("exp-compression-none", "exp-compression-zlib", "exp-compression-zstd", "revlog-compression-zstd")
)
#: Requirements that may be dropped.
_REMOVABLE = _COMPRESSIONS | {
    "delta-info-revlog",
    "dirstate-tracked-key-v1",
    "dirstate-v2",
    "dotencode",
    "exp-very-fragile-and-unsafe-plain-store-encoding",
    "persistent-nodemap",
    "revlogv1",
    "share-safe",
    "sparserevlog",
}
#: Requirements that may come in new.
_ADDABLE = _REMOVABLE | {"fncache", "generaldelta"}
#: How the kinds of revlogs are called where one is chosen, and by which option.
_CHOICES = (
    (FILELOGS, "all-filelogs", "--no-filelogs"),
    (MANIFEST, "all-manifestlogs", "--no-manifest"),
    (CHANGELOG, "changelog", "--no-changelog"),
)


class UpgradePlan:
    """What is to be done.

    Attributes:
        current, wanted: requirements before and after.
        lacking: formats that the repository has not, wanted or not.
        configured: names of formats that configuration asks for.
        upgrades, removals: formats that come and go.
        optimisations: what is done to revlogs, by name.
        revlogs: the kinds of revlogs that are written anew.
        selected: (how it is called, format) for revlogs that nobody chose and a format needs.
        overruled: (option, format) for revlogs that should have been left alone.
        keep_backup: whether what is replaced is kept.
    """

    __slots__ = (
        "configured",
        "current",
        "keep_backup",
        "lacking",
        "optimisations",
        "overruled",
        "removals",
        "revlogs",
        "selected",
        "upgrades",
        "wanted",
    )

    def __init__(self, current: frozenset[str], wanted: frozenset[str], *, keep_backup: bool) -> None:
        self.current = current
        self.wanted = wanted
        self.keep_backup = keep_backup
        self.lacking: list[Improvement] = []
        self.configured: set[str] = set()
        self.upgrades: list[Improvement] = []
        self.removals: list[Improvement] = []
        self.optimisations: list[Improvement] = []
        self.revlogs: set[str] = set()
        self.selected: list[tuple[str, str]] = []
        self.overruled: list[tuple[str, str]] = []

    @property
    def actions(self) -> list[Improvement]:
        """Everything that comes: formats and optimisations."""
        return self.upgrades + self.optimisations

    @property
    def unused_optimisations(self) -> list[Improvement]:
        """What could be done to revlogs beside."""
        return [one for one in OPTIMISATIONS if one not in self.optimisations]

    def touches_revlogs(self) -> bool:
        """Whether any revlog has to be looked at for what is left to be done."""
        return bool(self.optimisations) or any(one.touches for one in self.upgrades + self.removals)

    def finish(self, name: str) -> None:
        """A format was changed: it is no longer to be done."""
        self.upgrades = [one for one in self.upgrades if one.name != name]
        self.removals = [one for one in self.removals if one.name != name]


class Traits:
    """The formats of a repository, or of one that configuration would make; by name."""

    __slots__ = ("values",)

    def __init__(self, requirements: frozenset[str], config: Config, *, whole_changesets: bool) -> None:
        from hydrargyrum.engine.requirements import compression_of

        compression = compression_of(frozenset(name.encode() for name in requirements))
        self.values: dict[str, object] = {}
        for one in FORMATS:
            if one.requirement:
                self.values[one.name] = one.requirement in requirements
        self.values["plain-cl-delta"] = whole_changesets
        self.values["compression"] = compression
        self.values["compression-level"] = _level(config, compression)


def _level(config: Config, compression: str) -> str:
    if compression not in ("zlib", "zstd"):
        return "default"
    return config.text("storage", f"revlog.{compression}.level") or "default"


def traits_of(repo: Repository) -> Traits:
    """What a repository has."""
    index = repo.engine.changelog()
    whole = all(index[rev].delta_base in (rev, -1) for rev in range(len(index)))
    return Traits(repo.engine.requirements, repo.config, whole_changesets=whole)


def configured_traits(requirements: frozenset[str], config: Config) -> Traits:
    """What a repository with these requirements would have."""
    return Traits(requirements, config, whole_changesets=True)


def plan_upgrade(
    repo: Repository,
    compressions: Sequence[str],
    *,
    optimisations: Iterable[str] = (),
    chosen: Mapping[str, bool] | None = None,
    keep_backup: bool = True,
) -> UpgradePlan:
    """What is to be done.

    Args:
        repo: the repository.
        compressions: what the engine can compress with.
        optimisations: names of what is to be done to revlogs.
        chosen: kinds of revlogs that are, or are not, to be written anew, as the user said.
        keep_backup: see `UpgradePlan`.

    Raises:
        Abort: the repository cannot have that format, or is too old; an optimisation is unknown.
    """
    from hydrargyrum.ops.init import new_requirements

    current = repo.engine.requirements
    _check_source(current)
    fresh = new_requirements(repo.config, compressions, repo.reporter.warn)
    wanted = fresh | (current & {"shared", "narrowhg-experimental"})
    _check_change(current, wanted)
    plan = UpgradePlan(current, wanted, keep_backup=keep_backup)
    plan.optimisations = _optimisations(set(optimisations))
    here, there = traits_of(repo).values, configured_traits(fresh, repo.config).values
    plan.lacking = [one for one in FORMATS if not here[one.name]]
    plan.configured = {name for name, value in there.items() if value}
    plan.upgrades = [one for one in plan.lacking if not one.requirement or one.requirement in wanted]
    for one in FORMATS:
        differs = here[one.name] != there[one.name] if one.name == "compression" else not there[one.name]
        if here[one.name] and differs:
            plan.removals.append(one)
    if repo.is_shared:
        _check_share(plan)
    _choose_revlogs(plan, dict(chosen or {}))
    return plan


def _optimisations(names: set[str]) -> list[Improvement]:
    found = [one for one in OPTIMISATIONS if one.name in names]
    unknown = names - {one.name for one in found}
    if unknown:
        raise errors.Abort(
            f"unknown optimization action requested: {', '.join(sorted(unknown))}",
            hint="run without arguments to see valid optimizations",
        )
    return sorted(found, key=lambda one: one.name)


def _check_source(current: frozenset[str]) -> None:
    if "revlogv1" not in current:
        raise errors.Abort("cannot upgrade repository; missing a revlog version")
    if "store" not in current:
        raise errors.Abort("cannot upgrade repository; requirement missing: store")
    if "shared" in current and "share-safe" not in current:
        raise errors.Abort(
            "cannot upgrade repository; share repository without share-safe",
            hint="check 'hg help config.format.use-share-safe'",
        )


def _check_change(current: frozenset[str], wanted: frozenset[str]) -> None:
    lost = current - wanted - _REMOVABLE
    if lost:
        raise errors.Abort(f"cannot upgrade repository; requirement would be removed: {_listed(lost)}")
    new = wanted - current - _ADDABLE
    if new:
        raise errors.Abort(f"cannot upgrade repository; do not support adding requirement: {_listed(new)}")
    impossible = wanted - _ADDABLE - {"narrowhg-experimental", "shared", "store", "treemanifest"}
    if impossible:
        raise errors.Abort(
            f"cannot upgrade repository; do not support destination requirement: {_listed(impossible)}"
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _check_share(plan: UpgradePlan) -> None:
    unfit = {one.name for one in plan.actions + plan.removals if not one.fits_shares}
    if unfit:
        raise errors.Abort(
            f"cannot use these actions on a share repository: {_listed(unfit)}",
            hint="upgrade the main repository directly",
        )


def _choose_revlogs(plan: UpgradePlan, chosen: dict[str, bool]) -> None:
    """Which revlogs are written anew: as the user chose, and what formats need."""
    if plan.optimisations:
        if any(chosen.values()):
            plan.revlogs = {kind for kind, wanted in chosen.items() if wanted}
        else:
            plan.revlogs = {kind for kind in ALL_REVLOGS if kind not in chosen}
    for one in sorted(plan.upgrades + plan.removals, key=lambda one: one.name):
        for kind, called, option in _CHOICES:
            if kind not in one.touches or kind in plan.revlogs:
                continue
            if kind not in chosen:
                plan.selected.append((called, one.name))
            elif not chosen[kind]:
                plan.overruled.append((option, one.name))
            plan.revlogs.add(kind)

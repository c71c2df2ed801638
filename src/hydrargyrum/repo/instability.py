"""How many changesets are unstable, before a transaction and after it, so that users hear of new ones.

What makes a changeset unstable is decided in `evolution`.
"""

from __future__ import annotations

from hydrargyrum.repo.evolution import has_markers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.repo.repository import Repository

_KINDS = ("orphan", "phase-divergent", "content-divergent")


def count_unstable(repo: Repository) -> tuple[int, ...]:
    """Visible changesets that are orphans, phase-divergent, content-divergent."""
    if not has_markers(repo.engine.store):
        return 0, 0, 0
    evolution, hidden = repo.evolution, repo.hidden
    return tuple(
        sum(rev not in hidden for rev in revs)
        for revs in (evolution.orphan, evolution.phase_divergent, evolution.content_divergent)
    )


def tell_new(repo: Repository, before: tuple[int, ...], report: Callable[[str], object]) -> None:
    """Tell how many more there are of each kind."""
    if not repo.config.boolean("experimental", "evolution.report-instabilities", True):
        return
    for kind, old, new in zip(_KINDS, before, count_unstable(repo), strict=True):
        if new > old:
            report(f"{new - old} new {kind} changesets\n")

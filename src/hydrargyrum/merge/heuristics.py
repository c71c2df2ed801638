"""Copies that are guessed from names instead of traced: `experimental.copytrace=heuristics`.

The rules are in `docs/formats/copies.md`. What is done with copies belongs to `copies` and `decide`.
"""

from __future__ import annotations

import os

from hydrargyrum.merge.copies import SideCopies, related
from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hydrargyrum.merge.conversation import Conversation
    from hydrargyrum.merge.decide import RevisionFiles
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev


def is_wanted(repo: Repository, local: Rev, base: Rev) -> bool:
    """Whether copies are to be guessed: they are traced after all where the way is short and not public."""
    if repo.config.text("experimental", "copytrace") != "heuristics":
        return False
    if base == NULL_REV or "public" in (repo[local].phase, repo[base].phase):
        return True
    limit = repo.config.integer("experimental", "copytrace.sourcecommitlimit", 100)
    return _count_between(repo, base, local) >= limit


def _count_between(repo: Repository, base: Rev, head: Rev) -> int:
    """How many changesets descend from `base` and lead to `head`, both included."""
    leading = repo.engine.ancestors([head], inclusive=True)
    found = {base} if base in leading else set()
    for rev in range(base + 1, head + 1):
        if rev in leading and any(parent.rev in found for parent in repo[rev].parents):
            found.add(rev)
    return len(found)


def changed_between(repo: Repository, base: Rev, other: Rev, debug: Conversation) -> set[str] | None:
    """Files that changesets after `base` changed on the way to `other`; None where copies have to be traced."""
    if base != other and base not in repo.engine.ancestors([other]):
        debug.debug("switching to full copytracing as base is not an ancestor of c2\n")
        return None
    found: set[str] = set()
    while other != base:
        changeset = repo[other]
        first, second = changeset.parents
        if second.rev != NULL_REV:
            debug.debug("switching to full copytracing because of merges\n")
            return None
        found.update(changeset.files)
        other = first.rev
    return found


def guess_copies(
    sides: tuple[RevisionFiles, RevisionFiles, RevisionFiles],
    traced: Mapping[str, str],
    changed: Iterable[str],
    added: Iterable[str],
    *,
    limit: int,
    talk: Conversation,
) -> tuple[SideCopies, SideCopies, dict[str, list[str]]]:
    """Copies of both sides, as `copies.merge_copies` gives them.

    Args:
        sides: our parent, the other side, the base.
        traced: copies from the base to the other side, which are few changesets apart.
        changed: files that the other side changed.
        added: files of our parent that the base lacks.
        limit: how many new names are looked at for a file.
        talk: is told of files that have more.
    """
    local, other, base = sides
    theirs = {path: source for path, source in traced.items() if local.get(source) is not None}
    ours: dict[str, str] = {}
    by_name: dict[str, list[str]] = {}
    by_directory: dict[str, list[str]] = {}
    for path in added:
        by_name.setdefault(os.path.basename(path), []).append(path)
        by_directory.setdefault(os.path.dirname(path), []).append(path)
    for path in sorted(changed, key=os.fsencode):
        if local.get(path) is not None or base.get(path) is None or other.get(path) is None:
            continue
        candidates = [
            *by_name.get(os.path.basename(path), ()),
            *by_directory.get(os.path.dirname(path), ()),
        ]
        if len(candidates) > limit:
            count = len(candidates)
            talk.status(f"skipping copytracing for '{path}', more candidates than the limit: {count}\n")
            continue
        here = other.ancestors(path)
        for candidate in candidates:
            if related(local.ancestors(candidate), here):
                ours[candidate] = path
    return SideCopies(ours), SideCopies(theirs), {}

"""What shells offer to complete names and paths with.

Only what is known already is looked at: names in files, paths in the dirstate.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.repo import Repository


def names(repo: Repository, beginnings: Sequence[str]) -> list[str]:
    """Tags, bookmarks and open branches that begin so, in byte order."""
    engine = repo.engine
    known = {"tip", *engine.bookmarks(), *engine.tags()}
    for branch, heads in engine.branch_heads().items():
        if not all(closed for _rev, closed in heads):
            known.add(branch)
    wanted = tuple(beginnings) or ("",)
    return sorted((name for name in known if name.startswith(wanted)), key=os.fsencode)


def tracked_paths(
    repo: Repository, cwd: str, beginnings: Sequence[str], *, states: str = "nmar", whole: bool = False
) -> list[str]:
    """Tracked files that begin so, and what is next in their directories, as repository paths in byte order.

    Args:
        repo: where to look.
        cwd: the directory that the beginnings start from.
        beginnings: of paths; one that is a directory means what is in it.
        states: of the dirstate that count.
        whole: whole paths instead of the next part.
    """
    prefix = repo.root if repo.root.endswith("/") else repo.root + "/"
    found: set[str] = set()
    dirstate = repo.engine.dirstate()
    for beginning in beginnings or ["."]:
        start = os.path.normpath(os.path.join(cwd, beginning))
        if start != repo.root and not start.startswith(prefix):
            continue
        if os.path.isdir(start):
            start = start if start.endswith("/") else start + "/"
        start = start[len(prefix) :]
        for path in dirstate:
            if not path.startswith(start) or dirstate[path].state not in states:
                continue
            end = -1 if whole else path.find("/", len(start))
            found.add(path if end < 0 else path[:end])
    return sorted(found, key=os.fsencode)

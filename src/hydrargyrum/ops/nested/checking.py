"""Whether the subrepositories' changesets that a history records are there.

Checking the history itself is the business of `ops.verify`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.ops.nested.inner import Inner
from hydrargyrum.repo.substates import STATE_FILE, subrepos_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo import Changeset, Repository


def check_links(repo: Repository) -> None:
    """Warns of changesets that are recorded and are not there, which a pull into the subrepository may bring."""
    engine = repo.engine
    found = sorted(set(engine.file_revs(STATE_FILE)) - set(repo.hidden))
    if not found:
        return
    repo.reporter.status("checking subrepo links\n")
    for rev in found:
        changeset = repo[rev]
        try:
            _check(changeset)
        except (errors.Unsupported, errors.RepositoryNotFound) as problem:
            repo.reporter.warn(f"{rev}: {problem}\n")
        except errors.HgError:
            repo.reporter.warn(f".hgsubstate is corrupt in revision {changeset.node.hex()[:12]}\n")


def _check(changeset: Changeset) -> None:
    where = changeset.node.hex()[:12]
    for path, recorded in sorted(subrepos_of(changeset).items(), key=lambda row: os.fsencode(row[0])):
        inner = Inner(changeset.repo, path, recorded)
        if inner.repo is None:
            raise errors.RepositoryNotFound(path=inner.root)
        problem = ""
        try:
            if inner.changeset(recorded.revision or "null").rev in inner.repo.hidden:
                problem = "is hidden in"
        except errors.Abort:
            problem = "not found in"
        if problem:
            changeset.repo.reporter.warn(f"subrepo '{inner.shown_path}' {problem} revision {where}\n")

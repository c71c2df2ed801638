"""Brings changesets of a subrepository here: a new copy of its source, or what a copy lacks of it.

Only sources on this machine can be asked so far.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.atomicfile import write_file
from hydrargyrum.ops import clone
from hydrargyrum.ops.discovery import find_incoming
from hydrargyrum.ops.init import create_repository, new_requirements
from hydrargyrum.ops.nested.inner import source_for
from hydrargyrum.ops.unbundle import new_changesets_line
from hydrargyrum.paths import hide_password

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.merge.conversation import Conversation
    from hydrargyrum.ops.nested.inner import Inner
    from hydrargyrum.repo import Repository


def clone_inner(inner: Inner, talk: Conversation) -> None:
    """Makes the repository from its source, without files; an empty one that is there gives way."""
    location = source_for(inner)
    talk.status(f"cloning subrepo {inner.shown_path} from {hide_password(location)}\n")
    source = _source(inner.outer, location)
    clone.discard(inner.root, existed=True)
    if clone.can_be_linked(source):
        clone.link_repository(source, inner.root)
    else:
        wanted = new_requirements(inner.outer.config, inner.outer.compressions, talk.warn)
        create_repository(inner.root, wanted)
    write_file(os.path.join(inner.root, ".hg/hgrc"), os.fsencode(f"[paths]\ndefault = {location}\n"))
    repo = inner.outer.subrepository(inner.path, inner.recorded.source)
    if not len(repo.engine.changelog()):
        talk.status("requesting all changes\n")
        added = clone.pull_changesets(source, repo, None, f"file:{location}")
        if added is not None:
            talk.status(new_changesets_line(repo, added.revs))
    clone.copy_bookmarks(source, repo)


def pull_inner(inner: Inner, repo: Repository, talk: Conversation) -> None:
    """Adds what the source has and the repository lacks."""
    location = source_for(inner)
    talk.status(f"pulling subrepo {inner.shown_path} from {hide_password(location)}\n")
    source = _source(inner.outer, location)
    missing, common = find_incoming(repo, source, None, force=False)
    if not missing:
        talk.status("no changes found\n")
        return
    added = clone.pull_changesets(source, repo, None, f"file:{location}", common=common)
    if added is not None:
        talk.status(new_changesets_line(repo, added.revs))


def _source(outer: Repository, location: str) -> Repository:
    path = location.removeprefix("file://")
    if "://" in path:
        raise errors.Unsupported(feature=f"fetching subrepositories from {hide_password(location)} is")
    root = os.path.normpath(os.path.join(outer.root, path))
    if not os.path.isdir(os.path.join(root, ".hg")):
        raise errors.RepositoryNotFound(path=hide_password(location))
    return outer.nested(os.path.realpath(root))

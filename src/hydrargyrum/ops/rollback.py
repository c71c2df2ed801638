"""Takes the last transaction back, as far as its undo files reach. Interrupted ones are `repo.transaction.recover`'s."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.repo.journal import PLAIN, Journal, Places, is_of_the_working_copy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo import Repository


def rollback(repo: Repository, *, dry_run: bool = False, force: bool = False) -> bool:
    """Plays the undo files back; False where there are none.

    Raises:
        Abort: the last commit is not checked out, without `force`.
    """
    with repo.lock_working_copy(), repo.lock_store():
        places = Places(repo)
        if not os.path.lexists(places.path("", "undo")):
            repo.reporter.warn("no rollback information available\n")
            return False
        message, name, keeps_parents = _described(repo, places)
        working, tip = repo.working_parents()[0], len(repo.engine.changelog()) - 1
        if not force and name == "commit" and working != repo.engine.changelog().node(tip):
            raise errors.Abort(
                "rollback of last commit while not checked out may lose data", hint="use -f to force"
            )
        repo.reporter.status(message)
        if dry_run:
            return True
        found = Journal.read(places, "undo", repo.reporter.warn)
        if keeps_parents:
            found.backups = [entry for entry in found.backups if not is_of_the_working_copy(entry.name)]
        try:
            found.begin_again(places)
        except KeyboardInterrupt:
            if os.path.lexists(places.path("", "journal")):
                # it has been decided, and nothing is to be left that has to be recovered from
                found.name = "journal"
                found.play_back(places, repo.reporter.warn)
            raise
        found.play_back(places, repo.reporter.warn)
        repo.invalidate()
        if not keeps_parents:
            _tell_parents(repo, places)
        return True


def _described(repo: Repository, places: Places) -> tuple[str, str, bool]:
    """What will be said, what the transaction was for, and whether the working copy's parents will still be there."""
    try:
        with open(places.path(PLAIN, "undo.desc"), "rb") as file:
            lines = os.fsdecode(file.read()).splitlines()
        length, name = int(lines[0]), lines[1]
    except (OSError, ValueError, IndexError):
        return "rolling back unknown transaction\n", "", False
    detail = f": {lines[2]}" if len(lines) > 2 and lines[2] else ""
    shown = detail if repo.config.boolean("ui", "verbose") else ""
    index = repo.engine.changelog()
    known = [index.rev(parent) for parent in repo.working_parents() if parent != bytes(20)]
    keeps = all(rev < length for rev in known)
    return f"repository tip rolled back to revision {length - 1} (undo {name}{shown})\n", name, keeps


def _tell_parents(repo: Repository, places: Places) -> None:
    """Says where the working copy is now, and forgets the merge that was going on."""
    import shutil

    index = repo.engine.changelog()
    try:
        revs = [index.rev(parent) for parent in repo.engine.working_parents() if parent != bytes(20)]
    except errors.UnknownNode:
        # there was no dirstate to come back to
        os.unlink(places.path(PLAIN, "dirstate"))
        revs = []
    revs = revs or [-1]
    if len(revs) > 1:
        repo.reporter.status(f"working directory now based on revisions {revs[0]} and {revs[1]}\n")
    else:
        repo.reporter.status(f"working directory now based on revision {revs[0]}\n")
    shutil.rmtree(places.path(PLAIN, "merge"), ignore_errors=True)

"""Sources of section `extdata`: text about changesets that comes from a file or a command.

Reading only; the predicate and the function of templates that ask for it are elsewhere.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev

#: What may be the matter with a changeset that somebody else names.
_NOT_THERE = (
    errors.UnknownRevision,
    errors.AmbiguousPrefix,
    errors.FilteredRevision,
    errors.UnknownNode,
    errors.InputError,
)


def read_source(repo: Repository, source: str) -> dict[Rev, str]:
    """Text by revision; each line begins with an expression, what is not there is passed over.

    Raises:
        Abort: an unknown source, or one that fails.
        ParseError: a line that begins with no expression.
    """
    from hydrargyrum.query.revset import revisions

    place = repo.config.text("extdata", source)
    if not place:
        raise errors.Abort(f"unknown extdata source '{source}'")
    found = {}
    for line in _read(repo, place).decode("utf-8", "surrogateescape").splitlines():
        name, _, text = line.partition(" ")
        try:
            rev = revisions(repo, [name]).last()
        except _NOT_THERE:
            continue
        if rev is not None:
            found[rev] = text.strip()
    return found


def _read(repo: Repository, place: str) -> bytes:
    if place.startswith("shell:"):
        import subprocess

        command = place[len("shell:") :]
        done = subprocess.run(command, shell=True, cwd=repo.root, stdout=subprocess.PIPE, check=False)
        if done.returncode:
            raise errors.Abort(f"extdata command '{command}' failed: exited with status {done.returncode}")
        return done.stdout
    path = place.removeprefix("file:")
    try:
        with open(os.path.join(repo.cwd, path), "rb") as stream:
            return stream.read()
    except OSError as problem:
        if path != place:  # an address
            reason = os.strerror(problem.errno or 0)
            raise errors.Abort(f"error: {reason}", exit_code=errors.EXIT_REMOTE) from None
        raise errors.IoError(path=path, errno=problem.errno, operation="open") from None

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


def read_source(repo: Repository, source: str) -> dict[Rev, str]:
    """Text by revision; changesets that are not there are passed over.

    Raises:
        Abort: an unknown source, or one that fails.
    """
    place = repo.config.text("extdata", source)
    if not place:
        raise errors.Abort(f"unknown extdata source '{source}'")
    found = {}
    for line in _read(repo, place).decode("utf-8", "surrogateescape").splitlines():
        name, _, text = line.partition(" ")
        try:
            found[repo[name].rev] = text.strip()
        except errors.HgError:
            continue
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
        with open(os.path.join(repo.root, path), "rb") as stream:
            return stream.read()
    except OSError as problem:
        raise errors.IoError(path=path, errno=problem.errno, operation="open") from None

"""Makes the list of store files anew from the history.

Reading the list is the engine's business, how files are named on disk that of `engine.storenames`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.engine.storenames import StorePaths
    from hydrargyrum.repo import Repository


class FncacheChange:
    """What was wrong with the list; names are those of the files, in byte order."""

    __slots__ = ("added", "removed")

    def __init__(self, added: list[str], removed: list[str]) -> None:
        self.added = added
        self.removed = removed


def rebuild_fncache(repo: Repository, *, only_data: bool = False) -> FncacheChange | None:
    """Adds what is missing in the list and removes what is too much; None where the repository has no list.

    Args:
        repo: the repository.
        only_data: believe the list about index files, look for data files only.
    """
    if "fncache" not in repo.engine.requirements:
        return None
    from hydrargyrum.engine.storenames import encode_directories

    with repo.lock_store():
        old, is_damaged = _read(repo)
        new = set(_there(repo, _listed(old) if only_data else _of_history(repo), old, only_data))
        if old != new or is_damaged:
            names = sorted(map(encode_directories, new))
            with repo.transaction("fncache") as txn:
                txn.write_file("", "fncache", b"".join(name + b"\n" for name in names))
    return FncacheChange(
        [os.fsdecode(name) for name in sorted(new - old)],
        [os.fsdecode(name) for name in sorted(old - new)],
    )


def _read(repo: Repository) -> tuple[set[bytes], bool]:
    """What the list names, and whether it is damaged, which is told."""
    try:
        return set(map(os.fsencode, repo.engine.listed_files())), False
    except errors.CorruptFile as problem:
        with open(str(problem.facts["path"]), "rb") as stream:
            lines = stream.read().split(b"\n")
        empty = [number for number, line in enumerate(lines[:-1], 1) if not line]
        if lines[-1]:
            repo.reporter.warn("fncache does not ends with a newline\n")
        for number in empty:
            repo.reporter.warn(f"invalid entry in fncache, line {number}\n")
        names = set(map(os.fsencode, repo.engine.listed_files(lenient=True)))
        return {*names, b""} if empty else names, True


def names_of_history(repo: Repository) -> Iterator[bytes]:
    """The files of revlogs that are there, found without a list."""
    return _there(repo, _of_history(repo), set(), only_data=False)


def store_paths(repo: Repository) -> StorePaths:
    """Where the files of the store lie."""
    from hydrargyrum.engine.storenames import StorePaths

    return StorePaths(repo.engine.store, repo.engine.requirements)


def _listed(names: set[bytes]) -> set[bytes]:
    """The tracked files whose index the list names."""
    return {name[5:-2] for name in names if name.startswith(b"data/") and name.endswith(b".i")}


def _of_history(repo: Repository) -> set[bytes]:
    """All files that any changeset touches."""
    engine = repo.engine
    found: set[bytes] = set()
    count = len(engine.changelog())
    with repo.reporter.progress("rebuilding", "changesets", count) as steps:
        for rev in range(count):
            steps.increment()
            found.update(map(os.fsencode, engine.changeset(rev).files))
    return found


def _there(repo: Repository, paths: set[bytes], old: set[bytes], only_data: bool) -> Iterator[bytes]:
    """The revlog files of tracked files and their directories that are there."""
    place = store_paths(repo).path
    for path in paths:
        index, data = b"data/%s.i" % path, b"data/%s.d" % path
        if (only_data and index in old) or os.path.lexists(place(index)):
            yield index
        if os.path.lexists(place(data)):
            yield data
    if "treemanifest" in repo.engine.requirements:
        directories = set()
        for path in paths:
            while b"/" in path:
                path = path[: path.rindex(b"/")]
                directories.add(path)
        for directory in directories:
            for ending in (b"i", b"d"):
                name = b"meta/%s/00manifest.%s" % (directory, ending)
                if os.path.lexists(place(name)):
                    yield name

"""The contents of files of a changeset, as they are stored or as they would be written to the working copy.

Where they are written to is decided by the command.
"""

from __future__ import annotations

import subprocess

from hydrargyrum import errors
from hydrargyrum.types import PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.repo import Changeset


class Contents:
    """The matching files of a changeset, their data read one after the other.

    Attributes:
        warnings: about files that were named and are not there.
    """

    __slots__ = ("_changeset", "_decode", "_patterns", "warnings")

    def __init__(self, changeset: Changeset, patterns: PatternSet, *, decode: bool = False) -> None:
        self._changeset = changeset
        self._patterns = patterns
        self._decode = decode
        self.warnings: Sequence[EngineWarning] = ()
        if patterns.patterns:
            self.warnings = changeset.repo.engine.files(changeset.engine_rev, patterns)[1]

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        filters = DecodeFilters(self._changeset) if self._decode else None
        for path, data in self._stored():
            yield path, data if filters is None else filters.apply(path, data)

    def _stored(self) -> Iterator[tuple[str, bytes]]:
        engine, changeset = self._changeset.repo.engine, self._changeset
        if changeset.engine_rev is not None:
            for stored in engine.contents(changeset.engine_rev, self._patterns):
                yield stored.path, stored.data
            return
        for path in engine.files(None, self._patterns)[0]:
            file = changeset.find_file(path)
            if file is not None:
                yield path, file.data


class DecodeFilters:
    """The commands of section `decode` that files go through on their way to the working copy."""

    __slots__ = ("_filters", "_root")

    def __init__(self, changeset: Changeset) -> None:
        repo = changeset.repo
        self._root = repo.root
        self._filters: list[tuple[frozenset[str], str]] = []
        for pattern, value in repo.config.section("decode"):
            if value.text == "!":
                continue
            chosen = pattern if ":" in pattern else f"glob:{pattern}"
            paths, _ = repo.engine.files(changeset.rev, PatternSet(repo.root, [chosen], warn_missing=False))
            self._filters.append((frozenset(paths), value.text))

    def apply(self, path: str, data: bytes) -> bytes:
        """The data after the first filter that fits."""
        for paths, command in self._filters:
            if path in paths:
                return _run(command, data, self._root)
        return data


def _run(command: str, data: bytes, root: str) -> bytes:
    kind, colon, rest = command.partition(":")
    if colon and kind == "tempfile":
        return _run_with_files(rest.lstrip(), data, root)
    shell = rest.lstrip() if colon and kind == "pipe" else command
    return subprocess.run(shell, shell=True, cwd=root, input=data, stdout=subprocess.PIPE, check=False).stdout


def _run_with_files(command: str, data: bytes, root: str) -> bytes:
    """Run a command that reads INFILE and writes OUTFILE. Raises Abort where it fails."""
    import os
    import tempfile

    with tempfile.TemporaryDirectory(prefix="hg-filter-") as directory:
        source, target = os.path.join(directory, "in"), os.path.join(directory, "out")
        with open(source, "wb") as stream:
            stream.write(data)
        with open(target, "wb"):
            pass
        shell = command.replace("INFILE", source).replace("OUTFILE", target)
        code = subprocess.run(shell, shell=True, cwd=root, check=False).returncode
        if code:
            raise errors.Abort(f"command '{shell}' failed: exited with status {code}")
        with open(target, "rb") as stream:
            return stream.read()

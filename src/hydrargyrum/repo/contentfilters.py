"""What files go through between the disk and the store: filters of sections `encode` and `decode`, by pattern.

An engine is given them where something is configured, and calls them for whatever it reads and writes of the working
copy. Filters that are no commands are registered by extensions (kind "data-filter").
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.atomicfile import write_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hydrargyrum.config import Config
    from hydrargyrum.matching.matcher import Matcher

    #: Given content and where it is filtered.
    DataFilter = Callable[[bytes, "Filtering"], bytes]
    Rule = tuple[Matcher, str, Callable[[bytes, "Filtering"], bytes]]


class Filtering:
    """One file that goes through a filter.

    Attributes:
        path: of the file; root: of its repository.
        config: for settings of the filter.
        warn: tells the user something.
    """

    __slots__ = ("config", "path", "root", "warn")

    def __init__(self, path: str, root: str, config: Config, warn: Callable[[str], object]) -> None:
        self.path = path
        self.root = root
        self.config = config
        self.warn = warn


class ContentFilters:
    """The filters of one repository.

    Attributes:
        debug: told which file goes through which filter; warn: tells the user something.
        before_commit: called with the paths of files that are about to be recorded from the working copy.
    """

    __slots__ = ("_config", "_named", "_root", "_rules", "before_commit", "debug", "warn")

    def __init__(self, config: Config, root: str, named: Mapping[str, DataFilter]) -> None:
        self._config = config
        self._root = root
        self._named = named
        self._rules: dict[str, list[Rule]] = {}
        self.debug: Callable[[str], object] = str
        self.warn: Callable[[str], object] = str
        self.before_commit: Callable[[Sequence[str]], object] | None = None

    def from_disk(self, path: str, data: bytes) -> bytes:
        """What is stored of a file that has this content on disk. Raises Abort where a filter fails."""
        return self._through("encode", path, data)

    def to_disk(self, path: str, data: bytes) -> bytes:
        """What is written of a file that is stored with this content. Raises Abort where a filter fails."""
        return self._through("decode", path, data)

    def forget(self) -> None:
        """The configuration has changed."""
        self._rules.clear()

    def _through(self, section: str, path: str, data: bytes) -> bytes:
        rules = self._rules.get(section)
        if rules is None:
            rules = self._rules[section] = self._read(section)
        encoded = os.fsencode(path)
        for matcher, name, function in rules:
            if matcher.matches(encoded):
                self.debug(f"filtering {path} through {name}\n")
                return function(data, Filtering(path, self._root, self._config, self.warn))
        return data

    def _read(self, section: str) -> list[Rule]:
        rules = []
        for pattern, value in self._config.section(section):
            if value.text != "!":
                name, function = self._function(value.text)
                rules.append((matcher_of(self._root, pattern), name, function))
        return rules

    def _function(self, command: str) -> tuple[str, Callable[[bytes, Filtering], bytes]]:
        for name, function in self._named.items():
            if command.startswith(name):
                return command[len(name) :].lstrip() or function.__name__, function
        return command, lambda data, _filtering: _run(command, data)


def matcher_of(root: str, pattern: str) -> Matcher:
    """What a pattern of these sections means: a glob from the root, unless it says otherwise."""
    from hydrargyrum.matching.build import MatchRequest, build

    return build(MatchRequest(os.fsencode(root), patterns=[os.fsencode(pattern)], default_kind=b"glob"))


def content_filters(config: Config, root: str, named: Mapping[str, DataFilter]) -> ContentFilters | None:
    """The filters that are configured for a repository, None where there are none."""
    if named or any(config.section(section) for section in ("encode", "decode")):
        return ContentFilters(config, root, named)
    return None


def _run(command: str, data: bytes) -> bytes:
    """Content through a command of the shell."""
    import subprocess

    kind, colon, rest = command.partition(":")
    if colon and kind == "tempfile":
        return _run_with_files(rest.lstrip(), data)
    shell = rest.lstrip() if colon and kind == "pipe" else command
    return subprocess.run(shell, shell=True, input=data, stdout=subprocess.PIPE, check=False).stdout


def _run_with_files(command: str, data: bytes) -> bytes:
    """Runs a command that reads INFILE and writes OUTFILE. Raises Abort where it fails."""
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory(prefix="hg-filter-") as directory:
        source, target = os.path.join(directory, "in"), os.path.join(directory, "out")
        write_file(source, data)
        write_file(target, b"")
        shell = command.replace("INFILE", source).replace("OUTFILE", target)
        code = subprocess.run(shell, shell=True, check=False).returncode
        if code:
            said = f"exited with status {code}" if code > 0 else f"killed by signal {-code}"
            raise errors.Abort(f"command '{shell}' failed: {said}")
        with open(target, "rb") as stream:
            return stream.read()

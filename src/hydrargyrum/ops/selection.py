"""The files that a command about the working copy names: which of them it names one by one, and how they are shown.

Which files match is the engine's business; here names are only brought into the form of repository paths.
"""

from __future__ import annotations

import os
import posixpath

from hydrargyrum import errors
from hydrargyrum.types import PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hydrargyrum.engine.protocol import StatusReport
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.merge.conversation import ShowPath
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.reporter import Reporter

#: Kinds of patterns that name one file or directory.
_NAMING = {"path": True, "relpath": False, "filepath": True}
_ABOUT_FILES = ("bad-file", "unsupported-file-type")
#: What a file on disk may be called nowhere else.
_RESERVED_NAMES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))]
)
_RESERVED_CHARACTERS = ':*?"<>|'


class Selection:
    """Patterns of one command for one repository.

    Attributes:
        patterns: as given; names: repository paths of those that name a file or directory, in the order given.
        show: how a path is shown to the user.
    """

    __slots__ = ("_exact", "_repo", "_times", "names", "patterns", "show")

    def __init__(self, repo: Repository, patterns: PatternSet, show: ShowPath) -> None:
        self._repo = repo
        self.patterns = patterns
        self.show = show
        self._times: dict[str, int] = {}
        for name in self._named():
            self._times[name] = self._times.get(name, 0) + 1
        self.names = tuple(self._times)
        self._exact = frozenset(self.names)

    def _named(self) -> Iterable[str]:
        root, cwd = self._repo.root, self.patterns.cwd
        for pattern in self.patterns.patterns:
            kind, colon, text = pattern.partition(":")
            if not colon or not is_kind(kind):
                kind, text = self.patterns.default_kind, pattern
            if kind in _NAMING:
                path = posixpath.normpath(posixpath.join(root if _NAMING[kind] else cwd, text))
                path = path if _is_below(path, root) else os.path.join(*_resolved(path))
                if _is_below(path, root):
                    yield path[len(root) :].strip("/")

    def repeated_names(self) -> list[str]:
        """The names, each as often as it was given."""
        return [name for name, times in self._times.items() for _ in range(times)]

    def is_exact(self, path: str) -> bool:
        """Whether the file itself was named."""
        return path in self._exact

    def report(self, talk: Reporter, **groups: bool) -> tuple[StatusReport, list[str]]:
        """The status of the files that match, and the paths of those that were warned about."""
        report = self._repo.engine.status(StatusRequest(self.patterns, **groups))
        return report, self.tell(talk, report.warnings)

    def tell(self, talk: Reporter, warnings: Iterable[EngineWarning]) -> list[str]:
        """Prints warnings; the paths they are about."""
        bad = []
        for warning in warnings:
            path = warning.facts.get("path")
            times = 1
            if warning.id in _ABOUT_FILES and isinstance(path, str):
                bad.append(path)
                warning = errors.EngineWarning(warning.id, {**warning.facts, "path": self.show(path)})
                # who names a file twice is told twice
                times = self._times.get(path, 1)
            talk.warn(f"{warning.text()}\n" * times)
        return bad

    def named_files(self) -> list[str]:
        """Of the names those that match although files may be excluded, and are files on disk or tracked."""
        found = []
        for name in self.names:
            absolute = os.path.join(self._repo.root, name)
            if (
                name
                and os.path.lexists(absolute)
                and (os.path.islink(absolute) or not os.path.isdir(absolute))
            ):
                found.append(name)
        if not found or not (self.patterns.include or self.patterns.exclude):
            return found
        exact = PatternSet(
            self.patterns.cwd,
            [f"path:{name}" for name in found],
            self.patterns.include,
            self.patterns.exclude,
        )
        report = self._repo.engine.status(StatusRequest(exact, clean=True, ignored=True))
        matching = {path for _, path in report.rows()}
        return [name for name in found if name in matching]


def is_kind(kind: str) -> bool:
    """Whether what stands before a colon says what kind of pattern follows."""
    return kind in (
        *("re", "relre", "glob", "path", "filepath", "relglob", "relpath", "rootfilesin", "rootglob"),
        *("set", "include", "subinclude", "listfile", "listfile0"),
    )


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def _resolved(path: str) -> tuple[str, str]:
    """Directory without symbolic links, and name."""
    directory, name = os.path.split(path)
    return os.path.realpath(directory), name


class PortabilityCheck:
    """What is said about names that other systems cannot store (`ui.portablefilenames`)."""

    __slots__ = ("_aborts", "_known", "_new", "_repo", "_talk", "_warns")

    def __init__(self, repo: Repository, talk: Reporter) -> None:
        wish = repo.config.text("ui", "portablefilenames") or "warn"
        lower = wish.lower()
        is_on = lower in ("1", "yes", "true", "on", "always")
        is_off = lower in ("0", "no", "false", "off", "never")
        self._aborts = lower == "abort"
        self._warns = is_on or lower == "warn"
        if not (is_on or is_off or self._aborts or self._warns or lower == "ignore"):
            raise errors.ConfigError(f"ui.portablefilenames value is invalid ('{wish}')")
        self._repo = repo
        self._talk = talk
        self._known: set[str] | None = None
        self._new: set[str] = set()

    def collision(self, path: str) -> None:
        """Tells of a name that differs from a tracked one by case only. Raises StateError where that is wished."""
        if not (self._aborts or self._warns):
            return
        if self._known is None:
            tracked = self._repo.engine.files(None, PatternSet(self._repo.root))[0]
            self._new = set(tracked)
            self._known = {name.lower() for name in self._new}
        if path in self._new:
            return
        lower = path.lower()
        if lower in self._known:
            said = f"possible case-folding collision for {path}"
            if self._aborts:
                raise errors.StateError(said)
            self._talk.warn(f"warning: {said}\n")
        self._known.add(lower)
        self._new.add(path)

    def name(self, path: str) -> None:
        """Tells of a name with parts that one system reserves. Raises InputError where that is wished."""
        if "\r" in path or "\n" in path:
            raise errors.InputError(f"'\\n' and '\\r' disallowed in filenames: {errors.quoted(path)}")
        if not (self._aborts or self._warns):
            return
        problem = unportable(path)
        if problem:
            said = f"{problem}: {_shell_quoted(path)}"
            if self._aborts:
                raise errors.InputError(said)
            self._talk.warn(f"warning: {said}\n")


def unportable(path: str) -> str | None:
    """What one widespread system dislikes about a path, or None."""
    if path.endswith("\\"):
        return "filename ends with '\\', which is invalid on Windows"
    if "\\/" in path:
        return "directory name ends with '\\', which is invalid on Windows"
    for part in path.replace("\\", "/").split("/"):
        if not part:
            continue
        for character in part:
            if character in _RESERVED_CHARACTERS:
                return f"filename contains '{character}', which is reserved on Windows"
            if ord(character) <= 31:
                code = errors.quoted(character)[1:-1]
                return f"filename contains '{code}', which is invalid on Windows"
        base = part.partition(".")[0]
        if base.lower() in _RESERVED_NAMES:
            return f"filename contains '{base}', which is reserved on Windows"
        if part[-1] in ". " and part not in (".", ".."):
            return f"filename ends with '{part[-1]}', which is not allowed on Windows"
    return None


def _shell_quoted(text: str) -> str:
    import re

    if not text:
        return "''"
    if re.search(r"[^a-zA-Z0-9._/+-]", text) is None:
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def sorted_paths(paths: Iterable[str]) -> Sequence[str]:
    """In byte order, each once."""
    return sorted(set(paths), key=os.fsencode)

"""Pattern files: their lines, and the expansion of written patterns into normalised ones with files read in.

Sub-includes stay as they are, because they become matchers of their own.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.matching import patterns
from hydrargyrum.matching.normalize import canonical, join, normalize
from hydrargyrum.matching.source import text as shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.matching.patterns import Pattern
    from hydrargyrum.matching.source import Source

#: How many pattern files may be read for one matcher, and how deep they may include each other.
MAX_READS = 4096
MAX_DEPTH = 40
#: "Too many levels of symbolic links": what a file that includes itself is answered with.
_ELOOP = 40

#: Words of `syntax:` lines and prefixes with what is put before the text, in the order they are tried. The words for
#: files lack their colon, as they do at the peer: any line that starts with one is taken for it, and is then read as
#: whatever kind the whole line names.
_SYNTAXES = {
    b"re": b"relre:",
    b"regexp": b"relre:",
    b"glob": b"relglob:",
    b"rootglob": b"rootglob:",
    b"include": b"include",
    b"subinclude": b"subinclude",
}


def parse(contents: bytes, path: bytes, warnings: list[errors.EngineWarning] | None) -> list[bytes]:
    """The patterns of a file, each as `kind:text`; `path` is how warnings name the file."""
    syntax = b"relre:"
    found = []
    for line in contents.split(b"\n"):
        if b"#" in line:
            line = _without_comment(line)
        line = line.rstrip()
        if not line:
            continue
        if line.startswith(b"syntax:"):
            word = line[7:].strip()
            if word in _SYNTAXES:
                syntax = _SYNTAXES[word]
            elif warnings is not None:
                facts: dict[str, str | int | None] = {"path": shown(path), "syntax": shown(word)}
                warnings.append(errors.EngineWarning("invalid-ignore-syntax", facts))
            continue
        for word, prefix in _SYNTAXES.items():
            if line.startswith(prefix):
                line = line[len(prefix) :]
            elif line.startswith(word + b":"):
                line = line[len(word) + 1 :]
            else:
                continue
            found.append(prefix + line)
            break
        else:
            found.append(syntax + line)
    return found


def _without_comment(line: bytes) -> bytes:
    """The line up to the first `#` that an even number of backslashes precedes, the others freed of theirs."""
    at = line.find(b"#")
    while at != -1:
        before = line[:at]
        if (at - len(before.rstrip(b"\\"))) % 2 == 0:
            line = before
            break
        at = line.find(b"#", at + 1)
    return line.replace(b"\\#", b"#")


class Expander:
    """Turns written patterns into normalised ones.

    Attributes:
        default: kind of a pattern that names none, here and in the files that are read.
        warnings: where warnings go; None drops them, as the peer does where it has nobody to tell.
    """

    __slots__ = ("_cwd", "_open", "_reads", "_root", "_source", "default", "warnings")

    def __init__(
        self,
        root: bytes,
        cwd: bytes,
        source: Source,
        default: bytes,
        warnings: list[errors.EngineWarning] | None = None,
    ) -> None:
        self._root = root
        self._cwd = cwd
        self._source = source
        self.default = default
        self.warnings = warnings
        self._open: list[bytes] = []
        self._reads = 0

    def patterns(self, written: Iterable[bytes]) -> list[Pattern]:
        """The normalised patterns, in order."""
        found: list[Pattern] = []
        for pattern in written:
            kind, text = patterns.split(pattern, self.default)
            if kind == b"include":
                found += self.include(text)
            elif kind in (b"listfile", b"listfile0"):
                found += self._list_file(text, by_nul=kind == b"listfile0")
            else:
                found.append((kind, self._normal(kind, text), b""))
        return found

    def _normal(self, kind: bytes, text: bytes) -> bytes:
        if kind in (b"relpath", b"glob"):
            return canonical(self._root, self._cwd, text, self._source)
        if kind in (b"relglob", b"path", b"filepath", b"rootfilesin", b"rootglob"):
            return normalize(text)
        if kind == b"set":
            raise errors.Unsupported(feature="filesets")
        return text

    def _list_file(self, name: bytes, *, by_nul: bool) -> list[Pattern]:
        path = join(self._root, self._cwd, name)
        try:
            contents = self._read(path)
        except OSError as problem:
            raise errors.UnreadablePatternFile(path=shown(name), errno=problem.errno) from None
        listed = contents.split(b"\0") if by_nul else contents.splitlines()
        self._open.append(path)
        try:
            found = self.patterns(line for line in listed if line)
        finally:
            self._open.pop()
        return [(kind, text, name) for kind, text, _source in found]

    def include(self, name: bytes) -> list[Pattern]:
        """The patterns of the pattern file `name` (relative to the root or absolute)."""
        path = join(self._root, name)
        try:
            contents = self._read(path)
        except OSError as problem:
            if self.warnings is not None:
                facts: dict[str, str | int | None] = {"path": shown(name), "errno": problem.errno}
                self.warnings.append(errors.EngineWarning("unreadable-pattern-file", facts))
            return []
        self._open.append(path)
        try:
            found = self.patterns(parse(contents, path, self.warnings))
        except errors.EngineError as problem:
            raise _within(problem, name) from None
        finally:
            self._open.pop()
        return [(kind, text, source or name) for kind, text, source in found]

    def _read(self, path: bytes) -> bytes:
        self._reads += 1
        if self._reads > MAX_READS or len(self._open) > MAX_DEPTH or path in self._open:
            raise OSError(_ELOOP, "too many levels", path)
        return self._source.read(path)


def _within(problem: errors.EngineError, name: bytes) -> errors.EngineError:
    """The same error, said of the file `name`; what was within another file keeps that name behind this one."""
    facts = {key: fact for key, fact in problem.facts.items() if key not in ("within", "suggested_cwd")}
    inner = problem.facts.get("within")
    facts["within"] = shown(name) if inner is None else f"{shown(name)}: {inner}"
    return type(problem)(**facts)

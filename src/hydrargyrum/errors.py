"""Every error and warning that hydrargyrum can report, each declared once with message, hint and exit code.

Both engines raise these classes (the native one by id), so nothing here may import anything of the package.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    Fact = str | int | None

#: Exit codes with `ui.detailed-exit-code`; without it every abort is 255.
EXIT_INPUT = 10
EXIT_PARSE = 10
EXIT_STATE = 20
EXIT_CONFIG = 30
EXIT_HOOK = 40
EXIT_STORAGE = 50
EXIT_REMOTE = 100
EXIT_SECURITY = 150
EXIT_CANCELED = 250
EXIT_INTERNAL = 255


class HgError(Exception):
    """Base of everything that ends a command with an `abort:` line.

    Attributes:
        id: stable name, the same in Rust (`hyg_base::ErrorId`) and here.
        message: `str.format` template over the facts.
        hint: template of the second line in parentheses, or None.
        detailed_exit_code: exit code when the user asked for detailed ones.
        facts: what is known of this occurrence (paths are `str` with surrogateescape).
    """

    id: ClassVar[str] = "error"
    message: ClassVar[str] = "{problem}"
    hint: ClassVar[str | None] = None
    detailed_exit_code: ClassVar[int] = EXIT_INTERNAL
    #: Printed before the message; parse errors use `hg: parse error: ` instead.
    prefix: ClassVar[str] = "abort: "

    def __init__(self, **facts: Fact) -> None:
        super().__init__(self.id, facts)
        self.facts = facts

    def text(self) -> str:
        """The message with its facts filled in."""
        return _fill(self.message, self.facts)

    def hint_text(self) -> str | None:
        """The hint with its facts filled in, or None."""
        return None if self.hint is None else _fill(self.hint, self.facts)

    def __str__(self) -> str:
        return self.text()

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.facts)


def _rebuild(kind: type[HgError], facts: dict[str, Fact]) -> HgError:
    return kind(**facts)


class _Facts(dict[str, object]):
    """Facts for `format_map`; one that is absent reads as a question mark rather than hiding the error."""

    def __missing__(self, key: str) -> str:
        return "?"


def _fill(template: str, facts: dict[str, Fact]) -> str:
    import os

    values = _Facts(facts)
    errno = facts.get("errno")
    if isinstance(errno, int):
        values["strerror"] = os.strerror(errno)
    return template.format_map(values)


class Abort(HgError):
    """An abort with a sentence of its own: for commands and extensions.

    `Abort("no changes found", hint="...")`; prefer a declared class where a caller may want to catch it.
    """

    id = "abort"

    def __init__(self, problem: str, *, hint: str | None = None, exit_code: int | None = None) -> None:
        super().__init__(problem=problem)
        self._hint = hint
        if exit_code is not None:
            self.detailed_exit_code = exit_code  # type: ignore[misc]

    def text(self) -> str:
        return str(self.facts["problem"])

    def hint_text(self) -> str | None:
        return self._hint

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_abort, (type(self), self.text(), self._hint, self.detailed_exit_code)


def _rebuild_abort(kind: type[Abort], problem: str, hint: str | None, code: int) -> Abort:
    return kind(problem, hint=hint, exit_code=code)


class InputError(Abort):
    """The user's input cannot be acted on."""

    id = "input"
    detailed_exit_code = EXIT_INPUT


class RevisionsMissing(InputError):
    """Revisions that a query asks for are not there, in a sentence of its own."""

    id = "revisions-missing"


class StateError(Abort):
    """The repository is in a state that does not allow the command."""

    id = "state"
    detailed_exit_code = EXIT_STATE


class CanceledError(Abort):
    """The user does not want it after all."""

    id = "canceled"
    detailed_exit_code = EXIT_CANCELED


class ConfigError(Abort):
    """The configuration cannot be used. Printed with `config error: `."""

    id = "config"
    detailed_exit_code = EXIT_CONFIG
    prefix = "config error: "


class ParseError(Abort):
    """An expression (template, revset, fileset, date) does not follow its grammar.

    Attributes:
        location: where in the expression, in bytes; None where it is the whole.
    """

    id = "parse"
    detailed_exit_code = EXIT_PARSE
    prefix = "hg: parse error"

    def __init__(
        self,
        problem: str,
        location: int | None = None,
        *,
        hint: str | None = None,
        exit_code: int | None = None,
    ) -> None:
        super().__init__(problem, hint=hint, exit_code=exit_code)
        self.location = location

    @property
    def problem(self) -> str:
        """What is wrong, without the place."""
        return str(self.facts["problem"])

    def detail(self) -> str:
        """What is wrong and where, as other messages quote it."""
        return self.problem if self.location is None else f"at {self.location}: {self.problem}"

    def text(self) -> str:
        """What follows the prefix: the place, a colon and the problem."""
        return f": {self.problem}" if self.location is None else f" at {self.location}: {self.problem}"

    def with_hint(self, hint: str) -> ParseError:
        """The same error with another hint."""
        return ParseError(self.problem, self.location, hint=hint, exit_code=self.detailed_exit_code)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_parse, (self.problem, self.location, self.hint_text(), self.detailed_exit_code)


def _rebuild_parse(problem: str, location: int | None, hint: str | None, code: int) -> ParseError:
    return ParseError(problem, location, hint=hint, exit_code=code)


class CommandError(HgError):
    """Wrong use of a command's arguments; the view adds the synopsis. Facts: `command`, `problem`."""

    id = "command"
    message = "hg {command}: {problem}"
    detailed_exit_code = EXIT_INPUT
    prefix = ""


class UnknownCommand(HgError):
    """Facts: `command`, `suggestions` (space separated, may be empty)."""

    id = "unknown-command"
    message = "hg: unknown command '{command}'"
    detailed_exit_code = EXIT_INPUT
    prefix = ""


class AmbiguousCommand(HgError):
    """Facts: `command`, `candidates` (one per line, indented as printed)."""

    id = "ambiguous-command"
    message = "hg: command '{command}' is ambiguous:\n{candidates}"
    detailed_exit_code = EXIT_INPUT
    prefix = ""


# ---- raised by both engines; ids as in rust/base/src/error.rs --------------------------------------------------


class EngineError(HgError):
    """Base of what an engine raises. A fact `within` names the pattern file that the error is about."""

    def text(self) -> str:
        text = super().text()
        within = self.facts.get("within")
        return text if within is None else f"{within}: {text}"


class CorruptFile(EngineError):
    """A file under `.hg` does not follow its format. Facts: `path`, `offset` (bytes, may be absent), `problem`."""

    id = "corrupt-file"
    message = "{path} is corrupted: {problem}"
    detailed_exit_code = EXIT_STORAGE

    def text(self) -> str:
        text = super().text()
        offset = self.facts.get("offset")
        return text if offset is None else f"{text} (at byte {offset})"


class CorruptIndex(CorruptFile):
    """A revlog index is not valid. Facts: `path` (radix), `offset`, `problem`; `version` and `flags` of strange ones."""

    id = "corrupt-index"
    message = "index {path} is corrupted: {problem}"

    def text(self) -> str:
        path, version, flags = (self.facts.get(name) for name in ("path", "version", "flags"))
        if version is None:
            return super().text()
        if isinstance(flags, int):
            return f"unknown flags ({flags:#04x}) in version {version} revlog {path}"
        return f"unknown version ({version}) in revlog {path}"


class CorruptRevision(EngineError):
    """A revision could not be rebuilt or its hash differs. Facts: `path` (radix), `rev`, `node`, `problem`."""

    id = "corrupt-revision"
    message = "{problem} for revision {rev} of {path}"
    detailed_exit_code = EXIT_STORAGE


class TextTooLong(EngineError):
    """A text is longer than a revlog can say. Facts: `path` (radix, or the file), `size`."""

    id = "text-too-long"
    message = "{path}: size of {size} bytes exceeds maximum revlog storage of 2GiB"
    detailed_exit_code = EXIT_STORAGE


class CensoredRevision(EngineError):
    """The content of a revision was removed on purpose. Facts: `path` (radix), `node`."""

    id = "censored-revision"
    message = "censored node: {node}"
    hint = "set censor.policy to ignore errors"
    detailed_exit_code = EXIT_STORAGE

    def text(self) -> str:
        return f"censored node: {str(self.facts.get('node', '?'))[:12]}"


class ExternalRevision(EngineError):
    """The content is stored elsewhere by an extension. Facts: `path` (radix), `node`, `flags`."""

    id = "external-revision"
    message = "missing processor for flag '{flags}'!"
    detailed_exit_code = EXIT_STORAGE

    def text(self) -> str:
        flags = self.facts.get("flags", 0)
        return f"missing processor for flag '{flags:#x}'!" if isinstance(flags, int) else super().text()


class IoError(EngineError):
    """The operating system said no. Facts: `path`, `errno`, `operation`."""

    id = "io"
    message = "{strerror}: '{path}'"


class RepositoryNotFound(EngineError):
    """No repository there. Facts: `path`."""

    id = "repository-not-found"
    message = "repository {path} not found"


class UnknownRequirement(EngineError):
    """A repository needs features that this program lacks. Facts: `features` (space separated, sorted)."""

    id = "unknown-requirement"
    message = "repository requires features unknown to this Mercurial: {features}"
    hint = "see https://mercurial-scm.org/wiki/MissingRequirement for more information"


class CorruptRequirement(EngineError):
    """The requires file holds an entry that cannot be one. Facts: `path`."""

    id = "corrupt-requirement"
    message = ".hg/requires file is corrupt"


class IncompatibleRequirements(EngineError):
    """Two requirements exclude each other. Facts: `first`, `second`."""

    id = "incompatible-requirements"
    message = 'bad requirements, cannot use both "dotencode" and "plain encoding"'


class SparseNotEnabled(EngineError):
    """The working directory is sparse and nothing that understands it is enabled."""

    id = "sparse-not-enabled"
    message = (
        "repository is using sparse feature but sparse is not enabled; "
        'enable the "sparse" extensions to access'
    )


class ShareSafeMismatch(EngineError):
    """A share and its source disagree about share-safe. Facts: `path`, `unsafe` (`source` or `share`)."""

    id = "share-safe-mismatch"
    message = "share source does not support share-safe requirement"
    hint = "see `hg help config.format.use-share-safe` for more information"

    def text(self) -> str:
        if self.facts.get("unsafe") == "share":
            return "version mismatch: source uses share-safe functionality while the current share does not"
        return super().text()


class ShareSourceMissing(EngineError):
    """A share points to a place that is gone. Facts: `path` (of `sharedpath`), `target`."""

    id = "share-source-missing"
    message = ".hg/sharedpath points to nonexistent directory {target}"


class UnknownRevision(EngineError):
    """A name stands for no revision. Facts: `name`."""

    id = "unknown-revision"
    message = "unknown revision '{name}'"
    detailed_exit_code = EXIT_INPUT


class AmbiguousPrefix(EngineError):
    """A hexadecimal prefix stands for several revisions. Facts: `name`."""

    id = "ambiguous-prefix"
    message = "00changelog@{name}: ambiguous identifier"
    detailed_exit_code = EXIT_INPUT


class UnknownNode(EngineError):
    """A node is not in a revlog. Facts: `path` (radix), `node`."""

    id = "unknown-node"
    message = "{path}@{node}: no node"
    detailed_exit_code = EXIT_STORAGE


class FilteredRevision(EngineError):
    """A revision exists but is hidden.

    Facts: `name`; for an obsolete one `fate` ("pruned", "diverged", "superseded", "split"), `successors` (short nodes,
    at most two) and `more` (how many further ones there are).
    """

    id = "filtered-revision"
    message = "hidden revision '{name}'"
    hint = "use --hidden to access hidden revisions"
    detailed_exit_code = EXIT_INPUT

    #: What follows the message, by `fate`.
    ENDINGS: ClassVar[dict[object, str]] = {
        "pruned": " is pruned",
        "diverged": " has diverged",
        "superseded": " was rewritten as: {successors}",
        "split": " was split as: {successors}",
    }

    def text(self) -> str:
        ending = self.ENDINGS.get(self.facts.get("fate"), "")
        if self.facts.get("more"):
            ending += " and {more} more"
        return super().text() + _fill(ending, self.facts)


class UnknownMarkerVersion(EngineError):
    """Obsolescence markers have a version that this program does not know. Facts: `path`, `version`."""

    id = "unknown-marker-version"
    message = "parsing obsolete marker: unknown version {version}"


class InvalidMarker(EngineError):
    """An obsolescence marker says what cannot be. Facts: `path`, `offset`."""

    id = "invalid-marker"
    message = "bad obsolescence marker detected: invalid successors nullid"


class InvalidPattern(EngineError):
    """A pattern cannot be compiled.

    Facts: `problem`; `kind` and `pattern` (absent where only patterns together are invalid); `length` in bytes where
    that is what is wrong.
    """

    id = "invalid-pattern"
    message = "invalid pattern ({kind}): {pattern}"

    def text(self) -> str:
        if "length" in self.facts:
            return f"matcher pattern is too long ({self.facts['length']} bytes)"
        return super().text() if "kind" in self.facts else "invalid pattern"


class UnsupportedPattern(EngineError):
    """A pattern needs an engine this side does not have. Facts: `kind`, `pattern`."""

    id = "unsupported-pattern"
    message = "pattern ({kind}) is not supported: {pattern}"
    detailed_exit_code = EXIT_INPUT


class UnreadablePatternFile(EngineError):
    """A pattern names a file that cannot be read. Facts: `path`, `errno`."""

    id = "unreadable-pattern-file"
    message = "unable to read file list ({path})"


class PathOutsideRepository(EngineError):
    """A path is outside the repository. Facts: `path`, `root`, `suggested_cwd` (where it would be inside)."""

    id = "path-outside-repository"
    message = "{path} not under root '{root}'"

    def hint_text(self) -> str | None:
        suggested = self.facts.get("suggested_cwd")
        return None if suggested is None else f"consider using '--cwd {suggested}'"


class IllegalPath(EngineError):
    """A path may not be used.

    Facts: `path`, `problem`; `nested` where it is inside that nested repository, `link` where it passes through that
    symbolic link.
    """

    id = "illegal-path"
    message = "{problem}: {path}"
    detailed_exit_code = EXIT_INPUT

    def __init__(self, **facts: Fact) -> None:
        super().__init__(**facts)
        if "link" in facts or "within" in facts:
            self.detailed_exit_code = EXIT_INTERNAL  # type: ignore[misc]

    def text(self) -> str:
        within = f"{self.facts['within']}: " if "within" in self.facts else ""
        path = str(self.facts.get("path", "?"))
        if "link" in self.facts:
            return f"{within}path {quoted(path)} traverses symbolic link {quoted(self.facts['link'])}"
        if "nested" in self.facts:
            return f"{within}path '{path}' is inside nested repo {quoted(self.facts['nested'])}"
        return super().text()


class PathClash(EngineError):
    """A file would have the name of a directory of tracked files, or the other way round.

    Facts: `directory` that the new file would be; or `file` (tracked) and `path` (below it).
    """

    id = "path-clash"

    def text(self) -> str:
        if "directory" in self.facts:
            return f"directory {quoted(self.facts['directory'])} already in dirstate"
        file, path = quoted(self.facts.get("file")), quoted(self.facts.get("path"))
        return f"file {file} in dirstate clashes with {path}"


def quoted(name: Fact) -> str:
    """A name in quotes, with what is not plain ASCII escaped byte by byte."""
    return repr(str(name).encode("utf-8", "surrogateescape"))[1:]


class ConfigParse(EngineError):
    """A configuration file does not follow its format. Facts: `path`, `line`, `text`."""

    id = "config-parse"
    message = "config error at {path}:{line}: {text}"
    detailed_exit_code = EXIT_CONFIG
    prefix = ""


class ConfigValue(EngineError):
    """A configuration value does not have its type. Facts: `section`, `name`, `value`, `type`."""

    id = "config-value"
    message = "{section}.{name} is not a {type} ('{value}')"
    detailed_exit_code = EXIT_CONFIG
    prefix = "config error: "


class LockHeld(EngineError):
    """A lock is held by someone else.

    Facts: `path`, `what` (how messages call it), `holder` ("" where it changes hands all the time); `timed_out` where it
    was waited for as long as configuration says.
    """

    id = "lock-held"
    message = "{what}: {state} {holder}"
    detailed_exit_code = EXIT_STATE

    def text(self) -> str:
        what = self.facts.get("what") or self.facts.get("path", "?")
        state = "timed out waiting for lock held by" if self.facts.get("timed_out") else "lock held by"
        return f"{what}: {state} {quoted(self.facts.get('holder', ''))}"

    def hint_text(self) -> str | None:
        return None if self.facts.get("holder") else "lock might be very busy"


class LockUnavailable(HgError):
    """A lock cannot be made. Facts: `path`, `what`, `errno`."""

    id = "lock-unavailable"
    message = "could not lock {what}: {strerror}"
    detailed_exit_code = EXIT_STATE


class ChangedUnderneath(EngineError):
    """What was read changed on disk while it was used. Facts: `path`."""

    id = "changed-underneath"
    message = "{path} changed while it was read"
    hint = "another process may be writing to the repository, try again"


class Unsupported(EngineError):
    """Something this version does not support yet. Facts: `feature`, and `path` where it is about one revlog."""

    id = "unsupported"
    message = "{feature} not supported yet"


class Interrupted(EngineError):
    """The user asked to stop."""

    id = "interrupted"
    message = "interrupted!"
    detailed_exit_code = EXIT_CANCELED
    prefix = ""


class InternalError(EngineError):
    """A bug: a broken invariant or a caught panic. Facts: `problem`."""

    id = "internal"
    message = "internal error: {problem}"
    hint = "this is a bug of hydrargyrum, please report it"


def by_id() -> dict[str, type[EngineError]]:
    """The classes that an engine may raise, by id."""
    return _walk(EngineError)


def _walk(base: type[EngineError]) -> dict[str, type[EngineError]]:
    found: dict[str, type[EngineError]] = {}
    for kind in base.__subclasses__():
        found[kind.id] = kind
        found.update(_walk(kind))
    return found


class EngineWarning:
    """Something worth telling the user that does not stop an operation.

    Attributes:
        id: a key of `WARNINGS`.
        facts: what the sentence needs.
    """

    __slots__ = ("facts", "id")

    def __init__(self, id: str, facts: dict[str, Fact]) -> None:
        self.id = id
        self.facts = facts

    def text(self) -> str:
        """The sentence, without an end of line."""
        return _fill(WARNINGS[self.id], self.facts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EngineWarning) and (self.id, self.facts) == (other.id, other.facts)

    def __hash__(self) -> int:
        return hash((self.id, tuple(sorted(self.facts.items(), key=str))))

    def __repr__(self) -> str:
        return f"EngineWarning({self.id!r}, {self.facts!r})"


#: Sentences of warnings by id (`hyg_base::Warning::id`). `path` facts are as the user should see them.
WARNINGS: dict[str, str] = {
    # a copy whose source neither parent has; facts: path, source
    "copy-source-not-found": "warning: can't find ancestor for '{path}' copied from '{source}'!",
    # a file named on the command line, or met by the walk, that cannot be looked at; facts: path, errno
    "bad-file": "{path}: {strerror}",
    # facts: path, type (fifo, socket, character device, block device, directory, unknown)
    "unsupported-file-type": "{path}: unsupported file type (type is {type})",
    # facts: path, errno
    "unreadable-pattern-file": "skipping unreadable pattern file '{path}': {strerror}",
    # facts: path (of the ignore file), syntax
    "invalid-ignore-syntax": "{path}: ignoring invalid syntax '{syntax}'",
    # facts: path, rev
    "no-such-file-in-rev": "{path}: no such file in rev {rev}",
    # a reference of the names files to a node that is not there; facts: path, node
    "unknown-node-in-names": "{path}: ignoring unknown node {node}",
    # facts: path (from the working directory), line (quoted)
    "malformed-bookmark": "malformed line in {path}: {line}",
    # where experimental.evolution does not enable them; facts: count
    "markers-not-enabled": '"obsolete" feature not enabled but {count} markers found!',
    # a file that an update could not remove; facts: path, errno
    "update-remove-failed": "update failed to remove {path}: {strerror}!",
    # the dirstate names a parent that is not in the history; facts: node (its first 12 digits)
    "unknown-working-parent": "warning: ignoring unknown working parent {node}!",
}

"""The small value types that layers hand to each other: nodes, requests, entries.

Plain classes with slots, because this module is imported on the way to every command; no behaviour lives here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NewType, Protocol

    Node = NewType("Node", bytes)
    Rev = int

    class ContentFilters(Protocol):
        """What contents go through between the disk and the store."""

        def from_disk(self, path: str, data: bytes) -> bytes:
            """What is stored of a file that has this content on disk."""
            ...

        def to_disk(self, path: str, data: bytes) -> bytes:
            """What is written of a file that is stored with this content."""
            ...
else:
    Node = bytes
    Rev = int

#: Revision numbers with a meaning of their own.
NULL_REV = -1
WDIR_REV = 0x7FFFFFFF
NULL_NODE: Node = Node(bytes(20))
WDIR_NODE: Node = Node(b"\xff" * 20)


class Value:
    """Base of plain records: equality, hash and repr over `__slots__`."""

    __slots__: tuple[str, ...] = ()

    def _fields(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({inside})"


#: What may stand before the colon of a file pattern.
PATTERN_KINDS = frozenset(
    (
        "re",
        "glob",
        "path",
        "filepath",
        "relglob",
        "relpath",
        "relre",
        "rootglob",
        "listfile",
        "listfile0",
        "set",
        "include",
        "subinclude",
        "rootfilesin",
    )
)


class PatternSet(Value):
    """What the user named on the command line, before it is a matcher.

    Attributes:
        cwd: absolute directory that relative names start from.
        patterns: positional patterns, `kind:text` or plain (plain is read as `default_kind`).
        include: `-I` patterns; exclude: `-X` patterns (plain ones are globs).
        default_kind: kind of a plain positional pattern, for example "relpath" or "path".
        warn_missing: name explicitly given files that do not exist as warnings.
    """

    __slots__ = ("cwd", "default_kind", "exclude", "include", "patterns", "warn_missing")

    def __init__(
        self,
        cwd: str,
        patterns: Sequence[str] = (),
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        *,
        default_kind: str = "relpath",
        warn_missing: bool = True,
    ) -> None:
        self.cwd = cwd
        self.patterns = tuple(patterns)
        self.include = tuple(include)
        self.exclude = tuple(exclude)
        self.default_kind = default_kind
        self.warn_missing = warn_missing

    @property
    def everything(self) -> bool:
        """Whether no pattern of any sort was given."""
        return not (self.patterns or self.include or self.exclude)

    @property
    def has_file_sets(self) -> bool:
        """Whether a pattern is of the kind `set:`."""
        return any(text.startswith("set:") for text in (*self.patterns, *self.include, *self.exclude))


class TextQuery(Value):
    """What is looked for in the texts of changesets; one field that fits is enough.

    Attributes:
        text: what to look for.
        fields: any of "user", "description" and "files" (each name by itself).
        kind: "literal": a field contains it; "regex": a field has a match of it.
        ignore_case: of letters; in a regular expression only of ASCII.
    """

    __slots__ = ("fields", "ignore_case", "kind", "text")

    def __init__(
        self, text: str, fields: Sequence[str], *, kind: str = "literal", ignore_case: bool = False
    ) -> None:
        self.text = text
        self.fields = tuple(fields)
        self.kind = kind
        self.ignore_case = ignore_case


class EngineSettings(Value):
    """What an engine needs to know of the configuration; it reads none itself.

    Attributes:
        ignore_files: absolute paths of `ui.ignore` and `ui.ignore.*`, in order (the root's `.hgignore` is implied).
        threads: worker threads, 0 for the number of processors.
        symlinks, exec_bits: what the file system can do; None: find out.
        show_hidden: treat hidden changesets as any other (`--hidden`).
        pending: a hook asks: what the running transaction shows to its hooks is there already.
        lenient_share: a share that disagrees with its source about share-safe is read as what the source is.
        max_chain: so many deltas follow each other at most, 0 for any number; None: as many as by itself.
        zlib_level, zstd_level: how hard new revisions are compressed; None: as each does by itself.
        filters: what contents go through between the disk and the store, None for nothing.
        long_from: contents of so many bytes are handled in pieces, and of eight times as many always stored whole.
        history: the `.hg` whose history is read in the place of the repository's, None for its own.
        beneath: stores whose files are there where the history's store has none, the nearest first; only read.
    """

    __slots__ = (
        "beneath",
        "exec_bits",
        "filters",
        "history",
        "ignore_files",
        "lenient_share",
        "long_from",
        "max_chain",
        "nodemap_mmap",
        "pending",
        "show_hidden",
        "symlinks",
        "threads",
        "zlib_level",
        "zstd_level",
    )

    def __init__(
        self,
        *,
        ignore_files: Sequence[str] = (),
        threads: int = 0,
        symlinks: bool | None = None,
        exec_bits: bool | None = None,
        nodemap_mmap: bool = True,
        show_hidden: bool = False,
        pending: bool = False,
        lenient_share: bool = False,
        max_chain: int | None = None,
        zlib_level: int | None = None,
        zstd_level: int | None = None,
        filters: ContentFilters | None = None,
        long_from: int = 16 << 20,
        history: str | None = None,
        beneath: Sequence[str] = (),
    ) -> None:
        self.filters = filters
        self.long_from = long_from
        self.history = history
        self.beneath = tuple(beneath)
        self.pending = pending
        self.lenient_share = lenient_share
        self.max_chain = max_chain
        self.ignore_files = tuple(ignore_files)
        self.threads = threads
        self.symlinks = symlinks
        self.exec_bits = exec_bits
        self.nodemap_mmap = nodemap_mmap
        self.show_hidden = show_hidden
        self.zlib_level = zlib_level
        self.zstd_level = zstd_level


class StatusRequest(Value):
    """One question about differences.

    Attributes:
        patterns: which files.
        base: revision to compare from; None is the first parent of the working copy.
        target: revision to compare to; None is the working copy.
        unknown, ignored, clean: list these too (modified, added, removed, deleted always are).
        copies: find where added files were copied from.
        settle: compare the contents of files whose look does not tell whether they are modified; where neither
            modified, nor deleted nor clean files matter, they may be left out of all lists instead.
    """

    __slots__ = ("base", "clean", "copies", "ignored", "patterns", "settle", "target", "unknown")

    def __init__(
        self,
        patterns: PatternSet,
        *,
        base: Rev | None = None,
        target: Rev | None = None,
        unknown: bool = True,
        ignored: bool = False,
        clean: bool = False,
        copies: bool = False,
        settle: bool = True,
    ) -> None:
        self.patterns = patterns
        self.settle = settle
        self.base = base
        self.target = target
        self.unknown = unknown
        self.ignored = ignored
        self.clean = clean
        self.copies = copies


class RenderOptions(Value):
    """How plain status or file lines look.

    Attributes:
        groups: status letters to print, in any order (a subset of "MAR!?IC").
        letters: print the letter and a space before each path (`-n` turns this off).
        end: what ends a line: newline, or NUL for `-0`.
        relative_to: absolute directory that paths are shown relative to; None shows them from the root.
        copies: print the source of a copy below its file.
    """

    __slots__ = ("copies", "end", "groups", "letters", "relative_to")

    def __init__(
        self,
        *,
        groups: str = "MAR!?",
        letters: bool = True,
        end: bytes = b"\n",
        relative_to: str | None = None,
        copies: bool = False,
    ) -> None:
        self.groups = groups
        self.letters = letters
        self.end = end
        self.relative_to = relative_to
        self.copies = copies


class RevisionEntry(Value):
    """One row of a revision index: (offset and lengths are of the stored chunk, in bytes)."""

    __slots__ = (
        "delta_base",
        "flags",
        "link_rev",
        "node",
        "parent1",
        "parent2",
        "rev",
        "size",
        "stored_size",
    )

    def __init__(
        self,
        rev: Rev,
        node: Node,
        parent1: Rev,
        parent2: Rev,
        link_rev: Rev,
        delta_base: Rev,
        stored_size: int,
        size: int,
        flags: int,
    ) -> None:
        self.rev = rev
        self.node = node
        self.parent1 = parent1
        self.parent2 = parent2
        self.link_rev = link_rev
        self.delta_base = delta_base
        self.stored_size = stored_size
        self.size = size
        self.flags = flags


class ChangesetRecord(Value):
    """What the changelog says of a changeset.

    Attributes:
        time: seconds since the epoch; offset: seconds west of UTC.
        files: paths that it touches, in byte order; extra: includes "branch" where it is not "default".
    """

    __slots__ = ("description", "extra", "files", "manifest", "node", "offset", "rev", "time", "user")

    def __init__(
        self,
        rev: Rev,
        node: Node,
        manifest: Node,
        user: str,
        time: int,
        offset: int,
        files: tuple[str, ...],
        extra: dict[str, str],
        description: str,
    ) -> None:
        self.rev = rev
        self.node = node
        self.manifest = manifest
        self.user = user
        self.time = time
        self.offset = offset
        self.files = files
        self.extra = extra
        self.description = description


class DirstateEntry(Value):
    """One tracked file as the dirstate knows it.

    Attributes:
        state: "n", "a", "r" or "m" as `debugdirstate` prints it.
        mode, size, mtime: as recorded; size -2 means "from the other parent", mtime -1 means unset.
        copied_from: source path or None.
    """

    __slots__ = ("copied_from", "mode", "mtime", "size", "state")

    def __init__(self, state: str, mode: int, size: int, mtime: int, copied_from: str | None = None) -> None:
        self.state = state
        self.mode = mode
        self.size = size
        self.mtime = mtime
        self.copied_from = copied_from


class ManifestEntry(Value):
    """A file in a manifest: file node and flags ("" regular, "x" executable, "l" symlink)."""

    __slots__ = ("flags", "node")

    def __init__(self, node: Node, flags: str) -> None:
        self.node = node
        self.flags = flags


class DiffStyle(Value):
    """How a diff is made and written; see `docs/formats/diff.md`.

    Attributes:
        context: lines of context; show_function: name the function of each hunk.
        git: git's extended headers; no_dates, no_prefix: what headers leave out.
        text: treat binary files as text; no_binary: no binary patches in git's form.
        index: digits of the hashes in `index` lines of git's form, 0 for none; similarity: tell it of copies.
        ignore: letters of the white space that does not count: any of "wbBZ" (as the options are called).
        xdiff: match lines as `experimental.xdiff` does.
    """

    __slots__ = (
        "context",
        "git",
        "ignore",
        "index",
        "no_binary",
        "no_dates",
        "no_prefix",
        "show_function",
        "similarity",
        "text",
        "xdiff",
    )

    def __init__(
        self,
        *,
        context: int = 3,
        git: bool = False,
        ignore: str = "",
        index: int = 0,
        no_binary: bool = False,
        no_dates: bool = False,
        no_prefix: bool = False,
        show_function: bool = False,
        similarity: bool = False,
        text: bool = False,
        xdiff: bool = False,
    ) -> None:
        self.context = context
        self.git = git
        self.ignore = ignore
        self.index = index
        self.no_binary = no_binary
        self.no_dates = no_dates
        self.no_prefix = no_prefix
        self.show_function = show_function
        self.similarity = similarity
        self.text = text
        self.xdiff = xdiff


class DiffRequest(Value):
    """A question for patches.

    Attributes:
        base: revision to start from; target: revision to arrive at, None for the working copy.
        patterns: which files; style: how patches look.
        reverse: the patch leads from target to base.
        names: what stands after `-r` in plain headers, in the order in which it is printed.
        dates: of the old and the new side (after reversing) as printed.
        root: directory that paths are shown from (with a slash at its end), or "" for the repository's root; files
            outside are left out, and so are copies from outside.
    """

    __slots__ = ("base", "dates", "names", "patterns", "reverse", "root", "style", "target")

    def __init__(
        self,
        base: Rev,
        target: Rev | None,
        patterns: PatternSet,
        style: DiffStyle,
        *,
        names: Sequence[str] = (),
        dates: tuple[str, str] = ("", ""),
        reverse: bool = False,
        root: str = "",
    ) -> None:
        self.base = base
        self.target = target
        self.patterns = patterns
        self.style = style
        self.names = tuple(names)
        self.dates = dates
        self.reverse = reverse
        self.root = root


class AnnotateRequest(Value):
    """A question for the origin of each line of a file.

    Attributes:
        path: in the repository; rev: as that revision has it, None for the file on disk.
        follow: look through copies.
        ignore: letters of the white space that does not count, as in `DiffStyle`; xdiff likewise.
        skip: changesets that shall be blamed for nothing.
    """

    __slots__ = ("follow", "ignore", "path", "rev", "skip", "xdiff")

    def __init__(
        self,
        path: str,
        rev: Rev | None,
        *,
        follow: bool = True,
        ignore: str = "",
        skip: Sequence[Rev] = (),
        xdiff: bool = False,
    ) -> None:
        self.path = path
        self.rev = rev
        self.follow = follow
        self.ignore = ignore
        self.skip = tuple(skip)
        self.xdiff = xdiff


class Annotation(Value):
    """The lines of a file, and where each is from: columns of one length.

    Attributes:
        lines: with their newlines.
        revs: the changeset that brought the line (`WDIR_REV`: not committed).
        numbers: of the line at its origin, from 1; paths: of the file there.
        skipped: the line was given to an ancestor of the changeset that changed it.
    """

    __slots__ = ("lines", "numbers", "paths", "revs", "skipped")

    def __init__(
        self,
        lines: Sequence[bytes],
        revs: Sequence[Rev],
        numbers: Sequence[int],
        paths: Sequence[str],
        skipped: Sequence[bool],
    ) -> None:
        self.lines = tuple(lines)
        self.revs = tuple(revs)
        self.numbers = tuple(numbers)
        self.paths = tuple(paths)
        self.skipped = tuple(skipped)

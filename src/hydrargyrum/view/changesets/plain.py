"""Changesets as plain lines at every verbosity, and what the other forms have in common with them.

Labels are given with each line; whether they become colours is the output's business.
"""

# ruff: noqa: ARG002 (every printer is told the same, whether it uses it or not)
from __future__ import annotations

from hydrargyrum.dates import format_date
from hydrargyrum.text.local import to_local
from hydrargyrum.types import NULL_REV, WDIR_NODE, WDIR_REV
from hydrargyrum.view.codec import to_bytes, to_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Protocol

    from hydrargyrum.repo import Changeset, Repository

    #: Destination and source of each copy.
    Copies = Sequence[tuple[str, str]]
    Write = Callable[[str | bytes, str], object]

    class Output(Protocol):
        """What the printers need of the user interface."""

        quiet: bool
        verbose: bool
        debugging: bool

        def write(self, text: str | bytes, label: str = "") -> None: ...
        def label(self, text: str, label: str) -> str: ...

    class Differ(Protocol):
        """Shows what a changeset changed (`ops.diff` with the options of the command)."""

        def show(
            self, write: Write, changeset: Changeset, *, stat: bool = False, graph_width: int = 0
        ) -> None:
            """Write the patch, or (`stat`) the histogram of changed lines."""
            ...

        def stats(self, changeset: Changeset) -> list[dict[str, object]]:
            """`name`, `additions`, `removals`, `binary` of each file."""
            ...


#: Hexadecimal digits of a short hash.
SHORT = 12


def node_text(node: bytes, *, full: bool) -> str:
    """A hash as plain lines show it."""
    return node.hex() if full else node.hex()[:SHORT]


def changeset_id(changeset: Changeset, *, full: bool) -> str:
    """Number and hash."""
    return f"{changeset.rev}:{node_text(changeset.node, full=full)}"


def shown_parents(changeset: Changeset, *, debug: bool) -> list[Changeset]:
    """The parents that are worth a line: both of a merge, one that is not the revision before, all for debugging."""
    first, second = changeset.parents
    if second.rev != NULL_REV:
        return [first, second]
    if debug:
        return [first, second]
    return [] if first.rev >= changeset.rev - 1 else [first]


def changeset_labels(changeset: Changeset) -> str:
    """The labels of the line that names a changeset."""
    labels = ["log.changeset", f"changeset.{changeset.phase}"]
    if changeset.is_obsolete:
        labels.append("changeset.obsolete")
    instabilities = changeset.instabilities
    if instabilities:
        labels.append("changeset.unstable")
        labels += [f"instability.{one}" for one in instabilities]
    return " ".join(labels)


class ChangesetPrinter:
    """Base of all forms.

    Attributes:
        output: where the text goes.
        buffered: `show` keeps the text until `flush` or `take`.
    """

    def __init__(
        self,
        output: Output,
        *,
        differ: Differ | None = None,
        stat: bool = False,
        patch: bool = False,
        buffered: bool = False,
    ) -> None:
        self.output = output
        self.buffered = buffered
        self._differ = differ
        self._stat = stat
        self._patch = patch
        self._held: dict[int, str] = {}
        self._pieces: list[str] | None = None

    def show(
        self,
        changeset: Changeset,
        *,
        copies: Copies | None = None,
        graph_width: int = 0,
        names: dict[str, object] | None = None,
    ) -> None:
        """Show one changeset.

        Args:
            changeset: what to show.
            copies: (destination, source) of its copied files, where the user asked for them.
            graph_width: columns that a graph takes to the left.
            names: further names for templates.
        """
        if not self.buffered:
            self._show(changeset, copies, graph_width, names or {})
            return
        self._pieces = []
        try:
            self._show(changeset, copies, graph_width, names or {})
            self._held[changeset.rev] = "".join(self._pieces)
        finally:
            self._pieces = None

    def take(self, rev: int) -> str:
        """The text that was kept for a revision, which is forgotten."""
        return self._held.pop(rev, "")

    def flush(self, changeset: Changeset) -> None:
        """Write what was kept for a changeset."""
        text = self.take(changeset.rev)
        if text:
            self.output.write(text)

    def close(self) -> None:
        """Write what follows the last changeset."""

    def _show(
        self, changeset: Changeset, copies: Copies | None, graph_width: int, names: dict[str, object]
    ) -> None:
        raise TypeError("the base of printers shows nothing")

    def _write(self, text: str | bytes, label: str = "") -> None:
        if self._pieces is None:
            self.output.write(text, label)
            return
        if isinstance(text, bytes):
            text = to_text(text)
        self._pieces.append(self.output.label(text, label) if label else text)

    def _show_changes(self, changeset: Changeset, graph_width: int) -> None:
        """Histogram and patch, as far as wanted."""
        differ = self._differ
        if differ is None or not (self._stat or self._patch):
            return
        if self._stat:
            differ.show(self._write, changeset, stat=True, graph_width=graph_width)
        if self._stat and self._patch:
            self._write("\n")
        if self._patch:
            differ.show(self._write, changeset, graph_width=graph_width)
        self._write("\n")


class PlainPrinter(ChangesetPrinter):
    """Labelled lines."""

    def _show(
        self, changeset: Changeset, copies: Copies | None, graph_width: int, names: dict[str, object]
    ) -> None:
        output = self.output
        if output.quiet:
            self._write(f"{changeset_id(changeset, full=output.debugging)}\n", "log.node")
            return
        for text, label in self._lines(changeset, copies):
            self._write(text, label)
        self._show_changes(changeset, graph_width)

    def _lines(self, changeset: Changeset, copies: Copies | None) -> Iterator[tuple[str, str]]:
        debug, verbose = self.output.debugging, self.output.verbose
        branch = to_local(changeset.branch)  # first, because the user's character set may be none
        yield f"changeset:   {changeset_id(changeset, full=debug)}\n", changeset_labels(changeset)
        if branch != "default":
            yield f"branch:      {branch}\n", "log.branch"
        for name in () if changeset.is_working_copy else changeset.bookmarks:
            yield f"bookmark:    {name}\n", "log.bookmark"
        for name in changeset.tags:
            yield f"tag:         {name}\n", "log.tag"
        if debug:
            yield f"phase:       {changeset.phase}\n", "log.phase"
        for parent in shown_parents(changeset, debug=debug):
            label = f"log.parent changeset.{parent.phase}"
            yield f"parent:      {changeset_id(parent, full=debug)}\n", label
        if debug:
            yield f"manifest:    {manifest_id(changeset)}\n", "ui.debug log.manifest"
        yield f"user:        {changeset.user}\n", "log.user"
        yield f"date:        {format_date(changeset.date)}\n", "log.date"
        yield from self._fate(changeset)
        yield from self._files(changeset, copies)
        if debug:
            yield from _extra(changeset)
        yield from _description(changeset, verbose=verbose)
        yield "\n", ""

    def _fate(self, changeset: Changeset) -> Iterator[tuple[str, str]]:
        instabilities = changeset.instabilities
        if instabilities:
            yield f"instability: {', '.join(instabilities)}\n", "log.instability"
        elif changeset.is_obsolete:
            from hydrargyrum.view.changesets.fate import fate_lines

            for line in fate_lines(changeset, self.output):
                yield f"obsolete:    {line}\n", "log.obsfate"

    def _files(self, changeset: Changeset, copies: Copies | None) -> Iterator[tuple[str, str]]:
        if self.output.debugging:
            changed = changeset.changed_files
            for title, paths in (
                ("files:      ", changed.modified),
                ("files+:     ", changed.added),
                ("files-:     ", changed.removed),
            ):
                if paths:
                    yield f"{title} {' '.join(paths)}\n", "ui.debug log.files"
        elif self.output.verbose and changeset.files:
            yield f"files:       {' '.join(changeset.files)}\n", "ui.note log.files"
        if copies and self.output.verbose:
            listed = " ".join(f"{path} ({source})" for path, source in copies)
            yield f"copies:      {listed}\n", "ui.note log.copies"


def manifest_id(changeset: Changeset) -> str:
    """Number and whole hash of a changeset's manifest."""
    if changeset.is_working_copy:
        return f"{WDIR_REV}:{WDIR_NODE.hex()}"
    return f"{manifest_rev(changeset.repo, changeset)}:{changeset.record.manifest.hex()}"


def manifest_rev(repo: Repository, changeset: Changeset) -> int:
    """The number that a changeset's manifest has in its own log."""
    return repo.engine.manifest_rev(changeset.record.manifest)


def _extra(changeset: Changeset) -> Iterator[tuple[str, str]]:
    from hydrargyrum.view.encoders import escape_bytes

    for key, value in sorted(changeset.extra.items()):
        yield f"extra:       {key}={escape_bytes(to_bytes(value))}\n", "ui.debug log.extra"


def _description(changeset: Changeset, *, verbose: bool) -> Iterator[tuple[str, str]]:
    description = to_text(to_bytes(changeset.description).strip())
    if not description:
        return
    if verbose:
        yield "description:\n", "ui.note log.description"
        yield description, "ui.note log.description"
        yield "\n\n", ""
    else:
        yield f"summary:     {first_line(description)}\n", "log.summary"


def first_line(text: str) -> str:
    """The first line, where bytes that other alphabets end lines with do not count."""
    data = to_bytes(text)
    lines = data.splitlines()
    return to_text(lines[0]) if lines else ""

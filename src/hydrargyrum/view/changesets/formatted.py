"""Changesets as JSON or CBOR, through the formatter that lists of other things use.

Which fields there are at which verbosity is decided here; how values are encoded, by the formatter.
"""

# ruff: noqa: ARG002 (every printer is told the same, whether it uses it or not)
from __future__ import annotations

from hydrargyrum.text.local import to_local
from hydrargyrum.types import NULL_REV, WDIR_NODE
from hydrargyrum.view.changesets.plain import ChangesetPrinter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.repo import Changeset
    from hydrargyrum.view.changesets.plain import Copies, Differ, Output, Write
    from hydrargyrum.view.formatter import Chunked


class FormattedPrinter(ChangesetPrinter):
    """Fields into a formatter."""

    def __init__(
        self,
        output: Output,
        open_form: Callable[[Write], Chunked],
        *,
        differ: Differ | None = None,
        stat: bool = False,
        patch: bool = False,
        buffered: bool = False,
    ) -> None:
        super().__init__(output, differ=differ, stat=stat, patch=patch, buffered=buffered)
        self._formatter = open_form(self._write)
        self._formatter.hand_over()

    def close(self) -> None:
        """End the list; `outgoing` does so after each changeset."""
        self._formatter.end_for_now()

    def _show(
        self, changeset: Changeset, copies: Copies | None, graph_width: int, names: dict[str, object]
    ) -> None:
        form, output = self._formatter, self.output
        form.start_item()
        if self.buffered:
            form.hand_over()  # the item before stands where this one is shown
        form.resources(changeset=changeset, repo=changeset.repo)
        form.data(rev=changeset.rev, node=form.node(changeset.node))
        wanted = form.fields_used()
        if output.quiet and not wanted:
            return
        parents = [parent for parent in changeset.parents if parent.rev != NULL_REV] or [changeset.parents[0]]
        form.data(
            branch=to_local(changeset.branch),
            phase=changeset.phase,
            user=changeset.user,
            date=form.date(changeset.date, ""),
            desc=changeset.description,
            bookmarks=form.items(changeset.bookmarks, "bookmark"),
            tags=form.items(changeset.tags, "tag"),
            parents=form.items([form.node(parent.node) for parent in parents], "node"),
        )
        debug = output.debugging
        if debug or "manifest" in wanted:
            node = WDIR_NODE if changeset.is_working_copy else changeset.record.manifest
            form.data(manifest=form.node(node))
        if debug or "extra" in wanted:
            form.data(extra=form.entries(changeset.extra))
        if debug or not wanted.isdisjoint(("modified", "added", "removed")):
            changed = changeset.changed_files
            form.data(
                modified=form.items(changed.modified, "file"),
                added=form.items(changed.added, "file"),
                removed=form.items(changed.removed, "file"),
            )
        verbose = output.verbose and not debug
        if verbose or "files" in wanted:
            form.data(files=form.items(changeset.files, "file"))
        if (verbose and copies) or "copies" in wanted:
            form.data(copies=form.entries(dict(copies or ()), "name", "source"))
        self._add_changes(changeset, wanted)

    def _add_changes(self, changeset: Changeset, wanted: frozenset[str]) -> None:
        if self._differ is None:
            return
        if self._stat or "diffstat" in wanted:
            self._formatter.data(diffstat=self._formatter.items(self._differ.stats(changeset), "diffstat"))
        if self._patch or "diff" in wanted:
            pieces: list[str] = []

            def keep(text: str | bytes, _label: str) -> None:
                from hydrargyrum.view.codec import to_text

                pieces.append(text if isinstance(text, str) else to_text(text))

            self._differ.show(keep, changeset)
            self._formatter.data(diff="".join(pieces))

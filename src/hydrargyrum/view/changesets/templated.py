"""Changesets through templates: the one for each, and those of header, footer and separator around them.

Which templates there are was decided by `choice`; the language is in `view.templates`.
"""

from __future__ import annotations

from hydrargyrum.view.changesets.plain import ChangesetPrinter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo import Changeset
    from hydrargyrum.view.changesets.plain import Copies, Differ, Output
    from hydrargyrum.view.templates.environment import Environment

#: Templates around the one of a changeset.
_PARTS = ("header", "footer", "docheader", "docfooter", "separator")


class TemplatedPrinter(ChangesetPrinter):
    """A template for each changeset.

    Attributes:
        environment: the templates, with what they have computed so far.
    """

    def __init__(
        self,
        output: Output,
        environment: Environment,
        name: str,
        *,
        by_mode: bool = False,
        differ: Differ | None = None,
        stat: bool = False,
        patch: bool = False,
        buffered: bool = False,
    ) -> None:
        """A printer.

        Args:
            output: where the text goes.
            environment: has the templates.
            name: of the template for a changeset; those of its parts are found from it.
            by_mode: the templates are a style's: `NAME_verbose` and the like are used at their verbosity, and parts
                have names of their own instead of `NAME:PART`.
            differ, stat, patch, buffered: see `ChangesetPrinter`.
        """
        super().__init__(output, differ=differ, stat=stat, patch=patch, buffered=buffered)
        self.environment = environment
        self._name = self._by_mode(name) if by_mode else name
        self._part: dict[str, str] = {}
        for part in _PARTS:
            found = self._by_mode(part) if by_mode else f"{name}:{part}"
            if found in environment and (by_mode or name):
                self._part[part] = found
        self._index = 0
        self._last_header = ""
        self._footer = ""
        self._headers: dict[int, str] = {}
        if "docheader" in self._part:
            output.write(self._render("docheader"))

    def _by_mode(self, name: str) -> str:
        output, found = self.output, name
        for wanted, ending in (
            (output.verbose, "_verbose"),
            (output.quiet, "_quiet"),
            (output.debugging, "_debug"),
        ):
            if wanted and name + ending in self.environment:
                found = name + ending
        return found

    def _render(self, part: str) -> str:
        return self.environment.render(self._part[part], {})

    def close(self) -> None:
        """Write the footer."""
        if "docfooter" in self._part:
            self._footer += self._render("docfooter")
        if self._footer:
            self.output.write(self._footer)

    def flush(self, changeset: Changeset) -> None:
        """Write the header if it is another one than before, then what was kept."""
        header = self._headers.pop(changeset.rev, "")
        if header and header != self._last_header:
            self._last_header = header
            self.output.write(header)
        super().flush(changeset)

    def _show(
        self, changeset: Changeset, copies: Copies | None, graph_width: int, names: dict[str, object]
    ) -> None:
        environment = self.environment
        values = {"index": self._index, "graphwidth": graph_width, **names}
        resources: dict[str, object] = {
            "changeset": changeset,
            "repo": changeset.repo,
            "changeset_cache": {"copies": copies},
        }
        if self._index and "separator" in self._part:
            self._write(self._render("separator"))
        self._index += 1
        if "header" in self._part:
            header = environment.render(self._part["header"], values, resources)
            if self.buffered:
                self._headers[changeset.rev] = header
            elif header != self._last_header:
                self._last_header = header
                self._write(header)
        self._write(environment.render(self._name, values, resources))
        self._show_changes(changeset, graph_width)
        if "footer" in self._part and not self._footer:
            self._footer = environment.render(self._part["footer"], values, resources)

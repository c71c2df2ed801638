"""Changesets for the user: plain lines, a template or a serialised form, as `log`, `tip`, `heads` and others show them.

How to use it from a command (`extension.output.changesets_for` does the first step from the command's options):

    printer = changesets_for(context, patch=True, differ=differ)
    for changeset in changesets:
        printer.show(changeset, copies=[("new", "old")])   # copies: only where the user wants to see them
    printer.close()

With `buffered=True` nothing is written by `show`; `printer.take(rev)` gives the text (for graphs), or
`printer.flush(changeset)` writes it. What is shown is decided here; which changesets, by the command.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.view.changesets.plain import ChangesetPrinter, Differ

    __all__ = ["ChangesetPrinter", "Differ"]

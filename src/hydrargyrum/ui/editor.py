"""A text in the user's editor: a temporary file, what the editor is told by its environment, the text as it comes back.

What the text means (comments, emptiness) is the business of whoever asks for it.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from hydrargyrum.ui.interface import Ui

#: Facts of a changeset that name where it comes from, in the order in which they are looked at.
_SOURCES = ("intermediate-source", "source", "rebase_source")


class EditFailed(errors.Abort):
    """The editor ended with an error."""

    id = "edit-failed"
    detailed_exit_code = errors.EXIT_CANCELED


class EditRequest:
    """What an editor is told beside the text.

    Attributes:
        action: "commit", "diff" ...: names the temporary file.
        user: whose changeset it is; extra: its facts.
        form: the purpose as a dotted name, "commit.normal.merge" for example.
        pending: root of the repository whose transaction has something to show, or None.
        directory: where the editor runs.
        inside: directory for the temporary file, None for the usual.
    """

    __slots__ = ("action", "directory", "extra", "form", "inside", "pending", "user")

    def __init__(
        self,
        action: str,
        user: str,
        extra: Mapping[str, str],
        *,
        form: str = "",
        pending: str | None = None,
        directory: str | None = None,
        inside: str | None = None,
    ) -> None:
        self.action = action
        self.user = user
        self.extra = dict(extra)
        self.form = form
        self.pending = pending
        self.directory = directory
        self.inside = inside


def edit(ui: Ui, text: str, request: EditRequest) -> str:
    """The text after the user has edited it.

    Raises:
        EditFailed: the editor ended with an error.
    """
    import tempfile

    suffix = ".diff" if request.action == "diff" else f".{request.action}.hg.txt"
    handle, path = tempfile.mkstemp(prefix="hg-editor-", suffix=suffix, dir=request.inside)
    try:
        with open(handle, "wb") as file:
            file.write(os.fsencode(text))
        _run(ui, path, request)
        with open(path, "rb") as file:
            return os.fsdecode(file.read())
    finally:
        os.unlink(path)


def _run(ui: Ui, path: str, request: EditRequest) -> None:
    from hydrargyrum.ui.process import editor, explain_exit

    environ: dict[str, object] = {"HGUSER": request.user}
    for key in _SOURCES:
        if key in request.extra:
            environ["HGREVISION"] = request.extra[key]
            break
    if request.form:
        environ["HGEDITFORM"] = request.form
    if request.pending:
        environ["HG_PENDING"] = request.pending
    command = editor(ui)
    code = ui.system(f'{command} "{path}"', environ, request.directory)
    if code:
        import shlex

        name = os.path.basename(shlex.split(f'{command} "{path}"')[0])
        raise EditFailed(f"edit failed: {name} {explain_exit(code)}")

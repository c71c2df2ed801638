"""Options of commands that record changesets, and the talk with the user about message, user and date."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.extension import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.dates import Date
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.commit_plan import Draft
    from hydrargyrum.ops.identity import Asking

MESSAGE_OPTIONS = (
    Option("m", "message", "use text as commit message", default="", metavar="TEXT"),
    Option("l", "logfile", "read commit message from file", default="", metavar="FILE"),
)
DATE_OPTION = Option("d", "date", "record the specified date as commit date", default="", metavar="DATE")
USER_OPTION = Option("u", "user", "record the specified user as committer", default="", metavar="USER")
AUTHOR_OPTIONS = (DATE_OPTION, USER_OPTION)
CURRENT_OPTIONS = (
    Option("D", "currentdate", "record the current date as commit date"),
    Option("U", "currentuser", "record the current user as committer"),
)
EDIT_OPTION = Option("e", "edit", "invoke editor on commit messages")

#: Everything from this line on is not part of a message.
_SCISSORS = b"HG: ------------------------ >8 ------------------------"


def at_most_one(context: CommandContext, *keys: str) -> str | None:
    """The one of these options that was given, or None. Raises InputError for two of them."""
    given = [key for key in keys if context.options[key]]
    if len(given) > 1:
        first, second = (key.replace("_", "-") for key in given[:2])
        raise errors.InputError(f"cannot specify both --{first} and --{second}")
    return given[0] if given else None


def incompatible(context: CommandContext, key: str, others: tuple[str, ...]) -> None:
    """Raises InputError where one of `others` was given beside `key`."""
    if context.options[key]:
        for other in others:
            at_most_one(context, key, other)


def message_of(context: CommandContext) -> str:
    """The message that `-m` or `-l` gives, "" for none.

    Raises:
        InputError: both were given.
        Abort: the file cannot be read.
    """
    at_most_one(context, "message", "logfile")
    message, name = context.options.text("message"), context.options.text("logfile")
    if message or not name:
        return message
    if name == "-":
        return os.fsdecode(b"".join(iter(context.ui.streams.source.readline, b"")))
    try:
        with open(os.path.join(context.cwd, name), "rb") as file:
            return os.fsdecode(b"\n".join(file.read().splitlines()))
    except OSError as problem:
        reason = os.strerror(problem.errno or 0)
        raise errors.Abort(f"can't read commit message '{name}': {reason}") from None


def date_of(context: CommandContext) -> Date | None:
    """The date that `-d` gives, or the current one with `-D`; None without. Raises ParseError."""
    from hydrargyrum.dates import now, parse_date

    if "currentdate" in context.options:
        at_most_one(context, "date", "currentdate")
        if context.options.flag("currentdate"):
            return now()
    text = context.options.text("date")
    return parse_date(text) if text else None


def user_of(context: CommandContext) -> str | None:
    """The user that `-u` gives, or the current one with `-U`; None without."""
    if "currentuser" in context.options:
        at_most_one(context, "user", "currentuser")
        if context.options.flag("currentuser"):
            from hydrargyrum.ops.identity import user_name

            return user_name(context.config, asking(context))
    return context.options.text("user") or None


def note_of(context: CommandContext) -> str:
    """The note for a marker. Raises InputError for one that cannot be stored."""
    note = context.options.text("note")
    if len(os.fsencode(note)) > 255:
        raise errors.InputError("cannot store a note of more than 255 bytes")
    if "\n" in note:
        raise errors.InputError("note cannot contain a newline")
    return note


def asking(context: CommandContext) -> Asking:
    """How a missing user name is found here."""
    from hydrargyrum.ops.identity import Asking

    ui = context.ui
    return Asking(lambda question: ui.prompt(question, None), interactive=ui.is_interactive(), warn=ui.warn)


class CommitDialog:
    """The talk of one commit with the user; implements `ops.commit_plan.Dialog`.

    Attributes:
        context: the invocation.
        form: the purpose as editors and templates know it, "tag.add" for example; after those of `commit` and
            `import` follows whether it is a merge.
        force_editor: open the editor although there is a message.
    """

    def __init__(self, context: CommandContext, form: str, *, force_editor: bool = False) -> None:
        self.context = context
        self.form = form
        self.force_editor = force_editor

    def user(self) -> str:
        """The configured user."""
        from hydrargyrum.ops.identity import user_name

        return user_name(self.context.config, asking(self.context))

    def message(self, draft: Draft) -> str:
        """The message that was given, or the one that is edited.

        Raises:
            InputError: it is empty.
            EditFailed: the editor failed.
        """
        if draft.description and not self.force_editor:
            return draft.description
        form = self.form
        if form in ("commit.normal", "commit.amend", "import.normal"):
            form += ".merge" if draft.merge else ".normal"
        return edited_message(self.context, draft, form, strict=not self.force_editor)

    def not_recorded(self, path: str) -> None:
        """Tells where the message is."""
        from hydrargyrum.repo.paths import relative_path

        repo, ui = self.context.repo, self.context.ui
        shown = relative_path(repo.root, self.context.cwd, os.path.relpath(path, repo.root))
        ui.write(f"note: commit message saved in {shown}\n")
        ui.write(f"note: use 'hg commit --logfile {shown} --edit' to reuse it\n")


def edited_message(context: CommandContext, draft: Draft, form: str, *, strict: bool) -> str:
    """The message as it comes out of the editor, without comments.

    Args:
        context: the invocation.
        draft: the changeset.
        form: purpose of the editing.
        strict: a text that comes from a template must be changed.

    Raises:
        InputError: it is empty, or unchanged.
    """
    from hydrargyrum.commands.commit_template import template_text
    from hydrargyrum.ui.editor import EditRequest, edit

    repo = context.repo
    transaction = repo.current_transaction
    pending = transaction is not None and transaction.write_pending()
    template = template_text(context, draft, form)
    before = commit_text(draft) if template is None else template
    request = EditRequest(
        "commit",
        draft.user,
        draft.extra,
        form=form,
        pending=repo.root if pending else None,
        directory=repo.root,
        inside=repo.dot_hg if context.config.boolean("experimental", "editortmpinhg") else None,
    )
    after = edit(context.ui, before, request)
    text = without_comments(after)
    if not text.strip():
        raise errors.InputError("empty commit message")
    if strict and template is not None and after == template:
        raise errors.InputError("commit message unchanged")
    return text


def without_comments(text: str) -> str:
    """A text of the editor without lines of comments, and without what follows the scissors."""
    kept = []
    for line in os.fsencode(text).splitlines(keepends=True):
        if line.rstrip(b"\n") == _SCISSORS:
            break
        if not line.startswith(b"HG:"):
            kept.append(line)
    return os.fsdecode(b"".join(kept))


def commit_text(draft: Draft, note: str = "Leave message empty to abort commit.") -> str:
    """What the editor shows: the message so far, and what will be recorded as comments."""
    lines = [draft.description] if draft.description else []
    lines += ["", ""]
    lines.append("HG: Enter commit message.  Lines beginning with 'HG:' are removed.")
    lines += [f"HG: {line}" for line in note.split("\n") if line]
    lines.append("HG: --")
    lines.append(f"HG: user: {draft.user}")
    if draft.merge:
        lines.append("HG: branch merge")
    lines.append(f"HG: branch '{draft.branch}'")
    if draft.bookmark:
        lines.append(f"HG: bookmark '{draft.bookmark}'")
    for word, paths in (("added", draft.added), ("changed", draft.modified), ("removed", draft.removed)):
        lines += [f"HG: {word} {path}" for path in paths]
    if not (len(draft.added) or len(draft.modified) or len(draft.removed)):
        lines.append("HG: no files changed")
    lines.append("")
    return "\n".join(lines)

"""Asks which changes of files are meant, file by file and piece by piece, and lets the user edit pieces.

Cutting patches is `text.pieces`; what is done with the chosen ones is decided by operations (`ops.partial`).
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.text.pieces import Chosen, cut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.text.pieces import PatchFile, Piece
    from hydrargyrum.types import DiffStyle, PatternSet

    Result = TypeVar("Result")

_ANSWERS = "ynesfdaq?"
_EDITING_HELP = b"""\
# ---
# To remove '-' lines, make them ' ' lines (context).
# To remove '+' lines, delete them.
# Lines starting with # will be removed from the patch.
#\x20
# If the patch applies cleanly, the edited hunk will immediately be
# added to the record list. If it does not apply cleanly, a rejects
# file will be generated: you can use that when you try again. If
# all lines of the hunk are removed, then the edit is aborted and
# the hunk is left unchanged.
"""


def refuse_without_user(context: CommandContext) -> None:
    """Raises InputError where nobody can be asked."""
    if not context.ui.is_interactive():
        raise errors.InputError("running non-interactively")


def record_chosen(
    context: CommandContext,
    record: Callable[[list[str]], Result],
    patterns: PatternSet | None = None,
    *,
    unfinished: bool = False,
) -> Result | None:
    """Records what the user chooses of the changes that the arguments name; None where that is nothing.

    Args:
        context: the invocation.
        record: is given the files that have chosen changes, while they have no others.
        patterns: instead of the arguments.
        unfinished: another operation may be going on.

    Raises:
        InputError: nobody can be asked, or there is a merge.
    """
    from hydrargyrum.commands.commit import add_and_remove
    from hydrargyrum.commands.commit_options import CommitDialog
    from hydrargyrum.commands.walk_options import patterns_of, selection_of
    from hydrargyrum.ops.partial import local_changes, with_chosen
    from hydrargyrum.repo.unfinished import check_unfinished

    refuse_without_user(context)
    options, repo = context.options, context.repo
    if not ("user" in options and options.text("user")):
        CommitDialog(context, "").user()
    if "addremove" in options and options.flag("addremove"):
        add_and_remove(context)
        repo.invalidate()
    if not unfinished:
        check_unfinished(repo, commit=True)
    style = style_for(context, "commit", functions=True)
    changes = local_changes(repo, patterns or patterns_of(context), style)
    is_exact = selection_of(context).is_exact if patterns is None else lambda _path: False
    chosen = choose(context, changes.patch, is_exact)
    return with_chosen(repo, changes, chosen, record)


def style_for(context: CommandContext, command: str, *, functions: bool) -> DiffStyle:
    """The style of patches to choose from: git's, with what section `commands` says about white space and context."""
    from hydrargyrum.ops.diff import StyleChoice

    options = context.options.as_dict()
    choice = StyleChoice(context.config, options, section="commands", prefix=f"{command}.interactive.")
    style = choice.style(git=False, whitespace=True, format=False)
    style.git, style.no_dates = True, True
    style.show_function = style.show_function or functions
    return style


def choose(
    context: CommandContext, patch: bytes, is_exact: Callable[[str], bool], operation: str = "record"
) -> list[Chosen]:
    """The changes that the user wants, with their files.

    Args:
        context: the invocation.
        patch: all changes.
        is_exact: whether the user named a file, so that it is not asked about.
        operation: "record", "apply", "discard" or "keep": what the chosen changes are for.

    Raises:
        CanceledError: the user wants none and no more questions.
        InputError: a piece was edited to something that is no patch.
    """
    return _Conversation(context, operation, is_exact).run(cut(patch))


class _Conversation:
    """Questions about one patch.

    The answer for what is left of the file, and for everything that is left, is None until the user gave one.
    """

    def __init__(self, context: CommandContext, operation: str, is_exact: Callable[[str], bool]) -> None:
        self._context = context
        self._operation = operation
        self._is_exact = is_exact
        self._for_file: bool | None = None
        self._for_all: bool | None = None

    def run(self, files: Sequence[PatchFile]) -> list[Chosen]:
        found: dict[str, Chosen] = {}
        seen = set()
        total, before = sum(len(file.pieces) for file in files), 0
        for file in files:
            first, before = before + 1, before + len(file.pieces)
            self._for_file = None
            header = file.as_bytes()
            if header in seen:
                continue
            seen.add(header)
            if self._for_all is None:
                self._show(file.introduction())
            if not self._wants_file(file):
                continue
            found[file.name] = Chosen(file)
            if file.is_whole:
                found[file.name].pieces += file.pieces
            else:
                self._pieces(file, found, first, total)
        return [chosen for chosen in found.values() if chosen.has_effect]

    def _wants_file(self, file: PatchFile) -> bool:
        if all(self._is_exact(name) for name in file.names):
            # every piece is asked about, whatever was said before
            self._for_all = None
            return True
        names = " and ".join(f"'{name}'" for name in file.names)
        answer = self._ask(f"examine changes to {names}?", None)
        return answer is True

    def _pieces(self, file: PatchFile, found: dict[str, Chosen], first: int, total: int) -> None:
        shift = 0
        for number, piece in enumerate(file.pieces, first):
            if self._for_file is None and self._for_all is None:
                self._show(piece.as_bytes())
            what = "this change" if total == 1 else f"change {number}/{total}"
            answer = self._ask(f"{self._operation} {what} to '{file.name}'?", piece)
            if answer is True:
                found[file.name].pieces.append(piece.shifted(shift))
            elif answer is False:
                shift += piece.removed - piece.added
            else:
                for edited in answer:
                    place = found.get(edited.file.name, found[file.name])
                    place.pieces.append(edited.shifted(shift))

    def _ask(self, question: str, piece: Piece | None) -> bool | list[Piece]:
        """Yes, no, or what takes the place of a piece."""
        if self._for_all is not None:
            return self._for_all
        if self._for_file is not None:
            return self._for_file
        ui, choices = self._context.ui, _choices(self._operation)
        while True:
            index = ui.choose(f"{question}\n(enter ? for help) {choices}")
            ui.write("\n")
            letter = _ANSWERS[index]
            if letter == "?":
                self._explain(choices)
            elif letter in "yn":
                return letter == "y"
            elif letter == "e":
                edited = self._edit(piece)
                if edited is not None:
                    return edited
            elif letter in "sf":
                self._for_file = letter == "f"
                return self._for_file
            elif letter in "da":
                self._for_all = letter == "a"
                return self._for_all
            else:
                raise errors.CanceledError("user quit")

    def _explain(self, choices: str) -> None:
        for letter, choice in zip(_ANSWERS, choices.split("$$")[1:], strict=True):
            self._context.ui.write(f"{letter} - {choice.strip().replace('&', '', 1).lower()}\n")

    # -- editing --------------------------------------------------------------------------------------------------
    def _edit(self, piece: Piece | None) -> list[Piece] | None:
        """What the user makes of a piece; None where the question is to be asked again."""
        ui = self._context.ui
        if piece is None or piece.file.is_binary:
            ui.write(f"cannot edit patch for {'whole' if piece is None else 'binary'} file\n")
            return None
        text = piece.file.as_bytes() + piece.as_bytes() + _EDITING_HELP
        edited = self._in_editor(text)
        if edited is None:
            return None
        kept = b"".join(line for line in edited.splitlines(keepends=True) if not line.startswith(b"#"))
        return [one for file in cut(kept) for one in file.pieces]

    def _in_editor(self, text: bytes) -> bytes | None:
        import tempfile

        from hydrargyrum.commands.commit_options import CommitDialog
        from hydrargyrum.ui.process import editor

        ui = self._context.ui
        handle, path = tempfile.mkstemp(prefix="hg-editor-", suffix=".diff")
        try:
            with open(handle, "wb") as file:
                file.write(text)
            user = CommitDialog(self._context, "").user()
            code = ui.system(f'{editor(ui)} "{path}"', {"HGUSER": user})
            if code:
                ui.warn(f"editor exited with exit code {code}\n")
                return None
            with open(path, "rb") as file:
                return file.read()
        finally:
            os.unlink(path)

    def _show(self, patch: bytes) -> None:
        from hydrargyrum.view.diffs import write_patches

        ui = self._context.ui
        write_patches([patch], ui.write, labels=ui.painter is not None)


def _choices(operation: str) -> str:
    quitting = {"discard": "discarding no", "keep": "keeping all", "record": "recording no"}
    act = operation.capitalize()
    return (
        f"[Ynesfdaq?]$$ &Yes, {operation} this change$$ &No, skip this change$$ &Edit this change manually"
        f"$$ &Skip remaining changes to this file$$ {act} remaining changes to this &file"
        f"$$ &Done, skip remaining changes and files$$ {act} &all changes to all remaining files"
        f"$$ &Quit, {quitting.get(operation, 'applying no')} changes$$ &? (display help)"
    )

"""`import`: takes patches in. Applying and recording them is `ops.importing`."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.commands.commit_options import (
    AUTHOR_OPTIONS,
    EDIT_OPTION,
    MESSAGE_OPTIONS,
    CommitDialog,
    date_of,
    incompatible,
    message_of,
)
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.importing import ImportRequest
    from hydrargyrum.repo import Changeset


@command(
    "import",
    aliases=["patch"],
    options=[
        Option("p", "strip", "directories that are cut off the names of files", default=1, metavar="NUM"),
        Option("b", "base", "base path", default="", metavar="PATH", marks=["deprecated"]),
        Option("", "secret", "use the secret phase for committing"),
        EDIT_OPTION,
        Option("f", "force", "skip check for outstanding uncommitted changes", marks=["deprecated"]),
        Option("", "no-commit", "don't commit, just update the working directory"),
        Option("", "bypass", "apply patch without touching the working directory"),
        Option("", "partial", "commit even if some hunks fail"),
        Option("", "exact", "abort if patch would apply lossily"),
        Option("", "prefix", "apply patch to subdirectory", default="", metavar="DIR"),
        Option("", "import-branch", "use any branch information in patch (implied by --exact)"),
        *MESSAGE_OPTIONS,
        *AUTHOR_OPTIONS,
        Option(
            "s",
            "similarity",
            "guess renamed files by similarity (0<=s<=100)",
            default="",
            metavar="SIMILARITY",
        ),
    ],
    synopsis="[OPTION]... PATCH...",
    category="import",
)
def import_(context: CommandContext) -> int:
    """import an ordered set of patches

    Each patch is applied to the working directory and recorded as a changeset, with the message, user, date of its
    header (as :hg:`export` writes it, or of an e-mail) unless -m, -u or -d is given. '-' reads from standard input.

    Uncommitted changes are refused. A hunk may be some lines away from where it was, and up to ``patch.fuzz`` lines of
    its context may differ. What does not apply is kept in files ``.rej``; with --partial the rest is recorded.

    --exact accepts only what results in the very changeset that the patch comes from. --no-commit leaves the changes in
    the working directory.

    Returns 0 on success, 1 on partial success (see --partial).
    """
    options = context.options
    incompatible(context, "no_commit", ("bypass", "secret"))
    incompatible(context, "exact", ("edit", "prefix"))
    if not context.args:
        raise errors.InputError("need at least one patch to import")
    similarity = _similarity(context)
    repo = context.repo
    with repo.lock_working_copy():
        if not options.flag("bypass"):
            _check_clean(context)
        if options.flag("no_commit"):
            return _import_all(context, similarity)
        with repo.lock_store(), repo.transaction("import") as txn:
            # where it fails, the dirstate is what it was, whatever became of files
            txn.back_up_dirstate()
            return _import_all(context, similarity)


def _similarity(context: CommandContext) -> float:
    from hydrargyrum.ops.addremove import parse_similarity

    similarity = parse_similarity(context.options.text("similarity"))
    if similarity and context.options.flag("bypass"):
        raise errors.InputError("cannot use --similarity with --bypass")
    return similarity


def _check_clean(context: CommandContext) -> None:
    from hydrargyrum.repo.unfinished import check_unfinished
    from hydrargyrum.types import NULL_REV, PatternSet, StatusRequest

    repo, options = context.repo, context.options
    check_unfinished(repo)
    if options.flag("force") and not options.flag("exact"):
        return
    if repo.working_copy.parents[1].rev != NULL_REV:
        raise errors.StateError("outstanding uncommitted merge")
    report = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False))
    if len(report.modified) or len(report.added) or len(report.removed) or len(report.deleted):
        raise errors.StateError("uncommitted changes")


def _import_all(context: CommandContext, similarity: float) -> int:
    from hydrargyrum.ops.importing import import_patch
    from hydrargyrum.ops.patching.message import read_message, split

    options, ui, repo = context.options, context.ui, context.repo
    request = _request(context, similarity)
    messages: list[str] = []
    form = "import.bypass" if options.flag("bypass") else "import.normal"
    for name in context.args:
        shown, data = _read(context, name)
        found = False
        for piece in _counted(context, split(data)):
            patch = read_message(piece)
            if patch.patch is None:
                continue
            found = True
            # like the peer, no editor is forced upon what is made aside
            edits = options.flag("edit") and not options.flag("bypass")
            dialog = CommitDialog(context, form, force_editor=edits)
            outcome = import_patch(repo, patch, request, dialog)
            made = "applied to working directory"
            if outcome.node is not None:
                made = f"created {outcome.node.hex()[:12]}"
            elif request.exact and not request.record:
                ui.warn("warning: can't check exact import with --no-commit\n")
            if not request.record and outcome.message:
                messages.append(outcome.message)
            ui.note(f"{made}\n")
            if outcome.rejected:
                ui.write_error("patch applied partially\n")
                ui.write_error("(fix the .rej files and run `hg commit --amend`)\n")
                return 1
        if not found:
            raise errors.InputError(f"{shown}: no diffs found")
    if messages:
        from hydrargyrum.ops.commit import save_message

        save_message(repo, "\n* * *\n".join(messages))
    return 0


def _counted(context: CommandContext, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The patches of one file, counted where somebody sees it."""
    with context.ui.progress("importing", "patches") as steps:
        for piece in pieces:
            steps.increment()
            yield piece


def _request(context: CommandContext, similarity: float) -> ImportRequest:
    from hydrargyrum.ops.importing import ImportRequest
    from hydrargyrum.repo.phases import wanted_phase

    options, repo = context.options, context.repo
    prefix = options.text("prefix")
    if prefix:
        path = os.path.relpath(os.path.join(context.cwd, prefix), repo.root)
        if path.startswith(".."):
            raise errors.PathOutsideRepository(path=prefix, root=repo.root)
        prefix = "" if path == "." else f"{path}/"
    return ImportRequest(
        strip=options.number("strip"),
        prefix=prefix,
        message=message_of(context),
        user=options.text("user") or None,
        date=date_of(context),
        exact=options.flag("exact"),
        branch=options.flag("import_branch"),
        partial=options.flag("partial"),
        record=not options.flag("no_commit"),
        phase=wanted_phase(repo, "secret" if options.flag("secret") else None),
        similarity=similarity,
        onto=repo.working_copy.parents[0] if options.flag("bypass") else None,
        move=lambda target: _go_to(context, target),
    )


def _go_to(context: CommandContext, target: Changeset) -> None:
    """Takes the working copy elsewhere, whatever is in it."""
    from hydrargyrum.commands.merging import merger_for
    from hydrargyrum.ops import moving
    from hydrargyrum.ops.update import show_stats

    merger = merger_for(context, "import")
    show_stats(merger.talk, moving.move(context.repo, moving.clean_update_to(target), merger))


def _read(context: CommandContext, name: str) -> tuple[str, bytes]:
    """What messages call a patch, and its bytes."""
    if name == "-":
        context.ui.status("applying patch from stdin\n")
        return "stdin", b"".join(iter(context.ui.streams.source.readline, b""))
    path = os.path.join(context.options.text("base"), name)
    context.ui.status(f"applying {path}\n")
    if "://" in path:
        raise errors.Unsupported(feature="importing from an address is")
    try:
        with open(os.path.join(context.cwd, path), "rb") as file:
            return path, file.read()
    except OSError as problem:
        reason = os.strerror(problem.errno or 0)
        raise errors.Abort(f"{reason}: '{path}'") from None

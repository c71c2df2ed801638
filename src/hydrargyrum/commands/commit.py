"""`commit`: records changes. What goes into a changeset is decided in `ops.commit`, rewriting one in `ops.amend`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.commit_options import (
    AUTHOR_OPTIONS,
    EDIT_OPTION,
    MESSAGE_OPTIONS,
    CommitDialog,
    at_most_one,
    date_of,
    incompatible,
    message_of,
    user_of,
)
from hydrargyrum.commands.walk_options import SUBREPO_OPTION, WALK_OPTIONS, patterns_of
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.commit_plan import CommitOutcome, CommitRequest, HeadChange
    from hydrargyrum.types import PatternSet


@command(
    "commit",
    aliases=["ci"],
    options=[
        Option("A", "addremove", "mark new/missing files as added/removed before committing"),
        Option("", "close-branch", "mark a branch head as closed"),
        Option("", "amend", "amend the parent of the working directory"),
        Option("s", "secret", "use the secret phase for committing"),
        Option("", "draft", "use the draft phase for committing"),
        EDIT_OPTION,
        Option(
            "",
            "force-close-branch",
            "forcibly close branch from a non-head changeset",
            marks=["advanced"],
        ),
        Option("i", "interactive", "use interactive mode"),
        *WALK_OPTIONS,
        *MESSAGE_OPTIONS,
        *AUTHOR_OPTIONS,
        SUBREPO_OPTION,
    ],
    synopsis="[OPTION]... [FILE]...",
    category="commit",
    basic=True,
    inferrepo=True,
)
def commit(context: CommandContext) -> int:
    """commit the specified files or all outstanding changes

    Record changes of the working directory as a changeset in this repository. Nothing is sent elsewhere; see
    :hg:`push` for that.

    Without files, everything that :hg:`status` reports as modified, added or removed is recorded. The result of a
    merge can only be recorded as a whole: give neither files nor -I/-X then.

    Without -m or -l, an editor is opened for the message. Should the commit fail, the message is kept in
    ``.hg/last-message.txt``.

    --close-branch marks the head of the current branch as closed. A branch of which all heads are closed is closed
    and not listed any more.

    --amend replaces the parent of the working directory by a changeset with its changes and the new ones. Message,
    user and date stay as they were unless given; without a message the editor opens with the old one. Public
    changesets cannot be amended.

    See :hg:`help dates` for the notations of -d/--date.

    Returns 0 on success, 1 if nothing changed.
    """
    at_most_one(context, "draft", "secret")
    incompatible(context, "subrepos", ("amend",))
    repo = context.repo
    if context.options.flag("subrepos"):
        repo.config.set("ui", "commitsubrepos", "True", "commit")
    with repo.lock_working_copy(), repo.lock_store():
        return commit_chosen(context, message_of(context), amending=context.options.flag("amend"))


def commit_chosen(context: CommandContext, message: str, *, amending: bool, note: str = "") -> int:
    """Commits or amends, with -i only what the user chooses. Both locks are held."""
    if not context.options.flag("interactive"):
        return commit_locked(context, message, amending=amending, note=note)
    from hydrargyrum.commands.choosing import record_chosen
    from hydrargyrum.types import PatternSet

    def record(paths: list[str]) -> int:
        patterns = PatternSet(context.repo.root, [f"path:{path}" for path in paths])
        return commit_locked(context, message, amending=amending, note=note, patterns=patterns)

    done = record_chosen(context, record)
    return 1 if done is None else done


def commit_locked(
    context: CommandContext,
    message: str,
    *,
    amending: bool,
    note: str = "",
    patterns: PatternSet | None = None,
) -> int:
    """Commits or amends as the options of `commit` (or of a command with most of them) say. Both locks are held.

    Args:
        context: the invocation.
        message: as given.
        amending: the parent is replaced.
        note: for the marker.
        patterns: what is recorded, None for what the arguments say.
    """
    from hydrargyrum.ops.commit import check_closing, future_heads
    from hydrargyrum.repo.phases import wanted_phase
    from hydrargyrum.repo.unfinished import check_unfinished

    options, repo = context.options, context.repo
    check_unfinished(repo, commit=True)
    forced = "force_close_branch" in options and options.flag("force_close_branch")
    closing = options.flag("close_branch") or forced
    heads = None
    if not amending and context.config.boolean("commands", "commit.report-head-changes", True):
        heads = future_heads(repo, closing=closing)
    tip = len(repo.engine.changelog())
    wish = "secret" if options.flag("secret") else "draft" if options.flag("draft") else None
    from hydrargyrum.ops.commit_plan import CommitRequest

    if amending and not closing:
        from hydrargyrum.ops.amend import check_rewriting

        check_rewriting(repo, [repo["."].rev], "amend")
    request = CommitRequest(
        patterns or patterns_of(context),
        message,
        user=user_of(context),
        date=date_of(context),
        close=closing,
        force_close=forced,
        phase=wanted_phase(repo, wish),
        allow_empty=context.config.boolean("ui", "allowemptycommit"),
    )
    if closing:
        check_closing(repo, request, amending=amending)
    phase = None if wish is None else wanted_phase(repo, wish)
    if options.flag("addremove") and not amending:
        from hydrargyrum.ops.addremove import InTransaction

        with InTransaction(repo, "commit"):
            outcome = _carry_out(context, request, phase, amending=amending, note=note)
    else:
        outcome = _carry_out(context, request, phase, amending=amending, note=note)
    if outcome.node is None:
        gone = f" ({outcome.missing} missing files, see 'hg status')" if outcome.missing else ""
        context.ui.status(f"nothing changed{gone}\n")
        return 1
    _tell(context, outcome, tip, heads)
    return 0


def _carry_out(
    context: CommandContext, request: CommitRequest, phase: int | None, *, amending: bool, note: str
) -> CommitOutcome:
    if amending:
        from hydrargyrum.commands.amending import amend_command

        return amend_command(context, request, phase, note=note)
    return _record(context, request)


def _record(context: CommandContext, request: CommitRequest) -> CommitOutcome:
    from hydrargyrum.ops.commit import commit as record

    if context.options.flag("addremove") and not context.options.flag("interactive"):
        add_and_remove(context)
    force_editor = context.options.flag("edit")
    return record(context.repo, request, CommitDialog(context, "commit.normal", force_editor=force_editor))


def add_and_remove(context: CommandContext) -> None:
    """What `-A` asks for. Raises Abort where a file could not be added."""
    options = context.options
    # unlike the command by itself, this guesses no renames
    code = context.run(
        "addremove",
        context.args,
        similarity="0",
        subrepos="subrepos" in options and options.flag("subrepos"),
        include=options.items("include"),
        exclude=options.items("exclude"),
    )
    if code:
        raise errors.Abort("failed to mark all new/missing files as added/removed")


def _tell(context: CommandContext, outcome: CommitOutcome, tip: int, heads: HeadChange | None) -> None:
    ui, repo = context.ui, context.repo
    if outcome.existed or (heads is not None and len(repo.engine.changelog()) == tip):
        ui.warn("warning: commit already existed in the repository!\n")
    elif heads is not None and heads.new_head:
        ui.status("created new head\n")
    if heads is not None:
        for rev in heads.reopened:
            ui.status(f"reopening closed branch head {rev}\n")
    assert outcome.node is not None
    digits = outcome.node.hex()
    if ui.debugging:
        ui.write(f"committed changeset {outcome.rev}:{digits}\n")
    elif ui.verbose:
        ui.write(f"committed changeset {outcome.rev}:{digits[:12]}\n")
    if not ui.quiet and context.config.boolean("commands", "commit.post-status"):
        context.run("status", modified=True, added=True, removed=True, deleted=True, unknown=True)

"""`resolve`: files of a merge are merged again, marked or listed. Merging one is `merge.resolution`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.merging import MERGE_TOOL_OPTION, merger_for, shown_paths
from hydrargyrum.commands.walk_options import TEMPLATE_OPTION, WALK_OPTIONS, patterns_of
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.resolve import ResolveOutcome

_FLAGS = ("all", "mark", "unmark", "list", "no_status", "re_merge")
_STATES = {
    "u": ("resolve.unresolved", "U"),
    "r": ("resolve.resolved", "R"),
    "pu": ("resolve.unresolved", "P"),
    "pr": ("resolve.resolved", "R"),
}


@command(
    "resolve",
    options=[
        Option("a", "all", "select all unresolved files"),
        Option("l", "list", "list state of files needing merge"),
        Option("m", "mark", "mark files as resolved"),
        Option("u", "unmark", "mark files as unresolved"),
        Option("n", "no-status", "hide status prefix"),
        Option("", "re-merge", "re-merge files"),
        MERGE_TOOL_OPTION,
        *WALK_OPTIONS,
        TEMPLATE_OPTION,
    ],
    synopsis="[OPTION]... [FILE]...",
    category="wdir",
    inferrepo=True,
)
def resolve(context: CommandContext) -> int:
    """redo merges or set/view the merge status of files

    A merge may leave files unresolved. They have to be marked as resolved before the result can be committed:

    - `resolve -l` lists the files of the merge, ``U`` for unresolved and ``R`` for resolved ones;
    - `resolve -m` marks files as resolved, all of them if none is named;
    - `resolve -u` marks files as unresolved, all of them if none is named;
    - `resolve FILE` merges files again, from their state before the merge, with the tool that --tool chooses; -a does so
      with all unresolved files. The file as it was is kept with ``.orig`` at the end of its name.

    Fields for templates: `mergestatus`, `path`.

    Returns 0 on success, 1 if any files fail a resolve attempt.
    """
    from hydrargyrum.ops import resolve as operation

    options, repo = context.options, context.repo
    _check_options(context)
    _confirm(context)
    patterns = patterns_of(context)
    if options.flag("list"):
        _list(context, operation.listed(repo, patterns))
        return 0
    action = "mark" if options.flag("mark") else "unmark" if options.flag("unmark") else "merge"
    wish = operation.ResolveRequest(action, patterns, all_files=options.flag("all"))
    outcome = operation.resolve(repo, wish, merger_for(context, "resolve"), shown_paths(context))
    if not outcome.found and context.args:
        _tell_no_match(context, outcome)
    if not outcome.unresolved:
        context.ui.status("(no more unresolved files)\n")
        _tell_next_step(context)
    return 1 if outcome.failed else 0


def _check_options(context: CommandContext) -> None:
    options = context.options
    actions = [key for key in ("list", "mark", "unmark", "re_merge") if options.flag(key)]
    if len(actions) > 1:
        raise errors.InputError("too many actions specified")
    if not actions and context.config.boolean("commands", "resolve.explicit-re-merge"):
        raise errors.InputError("no action specified", hint="use --mark, --unmark, --list or --re-merge")
    if context.args and options.flag("all"):
        raise errors.InputError("can't specify --all and patterns")
    if not (context.args or any(options.flag(key) for key in ("all", "list", "mark", "unmark"))):
        raise errors.InputError(
            "no files or directories specified", hint="use --all to re-merge all unresolved files"
        )


def _confirm(context: CommandContext) -> None:
    options = context.options
    if not context.config.boolean("commands", "resolve.confirm"):
        return
    questions = []
    if options.flag("all"):
        questions.append("re-merge all unresolved files (yn)?")
    if options.flag("mark") and not context.args:
        questions.append("mark all unresolved files as resolved (yn)?")
    if options.flag("unmark") and not context.args:
        questions.append("mark all resolved files as unresolved (yn)?")
    for question in questions:
        if context.ui.choose(f"{question}$$ &Yes $$ &No"):
            raise errors.Abort("user quit", exit_code=errors.EXIT_CANCELED)


def _list(context: CommandContext, files: list[tuple[str, str]]) -> None:
    context.ui.pager("resolve")
    show = shown_paths(context)
    with_status = not context.options.flag("no_status")
    with context.formatter("resolve") as formatter:
        for path, status in files:
            label, letter = _STATES[status]
            formatter.start_item()
            formatter.resources(changeset=context.repo.working_copy, repo=context.repo)
            if with_status:
                formatter.data(mergestatus=letter)
                formatter.plain(f"{letter} ", label)
            formatter.data(path=path)
            formatter.plain(f"{show(path)}\n", label)
        formatter.flush()


def _tell_no_match(context: CommandContext, outcome: ResolveOutcome) -> None:
    hint = ""
    if outcome.root_matches:
        flags = "".join(
            "--re-merge " if key == "re_merge" else f"-{key[0]} "
            for key in _FLAGS
            if context.options.flag(key)
        )
        hint = f"(try: hg resolve {flags}{' '.join(f'path:{name}' for name in context.args)})\n"
    context.ui.warn("arguments do not match paths that need resolving\n")
    if hint:
        context.ui.warn(hint)


def _tell_next_step(context: CommandContext) -> None:
    from hydrargyrum.merge.decide import WorkingState
    from hydrargyrum.repo.unfinished import way_to_continue

    way = way_to_continue(context.repo)
    if way is not None:
        context.ui.warn(f"continue: {way}\n")
        return
    context.repo.look_at_parents()
    if context.ui.verbose and WorkingState(context.repo).changed:
        context.ui.note("continue: hg commit\n")

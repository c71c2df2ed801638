"""`forget`: files are untracked and stay on disk. Untracking them is the business of `ops.tracking`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.nested import inner_selections, outer_selection
from hydrargyrum.commands.walk_options import DRY_RUN_OPTION, WALK_OPTIONS
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.selection import Selection
    from hydrargyrum.repo import Repository

_ANSWERS = (
    "[Ynsa?]$$ &Yes, forget this file$$ &No, skip this file$$ &Skip remaining files"
    "$$ Include &all remaining files$$ &? (display help)"
)
_HELP = (
    "y - yes, forget this file\nn - no, skip this file\ns - skip remaining files\n"
    "a - include all remaining files\n? - ? (display help)\n"
)
_YES, _NO, _SKIP, _ALL, _HELP_WANTED = range(5)


@command(
    "forget",
    options=[Option("i", "interactive", "use interactive mode"), *WALK_OPTIONS, DRY_RUN_OPTION],
    synopsis="[OPTION]... FILE...",
    category="wdir",
    basic=True,
    inferrepo=True,
)
def forget(context: CommandContext) -> int:
    """forget the specified files on the next commit

    Files are no longer tracked after the next commit, but stay in the working directory. With -i, each file is asked
    about.

    Returns 0 on success.
    """
    from functools import partial

    from hydrargyrum.ops.tracking import forget as forget_files

    if not context.args:
        raise errors.InputError("no files specified")
    interactive, dry_run = context.options.flag("interactive"), context.options.flag("dry_run")
    if interactive and dry_run:
        raise errors.InputError("cannot specify both --dry-run and --interactive")

    def choose(selection: Selection, paths: Sequence[str]) -> list[str]:
        chosen = []
        for place, path in enumerate(paths):
            question = f"forget {selection.show(path)} {_ANSWERS}"
            answer = context.ui.choose(question)
            while answer == _HELP_WANTED:
                context.ui.write(_HELP)
                answer = context.ui.choose(question)
            if answer == _YES:
                chosen.append(path)
            elif answer == _SKIP:
                break
            elif answer == _ALL:
                chosen += paths[place:]
                break
        return chosen

    def forget_in(repo: Repository, selection: Selection) -> bool:
        return forget_files(
            repo,
            selection,
            context.ui,
            dry_run=dry_run,
            verbose=context.ui.verbose,
            choose=partial(choose, selection) if interactive else None,
        )

    complete = True
    for inner in inner_selections(context, into=False):
        complete = forget_in(inner.repo, inner.selection) and complete
    outer = outer_selection(context)
    if outer is not None:
        complete = forget_in(context.repo, outer) and complete
    return 0 if complete else 1

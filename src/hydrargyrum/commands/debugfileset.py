"""`debugfileset`: what becomes of an expression for files, stage by stage. The language is `query.fileset`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.query.parsing import Tree
    from hydrargyrum.repo import Changeset


@command(
    "debugfileset",
    options=[
        Option("r", "rev", "apply the filespec on this revision", default="", metavar="REV"),
        Option("", "all-files", "test files from all revisions and working directory", default=False),
        Option("s", "show-matcher", "print internal representation of matcher"),
        Option("p", "show-stage", "print parsed tree at the given stage", default=[], metavar="NAME"),
    ],
    synopsis="[-r REV] [--all-files] [OPTION]... FILESPEC",
    min_args=1,
    max_args=1,
)
def debugfileset(context: CommandContext) -> int:
    """parse and apply a fileset specification

    Prints the files that EXPR selects, in the working copy or in a revision.

    Returns 0 on success.
    """
    from hydrargyrum.matching.notation import pretty
    from hydrargyrum.ops.revisions import resolve_revision
    from hydrargyrum.query.fileset import matching_files
    from hydrargyrum.query.fileset.notation import file_set_notation

    changeset = resolve_revision(context.repo, context.options.text("rev"), default=None)
    expression = context.args[0]
    _show_stages(context, expression)
    paths = _paths(context, changeset)
    # what has no meaning is told before the matcher is shown, what cannot be read after it
    matching_files(changeset, expression, context.cwd, ())
    show = context.options["show_matcher"]
    if show or (show is None and context.ui.verbose):
        notation = pretty(file_set_notation(changeset, expression, context.cwd))
        context.ui.write(f"* matcher:\n{notation}\n")
    found = matching_files(changeset, expression, context.cwd, paths)
    for path in sorted(found, key=lambda path: path.encode("utf-8", "surrogateescape")):
        context.ui.write(f"{path}\n")
    return 0


def _show_stages(context: CommandContext, expression: str) -> None:
    from hydrargyrum.query.fileset import facts_of
    from hydrargyrum.query.fileset.syntax import analyze, optimize, parse
    from hydrargyrum.query.parsing import show_tree

    ui = context.ui
    wanted = context.options.items("show_stage")
    facts = facts_of(context.repo)
    for name in wanted if wanted != ["all"] else ():
        if name not in ("parsed", "analyzed", "optimized"):
            raise errors.Abort(f"invalid stage name: {name}")
    stages: tuple[tuple[str, Callable[[Tree], Tree]], ...] = (
        ("parsed", lambda tree: tree),
        ("analyzed", lambda tree: analyze(tree, facts)),
        ("optimized", lambda tree: optimize(tree, facts)),
    )
    tree = parse(expression)
    for name, advance in stages:
        tree = advance(tree)
        if wanted == ["all"] or name in wanted or (name == "parsed" and ui.verbose and not wanted):
            if wanted:
                ui.write(f"* {name}:\n")
            ui.write(f"{show_tree(tree)}\n")


def _paths(context: CommandContext, changeset: Changeset) -> set[str]:
    """The paths that are tested: those that the revision touches, or all on disk, with subrepositories."""
    from hydrargyrum.query.fileset import known_paths
    from hydrargyrum.repo.substates import subrepos_of

    repo = context.repo
    found = set(subrepos_of(changeset))
    if context.options.flag("all_files"):
        repo.tell_oddities("tip")
        hidden = set(repo.engine.hidden())
        revs = [rev for rev in range(len(repo.engine.changelog())) if rev not in hidden]
        for record in repo.engine.changesets(revs):
            found.update(record.files)
    if context.options.flag("all_files") or changeset.is_working_copy:
        found |= known_paths(repo.working_copy)
    else:
        found.update(changeset.record.files)
    return found

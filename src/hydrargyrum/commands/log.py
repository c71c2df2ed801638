"""`log`: the history of the repository or of files. Which changesets are shown is the business of `ops.log`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.log_options import LOG_OPTIONS, printer_for
from hydrargyrum.commands.walk_options import WALK_OPTIONS, tell
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hydrargyrum.engine.showing import ChangesetLines
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.log import LogRequest
    from hydrargyrum.types import DiffStyle, Rev
    from hydrargyrum.ui.interface import Ui


@command(
    "log",
    aliases=["history"],
    options=[
        Option("f", "follow", "follow changeset history, or file history across copies and renames"),
        Option(
            "",
            "follow-first",
            "only follow the first parent of merge changesets",
            marks=["deprecated"],
        ),
        Option("d", "date", "show revisions matching date spec", default="", metavar="DATE"),
        Option("C", "copies", "show copied files"),
        Option("k", "keyword", "search for a text, upper and lower case alike", default=[], metavar="TEXT"),
        Option("r", "rev", "revisions to select or follow from", default=[], metavar="REV"),
        Option(
            "L",
            "line-range",
            "follow a range of lines of a file",
            default=[],
            metavar="FILE,RANGE",
            marks=["experimental"],
        ),
        Option("", "removed", "include revisions where files were removed"),
        Option("m", "only-merges", "show only merges", marks=["deprecated"]),
        Option("u", "user", "revisions committed by user", default=[], metavar="USER"),
        Option(
            "",
            "only-branch",
            "show only changesets within the given named branch",
            default=[],
            metavar="BRANCH",
            marks=["deprecated"],
        ),
        Option("b", "branch", "show changesets within the given named branch", default=[], metavar="BRANCH"),
        Option("B", "bookmark", "show changesets within the given bookmark", default=[], metavar="BOOKMARK"),
        Option("P", "prune", "do not display revision or any of its ancestors", default=[], metavar="REV"),
        *LOG_OPTIONS,
        *WALK_OPTIONS,
    ],
    synopsis="[OPTION]... [FILE]",
    category="navigation",
    basic=True,
    inferrepo=True,
    intents=["readonly"],
)
def log(context: CommandContext) -> int:
    """show revision history of entire repository or files

    Without files, all changesets are shown, the newest first; with files, those that touched them. --follow starts at
    the parent of the working copy (or at --rev) and shows its ancestors; of a file, also what it was called before it
    was copied or renamed.

    --graph draws the changesets as a graph: 'o' is a changeset, '@' a parent of the working copy, '%' one that is
    part of an unresolved merge, '_' closes a branch, 'x' is obsolete, '*' unstable.

    Returns 0 on success.
    """
    from hydrargyrum.ops.log import Found, walk

    options = context.options
    request = _request(context)
    ui = context.ui
    context.repo.look_at_parents()
    found = walk(context.repo, request)
    tell(context, found.warnings)
    narrow = None
    if options.items("line_range"):
        from hydrargyrum.ops.line_ranges import RangeHistory

        ranges = RangeHistory(context.repo, found.revs, options.items("line_range"))
        found, narrow = Found(ranges.revs, ranges.files_of), ranges.narrowed
    ui.pager("log")
    if _is_finished_by_engine(context, whole=found.files_of is None and narrow is None):
        _write_lines(context, found.revs)
        return 0
    printer = printer_for(context, files_of=found.files_of, narrow=narrow, buffered=options.flag("graph"))
    copies = options.flag("copies")
    if options.flag("graph"):
        from hydrargyrum.extension.graphs import draw_graph

        draw_graph(context, found.revs, printer, copies=copies, everything=found.is_everything)
        return 0
    for changeset in context.repo.changesets(found.revs):
        printer.show(changeset, copies=changeset.copies if copies else None)
    printer.close()
    return 0


def _is_finished_by_engine(context: CommandContext, *, whole: bool) -> bool:
    """Whether plain lines are wanted, and nothing that only Python can tell; `whole`: patches are of all files."""
    from hydrargyrum.repo.evolution import has_markers
    from hydrargyrum.text.local import is_usual
    from hydrargyrum.view.changesets.choice import is_plain

    options, ui = context.options, context.ui
    if ui.painter is not None or ui.debugging or not is_usual() or has_markers(context.repo.engine.store):
        return False
    if not ui.quiet and any(options.flag(name) for name in ("stat", "copies")):
        return False
    if options.flag("patch") and not (whole and _patch_style(context)):
        return False
    wanted = options.text("template"), options.text("style")
    return not options.flag("graph") and is_plain(context.config, *wanted)


def _patch_style(context: CommandContext) -> DiffStyle | None:
    """How the engine shall show what changesets changed; None where it cannot."""
    from hydrargyrum.ops.diff import StyleChoice

    choice = StyleChoice(context.config, context.options.as_dict())
    if context.ui.quiet or choice.words or context.config.text("experimental", "extendedheader.index"):
        return None
    return choice.style()


def _write_lines(context: CommandContext, revs: Iterable[Rev]) -> None:
    """Write changesets as the engine words them, piece by piece."""
    from hydrargyrum.ops.log import PATCHES_AT_ONCE, batches
    from hydrargyrum.types import WDIR_REV

    ui = context.ui
    style = _patch_style(context) if context.options.flag("patch") else None
    lines = context.repo.engine.changeset_lines(quiet=ui.quiet, verbose=ui.verbose, patch=style)
    for piece in batches(revs, None if style is None else PATCHES_AT_ONCE):
        if WDIR_REV not in piece:
            _write_piece(ui, lines, piece)
            continue
        printer = printer_for(context)
        for rev in piece:
            if rev == WDIR_REV:
                printer.show(context.repo.working_copy)
            else:
                ui.write(lines.render([rev]))


def _write_piece(ui: Ui, lines: ChangesetLines, revs: Sequence[Rev]) -> None:
    """Write changesets at once; where one cannot be read, those before it all the same."""
    try:
        data = lines.render(revs)
    except errors.EngineError:
        for rev in revs:
            ui.write(lines.render([rev]))
        raise
    ui.write(data)


def _request(context: CommandContext) -> LogRequest:
    from hydrargyrum.ops.log import LogRequest
    from hydrargyrum.types import PatternSet

    options = context.options
    if options.items("line_range"):
        if not options.flag("follow"):
            raise errors.InputError("--line-range requires --follow")
        if context.args:
            raise errors.InputError("FILE arguments are not compatible with --line-range option")
    return LogRequest(
        PatternSet(
            context.cwd,
            context.args,
            options.items("include"),
            options.items("exclude"),
            warn_missing=False,
        ),
        revisions=options.items("rev"),
        follow="first" if options.flag("follow_first") else "all" if options.flag("follow") else "",
        date=options.text("date"),
        keywords=options.items("keyword"),
        users=options.items("user"),
        branches=[*options.items("branch"), *options.items("only_branch")],
        bookmarks=options.items("bookmark"),
        prune=options.items("prune"),
        merges="only" if options.flag("only_merges") else "no" if options.flag("no_merges") else "",
        removed=options.flag("removed"),
        limit=limit_of(options.text("limit")),
        descending=options.flag("graph"),
        topological=options.flag("graph") and context.config.boolean("experimental", "log.topo"),
    )


def limit_of(text: str) -> int | None:
    """The number that `-l` gives. Raises InputError."""
    if not text:
        return None
    try:
        limit = int(text)
    except ValueError:
        raise errors.InputError("limit must be a positive integer") from None
    if limit <= 0:
        raise errors.InputError("limit must be positive")
    return limit

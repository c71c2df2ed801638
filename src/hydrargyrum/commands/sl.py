"""`sl`: the graph of one's unfinished work. Which changesets it shows is decided by `ops.smartlog`."""

from __future__ import annotations

from hydrargyrum.commands.log_options import LOG_OPTIONS, printer_for
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext

#: What a changeset looks like unless `-T` or `command-templates.smartlog` say otherwise.
TEMPLATE = (
    "{label(\"log.changeset changeset.{phase}{if(obsolete, ' changeset.obsolete')}\", shortest(node, 8))}"
    "{if(currentbookmark, \" {label('log.activebookmark', currentbookmark)}*\")}"
    "{if(bookmarks % '{ifeq(bookmark, currentbookmark, \"\", bookmark)}',"
    " \" {label('log.bookmark', join(bookmarks % '{ifeq(bookmark, currentbookmark, \"\", bookmark)}', ' '))}\")}"
    '{tags % \'{ifeq(tag, "tip", "", " {label(\'log.tag\', tag)}")}\'}'
    "{ifeq(branch, 'default', '', \" ({label('log.branch', branch)})\")}"
    "{ifeq(phase, 'secret', ' (secret)')}{if(obsolete, ' (obsolete)')}"
    "{instabilities % ' ({label(\"log.instability\", instability)})'}"
    "  {label('log.user', author|user)}  {label('log.date', date|age)}\n"
    "{label('log.summary', desc|firstline)}\n\n"
)


@command(
    "sl",
    aliases=["smartlog"],
    options=[
        Option("r", "rev", "changesets of interest instead of one's own", default=[], metavar="REV"),
        *(option for option in LOG_OPTIONS if option.name not in ("graph", "no-merges", "style", "limit")),
    ],
    synopsis="[OPTION]... [-r REV]...",
    category="navigation",
    intents=["readonly"],
    max_args=0,
)
def sl(context: CommandContext) -> int:
    """show the graph of unfinished work, and where it hangs on what is published

    Draws what is not public yet, what bookmarks name, the parents of the working directory and the tip of its branch,
    together with the public changesets that these are based on. What lies between is left out: ':' leads to an ancestor
    further down, '~' to history that is not shown. '@' is a parent of the working directory.

    With --rev, draw these changesets and the public ones that they are based on instead. -T or the configuration
    ``command-templates.smartlog`` say what a changeset looks like.

    Returns 0 on success.
    """
    from hydrargyrum.extension.context import ParsedOptions
    from hydrargyrum.extension.graphs import draw_graph
    from hydrargyrum.ops.smartlog import unfinished_work

    options = context.options
    revs = unfinished_work(context.repo, options.items("rev"))
    context.ui.pager("sl")
    if not options.text("template"):
        chosen = context.config.text("command-templates", "smartlog") or TEMPLATE
        context.options = ParsedOptions({**options.as_dict(), "template": chosen})
    draw_graph(context, revs, printer_for(context, buffered=True))
    return 0

"""`churn`: a histogram of who changed how much, as the peer's extension has it; counting is `ops.churn`."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.commands.walk_options import WALK_OPTIONS
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.churn import Counts
    from hydrargyrum.repo import Changeset


@command(
    "churn",
    options=[
        Option("r", "rev", "count rate for the specified revision or revset", default=[], metavar="REV"),
        Option("d", "date", "count rate for revisions matching date spec", default="", metavar="DATE"),
        Option(
            "t",
            "oldtemplate",
            "template to group changesets",
            default="",
            metavar="TEMPLATE",
            marks=["deprecated"],
        ),
        Option("T", "template", "template to group changesets", default="{author|email}", metavar="TEMPLATE"),
        Option(
            "f",
            "dateformat",
            "strftime-compatible format for grouping by date",
            default="",
            metavar="FORMAT",
        ),
        Option("c", "changesets", "count rate by number of changesets", default=False),
        Option("s", "sort", "sort by key (default: sort by count)", default=False),
        Option("", "diffstat", "display added/removed lines separately", default=False),
        Option("", "aliases", "file with email aliases", default="", metavar="FILE"),
        *WALK_OPTIONS,
    ],
    synopsis="[-d DATE] [-r REV] [--aliases FILE] [FILE]",
    category="maintenance",
    inferrepo=True,
)
def churn(context: CommandContext) -> int:
    """histogram of changes to the repository

    Counts the lines that were added and removed, by author, and draws a bar for each. -T groups by something else,
    -f by date; -c counts changesets instead of lines.

    A file that --aliases names, or `.hgchurn` in the repository, has lines `ALIAS = KEY`: what ALIAS did counts for KEY.
    """
    from hydrargyrum.ops.churn import ChurnRequest, count_changes
    from hydrargyrum.ops.log import LogRequest
    from hydrargyrum.types import PatternSet

    options = context.options
    patterns = PatternSet(
        context.cwd,
        context.args,
        options.items("include"),
        options.items("exclude"),
        warn_missing=False,
    )
    request = ChurnRequest(
        LogRequest(patterns, revisions=options.items("rev"), date=options.text("date")),
        _key(context),
        aliases=_aliases(context),
        changesets=options.flag("changesets"),
    )
    rates = list(count_changes(context.repo, request).items())
    if not rates:
        return 0
    if options.flag("sort"):
        rates.sort(key=lambda rate: os.fsencode(rate[0]))
    else:
        rates.sort(key=lambda rate: (-sum(rate[1]), os.fsencode(rate[0])))
    _draw(context, rates)
    return 0


def _key(context: CommandContext) -> Callable[[Changeset], str]:
    """What a changeset counts for."""
    options = context.options
    form = options.text("dateformat")
    if form:
        import datetime
        import time

        def by_date(changeset: Changeset) -> str:
            seconds, zone = changeset.date
            return datetime.datetime(*time.gmtime(float(seconds) - zone)[:6]).strftime(form)

        return by_date
    from hydrargyrum.extension.output import environment_for

    environment = environment_for(context, {"": options.text("oldtemplate") or options.text("template")})

    def by_template(changeset: Changeset) -> str:
        return environment.render("", {}, {"changeset": changeset, "repo": changeset.repo})

    return by_template


def _aliases(context: CommandContext) -> dict[str, str]:
    from hydrargyrum.ops.churn import read_aliases

    named = context.options.text("aliases")
    path = os.path.join(context.cwd, named) if named else os.path.join(context.repo.root, ".hgchurn")
    if not named and not os.path.exists(path):
        return {}
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
            return read_aliases(lines, context.ui.warn)
    except OSError as problem:
        raise errors.IoError(path=named or path, errno=problem.errno, operation="open") from None


def _draw(context: CommandContext, rates: list[tuple[str, Counts]]) -> None:
    from hydrargyrum.extension.output import columns_for

    ui, columns = context.ui, columns_for(context)
    most = float(max(sum(counts) for _, counts in rates)) or 1.0
    longest = max(len(os.fsencode(key)) for key, _ in rates)
    terminal = ui.terminal_width()
    ui.debug(f"assuming {terminal} character terminal\n")
    separate = context.options.flag("diffstat")
    width = terminal - longest - 6 - (15 if separate else 6)

    def bar(sign: str, count: int) -> str:
        return sign * int(count * width // most)

    for key, (added, removed) in rates:
        name = key + " " * (longest - columns.width(key))
        if separate:
            numbers = f"+{added}/-{removed}"
            ui.write(f"{name} {numbers:>15} ")
            ui.write(bar("+", added), "diffstat.inserted")
            ui.write(bar("-", removed), "diffstat.deleted")
            ui.write("\n")
        else:
            ui.write(f"{name} {added + removed:6} {bar('*', added + removed)}\n")

"""`branches`: the named branches of the repository. They are found by `ops.branch`."""

from __future__ import annotations

from hydrargyrum.commands.walk_options import TEMPLATE_OPTION
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.branch import BranchInfo
    from hydrargyrum.view.formatter import Formatter


@command(
    "branches",
    options=[
        Option("a", "active", "show only branches that have unmerged heads", marks=["deprecated"]),
        Option("c", "closed", "show normal and closed branches"),
        Option("r", "rev", "show branch name(s) of the given rev", default=[]),
        TEMPLATE_OPTION,
    ],
    synopsis="[-c]",
    category="organization",
    intents=["readonly"],
    max_args=0,
)
def branches(context: CommandContext) -> int:
    """list repository named branches

    List the named branches with their tips; inactive ones (all heads have descendants on other branches) are marked.
    Closed branches (:hg:`commit --close-branch`) are shown with -c.

    Fields for templates, beside those of changesets: `branch`, `active`, `closed`, `current`.

    Returns 0.
    """
    from hydrargyrum.ops.branch import list_branches

    options, repo = context.options, context.repo
    wanted = None
    if options.items("rev"):
        from hydrargyrum.ops.revisions import resolve_revisions

        wanted = {repo[rev].branch for rev in resolve_revisions(repo, options.items("rev"))}
    current = repo.engine.working_branch()
    context.ui.pager("branches")
    with context.formatter("branches") as formatter:
        for info in list_branches(repo):
            if wanted is not None and info.name not in wanted:
                continue
            if options.flag("active") and not info.active:
                continue
            if info.active or info.open or options.flag("closed"):
                _show(context, formatter, info, current=info.name == current)
    return 0


def _show(context: CommandContext, formatter: Formatter, info: BranchInfo, *, current: bool) -> None:
    from hydrargyrum.text.local import to_shown
    from hydrargyrum.view.columns import Columns

    state = "active" if info.active else "inactive" if info.open else "closed"
    notice = "" if info.active else f" ({state})"
    name, changeset, shown = to_shown(info.name), context.repo[info.rev], not context.ui.quiet
    label = f"log.changeset changeset.{changeset.phase}"
    padding = " " * max(31 - len(str(info.rev)) - Columns(context.ui.encoding).width(name), 0)
    node = formatter.node(changeset.node)
    formatter.start_item()
    formatter.field("branch", name, name, f"branches.{'current' if current else state}")
    formatter.field_if(shown, "rev", info.rev, f"{padding} {info.rev}:{node}", label)
    formatter.data(node=changeset.node.hex())
    formatter.resources(repo=context.repo, changeset=changeset)
    formatter.data(active=info.active, closed=not info.open, current=current)
    if shown:
        formatter.plain(notice)
    formatter.plain("\n")

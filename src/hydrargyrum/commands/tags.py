"""`tags`: the tags of the repository. Their kinds are told by `ops.tag`."""

from __future__ import annotations

from hydrargyrum.commands.walk_options import TEMPLATE_OPTION
from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "tags",
    options=[TEMPLATE_OPTION],
    category="organization",
    intents=["readonly"],
    max_args=0,
)
def tags(context: CommandContext) -> int:
    """list repository tags

    List regular and local tags with their changesets, the newest first. With -v, local ones are marked.

    Fields for templates, beside those of changesets: `tag`, `type` ("local" for local tags).

    Returns 0 on success.
    """
    from hydrargyrum.ops.tag import list_tags
    from hydrargyrum.text.local import to_shown
    from hydrargyrum.view.columns import Columns

    repo, ui = context.repo, context.ui
    ui.pager("tags")
    with context.formatter("tags") as formatter:
        for tag in list_tags(repo):
            label = f"tags.{tag.kind or 'normal'}"
            name = to_shown(tag.name)
            padding = " " * (30 - Columns(context.ui.encoding).width(name))
            node = formatter.node(tag.node)
            formatter.start_item()
            formatter.resources(repo=repo)
            formatter.field("tag", name, name, label)
            formatter.field_if(not ui.quiet, "rev", tag.rev, f"{padding} {tag.rev:5d}:{node}", label)
            formatter.data(node=tag.node.hex())
            formatter.field_if(ui.verbose and bool(tag.kind), "type", tag.kind, f" {tag.kind}", label)
            formatter.plain("\n")
    return 0

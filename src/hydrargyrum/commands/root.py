"""`root`: where the working copy is."""

from __future__ import annotations

import os

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "root",
    options=[
        Option("", "share-source", "print the share source root instead"),
        Option("T", "template", "display with template", default="", metavar="TEMPLATE"),
    ],
    category="wdir",
    intents=["readonly"],
    max_args=0,
)
def root(context: CommandContext) -> int:
    """print the top of the working copy

    Fields for templates: `reporoot`, what is printed; `hgpath`, its .hg directory; `storepath`, where the history is.

    Returns 0 on success.
    """
    engine = context.repo.engine
    top, dot_hg = engine.root, engine.dot_hg
    if context.options.flag("share_source"):
        # the owner of the history is the repository above its store
        top = os.path.split(engine.shared_dot_hg)[0]
        dot_hg = os.path.join(engine.shared_dot_hg, "")
    with context.formatter("root") as formatter:
        formatter.start_item()
        formatter.field("reporoot", top, f"{top}\n")
        formatter.data(hgpath=dot_hg, storepath=engine.store)
    return 0

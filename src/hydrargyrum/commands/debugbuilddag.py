"""`debugbuilddag`: makes a history from a text that describes its graph."""

from __future__ import annotations

import os

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "debugbuilddag",
    options=[
        Option("m", "mergeable-file", "add single file mergeable changes"),
        Option("o", "overwritten-file", "add single file all revs overwrite"),
        Option("n", "new-file", "add new file at each rev"),
        Option("", "from-existing", "continue from a non-empty repository"),
    ],
    synopsis="[OPTION]... [TEXT]",
    max_args=1,
)
def debugbuilddag(context: CommandContext) -> int:
    """builds a repo with a given DAG from scratch in the current empty repo

    Without TEXT, the description is read from standard input. Each node becomes a changeset; these make nodes:

    - ``+N`` makes N nodes one after the other, ``.`` one node
    - ``*P`` makes a node on top of P, ``*P/Q`` a merge of P and Q, ``/Q`` a merge of the node before and Q

    ``$`` lets the next node be a root, ``<P`` lets it be on top of P. ``:NAME`` puts a label (a local tag) on the node
    before, ``@NAME`` names the branch of all nodes that follow, ``#`` begins a comment. P is a label, or how many nodes
    to go back. Names of anything but letters and digits stand in double quotes.

    Returns 0 on success.
    """
    from hydrargyrum.ops.building import BuildRequest, build_history

    options, ui = context.options, context.ui
    if context.args:
        text = context.args[0]
    else:
        ui.status("reading DAG from stdin\n")
        text = os.fsdecode(b"".join(iter(ui.streams.source.readline, b"")))
    request = BuildRequest(
        text,
        merged=options.flag("mergeable_file"),
        overwritten=options.flag("overwritten_file"),
        new=options.flag("new_file"),
        onto_existing=options.flag("from_existing"),
    )
    with ui.progress("building", unit="revisions") as bar:
        build_history(context.repo, request, lambda number, total: bar.update(number, total=total))
    return 0

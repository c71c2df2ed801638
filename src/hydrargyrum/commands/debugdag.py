"""`debugdag`: the graph of the history as a short text, which `debugbuilddag` reads."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.text.graphtext import Event
    from hydrargyrum.types import Node


@command(
    "debugdag",
    options=[
        Option("t", "tags", "use tags as labels"),
        Option("b", "branches", "annotate with branch names"),
        Option("", "dots", "use dots for runs"),
        Option("s", "spaces", "separate elements by spaces"),
    ],
    synopsis="[OPTION]... [FILE [REV]...]",
)
def debugdag(context: CommandContext) -> int:
    """format the changelog or an index DAG as a concise textual description

    Prints the graph of the changelog in the notation that :hg:`debugbuilddag` reads. Files are not taken.

    Returns 0 on success.
    """
    from hydrargyrum.text.graphtext import GraphWriter

    if context.args:
        raise errors.Unsupported(feature="debugdag FILE")
    options = context.options
    writer = GraphWriter(dots=options.flag("dots"), spaces=options.flag("spaces"))
    for line in writer.lines(_events(context)):
        context.ui.write(f"{line}\n")
    return 0


def _events(context: CommandContext) -> Iterator[Event]:
    engine, options = context.repo.engine, context.options
    hidden = context.repo.hidden
    revs = [rev for rev in range(len(engine.changelog())) if rev not in hidden]
    labels: dict[int, list[str]] = {}
    if options.flag("tags"):
        for name, node in _tags(context).items():
            labels.setdefault(context.repo[node].rev, []).append(name)
    names = dict(zip(revs, engine.branches(revs)[0], strict=True)) if options.flag("branches") else None
    branch = "default"
    firsts, seconds = engine.parent_columns(revs)
    for rev, first, second in zip(revs, firsts, seconds, strict=True):
        if names is not None and names[rev] != branch:
            branch = names[rev]
            yield "branch", branch
        yield "node", (rev, [parent for parent in (first, second) if parent >= 0])
        for name in labels.get(rev, ()):
            yield "label", (rev, name)


def _tags(context: CommandContext) -> dict[str, Node]:
    tags = {name: node for name, node in context.repo.engine.tags().items() if name != "tip"}
    return {**tags, "tip": context.repo["tip"].node}

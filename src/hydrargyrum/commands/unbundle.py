"""`unbundle`: takes in what `bundle` wrote. The work is `ops.unbundle`."""

from __future__ import annotations

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "unbundle",
    options=[Option("u", "update", "update to the new head if there are new changesets")],
    synopsis="[-u] FILE...",
    category="import",
    min_args=1,
)
def unbundle(context: CommandContext) -> int:
    """add the changesets of bundle files

    The files are taken in one after the other, each wholly or not at all. With -u, the working copy is updated if
    there is anything new.

    Returns 0 on success, 1 if an update leaves unresolved files.
    """
    from hydrargyrum.exchange.bundlefile import open_bundle
    from hydrargyrum.ops import unbundle as operation
    from hydrargyrum.repo.evolution import has_markers

    repo, ui = context.repo, context.ui
    moved = 0
    with repo.lock_store():
        for name in context.args:
            with open_bundle(name, repo.engine, context.cwd) as bundle:
                if has_markers(repo.engine.store):
                    repo.look_at_parents()
                added = operation.unbundle(repo, bundle)
            if added is not None:
                ui.status(operation.new_changesets_line(repo, added.revs))
                moved = added.moved_heads
    if not moved:
        return 0
    if context.options.flag("update"):
        return context.run("update")
    ui.status(operation.advice(repo, moved))
    return 0

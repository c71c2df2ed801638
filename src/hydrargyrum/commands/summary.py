"""`summary`: the state of the working copy in a few lines. What is counted is found by `ops.summary`."""

from __future__ import annotations

from hydrargyrum.extension import Option, command
from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.summary import Summary
    from hydrargyrum.repo import Changeset
    from hydrargyrum.ui import Ui

#: Attributes of the counts with the labels of what is said of them.
_COUNTED = (
    ("modified", "status.modified"),
    ("added", "status.added"),
    ("removed", "status.removed"),
    ("renamed", "status.copied"),
    ("copied", "status.copied"),
    ("deleted", "status.deleted"),
    ("unknown", "status.unknown"),
    ("unresolved", "resolve.unresolved"),
    ("subrepos", "status.modified"),
)


@command(
    "summary",
    aliases=["sum"],
    options=[Option("", "remote", "check for push and pull")],
    synopsis="[--remote]",
    category="wdir",
    basic=True,
    intents=["readonly"],
    max_args=0,
)
def summary(context: CommandContext) -> int:
    """summarize working directory state

    The parents of the working directory with their tags and first lines, its branch and bookmarks, what a commit
    would take, what an update would bring, and how many changesets are not public.

    With --remote, the default repositories are asked too, whether there is anything to take from or to send to them.

    Returns 0 on success.
    """
    from hydrargyrum.ops.summary import Summary
    from hydrargyrum.text.local import to_shown

    context.repo.tell_oddities("tip")
    ui = context.ui
    ui.pager("summary")
    found = Summary(context.repo)
    for parent in found.parents:
        _write_parent(ui, parent)
    line = f"branch: {to_shown(found.branch)}\n"
    if found.branch != "default":
        ui.write(line, "log.branch")
    else:
        ui.status(line, "log.branch")
    _write_bookmarks(context, found)
    _write_commit(ui, found)
    _write_update(ui, found)
    _write_counts(ui, found)
    if context.options.flag("remote"):
        _write_remote(context)
    return 0


def _write_remote(context: CommandContext) -> None:
    """Tells what is different in the repositories that are pulled from and pushed to."""
    from hydrargyrum.commands.elsewhere import branch_of_place, pull_sources, push_destinations
    from hydrargyrum.config.locations import named_locations
    from hydrargyrum.ops.summary import compare

    repo, known = context.repo, named_locations(context.config)
    source = pull_sources(context, "default")[0]
    there = source.open(context)
    context.ui.debug(f"comparing with {source.shown}\n")
    target, destination = there, source
    if "default-push" in known or "default" in known:
        destination = next(push_destinations(context, ()))
        if destination.text != source.text:
            target = destination.open(context)
            context.ui.debug(f"comparing with {destination.shown}\n")
    found = compare(repo, there, target, branch_of_place(source, there), branch_of_place(destination, repo))
    context.ui.debug('listing keys for "namespaces"\nlisting keys for "bookmarks"\n')
    parts = ["1 or more incoming"] if found.incoming else []
    for count, what in (
        (found.outgoing, "outgoing"),
        (found.incoming_bookmarks, "incoming bookmarks"),
        (found.outgoing_bookmarks, "outgoing bookmarks"),
    ):
        if count:
            parts.append(f"{count} {what}")
    if parts:
        context.ui.write(f"remote: {', '.join(parts)}\n")
    else:
        context.ui.status("remote: (synced)\n")


def _write_parent(ui: Ui, parent: Changeset) -> None:
    from hydrargyrum.view.changesets.plain import changeset_id, changeset_labels

    ui.write(f"parent: {changeset_id(parent, full=False)} ", changeset_labels(parent))
    ui.write(" ".join(parent.tags), "log.tag")
    if parent.rev == NULL_REV:
        is_empty = not len(parent.repo.engine.changelog())
        ui.write(" (empty repository)" if is_empty else " (no revision checked out)")
    if parent.is_obsolete:
        ui.write(" (obsolete)")
    troubles = [ui.label(trouble, f"trouble.{trouble}") for trouble in parent.instabilities]
    if troubles:
        ui.write(f" ({', '.join(troubles)})")
    ui.write("\n")
    if parent.description:
        ui.status(f" {parent.description.splitlines()[0].strip()}\n", "log.summary")


def _write_bookmarks(context: CommandContext, found: Summary) -> None:
    ui = context.ui
    marks = [name for parent in found.parents for name in parent.bookmarks]
    if not marks:
        return
    ui.write("bookmarks:", "log.bookmark")
    active = context.repo.active_bookmark
    if active is not None:
        is_here = active in marks
        ui.write(f" *{active}" if is_here else f" [{active}]", "bookmarks.active bookmarks.current")
        if is_here:
            marks.remove(active)
    for name in marks:
        ui.write(f" {name}", "log.bookmark")
    ui.write("\n", "log.bookmark")


def _write_commit(ui: Ui, found: Summary) -> None:
    counts = [(getattr(found.files, name), name, label) for name, label in _COUNTED]
    text = ", ".join(ui.label(f"{count} {name}", label) for count, name, label in counts if count)
    is_clean = False
    if found.grafting:
        text += " (graft in progress)"
    first = found.parents[0]
    if found.updating:
        text += " (interrupted update)"
    elif len(found.parents) > 1:
        text += " (merge)"
    elif found.branch != first.branch:
        text += " (new branch)"
    elif found.closed_head:
        text += " (head closed)"
    elif found.files.is_clean:
        text += " (clean)"
        is_clean = True
    elif first.rev not in found.branch_heads:
        text += " (new branch head)"
    if found.phase is not None:
        text += f" ({found.phase})"
    line = f"commit: {text.strip()}\n"
    if is_clean:
        ui.status(line)
    else:
        ui.write(line)


def _write_update(ui: Ui, found: Summary) -> None:
    if not found.new:
        ui.status("update: (current)\n")
    elif found.parents[0].rev not in found.branch_heads:
        ui.write(f"update: {found.new} new changesets (update)\n")
    else:
        ui.write(f"update: {found.new} new changesets, {len(found.branch_heads)} branch heads (merge)\n")


def _write_counts(ui: Ui, found: Summary) -> None:
    phases = [
        f"{count} {name}" for count, name in ((found.draft, "draft"), (found.secret, "secret")) if count
    ]
    if phases:
        ui.status(f"phases: {', '.join(phases)}\n")
    for name, count in (
        ("orphan", found.orphan),
        ("content-divergent", found.content_divergent),
        ("phase-divergent", found.phase_divergent),
    ):
        if count:
            ui.status(f"{name}: {count} changesets\n")

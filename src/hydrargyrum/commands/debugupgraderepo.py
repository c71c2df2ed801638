"""`debugupgraderepo`: shows what would change in the format of a repository, and changes it.

What is to be done is decided in `ops.upgrading.plan`, and done in `ops.upgrading.run`.
"""

from __future__ import annotations

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.upgrading.plan import UpgradePlan
    from hydrargyrum.ui import Ui


@command(
    "debugupgraderepo",
    options=[
        Option("o", "optimize", "also do this to revlogs", default=[], metavar="NAME"),
        Option("", "run", "do it"),
        Option("", "backup", "keep the old store", default=True),
        Option("", "changelog", "choose the changelog"),
        Option("", "manifest", "choose the manifest"),
        Option("", "filelogs", "choose the revlogs of all files"),
    ],
    max_args=0,
)
def debugupgraderepo(context: CommandContext) -> int:
    """give a repository the format that configuration asks for

    Without --run, what would be done is shown, and what could be done beside it with --optimize.

    With --run a new store is made next to the old one, which nobody can write to meanwhile. When it is complete, it
    takes the place of the old one: for that moment the repository cannot be read. The old store is kept in a directory
    below ``.hg`` unless --no-backup is given.

    Revlogs that need no change are only written anew for an optimization, all of them by default. Use --changelog,
    --manifest and --filelogs to choose some, or --no-changelog and so on to leave some out.

    Returns 0 on success.
    """
    from hydrargyrum.ops.upgrading.formats import CHANGELOG, FILELOGS, MANIFEST
    from hydrargyrum.ops.upgrading.plan import plan_upgrade

    options, ui = context.options, context.ui
    kinds = {CHANGELOG: "changelog", MANIFEST: "manifest", FILELOGS: "filelogs"}
    plan = plan_upgrade(
        context.repo,
        context.engine.compressions,
        optimisations=options.items("optimize"),
        chosen={kind: options.flag(key) for kind, key in kinds.items() if options.given(key)},
        keep_backup=options.flag("backup"),
    )
    _tell_choice(ui, plan)
    if not options.flag("run"):
        _show_lacking(ui, plan)
        ui.status('performing an upgrade with "--run" will make the following changes:\n\n')
        _show_plan(ui, plan)
        if plan.unused_optimisations:
            ui.status('additional optimizations are available by specifying "--optimize <name>":\n\n')
            for one in plan.unused_optimisations:
                ui.status(f"{one.name}\n   {one.lacking}\n\n")
        return 0
    if not plan.actions and not plan.removals:
        ui.status("nothing to do\n")
        return 0
    _run(context, plan)
    return 0


def _run(context: CommandContext, plan: UpgradePlan) -> None:
    from hydrargyrum.ops.upgrading.run import run_upgrade

    ui = context.ui
    ui.write("upgrade will perform the following actions:\n\n")
    _show_plan(ui, plan)
    ui.status("beginning upgrade...\n")
    backup = run_upgrade(context.repo, plan)
    if backup is not None and not ui.quiet:
        ui.warn(f"copy of old repository backed up at {backup}\n")
        ui.warn(
            "the old repository will not be deleted; remove it to free up disk space once the upgraded "
            "repository is verified\n"
        )
    for text in [one.said_after for one in plan.upgrades] + [one.said_after_removal for one in plan.removals]:
        if text:
            ui.warn(f"{text}\n")


def _tell_choice(ui: Ui, plan: UpgradePlan) -> None:
    """Revlogs that are written anew although nobody chose them."""
    for option, name in plan.overruled:
        ui.warn(f"warning: ignoring {option:>14}, as upgrade is changing: {name}\n")
    for called, name in plan.selected:
        ui.status(f"note:    selecting {called} for processing to change: {name}\n")
    if plan.overruled:
        ui.warn("\n")
    elif plan.selected:
        ui.status("\n")


def _show_lacking(ui: Ui, plan: UpgradePlan) -> None:
    configured = [one for one in plan.lacking if one.name in plan.configured]
    others = [one for one in plan.lacking if one.name not in plan.configured and one.is_default]
    for title, formats in (
        ("repository lacks features recommended by current config options:", configured),
        ("repository lacks features used by the default config options:", others),
    ):
        if formats:
            ui.status(f"{title}\n\n")
            for one in formats:
                ui.status(f"{one.name}\n   {one.lacking}\n\n")
    if configured or others:
        ui.status("\n")
    else:
        ui.status("(no format upgrades found in existing repository)\n")


def _show_plan(ui: Ui, plan: UpgradePlan) -> None:
    ui.write("requirements\n")
    for what, names in (
        ("preserved", plan.current & plan.wanted),
        ("removed", plan.current - plan.wanted),
        ("added", plan.wanted - plan.current),
    ):
        if names or what == "preserved":
            ui.write(f"   {what}: ")
            _write_list(ui, names, f"upgrade-repo.requirement.{what}")
            ui.write("\n")
    ui.write("\n")
    if plan.optimisations:
        ui.write("optimisations: ")
        _write_list(ui, (one.name for one in plan.optimisations), "upgrade-repo.optimisation.performed")
        ui.write("\n\n")
    for one in plan.actions:
        ui.status(f"{one.name}\n   {one.gain}\n\n")
    if plan.revlogs:
        ui.write("processed revlogs:\n")
        for kind in sorted(plan.revlogs):
            ui.write(f"  - {kind}\n")
    else:
        ui.write("no revlogs to process\n")
    ui.write("\n")


def _write_list(ui: Ui, names: Iterable[str], label: str) -> None:
    for number, name in enumerate(sorted(names)):
        ui.write(", " if number else "")
        ui.write(name, label)

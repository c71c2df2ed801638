"""`debugcommands`: every command with the long names of its options."""

from __future__ import annotations

from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command("debugcommands", synopsis="[COMMAND]", category="help", norepo=True)
def debugcommands(context: CommandContext) -> int:
    """list all available commands and options

    One line for each command: its name, and the long names of its own options.
    """
    for entry in context.registry.entries():
        if entry.known:
            declared = context.registry.with_wrappers(entry.command())
            options = ", ".join(option.name for option in declared.options)
            context.ui.write(f"{declared.name}: {options}\n")
    return 0

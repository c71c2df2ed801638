"""`debugcomplete`: commands and options for shells to complete with."""

from __future__ import annotations

from hydrargyrum.commands.global_options import GLOBAL_OPTIONS
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "debugcomplete",
    options=[Option("o", "options", "show the command options")],
    synopsis="[-o] CMD",
    category="help",
    norepo=True,
    max_args=1,
)
def debugcomplete(context: CommandContext) -> int:
    """returns the completion list associated with the given command

    Lists the commands that begin so, with -v with all their names. With --options, lists the options of the command and
    the global ones; those that are deprecated are left out.
    """
    name = context.args[0] if context.args else ""
    if context.options.flag("options"):
        found = list(GLOBAL_OPTIONS)
        if name:
            entry = context.registry.find(name)
            found.extend(context.registry.with_wrappers(entry.command()).options)
        lines = []
        for option in found:
            if "deprecated" in option.marks:
                continue
            if option.short:
                lines.append(f"-{option.short}")
            lines.append(f"--{option.name}")
    else:
        possible = context.registry.possible(name)
        known = {word: entry for word, entry in possible.items() if entry.known}
        verbose = context.ui.verbose
        lines = sorted(" ".join(entry.names) if verbose else word for word, entry in known.items())
    context.ui.write("\n".join(lines) + "\n")
    return 0

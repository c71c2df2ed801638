"""`debugcolor`: whether colours are used here, which effects there are, and what labels look like."""

from __future__ import annotations

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command("debugcolor", options=[Option("", "style", "show all configured styles")], max_args=0)
def debugcolor(context: CommandContext) -> int:
    """show available color, effects or style

    Prints the mode of colours, and the name of each effect as it looks; with --style, each label and its effects.

    Returns 0 on success.
    """
    from hydrargyrum.ui.color import EFFECTS

    ui = context.ui
    painter = ui.painter
    ui.write(f"color mode: {'None' if painter is None else repr(painter.mode)}\n")
    if not context.options.flag("style"):
        ui.write("available colors:\n")
        names = () if painter is None else EFFECTS
        # backgrounds come after the others
        for name in sorted(names, key=lambda name: ("_" in name, name)):
            ui.write(f"{name}\n", name)
        return 0
    ui.write("available style:\n")
    styles = {} if painter is None else painter.styles
    width = max(map(len, styles), default=0)
    for label in sorted(styles):
        ui.write(label, label)
        effects = styles[label].split()
        if effects:
            ui.write(": " + " " * (width - len(label)))
            for place, effect in enumerate(effects):
                ui.write(", " if place else "")
                ui.write(effect, effect)
        ui.write("\n")
    return 0

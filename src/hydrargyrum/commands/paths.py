"""`paths`: names of other repositories. What the section means is in `config.locations`."""

from __future__ import annotations

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "paths",
    options=[Option("T", "template", "display with template", default="", metavar="TEMPLATE")],
    synopsis="[NAME]",
    category="remote",
    optionalrepo=True,
    intents=["readonly"],
    max_args=1,
)
def paths(context: CommandContext) -> int:
    """show names of other repositories

    Print the location that NAME stands for, or all names with their locations and further options. With -q, print
    names only; or, with NAME, nothing: the exit code tells whether there is such a name.

    `default` is where changes are pulled from; `default-push`, or else `default`, where they are pushed to. The names
    are defined in section `paths` of the configuration.

    Fields for templates: `name`, `url`, and the options, for example `pushurl`.

    Returns 0 on success, 1 if there is no such name.
    """
    from hydrargyrum.config.locations import named_locations
    from hydrargyrum.paths import hide_password

    ui = context.ui
    known = named_locations(context.config)
    wanted = context.args[0] if context.args else None
    names = sorted(known) if wanted is None else [wanted]
    found = [(name, location) for name in names for location in known.get(name, ())]
    ui.pager("paths")
    formatter = context.formatter("paths")
    shows_options = not wanted and not ui.quiet
    for name, location in found:
        url = hide_password(location.raw) if formatter.is_plain else location.raw
        formatter.start_item()
        formatter.field_if(not wanted, "name", name, f"{name}\n" if ui.quiet else f"{name} = ")
        formatter.field_if(not ui.quiet, "url", url, f"{url}\n")
        for option, text in sorted(location.options.items()):
            if shows_options:
                formatter.plain(f"{name}:{option} = ")
            formatter.field_if(shows_options, option, text, f"{text}\n")
    formatter.end()
    if wanted and not found:
        if not ui.quiet:
            ui.warn("not found!\n")
        return 1
    return 0

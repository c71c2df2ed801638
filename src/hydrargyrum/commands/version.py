"""`version`: which hydrargyrum this is. The texts are declared here once; the launcher has them from here too."""

from __future__ import annotations

from hydrargyrum import __version__
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext

#: The version of Mercurial whose behaviour is followed, and ours: tools parse the first.
VERSION = f"7.2.4+hydrargyrum-{__version__}"
FIRST_LINE = "Mercurial Distributed SCM (version {version})\n"
#: What follows, unless quiet.
TEXT = """\
(hydrargyrum, a version control system of the kind of Mercurial)

Free software under the GNU General Public License, version 2 or later;
it comes without any warranty.
"""


@command(
    "version",
    options=[Option("T", "template", "display with template", default="", metavar="TEMPLATE")],
    category="help",
    norepo=True,
    intents=["readonly"],
    max_args=0,
)
def version(context: CommandContext) -> int:
    """output version and licence

    With -v, list the enabled extensions too.

    Fields for templates: `ver`, the version; `extensions`, each with `name`, `ver` and `bundled`, which says whether
    it is shipped with hydrargyrum.
    """
    ui = context.ui
    if ui.verbose:
        ui.pager("version")
    formatter = context.formatter("version")
    formatter.start_item()
    formatter.field("ver", VERSION, FIRST_LINE.format(version=VERSION))
    if not ui.quiet:
        formatter.plain(TEXT)
    if ui.verbose:
        formatter.plain("\nEnabled extensions:\n\n")
    loaded = sorted(context.registry.extensions, key=lambda extension: extension.name)
    width = max((len(extension.name) for extension in loaded), default=0)
    rows = formatter.nested("extensions", "{name}\n")
    for extension in loaded:
        place = "internal" if extension.shipped else "external"
        rows.start_item()
        rows.field_if(ui.verbose, "name", extension.name, f"  {extension.name:{width}}  ")
        if ui.verbose:
            rows.plain(f"{place}  ")
        rows.data(bundled=extension.shipped)
        rows.field_if(
            ui.verbose and bool(extension.version), "ver", extension.version or None, extension.version
        )
        if ui.verbose:
            rows.plain("\n")
    rows.end()
    formatter.end()
    return 0

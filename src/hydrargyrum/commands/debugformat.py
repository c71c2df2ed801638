"""`debugformat`: the formats of a repository beside those of a new one. What a new one is like is `ops.init`'s."""

from __future__ import annotations

from hydrargyrum.commands.walk_options import TEMPLATE_OPTION
from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.view.formatter import Formatter

NAME_WIDTH = 30
TITLE = "format-variant"


@command("debugformat", options=[TEMPLATE_OPTION], synopsis="[PATTERN] ... [PATTERN]")
def debugformat(context: CommandContext) -> int:
    """display format information about the current repository

    With --verbose, what configuration would choose for a new repository and the built-in default are shown too.

    With patterns, only formats whose name contains one of them are shown.
    """
    verbose = context.ui.verbose
    with context.formatter("debugformat") as formatter:
        heading = f"{TITLE}{' ' * (NAME_WIDTH - len(TITLE))} repo"
        formatter.plain(f"{heading}{' config default' if verbose else ''}\n")
        for row in _rows(context):
            if not context.args or any(pattern in row[0] for pattern in context.args):
                _show(formatter, *row, verbose=verbose)
    return 0


def _rows(context: CommandContext) -> list[tuple[str, object, object, object]]:
    """Name, value in the repository, value that configuration chooses, default."""
    from hydrargyrum.ops.init import wished_requirements
    from hydrargyrum.ops.upgrading.formats import FORMATS
    from hydrargyrum.ops.upgrading.plan import configured_traits, traits_of

    wanted = wished_requirements(context.config, context.engine.compressions, lambda _text: None)
    here = traits_of(context.repo).values
    new = configured_traits(frozenset(wanted), context.config).values
    compression = "zstd" if "zstd" in context.engine.compressions else "zlib"
    special: dict[str, object] = {"compression": compression, "compression-level": "default"}
    return [
        (one.name, here[one.name], new[one.name], special.get(one.name, one.is_default)) for one in FORMATS
    ]


def _show(
    formatter: Formatter, name: str, here: object, new: object, default: object, *, verbose: bool
) -> None:
    kind = "uptodate"
    if here != new:
        kind = "mismatchconfig"
    elif here != default:
        kind = "mismatchdefault"
    formatter.start_item()
    shown = f"{name}:{' ' * (NAME_WIDTH - len(name))}"
    formatter.field("name", name, shown, f"formatvariant.name.{kind}")
    formatter.field("repo", here, f" {_word(here):>3}", f"formatvariant.repo.{kind}")
    special = "special" if default != new else "default"
    formatter.field_if(verbose, "config", new, f" {_word(new):>6}", f"formatvariant.config.{special}")
    formatter.field_if(verbose, "default", default, f" {_word(default):>7}", "formatvariant.default")
    formatter.plain("\n")


def _word(value: object) -> str:
    if isinstance(value, str):
        return value
    return "yes" if value else "no"

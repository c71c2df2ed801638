"""`debugformat`: the formats of a repository beside those of a new one. What a new one is like is `ops.init`'s."""

from __future__ import annotations

from hydrargyrum.commands.walk_options import TEMPLATE_OPTION
from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.config import Config
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.view.formatter import Formatter

#: Name, requirement, and whether it is the default.
VARIANTS = (
    ("fncache", "fncache", True),
    ("fileindex-v1", "fileindex-v1", False),
    ("dirstate-v2", "dirstate-v2", False),
    ("tracked-hint", "dirstate-tracked-key-v1", False),
    ("dotencode", "dotencode", True),
    ("fragile-plain-encode", "exp-very-fragile-and-unsafe-plain-store-encoding", False),
    ("generaldelta", "generaldelta", True),
    ("share-safe", "share-safe", True),
    ("sparserevlog", "sparserevlog", True),
    ("delta-info-flags", "delta-info-revlog", False),
    ("persistent-nodemap", "persistent-nodemap", False),
    ("copies-sdc", "exp-copies-sidedata-changeset", False),
    ("revlog-v2", "exp-revlogv2.2", False),
    ("changelog-v2", "exp-changelog-v2", False),
)
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
    from hydrargyrum.engine.pure.store.compress import compression_of
    from hydrargyrum.ops.init import wished_requirements

    engine, config = context.repo.engine, context.config
    wanted = wished_requirements(config, context.engine.compressions, lambda _text: None)
    rows: list[tuple[str, object, object, object]] = [
        (name, requirement in engine.requirements, requirement in wanted, default)
        for name, requirement, default in VARIANTS
    ]
    rows.append(("plain-cl-delta", _has_whole_changesets(context), True, True))
    here = compression_of(frozenset(name.encode() for name in engine.requirements))
    new = compression_of(frozenset(name.encode() for name in wanted))
    default = "zstd" if "zstd" in context.engine.compressions else "zlib"
    rows.append(("compression", here, new, default))
    rows.append(("compression-level", _level(config, here), _level(config, new), "default"))
    return rows


def _has_whole_changesets(context: CommandContext) -> bool:
    """Whether no changeset is stored as a delta, which old programs did."""
    index = context.repo.engine.changelog()
    return all(index[rev].delta_base in (rev, -1) for rev in range(len(index)))


def _level(config: Config, compression: str) -> str:
    if compression not in ("zlib", "zstd"):
        return "default"
    return config.text("storage", f"revlog.{compression}.level") or "default"


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

"""Looks up the built-in config items. The table itself is `item_table`; extensions add items to `Config`."""

from __future__ import annotations

from hydrargyrum.config.item import ConfigItem
from hydrargyrum.config.item_table import ALIASES, DYNAMIC, EXPERIMENTAL, GENERIC, ITEMS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.config.item import Kind
    from hydrargyrum.config.item_table import TableDefault

#: What `ui.tweakdefaults` sets where nothing else does.
TWEAKED_DEFAULTS = (
    ("commands", "grep.all-files", "True"),
    ("commands", "update.check", "noconflict"),
    ("commands", "status.verbose", "True"),
    ("commands", "resolve.explicit-re-merge", "True"),
    ("diff", "git", "1"),
    ("diff", "showfunc", "1"),
    ("diff", "word-diff", "1"),
    ("ui", "rollback", "False"),
    ("ui", "statuscopies", "yes"),
    ("ui", "interface", "curses"),
    ("ui", "relative-paths", "yes"),
)

#: Items of section `format` that may change repositories when they are opened, and the end of the name that says so.
MAY_CHANGE = ("use-dirstate-v2", "use-share-safe", "use-dirstate-tracked-hint")
CHANGES_BY_ITSELF = ".automatic-upgrade-of-mismatching-repositories"

_found: dict[tuple[str, str], ConfigItem | None] = {}


def find(section: str, name: str) -> ConfigItem | None:
    """The built-in item, also where only a pattern of the section covers the name."""
    key = section, name
    if key not in _found:
        _found[key] = _look_up(section, name)
    return _found[key]


def walk() -> Iterator[ConfigItem]:
    """All items with a name of their own, sorted by section and name."""
    for section, names in sorted(ITEMS.items()):
        for name in sorted(names):
            yield _make(section, name, names[name])


def _look_up(section: str, name: str) -> ConfigItem | None:
    names = ITEMS.get(section, {})
    if name in names:
        return _make(section, name, names[name])
    for pattern, default in GENERIC.get(section, {}).items():
        start, _, end = pattern.partition("*")
        if len(name) >= len(start) + len(end) and name.startswith(start) and name.endswith(end):
            return _make(section, name, default, pattern=pattern)
    return None


def _make(section: str, name: str, default: TableDefault, *, pattern: str | None = None) -> ConfigItem:
    return ConfigItem(
        section,
        name,
        default,
        _kind(default),
        aliases=ALIASES.get((section, name), ()),
        experimental=section == "experimental" or (section, name) in EXPERIMENTAL,
        generic=pattern is not None,
        dynamic=(section, name if pattern is None else pattern) in DYNAMIC,
    )


def _kind(default: TableDefault) -> Kind:
    if isinstance(default, bool):
        return "boolean"
    if isinstance(default, int):
        return "integer"
    if isinstance(default, float):
        return "number"
    return "list" if isinstance(default, tuple) else "text"

"""Finds the module that an installed distribution names in a group of entry points, without `importlib.metadata`.

That library takes 40 ms to import, which every start with an unknown extension would pay. Importing the module is
`loader`'s.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_METADATA = (".dist-info", ".egg-info")


def find_entry_point(group: str, name: str) -> str | None:
    """The module that the first distribution on the search path names so in `group`; `None` where there is none."""
    for place in sys.path:
        if os.path.isfile(place):
            return _ask_library(group, name)
        for text in _tables(place, group):
            module = _look_up(text, group, name)
            if module is not None:
                return module
    return None


def _tables(place: str, group: str) -> Iterator[str]:
    """The texts of the tables below one directory that name the group."""
    try:
        found = sorted(entry for entry in os.listdir(place or ".") if entry.endswith(_METADATA))
    except OSError:
        return
    for entry in found:
        try:
            with open(
                os.path.join(place, entry, "entry_points.txt"), encoding="utf-8", errors="replace"
            ) as file:
                text = file.read()
        except OSError:
            continue
        if group in text:
            yield text


def _look_up(text: str, group: str, name: str) -> str | None:
    section = ""
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
        elif section == group and not line.startswith("#"):
            key, is_given, value = line.partition("=")
            if is_given and key.strip() == name:
                return value.partition("[")[0].partition(":")[0].strip()
    return None


def _ask_library(group: str, name: str) -> str | None:
    """The same where part of the search path is an archive, which only the library reads."""
    from importlib import metadata

    for point in metadata.entry_points(group=group, name=name):
        return point.module
    return None

"""Names of files that exist on every system, Windows being the strictest.

Collisions by case are not looked at.
"""

from __future__ import annotations

_RESERVED = frozenset(
    (
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)),
    )
)
_FORBIDDEN = frozenset(':*?"<>|')


def is_portable(path: str) -> bool:
    """Whether a path from the root can exist on Windows."""
    if path.endswith("\\") or "\\/" in path:
        return False
    return all(_is_portable_name(name) for name in path.replace("\\", "/").split("/") if name)


def _is_portable_name(name: str) -> bool:
    if any(letter in _FORBIDDEN or letter <= "\x1f" for letter in name):
        return False
    if name.split(".")[0].lower() in _RESERVED:
        return False
    return name[-1] not in ". " or name in (".", "..")

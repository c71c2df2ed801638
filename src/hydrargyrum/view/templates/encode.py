"""How keywords with entries are shown as a whole when no template of the user says otherwise.

Only ready-made texts; values themselves are in `containers`.
"""

# ruff: noqa: ARG001 (evaluators have one signature)
from __future__ import annotations

from hydrargyrum.view.codec import to_bytes
from hydrargyrum.view.encoders import escape_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hydrargyrum.view.templates.scope import Scope


def escaped_items(entries: Mapping[str, object]) -> Callable[[Scope], str]:
    """Entries as `key=value` separated by spaces, values with backslash escapes."""

    def show(scope: Scope) -> str:
        return " ".join(f"{key}={escape_bytes(to_bytes(str(value)))}" for key, value in entries.items())

    return show

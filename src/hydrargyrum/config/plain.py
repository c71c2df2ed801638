"""Plain mode: what `HGPLAIN` and `HGPLAINEXCEPT` switch off, for scripts that parse output."""

from __future__ import annotations

from hydrargyrum.config.parse import Layer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_UI_NAMES = (
    "debug",
    "fallbackencoding",
    "quiet",
    "slash",
    "logtemplate",
    "message-output",
    "statuscopies",
    "style",
    "traceback",
    "verbose",
)
_SECTIONS = ("defaults", "commands", "command-templates")
#: Sections that a word of the same name in `HGPLAINEXCEPT` keeps.
_EXCEPTABLE = ("alias", "revsetalias", "templatealias")


def is_plain(environ: Mapping[str, str], feature: str | None = None) -> bool:
    """Whether plain mode is on, for `feature` (a word of `HGPLAINEXCEPT`) or in general.

    `strictflags` is only plain where `HGPLAIN` contains `+strictflags`.
    """
    if "HGPLAIN" not in environ and "HGPLAINEXCEPT" not in environ:
        return False
    exceptions = environ.get("HGPLAINEXCEPT", "").strip().split(",")
    if "+strictflags" not in environ.get("HGPLAIN", "").split(","):
        exceptions.append("strictflags")
    return feature is None or feature not in exceptions


def strip(layer: Layer, environ: Mapping[str, str]) -> None:
    """Take out of a file's layer what plain mode ignores."""
    if not is_plain(environ):
        return
    for name in _UI_NAMES:
        layer.remove("ui", name)
    for section in (*_SECTIONS, *(word for word in _EXCEPTABLE if is_plain(environ, word))):
        if section in layer.sections:
            layer.sections[section].clear()

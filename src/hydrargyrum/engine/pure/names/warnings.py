"""What the user is told while a name is looked up: malformed bookmarks, markers that nobody asked for.

The sentences are `errors.WARNINGS`; whether configuration silences one is for whoever prints it.
"""

from __future__ import annotations

from hydrargyrum.engine import requirements as req
from hydrargyrum.engine.pure.names.obsstore import read_markers
from hydrargyrum.errors import EngineWarning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.names.history import History


def name_warnings(history: History, symbol: bytes) -> list[EngineWarning]:
    """The warnings that looking up a name gives, in order, whether or not it is found.

    Bookmarks are read for a plain name, or because they may keep changesets from being hidden.
    """
    if symbol in (b".", b"null"):
        return []
    count = len(read_markers(history.layout))
    markers = [EngineWarning("markers-not-enabled", {"count": count})] if count else []
    is_node = len(symbol) == 40
    if symbol == b"tip" or _is_number(symbol) or is_node:
        reads_bookmarks = bool(is_node or history.hidden or history.obsolete)
        return [*markers, *(_malformed(history) if reads_bookmarks else ())]
    return [*_malformed(history), *markers]


def _is_number(symbol: bytes) -> bool:
    digits = symbol.removeprefix(b"-")
    return digits.isdigit() and len(digits) <= 18 and (digits[:1] != b"0" or symbol == b"0")


def _malformed(history: History) -> list[EngineWarning]:
    in_store = req.BOOKMARKS_IN_STORE in history.layout.requirements
    path = ".hg/store/bookmarks" if in_store else ".hg/bookmarks"
    return [
        EngineWarning("malformed-bookmark", {"path": path, "line": repr(line)[1:]})
        for line in history.malformed_bookmarks()
    ]

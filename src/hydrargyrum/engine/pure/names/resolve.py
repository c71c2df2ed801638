"""From a plain name to a revision: `.`, `tip`, `null`, a number, a node, bookmark, tag, branch, a node's prefix.

Revision sets are parsed elsewhere; where the names come from is for the other modules here.
"""

from __future__ import annotations

from binascii import unhexlify

from hydrargyrum import errors
from hydrargyrum.engine.pure.text import decode
from hydrargyrum.types import NULL_REV, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.names.history import History

HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")


def resolve(history: History, symbol: bytes) -> int:
    """The revision that a name stands for.

    Raises:
        UnknownRevision, AmbiguousPrefix, FilteredRevision: it stands for none, several, or a hidden one.
    """
    rev = _find(history, symbol)
    if rev is None:
        raise errors.UnknownRevision(name=decode(symbol))
    if rev >= 0 and symbol != b"." and rev in history.hidden:
        from hydrargyrum.engine.pure.names.fate import filtered

        raise filtered(history, symbol, rev)
    return rev


def _find(history: History, symbol: bytes) -> int | None:
    if symbol == b".":
        return history.working_parent()
    if symbol == b"tip":
        return history.tip()
    if symbol == b"null":
        return NULL_REV
    rev = _number(history, symbol)
    if rev is None and len(symbol) == 40:
        rev = _whole_node(history, symbol)
    if rev is None:
        rev = _name(history, symbol)
    if rev is None:
        rev = _prefix(history, symbol.removeprefix(b"x"))
    return rev


def _number(history: History, symbol: bytes) -> int | None:
    """A revision number as it is written; negative ones count from the end."""
    digits = symbol.removeprefix(b"-")
    if not digits.isdigit() or len(digits) > 10 or (digits[:1] == b"0" and symbol != b"0"):
        return None
    rev, count = int(symbol), len(history.changelog)
    if rev == WDIR_REV:
        return rev
    if rev < 0:
        rev += count
    return rev if 0 <= rev < count else None


def _whole_node(history: History, symbol: bytes) -> int | None:
    if not HEX_DIGITS.issuperset(symbol):
        return None
    node = unhexlify(symbol)
    return WDIR_REV if node == b"\xff" * 20 else history.changelog.find(node)


def _name(history: History, symbol: bytes) -> int | None:
    """The revision of a bookmark, else of a tag, else of a branch.

    One that leads to an unknown or hidden revision leads nowhere, and hides the names that come after it.
    """
    for names in (history.bookmarks, history.all_tags, history.branch_tips):
        node = names().get(symbol)
        if node is not None:
            rev = history.changelog.find(node)
            return None if rev in history.hidden else rev
    return None


def _prefix(history: History, digits: bytes) -> int | None:
    if not digits:
        raise errors.AmbiguousPrefix(name="")
    if len(digits) > 40 or not HEX_DIGITS.issuperset(digits):
        return None
    prefix = digits.decode("ascii").lower()
    count, rev = history.changelog.match_prefix(prefix)
    if not prefix.strip("f"):
        count, rev = count + 1, WDIR_REV if not count else rev
    if count > 1:
        raise errors.AmbiguousPrefix(name=decode(digits))
    return rev if count else None

"""Searching the texts of changesets: whether users, descriptions or file names contain, equal or match something.

Which changesets are asked about is decided elsewhere; patterns for files are in `matching`.
"""

from __future__ import annotations

import re

from hydrargyrum import errors
from hydrargyrum.engine.pure.text import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hydrargyrum.engine.pure.store.changelog import Changeset
    from hydrargyrum.types import TextQuery


def text_test(query: TextQuery) -> Callable[[Changeset], bool]:
    """A test of changesets.

    Raises:
        InvalidPattern: the text is no regular expression.
    """
    fits = _field_test(query)

    def test(changeset: Changeset) -> bool:
        return any(fits(field) for field in _fields(changeset, query.fields))

    return test


def _fields(changeset: Changeset, names: tuple[str, ...]) -> Iterator[bytes]:
    for name in names:
        if name == "files":
            yield from changeset.files
        else:
            yield changeset.user if name == "user" else changeset.description


def _field_test(query: TextQuery) -> Callable[[bytes], bool]:
    wanted = encode(query.text)
    if query.kind == "regex":
        import warnings

        from hydrargyrum.patience import Expression

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                search = Expression(wanted, re.IGNORECASE if query.ignore_case else 0).search
        except (re.error, OverflowError):
            raise errors.InvalidPattern(kind="re", pattern=query.text) from None
        return lambda field: search(field) is not None
    if not query.ignore_case:
        return lambda field: wanted in field
    folded = fold(wanted)
    return lambda field: folded in fold(field)


def fold(data: bytes) -> bytes:
    """Lower case: of UTF-8 as text, of anything else letter by letter of ASCII."""
    if data.isascii():
        return data.lower()
    try:
        return data.decode("utf-8").lower().encode("utf-8")
    except UnicodeError:
        return data.lower()

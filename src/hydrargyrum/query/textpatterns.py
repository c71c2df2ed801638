"""Patterns for texts in queries: `re:`, `literal:` and plain ones, as tests of names.

Patterns for files are the matchers' business; searching the history for texts is the engine's.
"""

from __future__ import annotations

import re

from hydrargyrum import errors
from hydrargyrum.patience import Expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def split_pattern(pattern: str) -> tuple[str, str]:
    """Kind ("re" or "literal") and text."""
    for kind in ("re", "literal"):
        if pattern.startswith(kind + ":"):
            return kind, pattern[len(kind) + 1 :]
    return "literal", pattern


def compile_regex(text: str, problem: str, *, ignore_case: bool = False) -> Expression:
    """A regular expression over bytes. Raises ParseError, `problem` being followed by what is wrong."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Expression(text.encode("utf-8", "surrogateescape"), re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError) as error:
        raise errors.ParseError(f"{problem}: {error}") from None


def text_test(pattern: str, *, ignore_case: bool = False) -> tuple[str, str, Callable[[str], bool]]:
    """Kind and text of a pattern, and a test whether a name fits it.

    Raises:
        ParseError: an invalid regular expression.
    """
    kind, text = split_pattern(pattern)
    if kind == "re":
        search = compile_regex(text, "invalid regular expression", ignore_case=ignore_case).search
        return kind, text, lambda name: search(name.encode("utf-8", "surrogateescape")) is not None
    if not ignore_case:
        return kind, text, text.__eq__
    folded = text.lower()
    return kind, text, lambda name: name.lower() == folded

"""Between text as changesets have it (UTF-8) and text in the user's character set.

Which character set that is, is told by whoever knows the environment; names of files are never converted.
"""

from __future__ import annotations

from hydrargyrum import errors

#: The user's character set: one for the process, as the locale is.
_charset = "utf-8"
#: What becomes of bytes that are no text in it: "strict" refuses them, "replace" and "ignore" are Python's.
_mode = "strict"


def use_charset(name: str, mode: str = "strict") -> None:
    """From now on the user reads and writes in this character set; a name of none shows when it is needed."""
    global _charset, _mode
    _charset, _mode = name, mode


def _unknown(problem: LookupError) -> errors.Abort:
    return errors.Abort(str(problem), hint="please check your locale settings")


def is_usual() -> bool:
    """Whether the user's character set is the one of changesets."""
    return _charset.lower() in ("utf-8", "utf8")


def to_local(text: str) -> str:
    """Text of a changeset as its bytes are for the user; what the user has no character for becomes "?".

    Text that is no UTF-8 was written by old programs and is taken for Latin-1. Raises Abort where the user's
    character set is unknown.
    """
    if text.isascii():
        return text
    real = text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        real = text.encode("utf-8", "surrogateescape").decode("latin-1")
    if is_usual():
        return real
    try:
        return real.encode(_charset, "replace").decode("utf-8", "surrogateescape")
    except LookupError as problem:
        raise _unknown(problem) from None


def to_stored(text: str) -> str:
    """What the user wrote as a changeset has it.

    Raises:
        Abort: it is not text in the user's character set, or there is none of this name.
    """
    if text.isascii():
        return text
    data = text.encode("utf-8", "surrogateescape")
    try:
        return data.decode(_charset, _mode)
    except UnicodeDecodeError as problem:
        near = data[max(0, problem.start - 10) : problem.start + 10].decode("utf-8", "surrogateescape")
        raise errors.Abort(f"decoding near '{near}': {problem}!") from None
    except LookupError as problem:
        raise _unknown(problem) from None


def to_sought(text: str) -> str:
    """A text to look for in changesets, as these have it; with UTF-8 it may be anything. Raises as `to_stored`."""
    return text if is_usual() else to_stored(text)

"""Between text as changesets have it (UTF-8) and text in the user's character set.

Which character set that is, is told by whoever knows the environment; names of files are never converted.
"""

from __future__ import annotations

from hydrargyrum import errors

#: The user's character set: one for the process, as the locale is.
_charset = "utf-8"
#: What becomes of bytes that are no text in it: "strict" refuses them, "replace" and "ignore" are Python's.
_mode = "strict"
#: What text of old programs is in that is no UTF-8.
_fallback = "latin-1"


class LocalText(str):
    """Text in the user's character set that knows what it is in history, which it may not show wholly.

    Attributes:
        stored: the text as history has it.
    """

    __slots__ = ("stored",)
    stored: str


def use_charset(name: str, mode: str = "strict") -> None:
    """From now on the user reads and writes in this character set; a name of none shows when it is needed."""
    global _charset, _mode
    _charset, _mode = name, mode


def use_fallback(name: str) -> None:
    """From now on what is no UTF-8 in history is read in this character set, instead of Latin-1."""
    global _fallback
    _fallback = name


def _unknown(problem: LookupError) -> errors.Abort:
    return errors.Abort(str(problem), hint="please check your locale settings")


def is_usual() -> bool:
    """Whether the user's character set is the one of changesets, and nothing else is asked for old texts."""
    return _charset.lower() in ("utf-8", "utf8") and _fallback == "latin-1"


def to_local(text: str) -> str:
    """Text of a changeset as its bytes are for the user; what the user has no character for becomes "?".

    Text that is no UTF-8 was written by old programs and is taken for Latin-1, or what was named as fallback.
    Raises Abort where a character set is unknown.
    """
    if text.isascii():
        return text
    real = text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        real = _of_old(text.encode("utf-8", "surrogateescape"))
    if is_usual():
        return real
    try:
        shown = LocalText(real.encode(_charset, "replace").decode("utf-8", "surrogateescape"))
    except LookupError as problem:
        raise _unknown(problem) from None
    shown.stored = text
    return shown


def _of_old(data: bytes) -> str:
    try:
        return data.decode(_fallback)
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")
    except LookupError as problem:
        raise _unknown(problem) from None


def to_stored(text: str) -> str:
    """What the user wrote as a changeset has it.

    Raises:
        Abort: it is not text in the user's character set, or there is none of this name.
    """
    if isinstance(text, LocalText):
        return text.stored
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
    """A text to look for in changesets, or a name, as these have it; with UTF-8 it may be anything.

    Raises as `to_stored`.
    """
    return text if is_usual() else to_stored(text)


def to_named(text: str) -> str:
    """The name of a tag, branch or bookmark as history has it, or the text itself where that cannot be one."""
    if isinstance(text, LocalText):
        return text.stored
    if text.isascii() or is_usual():
        return text
    try:
        return to_stored(text)
    except errors.Abort:
        return text


def to_shown(name: str) -> str:
    """A name in the user's character set; with UTF-8 it may be anything."""
    return name if is_usual() else to_local(name)

"""Turns the text of a configuration value into a boolean, a number, a size or a list. Knows nothing of layers."""

from __future__ import annotations

BOOLEANS = {
    "1": True,
    "yes": True,
    "true": True,
    "on": True,
    "always": True,
    "0": False,
    "no": False,
    "false": False,
    "off": False,
    "never": False,
}

#: Suffixes of sizes in the order in which they are tried ("mb" ends in "b", so that one comes last).
_UNITS = (("m", 2**20), ("k", 2**10), ("g", 2**30), ("kb", 2**10), ("mb", 2**20), ("gb", 2**30), ("b", 1))

_BLANK = " \t\n\r\x0b\x0c"


def parse_boolean(text: str) -> bool | None:
    """True or False, or None where the text is neither."""
    return BOOLEANS.get(text.lower())


def parse_integer(text: str) -> int:
    """A decimal number with an optional sign. Raises ValueError."""
    return int(text)


def parse_size(text: str) -> int:
    """A number of bytes such as "10", "42.5 kb" or "1G". Raises ValueError."""
    size = text.strip(_BLANK).lower()
    for suffix, unit in _UNITS:
        if size.endswith(suffix):
            try:
                return int(float(size[: -len(suffix)]) * unit)
            except OverflowError as problem:
                raise ValueError(text) from problem
    return int(size)


def parse_list(text: str) -> list[str]:
    """Words separated by commas and white space; double quotes hold a word together, a backslash keeps a quote.

    A quote that is never closed is an ordinary character of the words after it.
    """
    return _words(text.lstrip(" ,\n"))


def _words(text: str) -> list[str]:
    text = text.rstrip(" ,")
    if not text:
        return []
    words = [""]
    position = 0
    end = len(text)
    while position < end:
        start = position
        while position < end and (text[position] in _BLANK or text[position] == ","):
            position += 1
        if position >= end:
            break
        if position > start:
            words.append("")
        character = text[position]
        position += 1
        if character == '"' and not words[-1]:
            position = _quoted(words, text, position)
        elif character == '"' and words[-1].endswith("\\"):
            words[-1] = words[-1][:-1] + character
        else:
            words[-1] += character
    return words


def _quoted(words: list[str], text: str, position: int) -> int:
    """Read on after an opening quote into the last word; the position to go on from."""
    end = len(text)
    if text.startswith('"', position):
        words.append("")
        position += 1
        while position < end and (text[position] in _BLANK or text[position] == ","):
            position += 1
        return position
    while position < end and text[position] != '"':
        if text.startswith('\\"', position):
            position += 1
        words[-1] += text[position]
        position += 1
    if position >= end:
        rest = _words(words.pop())
        words.extend(['"' + rest[0], *rest[1:]] if rest else ['"'])
        return position
    position += 1
    while position < end and text[position] in " ,":
        position += 1
    if position < end:
        if position + 1 == end and text[position] == '"':
            words[-1] += '"'
            position += 1
        else:
            words.append("")
    return position

"""What `-T` means: literal text, a serialised form, a style, a template of the config, or a file.

Choosing only; rendering is done by `view.formatter`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.view.codec import to_text
from hydrargyrum.view.templates.styles import STYLE_NAMES
from hydrargyrum.view.templates.syntax import parse_expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from hydrargyrum.config import Config

    Sort = Literal["plain", "serial", "fields", "style", "map", "named", "literal"]

#: Forms that items are serialised in, and those of them that take a list of fields.
SERIAL_FORMS = ("cbor", "json", "pickle", "debug")
FIELD_FORMS = ("cbor", "json")

#: How styles that are variants of the default one show the files of `status`.


class Selection:
    """A choice.

    Attributes:
        sort: "plain" (no template), "serial" (`name` is the form), "fields" (`name` is the form, `text` the fields),
            "style" (`name`), "map" (`name` is the file), "named" (a template of the config), "literal" (`text`).
    """

    __slots__ = ("name", "sort", "text")

    def __init__(self, sort: Sort, name: str = "", text: str = "") -> None:
        self.sort = sort
        self.name = name
        self.text = text


def select_template(wanted: str, config: Config, cwd: str = "") -> Selection:
    """What the user's `wanted` stands for.

    Args:
        wanted: the value of `-T`; "" is no template.
        config: for [templates].
        cwd: where relative names of files start.

    Raises:
        ParseError: a list of fields that cannot be parsed.
        StyleListWanted: the word `list`.
        IoError: a file that cannot be read.
    """
    if not wanted:
        return Selection("plain")
    if "{" in wanted:
        return Selection("literal", text=wanted)
    if wanted in SERIAL_FORMS:
        return Selection("serial", wanted)
    form, parenthesis, rest = wanted.partition("(")
    if form in FIELD_FORMS and parenthesis and rest.endswith(")"):
        parse_expression(wanted)
        return Selection("fields", form, rest[:-1])
    if wanted in STYLE_NAMES:
        return Selection("style", wanted)
    if config.text("templates", wanted):
        return Selection("named", wanted)
    if wanted == "list":
        raise StyleListWanted("specify a template")
    path = os.path.join(cwd, wanted)
    if "/" in wanted and os.path.isfile(path):
        if os.path.basename(wanted).startswith("map-"):
            return Selection("map", os.path.realpath(path))
        return Selection("literal", text=_read(path, wanted))
    return Selection("literal", text=wanted)


class StyleListWanted(errors.Abort):
    """The user asks what styles there are; `listing` is to be printed first."""

    @property
    def listing(self) -> str:
        """The line that names them."""
        return f"available styles: {', '.join(sorted(STYLE_NAMES))}\n"


def _read(path: str, shown: str) -> str:
    try:
        with open(path, "rb") as stream:
            return to_text(stream.read())
    except OSError as problem:
        raise errors.IoError(path=shown, errno=problem.errno, operation="read") from None


def unquote(text: str) -> str:
    """A template of the config without the quotes around it."""
    if len(text) >= 2 and text[0] in "'\"" and text[0] == text[-1]:
        return text[1:-1]
    return text

"""Map files: sets of templates in files of their own, as `--style` and `ui.style` name them.

The format is that of the configuration (`docs/formats/hgrc.md`); styles that come with the program are in `styles`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.view.codec import to_text
from hydrargyrum.view.templates.styles import STYLE_NAMES, style

TYPE_CHECKING = False
if TYPE_CHECKING:
    Maps = tuple[dict[str, str], list[tuple[str, str]]]

_PREFIX = "map-cmdline."


def _included_style(name: str) -> str | None:
    """The style that a file means by the name that the peer's file has."""
    bare = name.removeprefix(_PREFIX)
    return bare if bare != name and bare in STYLE_NAMES else None


def read_map(name: str, cwd: str) -> Maps:
    """The templates and aliases of a style or a map file.

    Raises:
        Abort: there is neither.
        ParseError: a value that is none.
    """
    if name in STYLE_NAMES:
        texts, aliases = style(name)
        return dict(texts), aliases
    return _read_file(os.path.join(cwd, name), name)


def _read_file(path: str, shown: str) -> Maps:
    from hydrargyrum.config.parse import read_file
    from hydrargyrum.view.templates.selection import unquote

    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except FileNotFoundError:
        listed = ", ".join(sorted(STYLE_NAMES))
        raise errors.Abort(f"style '{shown}' not found", hint=f"available styles: {listed}") from None
    except OSError as problem:
        raise errors.IoError(path=shown, errno=problem.errno, operation="open") from None
    base = os.path.dirname(path)
    texts, aliases = _shipped_includes(data, base)
    layer = read_file(shown, data)
    values = {**layer.sections.get("", {}), **layer.sections.get("templates", {})}
    pointer = values.pop("__base__", None)
    if pointer is not None and pointer.text and pointer.text[0] not in "'\"":
        based, more = _read_base(os.path.normpath(os.path.join(base, pointer.text)), pointer.text)
        texts, aliases = {**based, **texts}, [*more, *aliases]
    for key, value in values.items():
        text = value.text
        if not text:
            raise errors.ParseError("missing value", value.source)  # type: ignore[arg-type]
        if text[0] not in "'\"":
            texts[key] = _part(os.path.join(base, text))
            continue
        if text[0] != text[-1]:
            raise errors.ParseError("unmatched quotes", value.source)  # type: ignore[arg-type]
        texts[key] = unquote(text)
    aliases += [(key, value.text) for key, value in layer.sections.get("templatealias", {}).items()]
    return texts, aliases


def _read_base(path: str, name: str) -> Maps:
    bare = _included_style(os.path.basename(name))
    if bare is not None and not os.path.exists(path):
        texts, aliases = style(bare)
        return dict(texts), aliases
    return _read_file(path, path)


def _shipped_includes(data: bytes, base: str) -> Maps:
    """Styles of the program that a file includes by name."""
    texts: dict[str, str] = {}
    aliases: list[tuple[str, str]] = []
    for line in data.splitlines():
        if not line.startswith(b"%include"):
            continue
        name = to_text(line[8:].strip())
        bare = _included_style(name)
        if bare is not None and not os.path.isfile(os.path.join(base, name)):
            more, other = style(bare)
            texts.update(more)
            aliases += other
    return texts, aliases


def _part(path: str) -> str:
    """A template that has a file of its own."""
    try:
        with open(path, "rb") as stream:
            return to_text(stream.read())
    except OSError as problem:
        raise errors.IoError(path=path, errno=problem.errno, operation="open") from None

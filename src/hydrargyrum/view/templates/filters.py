"""The built-in filters: functions of one value that need no history.

Each is declared as an extension would declare one; how filters are applied is in `compiler`.
"""

from __future__ import annotations

import os.path

from hydrargyrum import errors
from hydrargyrum.dates import format_date, short_date
from hydrargyrum.view.codec import from_local, recode_local, to_bytes, to_text
from hydrargyrum.view.columns import indent_lines, split_lines
from hydrargyrum.view.encoders import escape_bytes, to_cbor, to_json
from hydrargyrum.view.templates.containers import list_value
from hydrargyrum.view.templates.declare import Vocabulary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.dates import Date
    from hydrargyrum.view.templates.scope import Scope

VOCABULARY = Vocabulary()
template_filter = VOCABULARY.filter

# ---- any value --------------------------------------------------------------------------------------------------


@template_filter("json")
def json(value: object) -> str:
    """Any value as JSON in ASCII."""
    return to_json(value)


@template_filter("cbor")
def cbor(value: object) -> str:
    """Any value as CBOR."""
    return to_text(to_cbor(value))


@template_filter("stringify", "text")
def stringify(text: str) -> str:
    """Any value as text."""
    return text


@template_filter("count")
def count(value: object) -> int:
    """How many items a list has, or bytes a text."""
    if isinstance(value, str):
        return len(to_bytes(value))
    try:
        return len(value)  # type: ignore[arg-type]
    except TypeError:
        raise errors.ParseError("not countable") from None


@template_filter("reverse")
def reverse(value: object) -> object:
    """A list from its end to its start."""
    if not isinstance(value, list):
        raise errors.ParseError("not reversible")
    return list_value(value[::-1], "item")


@template_filter("commondir")
def commondir(value: object) -> str:
    """The longest directory that all paths of a list have in common."""
    if not value:
        return ""
    paths = (
        [path for path in value if isinstance(path, str)] if isinstance(value, list | tuple | dict) else []
    )
    if not paths or len(paths) < len(value):  # type: ignore[arg-type]
        raise errors.ParseError("argument is not a list of text")
    directories = [path.lstrip("/").split("/")[:-1] for path in paths]
    # as in Mercurial, where the smallest one is forgotten if it is deeper than the greatest
    least, greatest = min(directories), max(directories)
    if len(least) > len(greatest):
        return "/".join(greatest)
    common: list[str] = []
    for one, other in zip(least, greatest, strict=False):
        if one != other:
            break
        common.append(one)
    return "/".join(common)


# ---- dates ------------------------------------------------------------------------------------------------------

_AGES = (
    ("year", 3600 * 24 * 365),
    ("month", 3600 * 24 * 30),
    ("week", 3600 * 24 * 7),
    ("day", 3600 * 24),
    ("hour", 3600),
    ("minute", 60),
    ("second", 1),
)


@template_filter("age", "date")
def age(date: Date) -> str:
    """How long ago (or how far away) a moment is, in the largest unit of which there are two."""
    import time

    distance = time.time() - date[0]
    ahead = distance < 0
    seconds = max(1, int(abs(distance)))
    year = _AGES[0][1]
    if ahead and seconds > year * 30:
        return "in the distant future"
    if not ahead and seconds > year * 2:
        return short_date(date)
    unit, length = next((unit, length) for unit, length in _AGES if seconds // length >= 2 or length == 1)
    number = seconds // length
    return f"{number} {unit}{'' if number == 1 else 's'} {'from now' if ahead else 'ago'}"


@template_filter("hgdate", "date")
def hgdate(date: Date) -> str:
    """Seconds since the epoch and seconds west of UTC."""
    return f"{int(date[0])} {int(date[1])}"


def _date_filter(name: str, notation: str) -> None:
    VOCABULARY.filter(name, "date")(lambda date: format_date(date, notation))


_date_filter("isodate", "%Y-%m-%d %H:%M %1%2")
_date_filter("isodatesec", "%Y-%m-%d %H:%M:%S %1%2")
_date_filter("rfc3339date", "%Y-%m-%dT%H:%M:%S%1:%2")
_date_filter("rfc822date", "%a, %d %b %Y %H:%M:%S %1%2")
_date_filter("shortdate", "%Y-%m-%d")

# ---- names and addresses ----------------------------------------------------------------------------------------


@template_filter("person", "text")
def person(author: str) -> str:
    """The name in front of an address, or what can be made of the address."""
    if "@" not in author:
        return author
    name, bracket, _ = author.partition("<")
    if bracket:
        return name.strip(' "').replace('\\"', '"')
    return author.partition("@")[0].replace(".", " ")


@template_filter("email", "text")
def email(author: str) -> str:
    """The address between angle brackets, or all of it."""
    end = author.find(">")
    return author[author.find("<") + 1 : len(author) if end < 0 else end]


@template_filter("domain", "text")
def domain(author: str) -> str:
    """What follows the at sign of an address."""
    return author.partition("@")[2].partition(">")[0]


@template_filter("emailuser", "text")
def emailuser(author: str) -> str:
    """What precedes the at sign of an address."""
    before = author.partition("@")[0]
    return before[before.find("<") + 1 :]


@template_filter("user", "text")
def user(author: str) -> str:
    """A short name: the first word of the address's user."""
    return emailuser(author).partition(" ")[0].partition(".")[0]


# ---- paths ------------------------------------------------------------------------------------------------------


@template_filter("basename", "text")
def basename(path: str) -> str:
    """What follows the last slash."""
    return os.path.basename(path)


@template_filter("dirname", "text")
def dirname(path: str) -> str:
    """What precedes the last slash."""
    return os.path.dirname(path)


@template_filter("stripdir", "text")
def stripdir(path: str) -> str:
    """The directory of a path, or the path where it has none."""
    return os.path.dirname(path) or os.path.basename(path)


@template_filter("slashpath", "text")
def slashpath(path: str) -> str:
    """The path with slashes."""
    return path.replace(os.sep, "/")


@template_filter("permissions", "text")
def permissions(flags: str) -> str:
    """File flags as a list of permissions."""
    if "l" in flags:
        return "lrwxrwxrwx"
    return "-rwxr-xr-x" if "x" in flags else "-rw-r--r--"


# ---- escapes ----------------------------------------------------------------------------------------------------


@template_filter("escape", "text")
def escape(text: str) -> str:
    """Text for HTML, without NUL characters."""
    text = text.replace("\0", "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;")


@template_filter("xmlescape", "text")
def xmlescape(text: str) -> str:
    """Text for XML, control characters being spaces."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = text.replace('"', "&quot;").replace("'", "&#39;")
    return text.translate(_CONTROL_TO_SPACE)


_CONTROL_TO_SPACE = {code: " " for code in range(32) if code not in (9, 10, 13)}


@template_filter("urlescape", "text")
def urlescape(text: str) -> str:
    """Text for a path in a URL."""
    from urllib.parse import quote

    return quote(to_bytes(text))


@template_filter("revescape", "text")
def revescape(text: str) -> str:
    """A name for a path in a URL; slashes are escaped twice, at signs are kept."""
    from urllib.parse import quote

    return quote(to_bytes(text), safe="/@").replace("/", "%252F")


@template_filter("stringescape", "text")
def stringescape(text: str) -> str:
    """Text with backslash escapes."""
    return escape_bytes(to_bytes(text))


@template_filter("obfuscate", "text", scoped=True)
def obfuscate(scope: Scope, text: str) -> str:
    """Every character as a numeric XML entity."""
    decoded = to_bytes(text).decode(scope.environment.settings.columns.encoding, "replace")
    return "".join(f"&#{ord(character)};" for character in decoded)


@template_filter("hex", "text")
def hexadecimal(text: str) -> str:
    """Bytes as hexadecimal digits."""
    return to_bytes(text).hex()


@template_filter("utf8", "text", scoped=True)
def utf8(scope: Scope, text: str) -> str:
    """Text of the user's encoding as UTF-8."""
    try:
        return recode_local(text, scope.environment.settings.columns.encoding)
    except UnicodeDecodeError as problem:
        data = to_bytes(text)
        near = to_text(data[max(0, problem.start - 10) : problem.start + 10])
        raise errors.Abort(f"decoding near '{near}': {problem}!") from None


# ---- text -------------------------------------------------------------------------------------------------------


@template_filter("lower", "text", scoped=True)
def lower(scope: Scope, text: str) -> str:
    """Text in lower case."""
    if text.isascii():
        return text.lower()
    encoding = scope.environment.settings.columns.encoding
    try:
        return from_local(recode_local(text, encoding).lower(), encoding)
    except UnicodeError:
        return to_text(to_bytes(text).lower())


@template_filter("upper", "text", scoped=True)
def upper(scope: Scope, text: str) -> str:
    """Text in upper case."""
    if text.isascii():
        return text.upper()
    encoding = scope.environment.settings.columns.encoding
    try:
        return from_local(recode_local(text, encoding).upper(), encoding)
    except UnicodeError:
        return to_text(to_bytes(text).upper())


@template_filter("nonempty", "text")
def nonempty(text: str) -> str:
    """The text, or "(none)"."""
    return text or "(none)"


@template_filter("addbreaks", "text")
def addbreaks(text: str) -> str:
    """HTML line breaks before the ends of lines."""
    return text.replace("\n", "<br/>\n")


@template_filter("firstline", "text")
def firstline(text: str) -> str:
    """The first line."""
    lines = split_lines(text.partition("\n")[0])
    return lines[0] if lines else ""


@template_filter("splitlines", "text")
def splitlines(text: str) -> object:
    """The list of lines."""
    return list_value(split_lines(text), "line")


@template_filter("tabindent", "text")
def tabindent(text: str) -> str:
    """A tab before every line but the first."""
    return indent_lines(text, "\t")


@template_filter("fill68", "text", scoped=True)
def fill68(scope: Scope, text: str) -> str:
    """Paragraphs wrapped to 68 columns."""
    return scope.environment.settings.columns.fill(text, 68)


@template_filter("fill76", "text", scoped=True)
def fill76(scope: Scope, text: str) -> str:
    """Paragraphs wrapped to 76 columns."""
    return scope.environment.settings.columns.fill(text, 76)


@template_filter("short", "text")
def short(text: str) -> str:
    """The first twelve digits of a hash."""
    return to_text(to_bytes(text)[:12])


@template_filter("shortbisect", "text")
def shortbisect(text: str) -> str:
    """A bisection state as one letter."""
    return to_text(to_bytes(text)[:1].upper()) or " "

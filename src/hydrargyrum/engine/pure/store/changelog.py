"""The changelog: what its texts say of a changeset, decoded as far as somebody asks.

Names, phases and branches that refer to changesets live in `names` (format: `docs/formats/changelog.md`).
"""

from __future__ import annotations

from binascii import unhexlify

from hydrargyrum.engine import requirements as req
from hydrargyrum.engine.pure.store.revlog import NULL_NODE, Revlog
from hydrargyrum.engine.pure.text import node_of
from hydrargyrum.text.hunks import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.layout import RepoLayout

_BAD_EXTRA = "an extra field of a changeset is malformed"


class Changeset:
    """The text of a changeset in its parts, all as bytes.

    Attributes:
        time: seconds since the epoch; offset: seconds west of UTC.
        files: the paths it touches, in byte order; extra: decoded.
    """

    __slots__ = ("description", "extra", "files", "manifest", "offset", "time", "user")

    def __init__(self, text: bytes) -> None:
        self.manifest = NULL_NODE
        self.user = self.description = b""
        self.time = self.offset = 0
        self.files: list[bytes] = []
        self.extra: dict[bytes, bytes] = {}
        if text:
            self._parse(text)

    def _parse(self, text: bytes) -> None:
        first, second, third, rest = (*text.split(b"\n", 3), b"", b"", b"")[:4]
        if text.count(b"\n") < 3:
            raise Unreadable("a changeset is cut short")
        if rest.startswith(b"\n"):
            files, self.description = b"", rest[1:]
        else:
            files, blank, self.description = rest.partition(b"\n\n")
            if not blank:
                raise Unreadable("the files of a changeset do not end")
        manifest = node_of(first)
        if manifest is None:
            raise Unreadable("the manifest of a changeset is not a node")
        self.manifest = manifest
        self.user = second
        self.files = files.split(b"\n") if files else []
        time, _, zone_and_extra = third.partition(b" ")
        zone, _, extra = zone_and_extra.partition(b" ")
        seconds = _number(time)
        if seconds is None:
            raise Unreadable("the date of a changeset is not a number")
        self.time = seconds
        # Old tools wrote all kinds of zones.
        self.offset = int(zone) if _is_integer(zone) and abs(int(zone)) < 1 << 31 else 0
        self.extra = parse_extra(extra)
        if self.extra.get(b"branch") == b"default":
            del self.extra[b"branch"]


def _is_integer(word: bytes) -> bool:
    return len(word) < 20 and (word[1:] if word[:1] in (b"+", b"-") else word).isdigit()


def _number(word: bytes) -> int | None:
    """Whole seconds; fractions, which old tools wrote, are cut off."""
    if _is_integer(word) and abs(int(word)) < 1 << 63:
        return int(word)
    try:
        number = float(word.decode("ascii")) if b"_" not in word else 9.0e18
    except ValueError:
        return None
    return int(number) if abs(number) < 9.0e18 else None


def parse_extra(data: bytes) -> dict[bytes, bytes]:
    """The key-value pairs behind the date.

    Raises:
        Unreadable: a field has no name or an escape is cut short.
    """
    extra = {}
    for field in data.split(b"\0"):
        if field:
            key, colon, value = unescape(field).partition(b":")
            if not colon:
                raise Unreadable(_BAD_EXTRA)
            extra[key] = value
    return extra


_SIMPLE_ESCAPES = {
    **{ord(letter): letter.encode() for letter in "\\'\""},
    **dict(zip(b"0nrtabfv", (b"\0", b"\n", b"\r", b"\t", b"\a", b"\b", b"\f", b"\v"), strict=True)),
    ord("\n"): b"",
}


def unescape(data: bytes) -> bytes:
    """Undoes the escapes that are written (backslash, newline, carriage return, NUL) and those that Python also reads.

    Raises:
        Unreadable: an escape is cut short.
    """
    if b"\\" not in data:
        return data
    out = bytearray()
    at = 0
    while at < len(data):
        backslash = data.find(b"\\", at)
        if backslash < 0:
            break
        out += data[at:backslash]
        piece, at = _escape_at(data, backslash + 1)
        out += piece
    out += data[at:]
    return bytes(out)


def _escape_at(data: bytes, at: int) -> tuple[bytes, int]:
    """What the escape whose letter is at `at` stands for, and where it ends."""
    if at >= len(data):
        raise Unreadable(_BAD_EXTRA)
    letter = data[at]
    simple = _SIMPLE_ESCAPES.get(letter)
    if simple is not None:
        return simple, at + 1
    if letter in b"1234567":
        end = at + 1
        while end < min(at + 3, len(data)) and data[end] in b"01234567":
            end += 1
        return bytes([int(data[at:end], 8) & 0xFF]), end
    if letter == ord("x"):
        try:
            return unhexlify(data[at + 1 : at + 3]) or _cut_short(), at + 3
        except ValueError:
            raise Unreadable(_BAD_EXTRA) from None
    return b"\\" + data[at : at + 1], at + 1


def _cut_short() -> bytes:
    raise Unreadable(_BAD_EXTRA)


class Changelog(Revlog):
    """The revlog of changesets."""

    def __init__(self, layout: RepoLayout) -> None:
        has_nodemap = req.PERSISTENT_NODEMAP in layout.requirements
        super().__init__(layout, b"00changelog", nodemap=has_nodemap)

    def changeset(self, rev: int) -> Changeset:
        """What a changeset says; -1 is the empty one.

        Raises:
            CorruptRevision: its text does not follow the format.
        """
        text = self.text(rev)
        try:
            return Changeset(text)
        except Unreadable as problem:
            raise self.corrupt(rev, problem.problem) from None

    def branch(self, rev: int) -> tuple[bytes, bool]:
        """The branch of a changeset and whether it closes it."""
        extra = self.changeset(rev).extra
        return extra.get(b"branch", b"default"), b"close" in extra

"""The changelog: what its texts say of a changeset, decoded as far as somebody asks.

Names, phases and branches that refer to changesets live in `names` (format: `docs/formats/changelog.md`).
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.engine.pure.store import requirements as req
from hydrargyrum.engine.pure.store.revlog import NULL_NODE, Revlog
from hydrargyrum.engine.pure.text import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.layout import RepoLayout

BAD_TEXT = "the text of a changeset does not follow its format"


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
        head, blank, self.description = text.partition(b"\n\n")
        lines = head.split(b"\n")
        if not blank or len(lines) < 3 or len(lines[0]) != 40:
            raise ValueError
        self.manifest = bytes.fromhex(lines[0].decode("ascii"))
        self.user = lines[1]
        self.files = lines[3:]
        fields = lines[2].split(b" ", 2)
        if len(fields) < 2:
            raise ValueError
        self.time = int(float(fields[0]))
        try:
            self.offset = int(fields[1])
        except ValueError:
            self.offset = 0  # old converters wrote odd zones
        if len(fields) == 3:
            self.extra = parse_extra(fields[2])


def parse_extra(data: bytes) -> dict[bytes, bytes]:
    """The key-value pairs behind the date."""
    extra = {}
    for item in data.split(b"\0"):
        if item:
            key, colon, value = unescape(item).partition(b":")
            if not colon:
                raise ValueError
            extra[key] = value
    return extra


_ESCAPES = {b"\\": b"\\", b"n": b"\n", b"r": b"\r", b"0": b"\0"}


def unescape(data: bytes) -> bytes:
    """Undoes the escapes of backslash, newline, carriage return and NUL."""
    first, *rest = data.split(b"\\")
    out = [first]
    pending = False
    for part in rest:
        if pending:  # an escaped backslash: this part follows it as it is
            out.append(part)
            pending = False
        elif not part:
            out.append(b"\\")
            pending = True
        else:
            escaped = _ESCAPES.get(part[:1])
            out.append(b"\\" + part if escaped is None else escaped + part[1:])
    return b"".join(out)


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
        except (ValueError, OverflowError):
            node = self.index.node(rev).hex()
            raise errors.CorruptRevision(
                path=decode(self.radix), rev=rev, node=node, problem=BAD_TEXT
            ) from None

    def branch(self, rev: int) -> tuple[bytes, bool]:
        """The branch of a changeset and whether it closes it."""
        extra = self.changeset(rev).extra
        return extra.get(b"branch", b"default"), b"close" in extra

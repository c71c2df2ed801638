"""What surrounds a patch: several patches in one file, e-mail, the header that `export` writes, the message.

The patch itself is read by `parse`.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

_HEADER = b"# HG changeset patch"
_START = (
    rb"^(?:Index:[ \t]|diff[ \t]-|RCS file: |retrieving revision [0-9]+(\.[0-9]+)*$"
    rb"|---[ \t].*?^\+\+\+[ \t]|\*\*\*[ \t].*?^---[ \t])"
)
_TEXTS = ("text/plain", "text/x-diff", "text/x-patch")
_FIELDS = {b"# Date ": "date", b"# Branch ": "branch", b"# Node ID ": "node", b"# User ": "user"}


class PatchMessage:
    """One patch with what is said of it.

    Attributes:
        patch: the bytes that hold the patch, None where there is none.
        message: text before the patch.
        user, date, branch, node: of the header, "" where it says nothing.
        parents: nodes in hexadecimal.
    """

    __slots__ = ("branch", "date", "message", "node", "parents", "patch", "user")

    def __init__(self) -> None:
        self.patch: bytes | None = None
        self.message = ""
        self.user = self.date = self.branch = self.node = ""
        self.parents: list[str] = []


def split(data: bytes) -> Iterator[bytes]:
    """The single patches of a file: each with a header of `export`, or a message of a mailbox."""
    lines = data.splitlines(keepends=True)
    first = next((line for line in lines if line.strip()), b"")
    if first.startswith(b"From "):
        yield from _split_mailbox(lines)
        return
    current: list[bytes] = []
    in_header = True
    for line in lines:
        if not line.strip():
            in_header = False
        if not in_header and line.startswith(_HEADER):
            yield b"".join(current)
            current, in_header = [], True
        current.append(line)
    if current:
        yield b"".join(current)


def _split_mailbox(lines: list[bytes]) -> Iterator[bytes]:
    current: list[bytes] = []
    for line in lines:
        if line.startswith(b"From ") and current:
            yield from split(b"".join(current))
            current = []
        elif not line.startswith(b"From "):
            current.append(line)
    if current:
        yield from split(b"".join(current))


def read_message(data: bytes) -> PatchMessage:
    """One patch with its message."""
    import email

    found = PatchMessage()
    mail = email.message_from_bytes(data)
    subject, sender = _decoded(mail["Subject"]), _decoded(mail["From"])
    found.user = sender
    found.node = _decoded(mail["X-Mercurial-Node"])
    if not subject and not sender:
        subject = "\n".join(f"{name}: {value}" for name, value in mail.items())
        subject += "\n"
    if subject.startswith("[PATCH") and "]" in subject:
        subject = subject[subject.index("]") + 1 :].lstrip()
    subject = re.sub(r"\n[ \t]+", " ", subject)
    start = re.compile(_START, re.MULTILINE | re.DOTALL)
    message = b""
    patches = []
    has_header = False
    for part in mail.walk():
        if part.get_content_type() not in _TEXTS:
            continue
        payload = _payload(part)
        place = start.search(payload)
        if place is not None:
            text, has_header = _read_text(found, payload[: place.start()])
            message = text
            patches.append(payload if payload.endswith(b"\n") else payload + b"\n")
        elif not patches and message and part.get_content_type() == "text/plain":
            message += b"\n" + payload
    whole = message.decode("utf-8", "surrogateescape")
    if subject and not has_header and not whole.startswith(subject):
        whole = f"{subject}\n{whole}"
    found.message = whole
    if patches:
        found.patch = b"".join(patches)
    return found


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(value: object) -> str:
    if value is None:
        return ""
    from email.header import decode_header

    parts = decode_header(str(value))
    return " ".join(
        text.decode(charset or "utf-8", "surrogateescape") if isinstance(text, bytes) else text
        for text, charset in parts
    )


def _read_text(found: PatchMessage, text: bytes) -> tuple[bytes, bool]:
    """The message before a patch, and whether there was a header of `export`."""
    kept: list[bytes] = []
    has_header = in_header = ignoring = False
    for line in text.splitlines():
        if line.startswith(_HEADER) and not has_header:
            has_header = in_header = True
            kept = []
        elif in_header and line.startswith(b"# "):
            _read_field(found, line)
        elif in_header:
            in_header = False
        elif line == b"---":
            ignoring = True
        if not in_header and not ignoring:
            kept.append(line + b"\n")
    return b"".join(kept), has_header


def _read_field(found: PatchMessage, line: bytes) -> None:
    if line.startswith(b"# Parent "):
        found.parents.append(line[9:].lstrip().decode("ascii", "replace"))
    for prefix, name in _FIELDS.items():
        if line.startswith(prefix):
            setattr(found, name, line[len(prefix) :].decode("utf-8", "surrogateescape"))

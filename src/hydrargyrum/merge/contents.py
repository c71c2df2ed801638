"""The three versions of a file whose contents are merged, and merging them by the internal tools.

Which tool is used is decided by `choice`; programs are run by `external`.
"""

from __future__ import annotations

import re

from hydrargyrum.atomicfile import write_file
from hydrargyrum.text import conflict
from hydrargyrum.text.merge3 import Merge, is_binary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.merge.conversation import Conversation, ShowPath
    from hydrargyrum.merge.worktree import WorkingFiles
    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import Node


class Version:
    """A file on one side.

    Attributes:
        path: on that side.
        data: content, None where the side has deleted it.
        flags: of the file.
        changeset: the side, None where the file has no base.
        node: of the file revision, null for none and for the working copy.
        label, detail: what stands behind markers.
        prepared: what is merged instead of the content, None for the content.
    """

    __slots__ = ("changeset", "data", "detail", "flags", "label", "node", "path", "prepared")

    def __init__(
        self, path: str, data: bytes | None, flags: str, changeset: Changeset | None, node: Node
    ) -> None:
        self.path = path
        self.data = data
        self.flags = flags
        self.changeset = changeset
        self.node = node
        self.label = ""
        self.detail = ""
        self.prepared: bytes | None = None

    @property
    def is_absent(self) -> bool:
        """Whether the side has deleted it."""
        return self.data is None

    @property
    def text(self) -> bytes:
        """The content; empty where it was deleted."""
        return self.data or b""

    @property
    def full_label(self) -> str:
        """Label and detail in one line."""
        return f"{self.label}: {self.detail}" if self.detail else self.label


class Contest:
    """A file to be merged.

    Attributes:
        path: of the result, in the working copy.
        original: its local name before the merge.
        local, other, base: the three versions; `local` is what is on disk.
        my_node: the first parent before the merge.
    """

    __slots__ = ("base", "local", "my_node", "original", "other", "path")

    def __init__(
        self, path: str, original: str, versions: tuple[Version, Version, Version], my_node: Node
    ) -> None:
        self.path = path
        self.original = original
        self.local, self.other, self.base = versions
        self.my_node = my_node

    @property
    def versions(self) -> tuple[Version, Version, Version]:
        """Local, other and base."""
        return self.local, self.other, self.base

    @property
    def is_binary(self) -> bool:
        """Whether any version is binary."""
        return any(is_binary(version.text) for version in self.versions)

    @property
    def has_links(self) -> bool:
        """Whether a side is a symbolic link."""
        return "l" in self.local.flags + self.other.flags

    @property
    def is_change_delete(self) -> bool:
        """Whether a side has deleted it."""
        return self.local.is_absent or self.other.is_absent


class Tools:
    """What the internal tools need.

    Attributes:
        talk: messages and questions.
        files: the working copy.
        show: how paths are shown.
        relaxed: changes that only touch each other are merged.
    """

    __slots__ = ("files", "relaxed", "show", "talk")

    def __init__(self, talk: Conversation, files: WorkingFiles, show: ShowPath, *, relaxed: bool) -> None:
        self.talk = talk
        self.files = files
        self.show = show
        self.relaxed = relaxed

    # -- those that take a side -----------------------------------------------------------------------------------

    def take_other(self, contest: Contest) -> bool:
        """Put the other version in place; whether it was deleted."""
        if contest.other.is_absent:
            self.files.remove(contest.path)
            return True
        self.files.write(contest.path, contest.other.text, contest.other.flags)
        return False

    def fail(self, contest: Contest) -> None:
        """Leave it to the user, with a version to look at."""
        if contest.local.is_absent:
            self.files.write(contest.path, contest.other.text, contest.other.flags)

    def ask(self, contest: Contest) -> str:
        """Ask for a side: "local", "other" or "fail"."""
        from hydrargyrum.errors import Abort

        shown, local, other = self.show(contest.path), contest.local.label, contest.other.label
        if contest.other.is_absent:
            question = (
                f"file '{shown}' was deleted in other [{other}] but was modified in local [{local}].\n"
                "You can use (c)hanged version, (d)elete, or leave (u)nresolved.\n"
                "What do you want to do?$$ &Changed $$ &Delete $$ &Unresolved"
            )
            answers = ("local", "other", "fail")
        elif contest.local.is_absent:
            question = (
                f"file '{shown}' was deleted in local [{local}] but was modified in other [{other}].\n"
                "You can use (c)hanged version, leave (d)eleted, or leave (u)nresolved.\n"
                "What do you want to do?$$ &Changed $$ &Deleted $$ &Unresolved"
            )
            answers = ("other", "local", "fail")
        else:
            question = (
                f"file '{shown}' needs to be resolved.\n"
                f"You can keep (l)ocal [{local}], take (o)ther [{other}], or leave (u)nresolved.\n"
                "What do you want to do?$$ &Local $$ &Other $$ &Unresolved"
            )
            answers = ("local", "other", "fail")
        try:
            return answers[self.talk.choose(question, 2)]
        except Abort as problem:
            if problem.id != "response-expected":
                raise
            self.talk.write("\n")
            return "fail"

    # -- those that merge lines -----------------------------------------------------------------------------------

    def merge_text(self, version: Version) -> bytes:
        """What lines are merged of: the content as it is on disk, or what a tool made of it."""
        if version.prepared is not None:
            return version.prepared
        return self.files.as_on_disk(version.path, version.text)

    def merge(self, contest: Contest, style: str, *, relaxed: bool | None = None) -> tuple[bytes, bool]:
        """The merged text, and whether there are conflicts in it."""
        relaxed = self.relaxed if relaxed is None else relaxed
        base, local, other = map(self.merge_text, (contest.base, contest.local, contest.other))
        merge = Merge(base, local, other, relaxed=relaxed)
        merged, conflicts = conflict.render(merge, style, marker_labels(contest, style))
        return merged, bool(conflicts)

    def merge_into_place(self, contest: Contest, style: str) -> bool:
        """Write the merged text; whether there are conflicts."""
        for version in (contest.local, contest.base, contest.other):
            if is_binary(version.text):
                self.talk.warn(f"warning: {version.path} looks like a binary file.\n")
                return True
        merged, conflicts = self.merge(contest, style)
        self.files.write(contest.path, merged, contest.local.flags)
        return conflicts

    def dump(self, contest: Contest) -> None:
        """Write all versions beside the file."""
        if contest.local.data is not None:
            data = self.files.as_on_disk(contest.path, contest.local.data)
            write_file(self.files.absolute(f"{contest.path}.local"), data)
        self.files.write(f"{contest.path}.other", contest.other.text, contest.other.flags)
        self.files.write(f"{contest.path}.base", contest.base.text, contest.base.flags)


def marker_labels(contest: Contest, style: str) -> tuple[bytes, bytes, bytes]:
    """Labels as they stand behind markers; the base takes part in the alignment only where it is shown."""
    local, other, base = (_label(version) for version in contest.versions)
    if style == conflict.MINIMIZED:
        first, second = conflict.format_labels((local, other), _trim)
        return first, second, b""
    first, second, third = conflict.format_labels((local, other, base), _trim)
    return first, second, third


def _label(version: Version) -> tuple[bytes, bytes | None]:
    detail = version.detail.encode("utf-8", "surrogateescape") if version.detail else None
    return version.label.encode("utf-8", "surrogateescape"), detail


def _trim(label: bytes, columns: int) -> bytes:
    """At most so many columns, an ellipsis at the end where something is left out."""
    import unicodedata

    text = label.decode("utf-8", "surrogateescape")

    def width(letters: str) -> int:
        return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in letters)

    if width(text) <= columns:
        return label
    while width(text) > columns - 3:
        text = text[:-1]
    return text.encode("utf-8", "surrogateescape") + b"..."


def has_markers(data: bytes) -> bool:
    """Whether a content has lines that look like conflict markers."""
    return re.search(rb"^([<>=+|-])\1{6}( .*)$", data, re.MULTILINE) is not None


def line_end(data: bytes) -> bytes | None:
    """The style of line ends, None where it cannot be told."""
    if b"\0" in data:
        return None
    return next((end for end in (b"\r\n", b"\r", b"\n") if end in data), None)

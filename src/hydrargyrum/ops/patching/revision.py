"""The files of a changeset while a patch is applied to them; nothing on disk changes.

It offers `apply.Patcher` what `apply.PatchedFiles` does of the working copy.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.ops.patching.apply import PatchFailed
from hydrargyrum.plans import FileChange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.ops.patching.apply import File
    from hydrargyrum.repo import Changeset


class PatchedRevision:
    """The changes that a patch makes of a changeset's files.

    Attributes:
        changes: what is to be recorded; removed: paths that go.
    """

    def __init__(self, changeset: Changeset) -> None:
        self._changeset = changeset
        self._manifest = changeset.manifest
        self.changes: dict[str, FileChange] = {}
        self.removed: list[str] = []

    def exists(self, name: str) -> bool:
        """Whether the changeset has such a file."""
        return name in self._manifest

    def read(self, name: str) -> File | None:
        """A file as the changeset has it."""
        entry = self._manifest.get(name)
        return None if entry is None else (self._changeset.file(name).data, entry.flags)

    def write(self, name: str, file: File, source: str) -> None:
        """Changes or makes a file. Raises PatchFailed for a source that is not there."""
        if source:
            self._check_known(source)
        data, flags = file
        self.changes[name] = FileChange(name, data, flags, copied_from=source or None)

    def remove(self, name: str) -> None:
        """Removes a file. Raises PatchFailed for one that is not there."""
        self._check_known(name)
        self.removed.append(name)

    def refuse_flags(self, name: str) -> None:
        """Raises Abort for a file that is not there and should have other flags."""
        raise errors.Abort(f"{name}@{self._changeset.node.hex()}: not found in manifest")

    def _check_known(self, name: str) -> None:
        if name not in self._manifest:
            raise PatchFailed(f"cannot patch {name}: file is not tracked")

    def write_rejects(self, name: str, lines: list[bytes]) -> bool:  # noqa: ARG002
        """Tells that there is no place for what failed."""
        return False

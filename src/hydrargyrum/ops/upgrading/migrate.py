"""Takes all revlogs of a repository over into an empty one of another format, and tells how much that was.

Whatever else lies in a store is `run`'s business.
"""

from __future__ import annotations

import os
import time

from hydrargyrum.atomicfile import copy_content, write_file
from hydrargyrum.ops.fncache import names_of_history, store_paths
from hydrargyrum.ops.upgrading.formats import CHANGELOG, FILELOGS, MANIFEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.engine.storenames import StorePaths
    from hydrargyrum.engine.writing import StoreWriter
    from hydrargyrum.ops.upgrading.plan import UpgradePlan
    from hydrargyrum.repo import Repository

#: What becomes of deltas; the first optimisation that is asked for counts.
_DELTAS = (
    ("re-delta-all", "anew"),
    ("re-delta-parent", "choose"),
    ("re-delta-multibase", "choose"),
    ("re-delta-fulladd", "anew"),
)


class _Kind:
    """The revlogs of one kind.

    Attributes:
        kind: as the engine calls it.
        choice: as the user chooses it.
        paths: which there are, in their order.
        sizes: for each path: revisions, bytes of files, bytes of texts.
        after: bytes of files in the new store.
    """

    __slots__ = ("after", "choice", "kind", "paths", "sizes")

    def __init__(self, repo: Repository, kind: str, choice: str, paths: list[str]) -> None:
        self.kind = kind
        self.choice = choice
        self.paths = paths
        self.sizes = [repo.engine.measure_revlog(kind, path) for path in paths]
        self.after = 0

    def total(self, column: int) -> int:
        return sum(size[column] for size in self.sizes)


def migrate_revlogs(repo: Repository, target: Repository, writer: StoreWriter, plan: UpgradePlan) -> None:
    """Takes over everything.

    Raises:
        EngineError: something cannot be read, or written.
    """
    tell = repo.reporter.status
    stores = store_paths(repo), store_paths(target)
    paths, directories = _stored_paths(repo, stores[0])
    files = _Kind(repo, "file", FILELOGS, paths)
    manifests = _Kind(repo, "manifest", MANIFEST, directories)
    changes = _Kind(repo, "changelog", CHANGELOG, [""] if len(repo.engine.changelog()) else [])
    kinds = (files, manifests, changes)
    revisions, stored, texts = (sum(kind.total(column) for kind in kinds) for column in range(3))
    if not revisions:
        return
    tell(
        f"migrating {revisions} total revisions ({files.total(0)} in filelogs, {manifests.total(0)} in manifests, "
        f"{changes.total(0)} in changelog)\n"
    )
    tell(f"migrating {shown_size(stored)} in store; {shown_size(texts)} tracked data\n")
    began = time.monotonic()
    moving = _Moving(repo, target, writer, plan, stores)
    moving.one_kind(files, "filelogs", "revlog-count")
    moving.one_kind(manifests, "manifest", "filelog-count")
    change = moving.one_kind(changes, "changelog", "")
    tell("finished migrating:\n")
    tell(f"     total-revlog   :   {len(files.paths) + len(manifests.paths) + 1:9d}\n")
    tell(f"     total-revisions:   {revisions:9d}\n")
    tell(f"     size-change:       {_in_columns(change)}\n")
    tell(f"     elapsed-time:      {time.monotonic() - began:9.0f} seconds\n")


class _Moving:
    """Revlogs on their way from one store to the other."""

    def __init__(
        self,
        repo: Repository,
        target: Repository,
        writer: StoreWriter,
        plan: UpgradePlan,
        stores: tuple[StorePaths, StorePaths],
    ) -> None:
        self._repo = repo
        self._target = target
        self._writer = writer
        self._chosen = plan.revlogs
        self._stores = stores
        names = {one.name for one in plan.optimisations}
        self._deltas = next((how for name, how in _DELTAS if name in names), "keep")
        self._unchanged: list[bytes] = []

    def one_kind(self, kind: _Kind, title: str, counted: str) -> int:
        """Takes over the revlogs of one kind; by how many bytes they grew."""
        tell = self._repo.reporter.status
        began = time.monotonic()
        tell(f"migrating {title}:\n")
        if counted:
            tell(f"     {counted + ':':<19}{len(kind.paths):9d}\n")
        tell(f"     total-revisions:   {kind.total(0):9d}\n")
        tell(f"     store-size:        {_in_columns(kind.total(1))}\n")
        tell(f"     tracked-size:      {_in_columns(kind.total(2))}\n")
        topic = f"{'file' if kind.kind == 'file' else kind.kind} revisions"
        with self._repo.reporter.progress(topic, total=kind.total(0)) as steps:
            for path, size in zip(kind.paths, kind.sizes, strict=True):
                self._one(kind, path, size)
                steps.increment(size[0])
        if self._unchanged:
            self._list_files(self._unchanged)
            self._unchanged = []
        change = kind.after - kind.total(1)
        tell(f"     size-change:       {_in_columns(change)}\n")
        tell(f"     elapsed-time:      {time.monotonic() - began:9.0f} seconds\n")
        return change

    def _one(self, kind: _Kind, path: str, size: tuple[int, int, int]) -> None:
        radix = _radix(kind.kind, path)
        note = self._repo.reporter.note
        if kind.choice in self._chosen:
            note(f"cloning {size[0]} revisions from {os.fsdecode(radix)}.i\n")
            kind.after += self._writer.copy_revlog(self._repo.engine, kind.kind, path, deltas=self._deltas)
            return
        note(f"blindly copying {os.fsdecode(radix)}.i containing {size[0]} revisions\n")
        kind.after += size[1]
        source, target = self._stores
        for suffix in (b".i", b".d"):
            name = radix + suffix
            if os.path.exists(source.path(name)):
                copy = target.path(name)
                os.makedirs(os.path.dirname(copy), exist_ok=True)
                copy_content(source.path(name), copy)
                self._unchanged.append(name)

    def _list_files(self, names: Iterable[bytes]) -> None:
        """Notes files that were copied as they are in the list of files."""
        from hydrargyrum.engine.storenames import encode_directories, is_listed

        if "fncache" not in self._target.engine.requirements:
            return
        listed = [encode_directories(name) for name in names if is_listed(name)]
        if listed:
            path = os.path.join(self._target.engine.store, "fncache")
            write_file(path, b"".join(name + b"\n" for name in listed), append=True)


def _radix(kind: str, path: str) -> bytes:
    if kind == "changelog":
        return b"00changelog"
    name = os.fsencode(path)
    if kind == "file":
        return b"data/" + name
    return b"meta/%s/00manifest" % name if name else b"00manifest"


def _stored_paths(repo: Repository, store: StorePaths) -> tuple[list[str], list[str]]:
    """The files with revlogs, and the directories with manifests, each in byte order."""
    if "fncache" in repo.engine.requirements:
        names = set(map(os.fsencode, repo.engine.listed_files()))
    else:
        names = set(names_of_history(repo))
    files, directories = [], []
    for name in sorted(names):
        if not name.endswith(b".i") or not os.path.lexists(store.path(name)):
            continue
        if name.startswith(b"data/"):
            files.append(os.fsdecode(name[5:-2]))
        elif name.startswith(b"meta/") and name.endswith(b"/00manifest.i"):
            directories.append(os.fsdecode(name[5:-13]))
    root = [""] if os.path.lexists(store.path(b"00manifest.i")) else []
    return files, root + directories


#: Units with the number from which on they are used, and how many digits follow the point then.
_UNITS = (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10))


def shown_size(count: int) -> str:
    """A number of bytes with three digits and a unit."""
    for unit, size in _UNITS:
        for times, digits in ((100, 0), (10, 1), (1, 2)):
            if abs(count) >= times * size:
                return f"{count / size:.{digits}f} {unit}"
    return f"{count} bytes"


def _in_columns(count: int) -> str:
    number, unit = shown_size(count).split(" ", 1)
    return f"{number:>9} {unit}"

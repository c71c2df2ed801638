"""Where the parts of a repository lie: working directory, `.hg`, the store's owner in a share, the store.

The formats are in `docs/formats/requires.md`; opening anything in those places belongs to the other modules.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.engine import requirements as req
from hydrargyrum.engine.pure.store.files import is_directory, read_file, read_optional
from hydrargyrum.engine.pure.text import decode
from hydrargyrum.engine.storenames import encoding_for


class RepoLayout:
    """An opened repository's places (all absolute, as bytes).

    Attributes:
        root: the working directory.
        dot_hg: its `.hg`.
        shared_dot_hg: the `.hg` that owns the store; another one in a share.
        store: directory of the revlogs.
        requirements: of the working copy and the store together.
        encoding: from store names to names on disk.
        beneath: stores whose files are there where this one has none, the nearest first; only read.
        pending: what a running transaction shows to its hooks is seen (`docs/formats/journal.md`).
    """

    __slots__ = (
        "beneath",
        "dot_hg",
        "encoding",
        "pending",
        "requirements",
        "root",
        "shared_dot_hg",
        "store",
    )

    def __init__(self, root: bytes, shared_dot_hg: bytes, requirements: frozenset[bytes]) -> None:
        self.root = root
        self.dot_hg = os.path.join(root, b".hg")
        self.requirements = requirements
        self.use_history(shared_dot_hg)
        self.beneath: tuple[bytes, ...] = ()
        self.encoding = encoding_for(requirements)
        self.pending = False

    def use_history(self, dot_hg: bytes) -> None:
        """The history is that of this `.hg`."""
        self.shared_dot_hg = dot_hg
        self.store = os.path.join(dot_hg, b"store") if req.STORE in self.requirements else dot_hg

    @property
    def share_safe(self) -> bool:
        """Whether requirements and configuration of the store lie with the store."""
        return req.SHARE_SAFE in self.requirements

    @property
    def shares_bookmarks(self) -> bool:
        """Whether this is a share whose bookmarks are those of its source (`docs/formats/bookmarks.md`)."""
        if self.shared_dot_hg == self.dot_hg:
            return False
        return b"bookmarks" in (read_optional(os.path.join(self.dot_hg, b"shared")) or b"").splitlines()

    def seen(self, path: bytes, ending: bytes = b".pending") -> bytes:
        """The path of a file, or of what a running transaction has in its place for its hooks."""
        return path + ending if self.pending and os.path.exists(path + ending) else path

    def store_path(self, name: bytes) -> bytes:
        """Full path of a file of the store, for example of `data/a.i`."""
        encoded = self.encoding.encode(name)
        path = os.path.join(self.store, encoded)
        if self.beneath and not os.path.exists(path):
            for store in self.beneath:
                lower = os.path.join(store, encoded)
                if os.path.exists(lower):
                    return lower
        return path

    def own_path(self, name: bytes) -> bytes:
        """The same in the store itself, whatever lies beneath."""
        return os.path.join(self.store, self.encoding.encode(name))


def open_layout(root: bytes, *, lenient_share: bool = False) -> RepoLayout:
    """Reads what a repository says of itself.

    With `lenient_share`, a share that disagrees with its source about share-safe is read as what the source is.

    Raises:
        RepositoryNotFound: `root` has no `.hg` directory.
        UnknownRequirement, CorruptRequirement, SparseNotEnabled, IncompatibleRequirements: see `requirements.gate`.
        ShareSourceMissing, ShareSafeMismatch: a share without its source, or one that disagrees with it.
        IoError: a file cannot be read.
    """
    dot_hg = os.path.join(root, b".hg")
    if not is_directory(dot_hg):
        raise errors.RepositoryNotFound(path=decode(root))
    path = os.path.join(dot_hg, b"requires")
    requirements = req.parse(read_optional(path) or b"")
    owner = dot_hg
    if req.SHARED in requirements or req.RELSHARED in requirements:
        owner = _share_source(dot_hg, req.RELSHARED in requirements)
        source = req.parse(read_optional(os.path.join(owner, b"requires")) or b"")
        if (req.SHARE_SAFE in source) != (req.SHARE_SAFE in requirements) and lenient_share:
            requirements = _as_source(requirements, source)
        elif (req.SHARE_SAFE in source) != (req.SHARE_SAFE in requirements):
            unsafe = "share" if req.SHARE_SAFE in source else "source"
            raise errors.ShareSafeMismatch(path=decode(dot_hg), unsafe=unsafe)
    if req.SHARE_SAFE in requirements:
        requirements |= req.parse(read_file(os.path.join(owner, b"store", b"requires")))
    req.gate(requirements, path)
    return RepoLayout(root, owner, requirements)


def _as_source(requirements: frozenset[bytes], source: frozenset[bytes]) -> frozenset[bytes]:
    """What a share requires when it is of the kind of its source."""
    if req.SHARE_SAFE in source:
        return requirements | {req.SHARE_SAFE}
    return (requirements | (source - req.OF_THE_WORKING_COPY)) - {req.SHARE_SAFE}


def _share_source(dot_hg: bytes, relative: bool) -> bytes:
    path = os.path.join(dot_hg, b"sharedpath")
    target = read_file(path).rstrip(b"\n")
    if relative:
        target = os.path.normpath(os.path.join(dot_hg, target))
    try:
        target = os.path.realpath(target)
        found = os.path.exists(target)
    except ValueError:  # a NUL byte
        found = False
    if not found:
        raise errors.ShareSourceMissing(path=decode(path), target=decode(target))
    return target

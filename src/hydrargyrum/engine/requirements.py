"""The features a repository says it needs, and the gate that refuses what this program lacks, as both engines know them.

The format is described in `docs/formats/requires.md`; where the files lie is not known here.
"""

from __future__ import annotations

from os import fsdecode

from hydrargyrum import errors

REVLOGV1 = b"revlogv1"
STORE = b"store"
FNCACHE = b"fncache"
DOTENCODE = b"dotencode"
PLAIN_ENCODE = b"exp-very-fragile-and-unsafe-plain-store-encoding"
TREEMANIFEST = b"treemanifest"
PERSISTENT_NODEMAP = b"persistent-nodemap"
SHARE_SAFE = b"share-safe"
SHARED = b"shared"
RELSHARED = b"relshared"
DIRSTATE_V2 = b"dirstate-v2"
DIRSTATE_TRACKED_KEY = b"dirstate-tracked-key-v1"
BOOKMARKS_IN_STORE = b"bookmarksinstore"
SPARSE = b"exp-sparse"
INTERNAL_PHASE = b"internal-phase-2"
ARCHIVED_PHASE = b"exp-archived-phase"

#: What belongs to a working copy, not to the store.
OF_THE_WORKING_COPY = frozenset([SPARSE, SHARED, RELSHARED, SHARE_SAFE, DIRSTATE_TRACKED_KEY, DIRSTATE_V2])

#: Everything this program can read.
SUPPORTED = frozenset(
    [
        REVLOGV1,
        STORE,
        FNCACHE,
        DOTENCODE,
        PLAIN_ENCODE,
        b"generaldelta",
        b"sparserevlog",
        b"delta-info-revlog",
        b"revlog-compression-zstd",
        b"exp-compression-none",
        b"exp-compression-zlib",
        b"exp-compression-zstd",
        TREEMANIFEST,
        PERSISTENT_NODEMAP,
        SHARE_SAFE,
        SHARED,
        RELSHARED,
        DIRSTATE_V2,
        DIRSTATE_TRACKED_KEY,
        BOOKMARKS_IN_STORE,
        INTERNAL_PHASE,
        ARCHIVED_PHASE,
    ]
)


def parse(data: bytes) -> frozenset[bytes]:
    """The lines of a requires file."""
    return frozenset(data.splitlines())


def gate(requirements: frozenset[bytes], path: bytes) -> None:
    """Refuses what this program cannot read.

    Raises:
        CorruptRequirement: an entry that does not begin with a letter or digit.
        UnknownRequirement: others that are not supported; `features` names them, sorted.
        SparseNotEnabled: a sparse working directory.
        IncompatibleRequirements: two that exclude each other.
    """
    unknown = sorted(requirements - SUPPORTED - {SPARSE})
    for name in unknown:
        if not name[:1].isalnum():
            raise errors.CorruptRequirement(path=fsdecode(path))
    if unknown:
        raise errors.UnknownRequirement(features=fsdecode(b" ".join(unknown)))
    if SPARSE in requirements:
        raise errors.SparseNotEnabled()
    if DOTENCODE in requirements and PLAIN_ENCODE in requirements:
        raise errors.IncompatibleRequirements(first=fsdecode(DOTENCODE), second=fsdecode(PLAIN_ENCODE))


def compression_of(requirements: frozenset[bytes]) -> str:
    """The compression for new revisions. Several may be named; the last one in byte order counts."""
    found = "zlib"
    for name in sorted(requirements):
        if name.startswith((b"revlog-compression-", b"exp-compression-")):
            found = name.split(b"-", 2)[2].decode("ascii", "replace")
    return found

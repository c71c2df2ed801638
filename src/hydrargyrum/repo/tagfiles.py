"""The cache of which revision of `.hgtags` each changeset has (`cache/hgtagsfnodes1`), as bundles carry parts of it.

What tags say is read by the engines, which look into this cache themselves and believe nothing that does not fit.
"""

from __future__ import annotations

import os

from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev

_FILE = "hgtagsfnodes1"
#: Beginning of the changeset's node, and the node of the file.
_PREFIX, _RECORD = 4, 24


def _path(repo: Repository) -> str:
    return os.path.join(repo.engine.shared_dot_hg, "cache", _FILE)


def _read(repo: Repository) -> bytes:
    try:
        with open(_path(repo), "rb") as stream:
            return stream.read()
    except OSError:
        return b""


def cached_tag_files(repo: Repository, revs: Iterable[Rev]) -> dict[Rev, bytes]:
    """The node of `.hgtags` (null for none) of those of `revs` for which it is known."""
    data, index = _read(repo), repo.engine.changelog()
    found = {}
    for rev in revs:
        record = data[rev * _RECORD : (rev + 1) * _RECORD] if rev != NULL_REV else b""
        if len(record) == _RECORD and record[:_PREFIX] == index.node(rev)[:_PREFIX]:
            found[rev] = record[_PREFIX:]
    return found


def keep_tag_files(repo: Repository, known: Mapping[Rev, bytes]) -> None:
    """Writes what is known into the cache; where that cannot be written, nothing is kept. The store is locked."""
    from hydrargyrum.atomicfile import write_atomically

    if not known:
        return
    index = repo.engine.changelog()
    data = bytearray(_read(repo)[: len(index) * _RECORD])
    data += b"\xff" * (len(index) * _RECORD - len(data))
    for rev, node in known.items():
        data[rev * _RECORD : (rev + 1) * _RECORD] = index.node(rev)[:_PREFIX] + node
    try:
        os.makedirs(os.path.dirname(_path(repo)), exist_ok=True)
        write_atomically(os.fsencode(_path(repo)), bytes(data))
    except OSError:
        return

"""Full texts of big manifests in `.hg/wcache`, so that not each process unpacks and hashes them again.

Which manifests are worth it is decided by who reads them (format: `docs/formats/manifest-texts.md`).
"""

from __future__ import annotations

import os
import struct
import time
from zlib import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.layout import RepoLayout

#: Shorter texts are read from the store as fast.
WORTH_KEEPING = 1 << 20
#: How many texts are kept.
MOST = 4
BLOCK = 1 << 16
MAGIC = b"hygmft1\n"
FOOTER = struct.Struct("<8s20sQI")
SUM = struct.Struct("<I")
#: What an interrupted writer left is removed after so many seconds.
ABANDONED = 3600


def read_kept(layout: RepoLayout, node: bytes, length: int) -> bytes | None:
    """The text of a manifest; None where it is not kept, or is damaged."""
    blocks = -(-length // BLOCK)
    tail = blocks * SUM.size + FOOTER.size + SUM.size
    try:
        with open(os.path.join(_directory(layout), node.hex().encode("ascii")), "rb") as file:
            if os.fstat(file.fileno()).st_size != length + tail:
                return None
            text, rest = file.read(length), file.read(tail)
    except OSError:
        return None
    if len(text) != length or rest != _tail(node, text):
        return None
    return text


def keep(layout: RepoLayout, node: bytes, text: bytes) -> None:
    """Keeps the text of a manifest, which is right, for later processes; says nothing where that cannot be."""
    directory = _directory(layout)
    path = os.path.join(directory, node.hex().encode("ascii"))
    temporary = os.path.join(directory, b".%s-%x-p~" % (os.path.basename(path), os.getpid()))
    try:
        os.makedirs(directory, exist_ok=True)
        try:
            with open(temporary, "xb") as file:
                file.write(text)
                file.write(_tail(node, text))
            os.rename(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
        _tidy(directory)
    except OSError:
        pass


def _directory(layout: RepoLayout) -> bytes:
    return os.path.join(layout.dot_hg, b"wcache", b"hyg-manifests")


def _tail(node: bytes, text: bytes) -> bytes:
    view = memoryview(text)
    sums = [crc32(view[at : at + BLOCK]) for at in range(0, len(text), BLOCK)]
    covered = struct.pack(f"<{len(sums)}I", *sums) + FOOTER.pack(MAGIC, node, len(text), BLOCK)
    return covered + SUM.pack(crc32(covered))


def _tidy(directory: bytes) -> None:
    """Removes all but the youngest texts, and what others did not finish."""
    now = time.time()
    texts = []
    for entry in os.scandir(directory):
        written = entry.stat(follow_symlinks=False).st_mtime
        if len(entry.name) == 40 and not entry.name.startswith(b"."):
            texts.append((written, entry.path))
        elif now - written > ABANDONED:
            os.unlink(entry.path)
    for _, path in sorted(texts)[:-MOST]:
        os.unlink(path)

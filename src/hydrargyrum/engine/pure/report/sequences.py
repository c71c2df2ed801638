"""Paths as the protocol hands them out: a sequence over bytes that decodes what is read.

How they look on a terminal is `render`'s work, as columns `arrow`'s.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from hydrargyrum.engine.pure.text import decode, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import overload

    from hydrargyrum.engine.protocol import ArrowTable
    from hydrargyrum.types import RenderOptions


class Paths(Sequence[str]):
    """Repository paths in byte order; `root` is the working copy's, for showing them relative to a directory."""

    __slots__ = ("_root", "raw")

    def __init__(self, raw: list[bytes], root: bytes) -> None:
        self.raw = raw
        self._root = root

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, index: int) -> str: ...
        @overload
        def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return Paths(self.raw[index], self._root)
        return decode(self.raw[index])

    def __len__(self) -> int:
        return len(self.raw)

    def __iter__(self) -> Iterator[str]:
        return map(decode, self.raw)

    def __contains__(self, item: object) -> bool:
        if not isinstance(item, str):
            return False
        path = encode(item)
        at = bisect_left(self.raw, path)
        return (at < len(self.raw) and self.raw[at] == path) or path in self.raw

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Paths):
            return self.raw == other.raw
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Paths: {len(self.raw)}>"

    def table(self) -> ArrowTable:
        from hydrargyrum.engine.pure.report.arrow import Table

        return Table([("path", "binary", self.raw)])

    def render(self, options: RenderOptions) -> bytes:
        from hydrargyrum.engine.pure.report.render import PathDisplay

        return b"".join([path + options.end for path in PathDisplay.of(self._root, options).show(self.raw)])

    def render_pieces(self, options: RenderOptions) -> Iterator[bytes]:
        for start in range(0, len(self.raw), 4096):
            yield Paths(self.raw[start : start + 4096], self._root).render(options)

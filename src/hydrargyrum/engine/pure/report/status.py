"""The answer to a status request as the protocol hands it out.

How it was found is `worktree`'s work; nothing is computed here but the shape.
"""

from __future__ import annotations

from hydrargyrum.engine.pure.report.render import LETTERS, PathDisplay, render_status
from hydrargyrum.engine.pure.report.sequences import Paths
from hydrargyrum.engine.pure.text import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from hydrargyrum.engine.protocol import ArrowTable
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.types import RenderOptions


class PureStatusReport:
    """Seven groups of paths. `groups` has a sorted list per letter."""

    __slots__ = ("_copies", "_groups", "_root", "_save", "warnings")

    def __init__(
        self,
        root: bytes,
        groups: dict[str, list[bytes]],
        copies: dict[bytes, bytes],
        warnings: Sequence[EngineWarning],
        save: Callable[[], bool] | None,
    ) -> None:
        self._root = root
        self._groups = groups
        self._copies = copies
        self.warnings = tuple(warnings)
        self._save = save

    def _paths(self, letter: str) -> Paths:
        return Paths(self._groups[letter], self._root)

    @property
    def modified(self) -> Paths:
        return self._paths("M")

    @property
    def added(self) -> Paths:
        return self._paths("A")

    @property
    def removed(self) -> Paths:
        return self._paths("R")

    @property
    def deleted(self) -> Paths:
        return self._paths("!")

    @property
    def unknown(self) -> Paths:
        return self._paths("?")

    @property
    def ignored(self) -> Paths:
        return self._paths("I")

    @property
    def clean(self) -> Paths:
        return self._paths("C")

    @property
    def copies(self) -> Mapping[str, str]:
        return {decode(path): decode(self._copies[path]) for path in sorted(self._copies)}

    def rows(self) -> Iterator[tuple[str, str]]:
        for letter in LETTERS:
            for path in self._groups[letter]:
                yield letter, decode(path)

    def table(self) -> ArrowTable:
        from hydrargyrum.engine.pure.report.arrow import Table

        letters: list[str] = []
        paths: list[bytes] = []
        for letter in LETTERS:
            letters += letter * len(self._groups[letter])
            paths += self._groups[letter]
        sources = [self._copies.get(path) for path in paths] if self._copies else [None] * len(paths)
        return Table([("status", "utf8", letters), ("path", "binary", paths), ("source", "binary", sources)])

    def render(self, options: RenderOptions) -> bytes:
        return render_status(self._groups, self._copies, PathDisplay.of(self._root, options), options)

    def write_fixes(self) -> bool:
        save, self._save = self._save, None
        return save is not None and save()

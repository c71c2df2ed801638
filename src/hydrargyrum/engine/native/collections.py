"""Native collections with the mixin methods of Python's abstract ones, so that they behave exactly as those do.

`register` would give no mixin methods; inheriting from both does. Nothing here computes.
"""

from __future__ import annotations

from _collections_abc import ItemsView, Mapping, MutableMapping, Sequence, Set

from hydrargyrum import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hydrargyrum.types import DirstateEntry, ManifestEntry


class RevisionIndex(_native.RevisionTable, Sequence):  # type: ignore[type-arg]
    """The revision index as a `Sequence` of `RevisionEntry`."""

    __slots__ = ()


class _DirstateItems(ItemsView):  # type: ignore[type-arg]
    __slots__ = ()

    def __iter__(self) -> Iterator[tuple[str, DirstateEntry]]:
        return self._mapping.iter_items()  # type: ignore[attr-defined,no-any-return]


class DirstateMap(_native.DirstateTable, MutableMapping):  # type: ignore[type-arg]
    """The dirstate as a `MutableMapping` in byte order; changes stay in memory."""

    __slots__ = ()

    def items(self) -> _DirstateItems:
        """A set-like view of (path, entry)."""
        return _DirstateItems(self)


class ManifestMap(_native.ManifestTable, Mapping):  # type: ignore[type-arg]
    """The files of a revision as a `Mapping` in byte order."""

    __slots__ = ()

    def items(self) -> _ManifestItems:
        """A set-like view of (path, entry)."""
        return _ManifestItems(self)


class _ManifestItems(ItemsView):  # type: ignore[type-arg]
    __slots__ = ()

    def __iter__(self) -> Iterator[tuple[str, ManifestEntry]]:
        return self._mapping.iter_items()  # type: ignore[attr-defined,no-any-return]


class AncestorSet(_native.AncestorWalk, Set):  # type: ignore[type-arg]
    """Ancestors as a lazy `Set`; its algebra gives frozensets."""

    __slots__ = ()

    @classmethod
    def _from_iterable(cls, it: Iterable[int]) -> frozenset[int]:  # type: ignore[override]
        return frozenset(it)

    def __hash__(self) -> int:
        return self._hash()

"""Tables as Arrow streams, built with pyarrow or nanoarrow when somebody reads one.

Rows are never made here; the native engine hands out its columns without either package.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal, TypeAlias

    Kind: TypeAlias = Literal["utf8", "binary", "node", "int32", "int64", "seconds"]
    Column: TypeAlias = tuple[str, Kind, Sequence[Any]]


class Table:
    """Named columns of the same length; a stream can be taken as often as somebody asks."""

    __slots__ = ("_columns",)

    def __init__(self, columns: list[Column]) -> None:
        self._columns = columns

    def __len__(self) -> int:
        return len(self._columns[0][2])

    @property
    def column_names(self) -> list[str]:
        """Their names in order."""
        return [name for name, _, _ in self._columns]

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """A PyCapsule named "arrow_array_stream".

        Raises:
            Abort: neither pyarrow nor nanoarrow is installed.
        """
        try:
            import pyarrow
        except ImportError:
            return self._by_nanoarrow(requested_schema)
        kinds: dict[str, Any] = {
            "utf8": pyarrow.string(),
            "binary": pyarrow.binary(),
            "node": pyarrow.binary(20),
            "int32": pyarrow.int32(),
            "int64": pyarrow.int64(),
            "seconds": pyarrow.timestamp("s"),
        }
        arrays = [pyarrow.array(values, type=kinds[kind]) for _, kind, values in self._columns]
        table = pyarrow.Table.from_arrays(arrays, names=[name for name, _, _ in self._columns])
        stream: object = table.__arrow_c_stream__(requested_schema)
        return stream

    def _by_nanoarrow(self, requested_schema: object | None) -> object:
        try:
            import nanoarrow
        except ImportError:
            raise errors.Abort(
                "tables of the pure engine need an extra", hint="install hydrargyrum[arrow], or nanoarrow"
            ) from None
        kinds: dict[str, Any] = {
            "utf8": nanoarrow.string(),
            "binary": nanoarrow.binary(),
            "node": nanoarrow.fixed_size_binary(20),
            "int32": nanoarrow.int32(),
            "int64": nanoarrow.int64(),
            "seconds": nanoarrow.timestamp("s"),
        }
        schema = nanoarrow.struct({name: kinds[kind] for name, kind, _ in self._columns})
        children = [nanoarrow.c_array(list(values), kinds[kind]) for _, kind, values in self._columns]
        array = nanoarrow.c_array_from_buffers(
            schema, length=len(self), buffers=[None], null_count=0, children=children
        )
        stream: object = nanoarrow.c_array_stream(array).__arrow_c_stream__(requested_schema)
        return stream

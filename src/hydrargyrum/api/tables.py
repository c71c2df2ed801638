"""Tables for programs: columns over the Arrow C stream, handed to whatever library reads them.

No such library is needed to make one with the native engine; which rows there are is the business of what hands it out.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hydrargyrum.engine.protocol import ArrowTable


class Table:
    """Named columns of the same length.

    PyArrow (`pyarrow.table(t)`), Polars (`polars.DataFrame(t)`), DuckDB and others read it through
    `__arrow_c_stream__`. Paths are binary, exactly as they are stored; other text is UTF-8, in which bytes that are none
    are the private characters U+10F780 to U+10F7FF, one for each (`hydrargyrum.tabletext` turns them back).
    """

    __slots__ = ("_source",)

    def __init__(self, source: ArrowTable) -> None:
        self._source = source

    @property
    def column_names(self) -> Sequence[str]:
        """Their names in order."""
        return list(self._source.column_names)

    def __len__(self) -> int:
        """How many rows."""
        return len(self._source)

    def __repr__(self) -> str:
        return f"<Table of {len(self)} rows: {', '.join(self.column_names)}>"

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """A PyCapsule named "arrow_array_stream"; each call gives a new one.

        Raises:
            hydrargyrum.errors.Abort: the pure engine is used, and neither pyarrow nor nanoarrow is installed.
        """
        return self._source.__arrow_c_stream__(requested_schema)

    def to_pyarrow(self) -> Any:
        """The `pyarrow.Table` of it.

        Raises:
            hydrargyrum.errors.Abort: pyarrow is not installed.
        """
        try:
            import pyarrow
        except ImportError:
            raise _missing("pyarrow") from None
        return pyarrow.table(self)

    def to_polars(self) -> Any:
        """The `polars.DataFrame` of it.

        Raises:
            hydrargyrum.errors.Abort: polars is not installed.
        """
        try:
            import polars
        except ImportError:
            raise _missing("polars") from None
        return polars.DataFrame(self)


def _missing(package: str) -> errors.Abort:
    return errors.Abort(f"{package} is not installed", hint=f"pip install {package}")

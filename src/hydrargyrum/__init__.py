"""hydrargyrum: a distributed version control system of Mercurial's kind.

The typed Python API is re-exported here and loaded when it is used; importing the package alone loads nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.api import Changeset, Changesets, Diff, Graph, Repository, Status, Table, open  # noqa: A004

__version__ = "0.1.0"

__all__ = ["Changeset", "Changesets", "Diff", "Graph", "Repository", "Status", "Table", "__version__", "open"]

_LAZY = frozenset(__all__) - {"__version__"}


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'hydrargyrum' has no attribute {name!r}")
    # by name, because the layers below import this package too
    found: object = getattr(__import__("hydrargyrum.api").api, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})

"""What the record of a merge that goes on says, as far as queries ask: both sides, and files by their state.

Reading the rows is `repo.merge_records`; changing them is the business of `merge`.
"""

from __future__ import annotations

from hydrargyrum.repo.merge_records import (
    CHANGE_DELETE,
    FILE,
    LOCAL,
    OTHER,
    PATH_CONFLICT,
    read_records,
)
from hydrargyrum.types import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo import Repository


def merge_sides(repo: Repository) -> tuple[Node, Node] | None:
    """Nodes of the local and the other side; None where no merge goes on."""
    sides = dict(read_records(repo.dot_hg))
    try:
        local, other = (bytes.fromhex(sides[kind].decode("ascii")) for kind in (LOCAL, OTHER))
    except (KeyError, ValueError):
        return None
    return Node(local), Node(other)


def merged_files(repo: Repository) -> dict[str, str]:
    """Files of the merge with their state: "u" unresolved, "r" resolved, others for conflicts of paths."""
    found = {}
    for kind, content in read_records(repo.dot_hg):
        if kind in (FILE, CHANGE_DELETE, PATH_CONFLICT) and content.count(b"\0"):
            path, state = content.split(b"\0")[:2]
            found[path.decode("utf-8", "surrogateescape")] = state.decode("ascii", "replace")
    return found

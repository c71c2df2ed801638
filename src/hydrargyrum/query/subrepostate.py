"""The subrepositories that a changeset records in `.hgsubstate`.

What they are and looking into them is the business of `ops.subrepos`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo import Changeset


def recorded_subrepos(changeset: Changeset) -> dict[str, str]:
    """Revisions by path."""
    found = changeset.find_file(".hgsubstate")
    if found is None:
        return {}
    states = {}
    for line in found.data.decode("utf-8", "surrogateescape").splitlines():
        revision, _, path = line.strip().partition(" ")
        if path:
            states[path] = revision
    return states

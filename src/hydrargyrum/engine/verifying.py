"""What `verify` asks of an engine: to read all that is stored and to tell what does not fit together.

Only types live here, so at run time this module is imported by nobody. `ops/verify.py` words what is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from hydrargyrum.errors import EngineError

#: Is told what was found: its id (see `ops.verify`), the changeset that it came with, the revlog or file that it is
#: about, further facts, and the error on the way to it. What it raises ends everything.
Receive = Callable[
    [str, int | None, str | None, Mapping[str, int | str], EngineError | None],
    object,
]


class VerifyingRepository(Protocol):
    """What an `EngineRepository` offers beside reading and writing."""

    def verify(
        self, receive: Receive, *, full: bool = False, verbose: bool = False, censored_is_wrong: bool = True
    ) -> tuple[int, int, int]:
        """Checks changesets, manifests, files and, where nothing was wrong, the dirstate; files on all cores.

        Findings come in a fixed order, "step" (fact `step`) among them before each part. `full` puts manifests
        together whole; `verbose` looks for copy sources in the parents of their changesets; `censored_is_wrong` makes
        censored content an error. Returns how many changesets, revisions of files and files there are.
        """
        ...

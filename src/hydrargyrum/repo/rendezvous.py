"""Places where a command waits for a file, so that tests can let another program act at just that moment.

They are named in section `devel` (`sync.PLACE`, `sync.PLACE-timeout`). What a command does at such a place is its own.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.config import Config

_PAUSE = 0.01


def meet(config: Config, *places: str) -> None:
    """Waits at the places that configuration names: says so by a file with `.waiting` behind its name.

    Raises:
        Abort: the file did not come in time.
    """
    for place in places:
        path = config.text("devel", f"sync.{place}")
        if path is None:
            continue
        import time

        with open(path + ".waiting", "wb"):
            pass
        deadline = time.monotonic() + config.integer("devel", f"sync.{place}-timeout")
        while not os.path.exists(path):
            if time.monotonic() > deadline:
                raise errors.Abort(f"timed out waiting for file: {path}")
            time.sleep(_PAUSE)

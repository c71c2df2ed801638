"""Runs commands of ours in processes in which something happens at a look at a file; `events.c` has to be preloaded.

One JSON request a line on stdin, one JSON answer a line on stdout. Each command runs in a copy of this process, which has
imported what commands need but started no threads; one that takes far too long is ended.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import signal
import traceback
from typing import Any

import forking

EVENTS = ctypes.CDLL(None)
KINDS = {"count": 0, "signal": 1, "truncate": 2, "grow": 3, "rewrite": 4, "replace": 5}
#: After so many seconds a command hangs.
PATIENCE = 60


def run(request: dict[str, Any]) -> int:
    """In the copy: one command."""
    from hydrargyrum.cli.main import catch_signals
    from hydrargyrum.cli.main import run as run_command
    from hydrargyrum.ui.streams import Streams

    signal.alarm(PATIENCE)
    out, err = io.BytesIO(), io.BytesIO()
    os.chdir(request["root"])
    environ = {**os.environ, **request["env"]}
    os.environ.update(environ)
    catch_signals()
    EVENTS.events_arm(
        request["watched"].encode(),
        request["directory"],
        ctypes.c_long(request["at"]),
        KINDS[request["kind"]],
        request["signal"],
        request["other"].encode(),
    )
    code = run_command(request["args"], environ, Streams(io.BytesIO(), out, err), "/usr/bin/hg")
    seen = int(EVENTS.events_seen())
    EVENTS.events_disarm()
    said = [seen, out.getvalue().decode("utf-8", "replace"), err.getvalue().decode("utf-8", "replace")]
    with os.fdopen(request["pipe"], "w") as pipe:
        json.dump(said, pipe)
    return code


def answer(request: dict[str, Any]) -> dict[str, Any]:
    def run_to(pipe: int) -> int:
        return run({**request, "pipe": pipe})

    def failed() -> Any:
        EVENTS.events_disarm()
        return [0, "", traceback.format_exc()]

    status, said = forking.run_in_copy(run_to, failed)
    seen, out, err = said or (0, "", "")
    return {"code": status, "out": out, "err": err, "seen": seen}


def main() -> None:
    EVENTS.events_seen.restype = ctypes.c_long
    forking.answer_requests(answer)


if __name__ == "__main__":
    main()

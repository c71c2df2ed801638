"""Runs commands in processes that die or fail at a given change of a file; `faults.c` has to be preloaded.

One JSON request a line on stdin, one JSON answer a line on stdout. Each command runs in a copy of this process, which has
imported what earlier ones needed but started no threads. `driver.py peer`, run by that interpreter, runs the peer's.
"""

from __future__ import annotations

import ctypes
import importlib
import io
import json
import mmap
import os
import signal
import socket
import sys
import traceback
from typing import Any

import forking

FAULTS = ctypes.CDLL(None)
TOLD = mmap.mmap(-1, 8192)
#: Addresses of the shared memory: the name of the point, and after it the number of points.
PLACE = ctypes.addressof(ctypes.c_char.from_buffer(TOLD))


def run(request: dict[str, Any]) -> int:
    """In the copy: one command."""
    os.chdir(request["cwd"])
    environ = {**os.environ, **request["env"]}
    os.environ.update(environ)
    if "channel" in request:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.connect(request["channel"])
        FAULTS.fault_tell(listener.fileno())
    FAULTS.fault_arm(
        os.path.dirname(request["root"]).encode(),
        request["only"].encode(),
        ctypes.c_long(request["at"]),
        request["kind"],
        request["errno"],
        ctypes.c_void_p(PLACE),
    )
    out, err = io.BytesIO(), io.BytesIO()
    code = RUN(request["args"], environ, out, err)
    FAULTS.fault_disarm()
    TOLD[4096:4104] = int(FAULTS.fault_seen()).to_bytes(8, "little")
    needed = [name for name in sys.modules if name.startswith("hydrargyrum.")]
    os.write(request["pipe"], json.dumps([out.getvalue().decode(), err.getvalue().decode(), needed]).encode())
    return code


def run_ours(args: list[str], environ: dict[str, str], out: io.BytesIO, err: io.BytesIO) -> int:
    """One command line of ours."""
    from hydrargyrum.cli.main import run as run_command
    from hydrargyrum.ui.streams import Streams

    return run_command(args, environ, Streams(io.BytesIO(), out, err), "/usr/bin/hg")


def run_peer(args: list[str], environ: dict[str, str], out: io.BytesIO, err: io.BytesIO) -> int:
    """One command line of the peer."""
    from mercurial import dispatch, main_script  # type: ignore[import-not-found]

    request = main_script.request([os.fsencode(arg) for arg in args], fin=io.BytesIO(), fout=out, ferr=err)
    return (dispatch.dispatch(request) or 0) & 255


RUN = run_peer if sys.argv[1:] == ["peer"] else run_ours


def answer(request: dict[str, Any]) -> dict[str, Any]:
    TOLD[:8192] = bytes(8192)

    def run_to(pipe: int) -> int:
        return run({**request, "pipe": pipe})

    status, said = forking.run_in_copy(run_to, lambda: ["", traceback.format_exc(), []])
    out, err, needed = said or ("", "", [])
    for name in needed:
        # the next copies need not do it, which takes longer than most commands
        importlib.import_module(name)
    return {
        "killed": status == -signal.SIGKILL,
        "code": status,
        "out": out,
        "err": err,
        "point": bytes(TOLD[:4096]).split(b"\0", 1)[0].decode("utf-8", "replace"),
        "seen": int.from_bytes(TOLD[4096:4104], "little"),
    }


def main() -> None:
    FAULTS.fault_seen.restype = ctypes.c_long
    forking.answer_requests(answer)


if __name__ == "__main__":
    main()

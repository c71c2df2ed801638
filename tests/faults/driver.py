"""Runs commands of ours in processes that die or fail at a given change of a file; `faults.c` has to be preloaded.

One JSON request a line on stdin, one JSON answer a line on stdout. Each command runs in a copy of this process, which has
imported what commands need but started no threads.
"""

from __future__ import annotations

import ctypes
import importlib
import io
import json
import mmap
import os
import signal
import sys
import traceback
from typing import Any

FAULTS = ctypes.CDLL(None)
KINDS = {"count": 0, "kill": 1, "torn": 2, "fail": 3, "fail on": 4}
TOLD = mmap.mmap(-1, 8192)
#: Addresses of the shared memory: the name of the point, and after it the number of points.
PLACE = ctypes.addressof(ctypes.c_char.from_buffer(TOLD))


def run(request: dict[str, Any]) -> int:
    """In the copy: one command."""
    from hydrargyrum.cli.main import run as run_command
    from hydrargyrum.ui.streams import Streams

    out, err = io.BytesIO(), io.BytesIO()
    os.chdir(request["root"])
    environ = {**os.environ, **request["env"]}
    os.environ.update(environ)
    FAULTS.fault_arm(
        request["root"].encode(),
        ctypes.c_long(request["at"]),
        KINDS[request["kind"]],
        request["errno"],
        ctypes.c_void_p(PLACE),
    )
    code = run_command(request["args"], environ, Streams(io.BytesIO(), out, err), "/usr/bin/hg")
    FAULTS.fault_disarm()
    TOLD[4096:4104] = int(FAULTS.fault_seen()).to_bytes(8, "little")
    os.write(request["pipe"], json.dumps([out.getvalue().decode(), err.getvalue().decode()]).encode())
    return code


def answer(request: dict[str, Any]) -> dict[str, Any]:
    TOLD[:8192] = bytes(8192)
    reading, request["pipe"] = os.pipe()
    child = os.fork()
    if not child:
        code = 99
        try:
            code = run(request)
        except BaseException:
            os.write(request["pipe"], json.dumps(["", traceback.format_exc()]).encode())
        finally:
            os._exit(code)
    os.close(request["pipe"])
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    out, err = json.loads(said) if said else ("", "")
    return {
        "killed": status == -signal.SIGKILL,
        "code": status,
        "out": out,
        "err": err,
        "point": bytes(TOLD[:4096]).split(b"\0", 1)[0].decode("utf-8", "replace"),
        "seen": int.from_bytes(TOLD[4096:4104], "little"),
    }


def main() -> None:
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    FAULTS.fault_seen.restype = ctypes.c_long
    for line in sys.stdin:
        request = json.loads(line)
        if "import" in request:
            for name in request["import"]:
                importlib.import_module(name)
            print("{}", file=channel, flush=True)
            continue
        print(json.dumps(answer(request)), file=channel, flush=True)


if __name__ == "__main__":
    main()

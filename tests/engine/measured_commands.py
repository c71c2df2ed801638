"""Runs commands of ours, each in a copy of this small process, and tells how much memory each of them took.

One JSON list of arguments a line on stdin; on stdout a line with the exit code, the output and the memory beyond what
the copy has to begin with, in bytes.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import resource
import sys


def child(root: str, args: list[str], pipe: int) -> int:
    from hydrargyrum.cli.main import run
    from hydrargyrum.ui.streams import Streams

    os.chdir(root)
    out = io.BytesIO()
    with open("/proc/self/statm") as statm:
        before = int(statm.read().split()[1]) * resource.getpagesize()
    code = run(args, os.environ, Streams(io.BytesIO(), out, out), "/usr/bin/hg")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    os.write(pipe, json.dumps([peak * 1024 - before, out.getvalue()[:2000].decode("latin-1")]).encode())
    return code


def answer(root: str, args: list[str]) -> list[object]:
    reading, writing = os.pipe()
    copy = os.fork()
    if not copy:
        code = 99
        try:
            code = child(root, args, writing)
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    status = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
    memory, out = json.loads(said) if said else (0, "")
    return [status, out, memory]


def main() -> None:
    root = sys.argv[1]
    for name in sys.argv[2:]:
        importlib.import_module(name)
    for line in sys.stdin:
        print(json.dumps(answer(root, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

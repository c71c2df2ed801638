"""What the processes that run commands in copies of themselves share, on both sides of the pipes.

The drivers use `answer_requests` and `run_in_copy` (also in the peer's interpreter), tests the rest.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def compile_library(name: str, directory: Path) -> Path:
    """The library of NAME.c, to be preloaded."""
    path = directory / f"{name}.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-o", path, HERE / f"{name}.c", "-ldl"],
        check=True,
        capture_output=True,
    )
    return path


class Driver:
    """A driver process that was started."""

    def __init__(self, command: list[str], env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Its answer to a request."""
        self.tell(request)
        return self.hear()

    def tell(self, request: dict[str, Any]) -> None:
        """Ask, and do something else until the answer is heard."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """The answer to what was told."""
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


def run_in_copy(run: Callable[[int], int], failed: Callable[[], Any]) -> tuple[int, Any]:
    """Exit status and what was said of a copy of this process.

    Args:
        run: is given the descriptor that it says something (JSON) to; its result is the exit code.
        failed: what is said instead in an exception.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        code = 99
        try:
            code = run(writing)
        except BaseException:
            os.write(writing, json.dumps(failed()).encode())
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, json.loads(said) if said else None


def answer_requests(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answers requests, one a line; those to import modules are carried out here."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # a shell that starts us in the background has it ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for line in sys.stdin:
        request = json.loads(line)
        if "import" in request:
            for name in request["import"]:
                importlib.import_module(name)
            print("{}", file=channel, flush=True)
            continue
        print(json.dumps(answer(request)), file=channel, flush=True)

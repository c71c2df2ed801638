"""A directory, or a file, that disappears while the launcher looks at it: the answer about everything else is right."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import forking
import pytest

from peer import Peer

#: Every look at a small directory is tried; there are not so many.
MOST = 60
TRACKED = ("d/a", "d/b", "d/deep/c")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return forking.compile_library("events", tmp_path_factory.mktemp("library"))


@pytest.fixture
def root(peer: Peer, tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    peer.ok(tmp_path, "init", "repo")
    for path in (*TRACKED, "e/before", "z/after"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    peer.ok(root, "commit", "-q", "-A", "-m", "one")
    (root / "d/new").write_text("")
    for path in ("e/before", "z/after"):
        (root / path).write_text("longer than it was")
    (root / "z/new").write_text("")
    return root


@pytest.mark.parametrize("gone", ["d", "d/deep", "d/a"])
@pytest.mark.parametrize(
    "command", [("status",), ("status", "-mard"), ("files",), ("cat", "d/a", "d/deep/c")]
)
def test_taken_away(
    command: tuple[str, ...], gone: str, root: Path, hg_under_test: Path, library: Path
) -> None:
    lost = {path for path in TRACKED if path == gone or path.startswith(f"{gone}/")}
    constant = {"M e/before", "M z/after"} | ({"? z/new"} if command == ("status",) else set())
    possible = {f"! {path}" for path in lost} | ({"? d/new"} if command == ("status",) else set())
    whole = "".join(f"{path}\n" for path in (*TRACKED, "e/before", "z/after"))
    aside = root.parent / "aside"
    happened = 0
    for number in range(MOST):
        environment = {
            **os.environ,
            "HYG_LAUNCHER": "require",
            "LD_PRELOAD": str(library),
            "TAKE_AWAY": f"{number}|{root / gone}|{aside}",
        }
        done = subprocess.run(
            [hg_under_test, *command], cwd=root, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), number
        if command[0] == "status":
            lines = set(done.stdout.splitlines())
            assert lines - possible == constant, number
        else:
            assert done.stdout == (whole if command[0] == "files" else "d/ad/deep/c"), number
        if not aside.exists():
            break
        happened += 1
        aside.rename(root / gone)
    else:
        pytest.fail("it never came to an end")
    # what asks the history alone does not look at them at all
    assert happened > 0 or command[0] != "status"

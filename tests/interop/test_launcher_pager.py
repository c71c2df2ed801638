"""A pager that is left early and signals while it shows something: the launcher ends as the peer does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from peer import Peer, clean_environment, peer_path

#: Of a file that no pipe takes whole.
SIZE = 4 << 20
#: A pager that sees the beginning, does something to whoever feeds it, and takes the rest.
PAGERS = {
    "interrupt": "head -c 10 >&2; kill -INT $PPID; wc -c > rest; echo end",
    "terminate": "head -c 10 >&2; kill -TERM $PPID; wc -c > rest; echo end",
    "whole": "wc -c > rest; echo end",
}


@pytest.fixture(scope="module")
def repository(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("paged") / "repo"
    peer.ok(root.parent, "init", str(root))
    (root / "big").write_bytes(b"0123456\n" * (SIZE // 8))
    peer.ok(root, "commit", "-qAm", "big")
    return root


def paged(program: str, root: Path, pager: str, launcher: str) -> tuple[int, bytes, bytes, int]:
    environ = clean_environment(HYG_LAUNCHER=launcher, TERM="xterm", HGRCPATH="")
    options = ["--config", "ui.formatted=yes", "--config", "ui.color=no", "--config", f"pager.pager={pager}"]
    done = subprocess.run(
        [program, "cat", "big", *options], cwd=root, env=environ, capture_output=True, check=False
    )
    return done.returncode, done.stdout, done.stderr, int((root / "rest").read_text())


@pytest.mark.parametrize("launcher", ["require", "never"])
@pytest.mark.parametrize("name", PAGERS)
def test_ends_like_the_peer(hg_under_test: Path, repository: Path, name: str, launcher: str) -> None:
    theirs = paged(str(peer_path()), repository, PAGERS[name], launcher)
    ours = paged(str(hg_under_test), repository, PAGERS[name], launcher)
    assert ours[:3] == theirs[:3]
    assert [ours[3] == SIZE, theirs[3] == SIZE] == [name == "whole"] * 2

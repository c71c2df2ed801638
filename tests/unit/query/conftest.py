"""The repository that questions of these tests are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Peer
from unit.query.query_history import build


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    root = tmp_path_factory.mktemp("asked") / "repo"
    build(peer, root)
    return root

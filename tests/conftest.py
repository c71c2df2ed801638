"""Fixtures for all tests: the peer, and the ways in which our `hg` can be run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from peer import ROOT, Peer

# How long an example takes says something about the machine and what else it does, and nothing about the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session")
def peer() -> Iterator[Peer]:
    """Real Mercurial, in one long-running process."""
    process = Peer()
    yield process
    process.close()


@pytest.fixture(scope="session")
def hg_under_test() -> Path:
    """Our `hg` as installed (the launcher where there is one)."""
    named = os.environ.get("HYG_TEST_HG")
    path = Path(named) if named else Path(sys.executable).parent / "hg"
    if not path.exists():
        pytest.fail(f"our hg is not installed at {path}; `make .venv/.installed` or `make dev` puts it there")
    return path


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The top of this checkout."""
    return ROOT

"""Fixtures for tests whose body runs on every engine: the engines, and small repositories written by the peer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import repositories

from hydrargyrum.engine.protocol import Engine, EngineRepository
from hydrargyrum.engine.select import select_engine
from hydrargyrum.types import EngineSettings
from peer import Peer

ENGINES = ("pure", "native")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn; a missing native engine fails, because nothing may be skipped."""
    return select_engine(request.param)


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Callable[[str], Path]:
    """Makes (once) and returns the repository of a format, not to be written to."""
    shelf = tmp_path_factory.mktemp("originals")

    def original(kind: str) -> Path:
        root = shelf / kind
        if not root.exists():
            repositories.build(peer, kind, root)
            repositories.dirty(peer, kind, root)
        return root

    return original


@pytest.fixture
def fresh(originals: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    """A private copy of the repository of a format."""

    def copy(kind: str) -> Path:
        root = tmp_path / kind
        if not root.exists():
            shutil.copytree(originals(kind), root, symlinks=True)
        return root

    return copy


@pytest.fixture
def opened(engine: Engine, originals: Callable[[str], Path]) -> Callable[[str], EngineRepository]:
    """Opens the (shared, read-only) repository of a format with the engine of the test."""

    def open_it(kind: str) -> EngineRepository:
        return engine.open(str(originals(kind)), EngineSettings())

    return open_it

"""How often `status` crosses the border: one question, one rendering, and rows only where somebody asked for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hydrargyrum.engine import pure
from hydrargyrum.types import EngineSettings, RenderOptions, StatusRequest
from peer import Peer
from unit.driver import ours


class Counted:
    """Stands before a report and counts what is asked of it."""

    def __init__(self, report: object, asked: list[str]) -> None:
        self._report = report
        self._asked = asked

    def __getattr__(self, name: str) -> object:
        self._asked.append(name)
        return getattr(self._report, name)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the command asked of the engine and of its reports, in order."""
    calls: list[str] = []
    original = pure.PureEngine.open

    def open_counted(self: object, root: str, settings: EngineSettings, progress: object = None) -> object:
        repository = original(self, root, settings, progress)  # type: ignore[arg-type]
        status = repository.status

        class Repository:
            def __getattr__(self, name: str) -> object:
                return getattr(repository, name)

            def status(self, request: StatusRequest) -> object:
                calls.append("status")
                return Counted(status(request), calls)

        return Repository()

    monkeypatch.setattr(pure.PureEngine, "open", open_counted)
    return calls


@pytest.fixture
def repository(peer: Peer, tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    peer.ok(tmp_path, "init", str(root))
    for number in range(3):
        (root / f"unknown{number}").write_text("x")
    return root


def test_plain_lines_take_one_question_and_one_rendering(repository: Path, asked: list[str]) -> None:
    answer = ours(repository, "status")
    assert answer.out == b"? unknown0\n? unknown1\n? unknown2\n"
    assert asked.count("status") == asked.count("render") == 1
    assert not {"rows", "table", *("modified", "added", "unknown", "clean")} & set(asked)
    assert asked[-1] == "write_fixes"


def test_rows_are_read_for_templates_and_only_those_groups(repository: Path, asked: list[str]) -> None:
    assert ours(repository, "status", "-u", "-T", "{path},").out == b"unknown0,unknown1,unknown2,"
    assert "render" not in asked
    assert "unknown" in asked
    assert not {"modified", "clean", "ignored"} & set(asked)


def test_options_reach_the_renderer(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hydrargyrum.engine.pure.report import status as report_module

    seen: list[RenderOptions] = []
    kind = next(
        value
        for value in vars(report_module).values()
        if isinstance(value, type) and value.__module__ == report_module.__name__ and hasattr(value, "render")
    )
    monkeypatch.setattr(kind, "render", lambda self, options: seen.append(options) or b"")
    ours(repository, "status", "-n0mC")
    assert seen == [RenderOptions(groups="M", letters=False, end=b"\0", relative_to=None, copies=False)]

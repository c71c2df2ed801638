"""The examples of docs/api.md run as they are printed, on both engines."""

from __future__ import annotations

import doctest
import os
from pathlib import Path

import pytest

from peer import ROOT, Peer, clean_environment

PAGE = ROOT / "docs/api.md"


def make_project(peer: Peer, root: Path) -> None:
    """The repository that the page describes."""
    peer.ok(root.parent, "init", str(root))

    def commit(minute: int, user: str, message: str, *options: str) -> None:
        date = f"2024-05-01 12:{minute:02} +0200"
        peer.ok(root, "commit", "-A", "-m", message, "-d", date, "-u", user, *options)

    ann, bo = "Ann <ann@example.com>", "Bo <bo@example.com>"
    (root / "README.md").write_text("a project\n")
    commit(0, ann, "begin")
    (root / "src").mkdir()
    (root / "src/main.py").write_text('print("hello")\n')
    commit(1, ann, "say hello")
    peer.ok(root, "rename", "src/main.py", "src/app.py")
    commit(2, ann, "rename")
    peer.ok(root, "tag", "--local", "v1")
    peer.ok(root, "branch", "speed")
    (root / "src/app.py").write_text('print("hi")\n')
    commit(3, bo, "faster")
    peer.ok(root, "update", "v1")
    (root / "README.md").write_text("a project that greets\n")
    commit(4, bo, "describe")
    peer.ok(root, "bookmark", "-r", "tip", "next")
    peer.ok(root, "update", "v1")
    (root / "README.md").write_text("changed\n")
    (root / "notes").write_text("new\n")


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_examples(peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    make_project(peer, tmp_path / "project")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("HG", "HYG_"))]:
        monkeypatch.delenv(name)
    for name, value in clean_environment(HYG_ENGINE=engine).items():
        monkeypatch.setenv(name, value)
    examples = doctest.DocTestParser().get_doctest(PAGE.read_text(), {}, PAGE.name, str(PAGE), 0)
    assert len(examples.examples) > 40
    flags = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    said: list[str] = []
    doctest.DocTestRunner(optionflags=flags).run(examples, out=said.append)
    assert not said, "".join(said)

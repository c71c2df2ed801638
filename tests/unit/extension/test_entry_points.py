"""Entry points, found as the standard library finds them."""

from __future__ import annotations

import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from hydrargyrum.extension.entry_points import find_entry_point

TABLE = """\
# a comment
[console_scripts]
friendly = not.this:one

[hydrargyrum.extensions]
friendly=greeting.deep:attribute [extra]
  spaced   =   with.spaces
#friendly = commented.out
plain = just_a_module
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    info = tmp_path / "one-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: one\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(TABLE)
    (tmp_path / "empty-1.0.egg-info").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path / "missing"), str(tmp_path)])
    return tmp_path


def by_library(group: str, name: str) -> str | None:
    return next((point.module for point in metadata.entry_points(group=group, name=name)), None)


@pytest.mark.parametrize("group", ["hydrargyrum.extensions", "console_scripts", "nothing"])
@pytest.mark.parametrize("name", ["friendly", "spaced", "plain", "missing", "#friendly"])
def test_as_the_library(place: Path, group: str, name: str) -> None:
    assert find_entry_point(group, name) == by_library(group, name)


def test_found_in_a_directory(place: Path) -> None:
    assert find_entry_point("hydrargyrum.extensions", "friendly") == "greeting.deep"


def test_found_in_an_archive(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = place / "archive.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("two-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: two\nVersion: 1.0\n")
        file.writestr("two-1.0.dist-info/entry_points.txt", TABLE)
    monkeypatch.setattr(sys, "path", [str(archive)])
    assert find_entry_point("hydrargyrum.extensions", "plain") == "just_a_module"

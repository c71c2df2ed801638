"""Every `.t` file in every mode: the launcher where it can, Python on the native engine, Python on the pure engine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from modes import OURS_ALONE, run_file
from modes import test_files as transcripts

OURS = ("launcher", "python", "pure")


@pytest.mark.parametrize("mode", OURS)
@pytest.mark.parametrize("path", transcripts(), ids=lambda path: path.stem)
def test_same_in_every_mode(path: Path, mode: str, hg_under_test: Path, tmp_path: Path) -> None:
    difference = run_file(path, mode, tmp_path / "w", hg_under_test)
    assert not difference, f"\n{difference}"


@pytest.mark.parametrize(
    "path", [path for path in transcripts() if path.name not in OURS_ALONE], ids=lambda path: path.stem
)
def test_expected_output_is_the_peers(path: Path, tmp_path: Path) -> None:
    difference = run_file(path, "peer", tmp_path / "w")
    assert not difference, f"\n{difference}"

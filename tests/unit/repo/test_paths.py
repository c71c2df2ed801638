"""Paths as they are shown from a directory."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrargyrum import errors
from hydrargyrum.config import Config
from hydrargyrum.repo.paths import directory_in, relative_path, wants_relative

PATHS = st.lists(st.sampled_from(["a", "b", "ab", "..x"]), min_size=1, max_size=4).map("/".join)


@given(PATHS, PATHS)
def test_same_as_the_file_system_would_say(path: str, directory: str) -> None:
    for root in ("/top/repo", "/"):
        cwd = os.path.join(root, directory)
        assert relative_path(root, cwd, path) == os.path.relpath(os.path.join(root, path), cwd)


@given(PATHS)
def test_from_the_root_paths_are_as_they_are(path: str) -> None:
    assert relative_path("/top/repo", "/top/repo", path) == path


@given(PATHS, PATHS)
def test_from_outside(path: str, directory: str) -> None:
    cwd = "/top/" + directory
    assert relative_path("/top/repo", cwd, path) == os.path.relpath("/top/repo/" + path, cwd)


def test_a_directory_that_begins_like_the_root_is_outside() -> None:
    assert directory_in("/top/repo", "/top/repository") == "/top/repository"
    assert directory_in("/top/repo", "/top/repo/x") == "x"
    assert directory_in("/top/repo", "/top/repo") == ""


@pytest.mark.parametrize(
    ("value", "legacy", "forced", "expected"),
    [
        (None, True, None, True),
        (None, False, None, False),
        ("legacy", True, None, True),
        ("yes", False, None, True),
        ("OFF", True, None, False),
        ("yes", False, False, False),
        ("nonsense", False, True, True),
    ],
)
def test_config(value: str | None, legacy: bool, forced: bool | None, expected: bool) -> None:
    config = Config({"HGRCPATH": ""})
    if value is not None:
        config.set("ui", "relative-paths", value, "test")
    assert wants_relative(config, legacy=legacy, forced=forced) is expected


def test_nonsense_is_refused() -> None:
    config = Config({"HGRCPATH": ""})
    config.set("ui", "relative-paths", "nonsense", "test")
    with pytest.raises(errors.ConfigError, match=r"ui\.relative-paths is not a boolean \('nonsense'\)"):
        wants_relative(config, legacy=True)

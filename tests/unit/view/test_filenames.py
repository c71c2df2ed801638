"""Patterns of output file names."""

from __future__ import annotations

import pytest

from hydrargyrum import errors
from hydrargyrum.view.templates.environment import Environment
from hydrargyrum.view.templates.filenames import FILE_PARTS, filename_template


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("%s", "name.c"),
        ("%d/%s", "dir/sub/name.c"),
        ("out-%p", "out-dir/sub/name.c"),
        ("100%%", "100%"),
        ("%%%s%%", "%name.c%"),
        ("{pathname|upper}-%s", "DIR/SUB/NAME.C-name.c"),
        ("back\\slash", "back\\slash"),
        ("\\{pathname|basename}", "\\name.c"),
        ('{"%s"}', "%s"),
        ("é\n", "é\n"),
    ],
)
def test_names(pattern: str, name: str) -> None:
    environment = Environment({"": filename_template(pattern, FILE_PARTS)})
    assert environment.render("", {"pathname": "dir/sub/name.c"}) == name


def test_a_file_at_the_top_is_in_the_directory_dot() -> None:
    environment = Environment({"": filename_template("%d-%s", FILE_PARTS)})
    assert environment.render("", {"pathname": "name"}) == ".-name"


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("x%", "incomplete format spec in output filename"),
        ("%n", "invalid format spec '%n' in output filename"),
        ("%%%", "incomplete format spec in output filename"),
        ("x{", ".*unterminated template expansion"),
        ("{a b}", ".*invalid token"),
    ],
)
def test_bad_patterns(pattern: str, problem: str) -> None:
    with pytest.raises(errors.Abort, match=problem):
        filename_template(pattern, FILE_PARTS)


def test_letters_can_be_left_out() -> None:
    with pytest.raises(errors.Abort, match="'%s'"):
        filename_template("%s", {})

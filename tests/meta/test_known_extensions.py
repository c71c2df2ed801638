"""The launcher and Python know the same extensions that Mercurial ships and that change no command of ours."""

import re
from pathlib import Path

from hydrargyrum.extension.elsewhere import HARMLESS

ROOT = Path(__file__).resolve().parents[2]


def test_both_lists_are_the_same() -> None:
    source = (ROOT / "rust/launcher/src/session.rs").read_text()
    start = source.index("const HARMLESS")
    names = re.findall(r'"(\w+)"', source[start : source.index("];", start)])
    assert len(names) > 10
    assert set(names) == HARMLESS

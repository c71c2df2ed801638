"""The closed list of errors in Rust and the classes in Python are the same list."""

import re
from pathlib import Path

from hydrargyrum import errors

ROOT = Path(__file__).resolve().parents[2]


def test_every_rust_error_has_its_class() -> None:
    source = (ROOT / "rust/base/src/error.rs").read_text()
    ids = set(re.findall(r'^    \w+ = "([a-z-]+)",$', source, re.M))
    assert len(ids) > 20
    assert ids == set(errors.by_id())


def test_every_rust_warning_has_its_sentence() -> None:
    used: set[str] = set()
    for source in (ROOT / "rust").glob("*/src/**/*.rs"):
        used |= set(re.findall(r'Warning::new\(\s*"([a-z-]+)"', source.read_text()))
    assert used
    assert used <= set(errors.WARNINGS)


def test_every_class_can_be_shown_without_facts() -> None:
    for kind in errors.by_id().values():
        assert kind().text()

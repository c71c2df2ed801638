"""Nothing outside `engine/` names one of the engines, not even for a type; only `engine.native` names the extension.

import-linter holds the first half (contract `engines`), but does not see a module that is not written in Python.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"
PURE, NATIVE, EXTENSION = "hydrargyrum.engine.pure", "hydrargyrum.engine.native", "hydrargyrum._native"


def imported(path: Path) -> Iterator[str]:
    """Every module, and every name of one, that a file imports anywhere."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def test_engines_are_reached_by_their_doors_only() -> None:
    found: dict[str, set[str]] = {PURE: set(), NATIVE: set(), EXTENSION: set()}
    for path in SOURCE.rglob("*.py"):
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        for name in imported(path):
            for package in found:
                if is_within(name, package) and not is_within(module, package):
                    found[package].add(module)
    assert found == {
        PURE: {"hydrargyrum.engine.select"},
        NATIVE: {"hydrargyrum.engine.select"},
        EXTENSION: {"hydrargyrum.engine.native", "hydrargyrum.engine.native.collections"},
    }

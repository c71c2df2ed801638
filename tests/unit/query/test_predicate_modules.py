"""All predicates are there, whatever was imported before."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hydrargyrum.query.revset.declare import builtin_predicates

PROGRAM = """
import importlib
importlib.import_module("hydrargyrum.query.revset.predicates.{module}")
from hydrargyrum.query.revset.declare import builtin_predicates
print(*sorted(builtin_predicates()))
"""


@pytest.mark.parametrize("module", ["graph", "phases"])
def test_a_module_that_was_needed_for_something_else(module: str) -> None:
    program = PROGRAM.format(module=module)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == sorted(builtin_predicates())

"""A part of the example that is a module of its own."""

from __future__ import annotations

from hydrargyrum.extension import register

register("greeting-words", "quiet", str.lower)


def greeting(who: str) -> str:
    """The words."""
    return f"hello {who}"

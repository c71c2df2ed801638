"""The user interface: the only place, beside `cli`, that touches streams, terminals and child processes."""

from __future__ import annotations

from hydrargyrum.ui.interface import Ui

__all__ = ["Ui"]

"""The size of the terminal. What is shown on it is decided elsewhere."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT_WIDTH = 80


def width(streams: Iterable[object]) -> int:
    """Columns of the first of the streams that is a terminal."""
    for stream in streams:
        fileno = getattr(stream, "fileno", None)
        if fileno is None:
            continue
        try:
            descriptor = fileno()
            if not os.isatty(descriptor):
                continue
            size = os.get_terminal_size(descriptor)
        except (OSError, ValueError):
            continue
        if size.columns > 0 and size.lines > 0:
            return size.columns
    return DEFAULT_WIDTH

"""A stretch of work that a signal does not end half-way: the first one waits until it is over, the second one is obeyed.

For what takes things away before it puts them back; everything else may be interrupted anywhere. What signals mean is the
business of whoever handles them (`cli`).
"""

from __future__ import annotations

import signal
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

    Handler = Callable[[int, FrameType | None], object]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Uninterruptible:
    """A context manager; `warn` tells the user that his signal has been heard."""

    def __init__(self, warn: Callable[[str], object]) -> None:
        self._warn = warn
        self._before: dict[int, Handler] = {}
        self._waiting: int | None = None

    def __enter__(self) -> Uninterruptible:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                handler = signal.getsignal(number)
                # others' handlers only, not what the system does
                if callable(handler):
                    self._before[number] = handler
                    signal.signal(number, self._note)
        return self

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._waiting is not None:
            self._before[number](number, frame)
        self._waiting = number
        self._warn("shutting down cleanly\n")
        self._warn("press ^C again to terminate immediately (dangerous)\n")

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._waiting is not None and problem is None:
            self._before[self._waiting](self._waiting, None)

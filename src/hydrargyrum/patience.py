"""Regular expressions of users over bytes: those that would search for hours are stopped after some seconds.

What they are looked for in, and what is said of invalid ones, is decided by who compiles them.
"""

from __future__ import annotations

import re

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

#: Seconds of processor time after which it is looked whether a search is still the same.
_TICK = 0.25
#: How often that may be so, and how many bytes of text are worth another time.
_TICKS, _BYTES = 6, 1 << 20


class _Watch:
    """Counts the ticks of the search that is under way; one for the process, as its timer is."""

    def __init__(self) -> None:
        self._is_armed = False
        self._main: int | None = None
        self._running: Expression | None = None
        self._left = 0

    def begin(self, expression: Expression, size: int) -> None:
        """A search begins in a text of this size. Only those of the main thread can be stopped."""
        from _thread import get_ident

        if not self._is_armed:
            self._arm()
        if get_ident() == self._main:
            self._running, self._left = expression, _TICKS + size // _BYTES

    def end(self) -> None:
        """It is over."""
        from _thread import get_ident

        if get_ident() == self._main:
            self._running = None

    def _arm(self) -> None:
        import signal
        from _thread import get_ident

        self._is_armed = True
        if hasattr(signal, "setitimer") and signal.getsignal(signal.SIGVTALRM) is signal.SIG_DFL:
            import atexit

            try:
                signal.signal(signal.SIGVTALRM, self._tick)
            except ValueError:
                # Only the main thread may; `threading` takes whoever imports it first for that, also a thread of Rust.
                self._is_armed = False
                return
            self._main = get_ident()
            # Python gives signals their default back when it ends, which would be death
            atexit.register(signal.setitimer, signal.ITIMER_VIRTUAL, 0)
            signal.setitimer(signal.ITIMER_VIRTUAL, _TICK, _TICK)

    def _tick(self, _number: int, _frame: FrameType | None) -> None:
        if self._running is None:
            return
        self._left -= 1
        if self._left <= 0:
            pattern, self._running = self._running.pattern, None
            text = pattern.decode("utf-8", "surrogateescape")
            raise errors.Abort(f"a regular expression takes too long: {text}")


_WATCH = _Watch()


class Expression:
    """A compiled expression: what of `re.Pattern` is used, with an end.

    All searches raise `Abort` where they take too long.

    Attributes:
        pattern: its text; groupindex: numbers of named groups; flags: as `re` has them.
    """

    __slots__ = ("_compiled", "flags", "groupindex", "pattern")

    def __init__(self, pattern: bytes, flags: int = 0) -> None:
        """Compiles. Raises what `re.compile` raises."""
        self._compiled = re.compile(pattern, flags)
        self.pattern = pattern
        self.flags = flags
        self.groupindex: Mapping[str, int] = self._compiled.groupindex

    def search(self, text: bytes, start: int = 0) -> re.Match[bytes] | None:
        """The first match at or after `start`."""
        _WATCH.begin(self, len(text))
        try:
            return self._compiled.search(text, start)
        finally:
            _WATCH.end()

    def match(self, text: bytes) -> re.Match[bytes] | None:
        """The match at the beginning."""
        _WATCH.begin(self, len(text))
        try:
            return self._compiled.match(text)
        finally:
            _WATCH.end()

    def matches(self, text: bytes) -> list[re.Match[bytes]]:
        """All matches."""
        _WATCH.begin(self, len(text))
        try:
            return list(self._compiled.finditer(text))
        finally:
            _WATCH.end()

    def sub(self, replacement: bytes, text: bytes) -> bytes:
        """The text with all matches replaced."""
        _WATCH.begin(self, len(text))
        try:
            return self._compiled.sub(replacement, text)
        finally:
            _WATCH.end()

"""The progress bar on standard error, and the handles through which operations feed it.

What it shows and how often follows section `progress`; whether it is shown at all is decided by `interface`.
"""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from hydrargyrum.engine.protocol import ProgressCallback
    from hydrargyrum.ui.interface import Ui


class Progress:
    """The progress of one topic, to be used as a context manager."""

    def __init__(
        self,
        bar: Bar | None,
        topic: str,
        unit: str,
        total: int | None,
        debug: Callable[[str], object] | None = None,
    ) -> None:
        self._bar = bar
        self._debug = debug
        self.shown = bar is not None or debug is not None
        self._topic = topic
        self._unit = unit
        self.total = total
        self.position = 0

    def update(self, position: int, item: str = "", total: int | None = None) -> None:
        """We are at `position`, busy with `item`."""
        self.position = position
        if total is not None:
            self.total = total
        if self._bar is not None:
            self._bar.update(self._topic, position, item, self._unit, self.total)
        if self._debug is not None:
            self._debug(self._line(item))

    def _line(self, item: str) -> str:
        """What `progress.debug` shows of a step."""
        item, unit = item and f" {item}", self._unit and f" {self._unit}"
        if not self.total:
            return f"{self._topic}:{item} {self.position}{unit}\n"
        percent = 100.0 * self.position / self.total
        return f"{self._topic}:{item} {self.position}/{self.total}{unit} ({percent:4.2f}%)\n"

    def increment(self, step: int = 1, item: str = "") -> None:
        """We are `step` further."""
        self.update(self.position + step, item)

    def complete(self) -> None:
        """The topic is done."""
        if self._bar is not None:
            self._bar.close(self._topic)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.complete()


#: What is counted, by the topics of the engines.
_UNITS = {
    **dict.fromkeys(("updating", "committing", "status", "files", "searching"), "files"),
    "tracing lines": "revisions",
}


def callback(ui: Ui) -> ProgressCallback:
    """A function for an engine: (topic, position, total), a position past the total closing the topic."""
    open_topics: dict[str, Progress] = {}

    def report(topic: str, position: int, total: int) -> None:
        progress = open_topics.get(topic)
        if progress is None:
            progress = open_topics[topic] = ui.progress(topic, _UNITS.get(topic, ""))
        if total and position >= total:
            progress.complete()
            del open_topics[topic]
        else:
            progress.update(position, total=total or None)

    return report


class _Topic:
    """A topic: when and where it started, and where it is now."""

    __slots__ = ("item", "name", "position", "start", "start_position", "total", "unit")

    def __init__(self, name: str, start: float, position: float) -> None:
        self.name = name
        self.start = start
        self.start_position = position
        self.position = 0
        self.item = ""
        self.unit = ""
        self.total: int | None = None


class Bar:
    """The one line at the bottom; the topics that are open are nested."""

    def __init__(self, ui: Ui) -> None:
        self._ui = ui
        config = ui.config
        self._delay = config.number("progress", "delay")
        self._refresh = config.number("progress", "refresh")
        self._change_delay = max(3 * self._refresh, config.number("progress", "changedelay"))
        self._order = config.text_list("progress", "format")
        self._interval = config.number("progress", "estimateinterval")
        self._clears = config.boolean("progress", "clear-complete")
        self._reset()

    def _reset(self) -> None:
        self._topics: list[_Topic] = []
        self._printed = False
        self._last_print = time.time() + self._delay
        self._last_topic: str | None = None
        self._steps = 0

    def update(self, name: str, position: int, item: str, unit: str, total: int | None) -> None:
        """Note the state of a topic and show it if it is time to."""
        now = time.time()
        topic = self._find(name)
        if topic is None:
            topic = _Topic(name, now, position)
            self._topics.append(topic)
        topic.position, topic.item, topic.unit, topic.total = position, item, unit, total
        self._forget_the_past(topic, now)
        if now - self._last_print < self._refresh:
            return
        if self._last_topic in (None, name) or now - self._last_print >= self._change_delay:
            self._last_print = now
            self._show(now, topic)

    def close(self, name: str) -> None:
        """A topic, with all that were opened inside it, is done."""
        names = [topic.name for topic in self._topics]
        if names and names[0] == name and self._printed:
            if self._clears:
                self.clear()
            else:
                self._put("\n")
            self._reset()
        elif name in names:
            del self._topics[names.index(name) :]
            self._last_topic = self._topics[-1].name if self._topics else None

    def clear(self) -> None:
        """Take the line away, because something else is to be written."""
        if not self._printed or not self._last_print:
            return
        self._put("\r" + " " * self._width() + "\r")
        self._last_print = 0.0

    def _find(self, name: str) -> _Topic | None:
        return next((topic for topic in self._topics if topic.name == name), None)

    def _forget_the_past(self, topic: _Topic, now: float) -> None:
        """Only the last `estimateinterval` seconds count for the estimate."""
        elapsed = now - topic.start
        if self._interval <= 0 or elapsed <= self._interval:
            return
        step = (topic.position - topic.start_position) * self._interval / elapsed
        if step >= 0.1:
            topic.start_position = topic.position - step
            topic.start = now - self._interval

    def _show(self, now: float, topic: _Topic) -> None:
        self._printed = True
        head: list[str] = []
        tail: list[str] = []
        bar = False
        for indicator in self._order:
            if indicator == "bar":
                bar = True
                continue
            text = _indicator(indicator, now, topic)
            if text:
                (tail if bar else head).append(text)
        width = self._width()
        if bar:
            used = sum(len(text) + 1 for text in (*head, *tail))
            head.append(self._bar(width - used - 3, topic))
        self._put("\r" + " ".join(head + tail)[:width])
        self._last_topic = topic.name

    def _bar(self, width: int, topic: _Topic) -> str:
        if topic.total and topic.position <= topic.total:
            done = topic.position * width // topic.total
            return "[" + "=" * (done - 1) + (">" if done > 0 else "") + " " * (width - done) + "]"
        width = max(width - 3, 1)
        self._steps += 1
        # a small thing that runs to and fro
        place = abs(self._steps % (2 * width) - width)
        return "[" + " " * (width - place) + "<=>" + " " * place + "]"

    def _width(self) -> int:
        terminal = self._ui.terminal_width()
        return min(self._ui.config.integer("progress", "width", terminal), terminal)

    def _put(self, text: str) -> None:
        self._ui.streams.err.write(text.encode("utf-8", "surrogateescape"))
        self._ui.streams.err.flush()


def _indicator(name: str, now: float, topic: _Topic) -> str:
    """The text of one word of `progress.format`."""
    if name == "topic":
        return topic.name
    if name == "number":
        if not topic.total:
            return str(topic.position)
        return f"{topic.position:>{len(str(topic.total))}}/{topic.total}"
    if name == "unit":
        return topic.unit
    if name.startswith("item"):
        return _cut(name, topic.item) if topic.item else ""
    if name == "estimate":
        return _estimate(now, topic)
    elapsed = now - topic.start
    if name == "speed" and elapsed > 0:
        return f"{int((topic.position - topic.start_position) / elapsed)} {topic.unit}/sec"
    return ""


def _cut(indicator: str, item: str) -> str:
    """The end of an item ("item-20") or its beginning ("item+20") in a fixed width."""
    if "+" in indicator:
        width = int(indicator.split("+")[1])
        return item[:width].ljust(width)
    width = int(indicator.split("-")[1]) if "-" in indicator else 20
    return item[-width:].ljust(width)


def _estimate(now: float, topic: _Topic) -> str:
    done = topic.position - topic.start_position
    if topic.total is None or done <= 0:
        return ""
    left = topic.total - topic.position
    return remaining(int((now - topic.start) * left // done) + 1)


def remaining(seconds: int) -> str:
    """A number of seconds for people, rounded up to the second unit."""
    if seconds < 60:
        return f"{seconds:02d}s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes}m{seconds:02d}s"
    hours, minutes = divmod(minutes + 1, 60)
    if hours < 30:
        return f"{hours}h{minutes:02d}m"
    days, hours = divmod(hours + 1, 24)
    if days < 15:
        return f"{days}d{hours:02d}h"
    weeks, days = divmod(days + 1, 7)
    if weeks < 55:
        return f"{weeks}w{days:02d}d"
    years, weeks = divmod(weeks + 1, 52)
    return f"{years}y{weeks:02d}w"

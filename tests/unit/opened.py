"""A repository opened as operations see it, with a reporter that remembers, for tests without a command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hydrargyrum.config import Config
from hydrargyrum.engine.select import select_engine
from hydrargyrum.repo import Repository


class Stop(Exception):
    """Something went wrong inside."""


@contextmanager
def stopped() -> Iterator[None]:
    """The body must raise `Stop`."""
    try:
        yield
    except Stop:
        return
    raise AssertionError("nothing stopped it")


class Heard:
    """A reporter that remembers."""

    verbose = False

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def status(self, text: str, label: str = "", /) -> None:
        self.lines.append(("status", text))

    def note(self, text: str, /) -> None:
        self.lines.append(("note", text))

    def debug(self, text: str, /) -> None:
        self.lines.append(("debug", text))

    def warn(self, text: str, /) -> None:
        self.lines.append(("warn", text))


def open_repository(root: Path, engine: str = "pure", **items: str) -> tuple[Repository, Heard]:
    """Opens a repository; `items` are configuration, `section__name__more=value`."""
    config = Config({})
    config.load()
    for name, text in items.items():
        section, _, key = name.partition("__")
        config.set(section, key.replace("__", "."), text, "test")
    repo = Repository.open(str(root), config=config, engine=select_engine(engine))
    heard = Heard()
    repo.reporter = heard
    return repo, heard

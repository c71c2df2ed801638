"""What layers below the user interface need to speak to the user and to run hooks, as two protocols with silent defaults.

The user interface and `cli.hooks` satisfy them; nothing is printed or run here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import Protocol

    from hydrargyrum.types import Rev

    class Steps(Protocol):
        """How far one topic has come; a context manager that ends with it.

        Attributes:
            shown: whether anybody sees it, so that nothing is counted for nobody.
            total: how many steps there are, where that is known.
        """

        shown: bool
        total: int | None

        def increment(self, step: int = 1, item: str = "") -> object: ...
        def complete(self) -> object: ...
        def __enter__(self) -> Steps: ...
        def __exit__(
            self,
            kind: type[BaseException] | None,
            problem: BaseException | None,
            trace: TracebackType | None,
            /,
        ) -> object: ...

    class Reporter(Protocol):
        """Where messages go; each with its end of line.

        Attributes:
            quiet: whether not even status messages are shown, so that nothing is collected for nobody.
            verbose: whether notes are shown.
        """

        quiet: bool
        verbose: bool

        def status(self, text: str, label: str = "", /) -> object: ...
        def note(self, text: str, /) -> object: ...
        def debug(self, text: str, /) -> object: ...
        def warn(self, text: str, /) -> object: ...
        def progress(self, topic: str, unit: str = "", total: int | None = None) -> Steps: ...

    class Asking(Protocol):
        """Answers what queries cannot find out by themselves: about other repositories, and where commands would go."""

        def outgoing(self, name: str, /) -> set[Rev]:
            """What the repository of that name lacks."""
            ...

        def remote(self, revision: str, name: str, /) -> Rev | None:
            """What a revision of the repository of that name is here."""
            ...

        def update_destination(self, *, clean: bool) -> Rev:
            """Where a bare update goes."""
            ...

        def merge_destination(self, sources: Sequence[Rev] | None, /) -> Rev:
            """What a bare merge merges, or would merge into changesets."""
            ...

    class HookRunner(Protocol):
        """Runs the hooks of an event."""

        def wants(self, event: str, /) -> bool:
            """Whether there are hooks for an event (so that facts need not be collected for nothing)."""
            ...

        def run(self, event: str, facts: Mapping[str, object], /, *, stops: bool) -> None:
            """Runs them; with `stops` one that fails raises, else it is warned about."""
            ...


class NoSteps:
    """Nobody sees how far it has come."""

    shown = False
    total: int | None = None

    def increment(self, step: int = 1, item: str = "") -> None:
        """Nothing."""

    def complete(self) -> None:
        """Nothing."""

    def __enter__(self) -> NoSteps:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing."""


class SilentReporter:
    """Nobody listens."""

    quiet = True
    verbose = False

    def status(self, text: str, label: str = "", /) -> None:
        """Nothing."""

    def note(self, text: str, /) -> None:
        """Nothing."""

    def debug(self, text: str, /) -> None:
        """Nothing."""

    def warn(self, text: str, /) -> None:
        """Nothing."""

    def progress(self, topic: str, unit: str = "", total: int | None = None) -> NoSteps:  # noqa: ARG002
        """Nothing."""
        return NoSteps()


class NoHooks:
    """There are none."""

    def wants(self, event: str, /) -> bool:  # noqa: ARG002
        return False

    def run(self, event: str, facts: Mapping[str, object], /, *, stops: bool) -> None:
        """Nothing."""

"""What merging says and asks while it works; the user interface has these methods, and tests bring their own.

Only types live here, so at run time this module is imported by nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol


class Conversation(Protocol):
    """Messages by verbosity, questions, and programs that use the user's terminal."""

    def write(self, text: str, label: str = "") -> None:
        """Show a text whatever the verbosity."""
        ...

    def status(self, text: str) -> None:
        """Show a message unless quiet."""
        ...

    def note(self, text: str) -> None:
        """Show a message if verbose."""
        ...

    def debug(self, text: str) -> None:
        """Show a message if debugging."""
        ...

    def warn(self, text: str) -> None:
        """Show a warning."""
        ...

    def choose(self, question: str, default: int = 0) -> int:
        """Ask for one of the answers in "question (yn)? $$ &Yes $$ &No"; the index of the one chosen."""
        ...

    def system(
        self, command: str, environ: Mapping[str, object] | None = None, cwd: str | None = None
    ) -> int:
        """Run a shell command; its exit code."""
        ...


#: The path of a file as it is shown to the user.
ShowPath = Callable[[str], str]

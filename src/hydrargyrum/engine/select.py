"""Chooses the engine, once, all or nothing: `native`, `pure`, or `auto` (native where it is installed).

Reading the environment variable that asks for one is the caller's business (`cli/`).
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.protocol import Engine


def select_engine(choice: str = "auto") -> Engine:
    """The engine called `choice`.

    Raises:
        ConfigError: an unknown name, or the native engine is asked for and not installed.
    """
    if choice not in ("auto", "native", "pure"):
        raise errors.ConfigError(
            f"unknown engine '{choice}'", hint="HYG_ENGINE must be one of native, pure or auto"
        )
    if choice != "pure":
        try:
            from hydrargyrum.engine import native
        except ImportError as problem:
            if choice == "native":
                raise errors.ConfigError(
                    f"the native engine cannot be loaded: {problem}",
                    hint="reinstall with cargo available, or use HYG_ENGINE=auto",
                ) from None
        else:
            return native.ENGINE
    from hydrargyrum.engine import pure

    return pure.ENGINE

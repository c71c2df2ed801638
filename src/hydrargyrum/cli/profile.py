"""`--profile`: runs the command under the interpreter's profiler and prints where the time went."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.ui import Ui

_SORT_KEYS = {"inlinetime": "tottime", "totaltime": "cumtime", "callcount": "ncalls"}


def profiled(ui: Ui, function: Callable[[], int | None]) -> int | None:
    """Call `function`, then print the profile to standard error, or to the file of `profiling.output`."""
    import cProfile
    import io
    import pstats

    profiler = cProfile.Profile()
    try:
        return profiler.runcall(function)
    finally:
        text = io.StringIO()
        stats = pstats.Stats(profiler, stream=text)
        stats.sort_stats(_SORT_KEYS.get(ui.config.text("profiling", "sort") or "", "tottime"))
        stats.print_stats(ui.config.integer("profiling", "limit"))
        output = ui.config.path("profiling", "output")
        if output is None:
            ui.write_error(text.getvalue())
        else:
            with open(output, "w", encoding="utf-8") as file:
                file.write(text.getvalue())

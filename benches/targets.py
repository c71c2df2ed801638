"""One table of all questions, and what the project wants of each figure beside what was measured.

Measuring is `scenarios`; the wishes come from the project's plan and are stated nowhere else in code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from measure import Figures
from scenarios import BARE, C_BUILD, GIT, GIT_TRACKED, OURS, PURE, PYTHON, REV_PARSE, RHG, Row

Group = dict[str, Figures]

COLUMNS = (OURS, PYTHON, PURE, RHG, C_BUILD, GIT)


class Wish(NamedTuple):
    """A figure that must not be exceeded, as text: what it is, what was measured, and how much it may be."""

    question: str
    what: str
    measured: float
    most: float

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.measured <= self.most


def grouped(rows: list[Row]) -> dict[str, Group]:
    """The figures by question and program."""
    groups: dict[str, Group] = {}
    for row in rows:
        groups.setdefault(row.question, {})[row.program] = row.figures
    return groups


def table(rows: list[Row]) -> str:
    """Median milliseconds and, in brackets, MiB of peak memory; a Markdown table."""
    lines = ["| question | " + " | ".join([*COLUMNS, "other"]) + " |", "|---" * (len(COLUMNS) + 2) + "|"]
    for question, group in grouped(rows).items():
        cells = [_cell(group[name]) if name in group else "" for name in COLUMNS]
        other = [f"{name} {_cell(figures)}" for name, figures in group.items() if name not in COLUMNS]
        lines.append(f"| `{question}` | " + " | ".join([*cells, ", ".join(other)]) + " |")
    return "\n".join(lines)


def _cell(figures: Figures) -> str:
    failed = f" exit {figures.code}" if figures.code else ""
    return f"{figures.wall * 1e3:.1f} ({figures.memory / 1024:.0f}){failed}"


def wishes(rows: list[Row]) -> Iterator[Wish]:
    """What is wanted of the questions that were asked."""
    for question, group in grouped(rows).items():
        for what, first, second, most, of in _RULES.get(question.split()[0], ()):
            if first in group and second in group:
                yield Wish(question, what, of(group[first], group[second]), most)
        if question.startswith("files") and "260k" in question:
            yield Wish(question, "of rhg", _walls(group[OURS], group[RHG]), 0.5)


def verdicts(wanted: list[Wish]) -> str:
    """One line a wish; missed ones are marked."""
    lines = []
    for wish in dict.fromkeys(wanted):
        mark = "met   " if wish.met else "MISSED"
        lines.append(f"  {mark} {wish.question:40} {wish.measured:8.2f} {wish.what} (at most {wish.most:g})")
    return "\n".join(lines)


def _walls(first: Figures, second: Figures) -> float:
    return first.wall / second.wall


def _later(first: Figures, second: Figures) -> float:
    return (first.wall - second.wall) * 1e3


def _memory(first: Figures, second: Figures) -> float:
    return first.memory / second.memory


_Rule = tuple[str, str, str, float, Callable[[Figures, Figures], float]]
_STATUS: tuple[_Rule, ...] = (
    ("of rhg", OURS, RHG, 1.0, _walls),
    ("of rhg, the aim", OURS, RHG, 0.7, _walls),
    ("of git status", OURS, GIT, 0.6, _walls),
    ("of git status -uno, stricter than asked", OURS, GIT_TRACKED, 0.6, _walls),
    ("of rhg's memory", OURS, RHG, 1.0, _memory),
    ("ms more through Python", PYTHON, OURS, 60.0, _later),
    ("times the C build, pure engine", PURE, C_BUILD, 4.0, _walls),
)
_START: tuple[_Rule, ...] = (("times git rev-parse", OURS, REV_PARSE, 2.0, _walls),)
_RULES: dict[str, tuple[_Rule, ...]] = {
    "status": _STATUS,
    "root": _START,
    "version": (*_START, ("bare starts, through Python", PYTHON, BARE, 4.0, _walls)),
    "files": (("ms more through Python", PYTHON, OURS, 60.0, _later),),
    "cat": (("times git show", OURS, GIT, 3.0, _walls),),
}

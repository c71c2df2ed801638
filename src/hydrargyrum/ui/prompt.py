"""Questions to the user and their answers. Whether anybody can be asked is decided by `interface`."""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.ui.interface import Ui


class ResponseExpected(errors.Abort):
    """The input ended where an answer was expected."""

    id = "response-expected"

    def __init__(self) -> None:
        super().__init__("response expected")


def ask(ui: Ui, question: str, default: str | None) -> str | None:
    """Ask for a line.

    Raises:
        ResponseExpected: the input has ended.
    """
    if not ui.is_interactive():
        ui.prompt_message(f"{question} ")
        ui.prompt_message(f"{default or ''}\n", " ui.promptecho")
        return default
    answer = _read_line(ui, question) or default
    if ui.config.boolean("ui", "promptecho"):
        ui.prompt_message(f"{answer or ''}\n", " ui.promptecho")
    return answer


def choose(ui: Ui, question: str, default: int) -> int:
    """Ask until the answer is one of the choices in the question; its index.

    Raises:
        ResponseExpected: the input has ended.
    """
    text, letters = split_choices(question)
    while True:
        answer = (ask(ui, text, letters[default]) or "").lower()
        if answer in letters:
            return letters.index(answer)
        ui.prompt_message("unrecognized response\n", "")


def split_choices(question: str) -> tuple[str, list[str]]:
    """The question alone, and the letter after `&` of each choice.

    A file name in the question may hold "$$" too, so that the choices start at the first "$$" whose part up to the
    next dollar sign has an `&` before something that can be typed.

    Example:
        >>> split_choices("fries (yn)? $$ &Yes $$ &No")
        ('fries (yn)? ', ['y', 'n'])
    """
    start = question.find("$$", 1)
    while start >= 0:
        choices = question[start + 2 :].split("$$")
        first = choices[0].split("$", 1)[0]
        mark = first.find("&")
        if 0 <= mark < len(first) - 1 and first[mark + 1] != " ":
            return question[:start], [choice[choice.index("&") + 1].lower() for choice in choices]
        start = question.find("$$", start + 1)
    raise ValueError(f"no choices in {question!r}")


def _read_line(ui: Ui, question: str) -> str:
    streams = ui.streams
    if _is_standard_terminal(ui):
        try:
            import readline  # noqa: F401  line editing in `input`
        except ImportError:
            pass
        else:
            ui.flush()
            try:
                return input(ui.label(question, "ui.prompt") + " ")
            except EOFError:
                raise ResponseExpected from None
    ui.prompt_message(question)
    ui.flush()
    streams.out.write(b" ")
    streams.out.flush()
    line = streams.source.readline()
    if not line:
        raise ResponseExpected
    return line.rstrip(b"\n").decode("utf-8", "surrogateescape")


def _is_standard_terminal(ui: Ui) -> bool:
    if not (ui.is_terminal(ui.streams.source) and ui.is_terminal(ui.streams.out)):
        return False
    try:
        return (ui.streams.source.fileno(), ui.streams.out.fileno()) == (0, 1)
    except OSError:
        return False

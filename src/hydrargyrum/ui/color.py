"""Colours: which effects a label has, and how the terminal is told. Imported only when colours may be wanted."""

from __future__ import annotations

from hydrargyrum.config import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.ui.interface import Ui

#: ECMA-48 codes of effects.
EFFECTS = {
    "none": "0",
    "black": "30",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
    "white": "37",
    "bold": "1",
    "italic": "3",
    "underline": "4",
    "inverse": "7",
    "dim": "2",
    "black_background": "40",
    "red_background": "41",
    "green_background": "42",
    "yellow_background": "43",
    "blue_background": "44",
    "purple_background": "45",
    "cyan_background": "46",
    "white_background": "47",
}

#: Effects of labels; section `color` of the configuration adds to them.
STYLES = {
    "grep.match": "red bold",
    "grep.linenumber": "green",
    "grep.rev": "blue",
    "grep.sep": "cyan",
    "grep.filename": "magenta",
    "grep.user": "magenta",
    "grep.date": "magenta",
    "grep.inserted": "green bold",
    "grep.deleted": "red bold",
    "bookmarks.active": "green",
    "branches.active": "none",
    "branches.closed": "black bold",
    "branches.current": "green",
    "branches.inactive": "none",
    "diff.changed": "white",
    "diff.deleted": "red",
    "diff.deleted.changed": "red bold underline",
    "diff.deleted.unchanged": "red",
    "diff.diffline": "bold",
    "diff.extended": "cyan bold",
    "diff.file_a": "red bold",
    "diff.file_b": "green bold",
    "diff.hunk": "magenta",
    "diff.inserted": "green",
    "diff.inserted.changed": "green bold underline",
    "diff.inserted.unchanged": "green",
    "diff.tab": "",
    "diff.trailingwhitespace": "bold red_background",
    "changeset.public": "",
    "changeset.draft": "",
    "changeset.secret": "",
    "diffstat.deleted": "red",
    "diffstat.inserted": "green",
    "log.changeset": "yellow",
    "rebase.rebased": "blue",
    "rebase.remaining": "red bold",
    "resolve.resolved": "green bold",
    "resolve.unresolved": "red bold",
    "shelve.age": "cyan",
    "shelve.newest": "green bold",
    "shelve.name": "blue bold",
    "status.added": "green bold",
    "status.clean": "none",
    "status.copied": "none",
    "status.deleted": "cyan bold underline",
    "status.ignored": "black bold",
    "status.modified": "blue bold",
    "status.removed": "red bold",
    "status.unknown": "magenta bold underline",
    "tags.normal": "green",
    "tags.local": "black bold",
    "ui.addremove.added": "green",
    "ui.addremove.removed": "red",
    "ui.error": "red",
    "ui.prompt": "yellow",
}

#: terminfo capabilities of effects that are no colours.
_CAPABILITIES = {
    "none": "sgr0",
    "standout": "smso",
    "underline": "smul",
    "reverse": "rev",
    "inverse": "rev",
    "blink": "blink",
    "dim": "dim",
    "bold": "bold",
    "invisible": "invis",
    "italic": "sitm",
}
_COLORS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_BACKGROUND = "_background"


class Painter:
    """Puts what labels mean around texts.

    Attributes:
        styles: effects by label.
        mode: "ansi", "terminfo" or "debug".
    """

    mode = "ansi"

    def __init__(
        self, styles: dict[str, str], known: Callable[[str], bool], code: Callable[[list[str]], str]
    ) -> None:
        """Args are the effects by label, which words are effects, and the control sequence of a list of effects."""
        self.styles = styles
        self._known = known
        self._code = code

    def paint(self, text: str, label: str) -> str:
        """The text, line by line between the control sequences of its labels."""
        effects: list[str] = []
        for word in label.split():
            style = self.styles.get(word, "")
            if style:
                effects += style.split()
            elif self._known(word):
                effects.append(word)
        if not effects:
            return text
        start, stop = self._code(["none", *effects]), self._code(["none"])
        return "\n".join(_wrap(line, start, stop) for line in text.split("\n"))


class LabelPainter(Painter):
    """Shows the labels themselves: `--color debug`."""

    mode = "debug"

    def __init__(self) -> None:
        super().__init__({}, lambda _word: False, lambda _effects: "")

    def paint(self, text: str, label: str) -> str:
        """The text in brackets after its labels."""
        if not label or not text:
            return text
        if text.endswith("\n"):
            return f"[{label}|{text[:-1]}]\n"
        return f"[{label}|{text}]"


def make_painter(ui: Ui, wish: str) -> Painter | None:
    """The painter for `ui.color` = `wish`, None where there shall be no colours."""
    if wish == "debug":
        return LabelPainter()
    automatic = wish == "auto"
    always = False
    if not automatic and values.parse_boolean(wish):
        # "yes" in a file means "where it makes sense"; typed as --color=yes it means "now"
        always = wish == "always" or ui.config.source("ui", "color") == "--color"
        automatic = not always
    if not always and not automatic:
        return None
    formatted = always or (ui.environ.get("TERM") != "dumb" and ui.is_formatted())
    if not formatted:
        return None
    mode = ui.config.text("color", "mode") or ""
    if ui.pager_active:
        mode = ui.config.text("color", "pagermode", mode) or ""
    if mode == "terminfo":
        painter = _terminfo_painter(ui)
        if painter is not None:
            return painter
        _warn(ui, f"warning: failed to set color mode to {mode}\n")
    elif mode not in ("auto", "ansi"):
        return None
    return Painter(_styles(ui, EFFECTS.__contains__), EFFECTS.__contains__, _ansi_code)


def _warn(ui: Ui, message: str) -> None:
    """Warn as the peer does, which sets up colours for two interfaces at the start, and once more for a pager."""
    ui.warn(message)
    if not ui.pager_active:
        ui.warn(message)


def _styles(ui: Ui, known: Callable[[str], bool]) -> dict[str, str]:
    styles = dict(STYLES)
    for label, _value in ui.config.section("color"):
        if "." not in label or label.startswith(("color.", "terminfo.")):
            continue
        words = ui.config.text_list("color", label)
        if not words:
            continue
        for word in words:
            if not known(word):
                _warn(ui, f"ignoring unknown color/effect '{word}' (configured in color.{label})\n")
        styles[label] = " ".join(word for word in words if known(word))
    return styles


def _ansi_code(effects: list[str]) -> str:
    return "\x1b[" + ";".join(EFFECTS[effect] for effect in effects) + "m"


def _wrap(text: str, start: str, stop: str) -> str:
    """Colour a text that may hold coloured parts: after each of them our colour starts again."""
    return "".join(start + part + stop for part in text.split(stop) if part)


def _terminfo_painter(ui: Ui) -> Painter | None:
    try:
        import curses
    except ImportError:
        return None
    custom: dict[str, str] = {}
    numbers = {name: number for number, name in enumerate(_COLORS)}
    for key, value in ui.config.section("color"):
        if key.startswith("color."):
            numbers[key[6:]] = ui.config.integer("color", key)
        elif key.startswith("terminfo."):
            custom[key[9:]] = value.text.replace("\\E", "\x1b")
    try:
        curses.setupterm()
    except curses.error:
        return None
    sequences = dict(custom)
    for effect, capability in _CAPABILITIES.items():
        if effect in sequences:
            continue
        sequence = curses.tigetstr(capability)
        if sequence:
            sequences[effect] = sequence.decode("latin-1")
        else:
            ui.debug(f"no terminfo entry for {capability}\n")
    foreground, background = curses.tigetstr("setaf"), curses.tigetstr("setab")
    if not foreground or not background:
        _warn(ui, "no terminfo entry for setab/setaf: reverting to ECMA-48 color\n")
        return None

    def code(effects: list[str]) -> str:
        return "".join(one(effect) for effect in effects)

    def one(effect: str) -> str:
        behind = effect.endswith(_BACKGROUND)
        name = effect.removesuffix(_BACKGROUND)
        if name in sequences and name not in numbers:
            return sequences[name]
        if name not in numbers:
            return ""
        return curses.tparm(background if behind else foreground, numbers[name]).decode("latin-1")

    def known(word: str) -> bool:
        return word.removesuffix(_BACKGROUND) in sequences or word.removesuffix(_BACKGROUND) in numbers

    painter = Painter(_styles(ui, known), known, code)
    painter.mode = "terminfo"
    return painter

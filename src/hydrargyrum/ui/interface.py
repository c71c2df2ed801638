"""What commands say and ask: written text by verbosity and label, questions, the pager, progress, child processes.

Colours, pager, prompts and progress bars each have a module that is only imported when they are used.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.ui.streams import StreamError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hydrargyrum.config import Config
    from hydrargyrum.engine.protocol import ProgressCallback
    from hydrargyrum.ui.color import Painter
    from hydrargyrum.ui.progress import Bar, Progress
    from hydrargyrum.ui.streams import Streams, Writer

    Text = str | bytes

#: Errors of a stream whose reader has gone: nobody is left to tell.
GONE = frozenset(("EPIPE", "EIO", "EBADF"))


class Ui:
    """The user interface of one invocation.

    Text is `str` (surrogateescape keeps bytes that are no UTF-8) or finished `bytes`. A label such as
    "status.modified" says what a text is; colours follow from it.

    Attributes:
        config: what it is steered by; after a change of section `ui`, call `refresh`.
        environ: environment variables.
        streams: where it reads and writes.
        quiet, verbose, debugging: verbosity; tracebacks: print one with each error.
        painter: how labels become colours, None without colours.
        pager_active: output goes to a pager.
    """

    __slots__ = (
        "_at_exit",
        "_bar",
        "_messages",
        "_pager_forbidden",
        "_timestamps",
        "config",
        "debugging",
        "environ",
        "pager_active",
        "painter",
        "quiet",
        "streams",
        "tracebacks",
        "verbose",
    )

    def __init__(self, config: Config, streams: Streams, environ: Mapping[str, str]) -> None:
        self.config = config
        self.streams = streams
        self.environ = environ
        self.quiet = self.verbose = self.debugging = self.tracebacks = False
        self.painter: Painter | None = None
        self.pager_active = False
        self._pager_forbidden = False
        self._timestamps = False
        self._messages: tuple[Writer, Writer] = (streams.out, streams.err)
        self._bar: Bar | None = None
        self._at_exit: list[Callable[[], object]] = []
        config.warn = self.warn
        config.debug = self.debug

    def use_config(self, config: Config) -> None:
        """Go on with another configuration."""
        self.config = config
        config.warn = self.warn
        config.debug = self.debug
        self.refresh()

    def refresh(self) -> None:
        """Read verbosity and destinations from the configuration again.

        Raises:
            Abort: `ui.message-output` is none of the known words.
        """
        config = self.config
        self._messages = self._message_streams(config.text("ui", "message-output"))
        self.debugging = config.boolean("ui", "debug")
        self.verbose = self.debugging or config.boolean("ui", "verbose")
        self.quiet = not self.debugging and config.boolean("ui", "quiet")
        if self.verbose and self.quiet:
            self.verbose = self.quiet = False
        self._timestamps = config.boolean("ui", "timestamp-output")
        self.tracebacks = config.boolean("ui", "traceback")
        config.debugging = self.debugging

    # -- writing ------------------------------------------------------------------------------------------------

    def write(self, text: Text, label: str = "") -> None:
        """Write to standard output, whatever the verbosity. Raises `StreamError`."""
        self._write(self.streams.out, text, label)

    def write_error(self, text: Text, label: str = "") -> None:
        """Write to standard error, whatever the verbosity."""
        self._write(self.streams.err, text, label)

    def status(self, text: Text, label: str = "") -> None:
        """A message, unless quiet."""
        if not self.quiet:
            self._message(self._messages[0], text, f"{label} ui.status")

    def note(self, text: Text) -> None:
        """A message if verbose."""
        if self.verbose:
            self._message(self._messages[0], text, " ui.note")

    def debug(self, text: Text) -> None:
        """A message if debugging."""
        if self.debugging:
            self._message(self._messages[0], text, " ui.debug")

    def warn(self, text: Text) -> None:
        """A warning, to standard error."""
        self._message(self._messages[1], text, " ui.warning")

    def error(self, text: Text) -> None:
        """An error message, to standard error."""
        self._message(self._messages[1], text, " ui.error")

    def label(self, text: str, label: str) -> str:
        """The text with what its label means for the terminal."""
        return text if self.painter is None else self.painter.paint(text, label)

    def flush(self) -> None:
        """Hand over what is buffered. Raises `StreamError`, but not where the reader has gone."""
        for stream in (self.streams.out, self.streams.err):
            try:
                stream.flush()
            except OSError as problem:
                if not is_gone(problem):
                    raise StreamError(problem) from None

    # -- what there is at the other end -------------------------------------------------------------------------

    def is_terminal(self, stream: object) -> bool:
        """Whether a stream is a terminal (`ui.nontty` says that none is)."""
        if self.config.boolean("ui", "nontty"):
            return False
        isatty = getattr(stream, "isatty", None)
        try:
            return bool(isatty is not None and isatty())
        except (OSError, ValueError):
            return False

    def is_interactive(self) -> bool:
        """Whether questions can be asked."""
        interactive = self.config.optional_boolean("ui", "interactive")
        return self.is_terminal(self.streams.source) if interactive is None else interactive

    def is_formatted(self) -> bool:
        """Whether output is meant for a person in front of a terminal."""
        if self.config.is_plain():
            return False
        formatted = self.config.optional_boolean("ui", "formatted")
        return self.is_terminal(self.streams.out) if formatted is None else formatted

    def terminal_width(self) -> int:
        """Columns of the terminal, 80 where there is none."""
        columns = self.environ.get("COLUMNS")
        if columns is not None:
            try:
                return int(columns)
            except ValueError:
                pass
        from hydrargyrum.ui.terminal import width

        return width((self.streams.err, self.streams.out, self.streams.source))

    @property
    def encoding(self) -> str:
        """The name of the terminal's character set."""
        named = self.environ.get("HGENCODING")
        if named:
            return named
        import locale

        name = locale.getpreferredencoding(False)
        return "ascii" if name in ("646", "ANSI_X3.4-1968") else name

    # -- questions ----------------------------------------------------------------------------------------------

    def prompt(self, question: str, default: str | None = "y") -> str | None:
        """Ask for a line; the default where it is empty or nobody can be asked.

        Raises:
            Abort: the input has ended.
        """
        from hydrargyrum.ui import prompt

        return prompt.ask(self, question, default)

    def choose(self, question: str, default: int = 0) -> int:
        """Ask for one of the answers in "question (yn)? $$ &Yes $$ &No"; the index of the one chosen."""
        from hydrargyrum.ui import prompt

        return prompt.choose(self, question, default)

    def prompt_message(self, text: str, label: str = " ui.prompt") -> None:
        """Show a question where messages go."""
        self._message(self._messages[0], text, label)

    # -- pager and colour ---------------------------------------------------------------------------------------

    def pager(self, command: str, *, always: bool = False) -> None:
        """Show what follows in a pager, if there is a terminal and the user likes one for `command`."""
        if self._pager_forbidden or self.pager_active:
            return
        from hydrargyrum.ui import pager

        if not always and not pager.is_wanted(self, command):
            return
        if pager.start(self, f"internal-always-{command}" if always else command):
            self.pager_active = True
            if self.painter is not None and self.config.has("color", "pagermode"):
                self.set_up_color()
        elif self.config.text("pager", "pager", "less"):
            self._pager_forbidden = True

    def forbid_pager(self) -> None:
        """Start none from now on."""
        self._pager_forbidden = True

    def set_up_color(self) -> None:
        """Decide about colours from configuration and terminal."""
        self.painter = None
        if self.config.is_plain("color"):
            return
        wish = self.config.text("ui", "color")
        if wish == "auto" and not self._may_be_colored():
            return
        from hydrargyrum.ui import color

        self.painter = color.make_painter(self, wish or "")

    def _may_be_colored(self) -> bool:
        return self.environ.get("TERM") != "dumb" and self.is_formatted()

    # -- progress -----------------------------------------------------------------------------------------------

    def progress(self, topic: str, unit: str = "", total: int | None = None) -> Progress:
        """A progress display for one topic; it shows nothing where there is nobody to see it."""
        from hydrargyrum.ui.progress import Bar, Progress

        if self._bar is None and self._shows_progress():
            self._bar = Bar(self)
        lines = self.debugging and self.config.boolean("progress", "debug")
        return Progress(self._bar, topic, unit, total, self.debug if lines else None)

    def progress_callback(self) -> ProgressCallback | None:
        """What an engine calls while it works, or None where there is nobody to see it."""
        if not self._shows_progress():
            return None
        from hydrargyrum.ui.progress import callback

        return callback(self)

    def _shows_progress(self) -> bool:
        if self.quiet or self.debugging or self.config.boolean("progress", "disable"):
            return False
        if self.config.is_plain("progress"):
            return False
        return self.is_terminal(self.streams.err) or self.config.boolean("progress", "assume-tty")

    # -- child processes ----------------------------------------------------------------------------------------

    def system(
        self, command: str, environ: Mapping[str, object] | None = None, cwd: str | None = None
    ) -> int:
        """Run a shell command with our streams; its exit code, negative for a signal."""
        from hydrargyrum.ui import process

        return process.run_shell(self, command, environ or {}, cwd)

    def edit_file(self, path: str) -> None:
        """Open a file in the user's editor and wait. Raises `InputError` where the editor fails."""
        from hydrargyrum.ui import process

        process.edit(self, path)

    # -- end ----------------------------------------------------------------------------------------------------

    def at_exit(self, function: Callable[[], object]) -> None:
        """Call `function` at the end of the invocation, the last one first."""
        self._at_exit.append(function)

    def run_exit_functions(self) -> bool:
        """Call them; False where one failed."""
        fine = True
        while self._at_exit:
            function = self._at_exit.pop()
            try:
                function()
            except Exception:
                fine = False
                self.warn("error in exit handlers:\n")
                self.print_traceback()
        return fine

    def print_traceback(self) -> None:
        """The traceback of the exception that is being handled, to standard error."""
        import traceback

        self.write_error(traceback.format_exc())

    # -- inside -------------------------------------------------------------------------------------------------

    def _message_streams(self, name: str | None) -> tuple[Writer, Writer]:
        if name == "stdio":
            return self.streams.out, self.streams.err
        if name in ("stderr", "channel"):
            return self.streams.err, self.streams.err
        raise errors.Abort(f"invalid ui.message-output destination: {name}")

    def _message(self, stream: Writer, text: Text, label: str) -> None:
        if self._timestamps:
            import datetime

            stamp = f"[{datetime.datetime.now().isoformat()}] "
            text = stamp.encode("ascii") + text if isinstance(text, bytes) else stamp + text
        self._write(stream, text, label)

    def _write(self, stream: Writer, text: Text, label: str) -> None:
        if self._bar is not None:
            self._bar.clear()
        if self.painter is not None and label:
            decoded = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
            text = self.painter.paint(decoded, label)
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        to_error = stream is self.streams.err
        try:
            if to_error:
                self.streams.out.flush()
            stream.write(data)
            if to_error:
                stream.flush()
        except OSError as problem:
            if to_error and is_gone(problem):
                return
            raise StreamError(problem) from None


def is_gone(problem: OSError) -> bool:
    """Whether the reader of a stream has gone."""
    import errno

    return errno.errorcode.get(problem.errno or 0) in GONE


def shell_quote(word: str) -> str:
    """A word as a POSIX shell reads it back."""
    if word and all(letter in _PLAIN for letter in word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"


def quote_all(words: Sequence[str]) -> str:
    """Words as a shell command line."""
    return " ".join(shell_quote(word) for word in words)


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+-")

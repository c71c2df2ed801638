"""Verbosity, streams, colours, prompts and progress of the user interface."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys

import pytest

from hydrargyrum import errors
from hydrargyrum.config import Config
from hydrargyrum.ui import Ui
from hydrargyrum.ui import progress as progress_module
from hydrargyrum.ui.interface import quote_all
from hydrargyrum.ui.progress import remaining
from hydrargyrum.ui.prompt import split_choices
from hydrargyrum.ui.streams import StreamError, Streams
from peer import ROOT
from unit.driver import Captured


def make(
    settings: str = "", *, stdin: bytes = b"", terminal: bool = False, **environ: str
) -> tuple[Ui, Captured, Captured]:
    """A user interface with `section.name=value` settings, its output and its error output."""
    config = Config({"HGRCPATH": "", **environ})
    for setting in settings.split():
        name, _, text = setting.partition("=")
        section, _, key = name.partition(".")
        config.set(section, key, text, "test")
    out, err = Captured(terminal=terminal), Captured(terminal=terminal)
    ui = Ui(config, Streams(Captured(stdin, terminal=terminal), out, err), config.environ)
    ui.refresh()
    return ui, out, err


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", b"write status "),
        ("ui.quiet=1", b"write "),
        ("ui.verbose=1", b"write status note "),
        ("ui.debug=1", b"write status note debug "),
        ("ui.debug=1 ui.quiet=1", b"write status note debug "),
        ("ui.verbose=1 ui.quiet=1", b"write status "),
    ],
)
def test_verbosity(settings: str, expected: bytes) -> None:
    ui, out, err = make(settings)
    for function in (ui.write, ui.status, ui.note, ui.debug):
        function(f"{function.__name__} ")
    ui.warn("warn ")
    ui.error("error")
    assert out.getvalue() == expected
    assert err.getvalue() == b"warn error"


def test_output_is_gathered_whatever_the_environment_says() -> None:
    script = "from hydrargyrum.ui.streams import standard_streams, silence_standard_streams as end\n"
    script += (
        "out = standard_streams().out\nout.write(b'one ')\nout.write(b'two\\n')\nprint('\\udcff')\nend()\n"
    )
    # every write is a message of its own
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8:surrogateescape"}
    with ours, theirs:
        for unbuffered in ("", "1"):
            environ["PYTHONUNBUFFERED"] = unbuffered
            subprocess.run([sys.executable, "-c", script], stdout=theirs, env=environ, check=True)
            assert ours.recv(100) == b"one two\n\xff\n"


def test_text_keeps_its_bytes() -> None:
    ui, out, _err = make()
    ui.write("\udcff\u00e9")
    ui.write(b"\xfe\n")
    assert out.getvalue() == b"\xff\xc3\xa9\xfe\n"


def test_messages_can_go_to_standard_error() -> None:
    ui, out, err = make("ui.message-output=stderr")
    ui.status("a")
    ui.write("b")
    assert (out.getvalue(), err.getvalue()) == (b"b", b"a")
    with pytest.raises(errors.Abort, match=r"invalid ui\.message-output destination: x"):
        make("ui.message-output=x")


class Broken(io.BytesIO):
    def write(self, _data: object) -> int:
        raise OSError(28, "No space left on device")


def test_output_that_cannot_be_written() -> None:
    ui, _out, _err = make()
    ui.streams.out = Broken()
    with pytest.raises(StreamError) as caught:
        ui.write("x")
    assert caught.value.cause.errno == 28


@pytest.mark.parametrize(
    ("settings", "text", "label", "expected"),
    [
        ("ui.color=always", "a\n", "status.modified", b"\x1b[0;34;1ma\x1b[0m\n"),
        ("ui.color=always", "a", "nosuch.label", b"a"),
        ("ui.color=always", "a", "red", b"\x1b[0;31ma\x1b[0m"),
        ("ui.color=always color.status.modified=none", "a", "status.modified", b"\x1b[0;0ma\x1b[0m"),
        ("ui.color=debug", "a\n", "status.modified", b"[status.modified|a]\n"),
        ("ui.color=auto", "a", "status.modified", b"a"),
        ("ui.color=yes", "a", "status.modified", b"a"),
        ("ui.color=yes ui.formatted=1", "a", "status.modified", b"\x1b[0;34;1ma\x1b[0m"),
        ("ui.color=never ui.formatted=1", "a", "status.modified", b"a"),
        ("ui.color=always color.mode=nosuch", "a", "status.modified", b"a"),
    ],
)
def test_colors(settings: str, text: str, label: str, expected: bytes) -> None:
    ui, out, _err = make(settings)
    ui.set_up_color()
    ui.write(text, label)
    assert out.getvalue() == expected


def test_colors_nest() -> None:
    ui, _out, _err = make("ui.color=always")
    ui.set_up_color()
    inner = ui.label("b", "status.removed")
    assert ui.label(f"a{inner}c", "status.added") == ("\x1b[0;32;1ma\x1b[0;31;1mb\x1b[0m\x1b[0;32;1mc\x1b[0m")


def test_no_colors_in_plain_mode_or_on_a_dumb_terminal() -> None:
    for environ in ({"HGPLAIN": "1"}, {"TERM": "dumb"}):
        ui, out, _err = make("ui.color=auto", terminal=True, **environ)
        ui.set_up_color()
        ui.write("a", "status.modified")
        assert out.getvalue() == b"a"


def test_prompts() -> None:
    ui, out, _err = make()
    assert ui.prompt("name?", "me") == "me"
    assert out.getvalue() == b"name? me\n"
    ui, out, _err = make("ui.interactive=1", stdin=b"you\n\n")
    assert ui.prompt("name?", "me") == "you"
    assert ui.prompt("name?", "me") == "me"
    with pytest.raises(errors.Abort, match="response expected"):
        ui.prompt("name?", "me")
    assert out.getvalue() == b"name? name? name? "


def test_choices() -> None:
    ui, out, _err = make("ui.interactive=1 ui.promptecho=1", stdin=b"x\nN\n")
    assert ui.choose("sure (yn)?$$ &Yes $$ &No") == 1
    assert out.getvalue() == b"sure (yn)? x\nunrecognized response\nsure (yn)? N\n"
    assert split_choices("take $$money$$?$$Ye&s$$N&o") == ("take $$money$$?", ["s", "o"])


def test_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(progress_module.time, "time", lambda: clock[0])
    ui, _out, err = make("progress.assume-tty=1 progress.delay=0 progress.refresh=0", COLUMNS="60")
    with ui.progress("reading", "files", 4) as progress:
        clock[0] += 10
        progress.increment()
        clock[0] += 10
        progress.increment()
        shown = err.getvalue().split(b"\r")[-1]
        # half of the bar, and as long again for each file that is left
        assert shown == b"reading [" + b"=" * 19 + b">" + b" " * 21 + b"] 2/4 21s"
    assert err.getvalue().endswith(b"\r" + b" " * 60 + b"\r")


def test_progress_is_only_shown_to_somebody() -> None:
    for settings, environ in (
        ("", {}),
        ("progress.assume-tty=1 ui.quiet=1", {}),
        ("progress.assume-tty=1", {"HGPLAIN": ""}),
    ):
        ui, _out, err = make(settings, **environ)
        assert ui.progress_callback() is None
        with ui.progress("reading") as progress:
            progress.update(1)
        assert err.getvalue() == b""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (5, "05s"),
        (60, "1m00s"),
        (3599, "59m59s"),
        (3600, "1h01m"),
        (200_000, "2d08h"),
        (10**7, "16w04d"),
        (10**9, "31y42w"),
    ],
)
def test_remaining_time(seconds: int, text: str) -> None:
    assert remaining(seconds) == text


def test_quoting() -> None:
    assert quote_all(["a/b.c", "it's", "", "a b"]) == "a/b.c 'it'\\''s' '' 'a b'"


def test_exit_functions_run_backwards() -> None:
    ui, _out, err = make()
    done: list[int] = []
    ui.at_exit(lambda: done.append(1))
    ui.at_exit(lambda: done.append(2))
    assert ui.run_exit_functions()
    assert done == [2, 1]
    ui.at_exit(lambda: 1 / 0)
    assert not ui.run_exit_functions()
    assert err.getvalue().startswith(b"error in exit handlers:\nTraceback")

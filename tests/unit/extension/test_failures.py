"""An extension that goes wrong is reported and harms no other command."""

from __future__ import annotations

from pathlib import Path

import pytest

from unit.driver import ours

HEAD = "from hydrargyrum.extension import command, hook, wrap_command\n"


def enable(tmp_path: Path, **texts: str) -> dict[str, str]:
    lines = ["[extensions]"]
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(text)
        lines.append(f"{name} = {tmp_path}/{name}.py")
    path = tmp_path / "rc"
    path.write_text("\n".join(lines) + "\n")
    return {"HGRCPATH": str(path)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / 0\n", '*** failed to import extension "bad" from {path}: division by zero\n'),
        ("import nothing_like_this\n", '*** failed to import extension "bad" from {path}: No module named '),
        ("def setup(registry):\n    raise ValueError('no')\n", "*** failed to set up extension bad: no\n"),
        (
            "def finish_setup(registry):\n    raise ValueError('no')\n",
            "*** failed to set up extension bad: no\n",
        ),
        (
            HEAD + "@wrap_command('nosuch')\ndef f(original, context): pass\n",
            "*** failed to set up extension bad: hg: unknown command 'nosuch'\n",
        ),
    ],
)
def test_reported_and_left_out(tmp_path: Path, text: str, message: str) -> None:
    good = HEAD + "@command('fine', norepo=True)\ndef fine(context):\n    context.ui.write('fine\\n')\n"
    env = enable(tmp_path, bad=text, good=good)
    answer = ours(tmp_path, "fine", env=env)
    assert (answer.code, answer.out) == (0, b"fine\n")
    assert answer.err.decode().startswith(message.format(path=tmp_path / "bad.py"))
    assert b"Traceback" not in answer.err
    assert b"Traceback" in ours(tmp_path, "fine", "--traceback", env=env).err or "wrap" in text


def test_required(tmp_path: Path) -> None:
    env = enable(tmp_path, bad="1 / 0\n")
    rc = Path(env["HGRCPATH"])
    rc.write_text(rc.read_text() + "bad:required = yes\n")
    answer = ours(tmp_path, "version", env=env)
    assert answer.code == 255
    assert answer.err.decode() == (
        f'abort: failed to import extension "bad" from {tmp_path}/bad.py: division by zero\n'
        "(loading of this extension was required, see `hg help config.extensions` for details)\n"
    )


def test_a_command_that_breaks_is_a_bug_of_the_extension(tmp_path: Path) -> None:
    text = HEAD + "@command('boom', norepo=True)\ndef boom(context):\n    raise RuntimeError('boom')\n"
    answer = ours(tmp_path, "boom", env=enable(tmp_path, bad=text))
    assert answer.code == 1
    assert b"RuntimeError: boom" in answer.err
    assert b"** unknown exception; it may come from an extension" in answer.err
    assert b"** Extensions loaded: bad\n" in answer.err


def test_overriding_is_announced(tmp_path: Path) -> None:
    text = HEAD + "@command('root', norepo=True)\ndef root(context):\n    context.ui.write('mine\\n')\n"
    answer = ours(tmp_path, "root", env=enable(tmp_path, mine=text))
    assert answer == (0, b"mine\n", b"extension 'mine' overrides commands: root\n")


def test_wrappers_nest(tmp_path: Path) -> None:
    texts = {
        name: HEAD
        + f"@wrap_command('root')\ndef f(original, context):\n    context.ui.write('{name}(')\n"
        + "    code = original(context)\n    context.ui.write(')\\n')\n    return code\n"
        for name in ("first", "second")
    }
    base = (
        HEAD
        + "@command('root', norepo=True)\ndef root(context):\n    context.ui.write('base')\n    return 4\n"
    )
    answer = ours(tmp_path, "root", env=enable(tmp_path, base=base, **texts))
    assert (answer.code, answer.out) == (4, b"second(first(base)\n)\n")


def test_hooks_that_break(tmp_path: Path) -> None:
    text = HEAD + (
        "@hook('post-version')\ndef f(context):\n    raise ValueError('late')\n"
        "@hook('pre-paths')\ndef g(context):\n    raise ValueError('early')\n"
    )
    env = enable(tmp_path, bad=text)
    answer = ours(tmp_path, "version", "-q", env=env)
    assert answer.code == 0
    assert answer.err == (
        b"error: bad hook raised an exception: late\n(run with --traceback for stack trace)\n"
    )
    answer = ours(tmp_path, "paths", env=env)
    assert answer.code == 1
    assert answer.err.startswith(b"error: bad hook raised an exception: early\n")

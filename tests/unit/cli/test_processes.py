"""What only a real process shows: full disks, closed and broken streams, signals, the pager. All as the peer's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hydrargyrum.cli.main import Killed, main
from peer import ROOT, clean_environment, peer_path

HGRC = """\
[alias]
interrupt = !kill -INT $PPID; sleep 5
terminate = !kill -TERM $PPID; sleep 5
hangup = !kill -HUP $PPID; sleep 5
[pager]
pager = sed s/^/P:/
[x]
a = 1
"""


def run(program: list[str], line: str, cwd: Path, path: str) -> tuple[int, bytes, bytes]:
    environ = clean_environment(HGRCPATH=str(cwd / "rc"), HYG_ENGINE="pure", PYTHONPATH=path, TERM="xterm")
    script = 'hg() { "${HG[@]}" "$@"; }; HG=("${@:2}"); eval "$1"'
    done = subprocess.run(
        ["bash", "-c", script, "bash", line, *program], cwd=cwd, env=environ, capture_output=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "hg config x > /dev/full; echo $?",
        "hg config x >&-; echo $?",
        "hg foo 2>&-; echo $?",
        "hg foo 2>/dev/full; echo $?",
        "hg config x <&-; echo $?",
        "(sleep 0.5; hg config x; echo $? >&2) | true",
        "hg interrupt; echo $?",
        "hg terminate; echo $?",
        "hg hangup; echo $?",
        "hg interrupt --config ui.detailed-exit-code=1; echo $?",
        "hg config x --config ui.formatted=1",
        "hg config x --config ui.formatted=1 --pager=no",
        "hg config x --pager=on --config pager.ignore=config",
        "hg config x --config ui.formatted=1 --config pager.ignore=config",
        "hg config x --config ui.formatted=1 --config pager.attend-config=0",
        "hg config x --config ui.formatted=1 --config ui.paginate=0",
        "hg config x --config ui.formatted=1 --config pager.pager=nosuchpager",
        "hg config x --config ui.formatted=1 --config pager.pager=",
        "hg config x --config ui.formatted=1 --config pager.pager='env | grep ^LESS=; cat'",
        "hg config x --config ui.formatted=1 --debug",
        "HGPLAIN=1 hg config x --config ui.formatted=1",
        "HGPLAIN=1 hg config x --pager=on",
        "TERM=dumb hg config x --config ui.formatted=1",
        "hg foo --pager=on; echo $?",
        "POSIXLY_CORRECT=1 hg config x -q; POSIXLY_CORRECT=1 hg config -q x",
        "hg config x --time 2>&1 | sed 's/[0-9][0-9.]*/N/g'",
        "HGEDITOR=cat hg config --edit; echo $?",
        "HGEDITOR=false hg config --edit; echo $?",
    ],
)
def test_like_the_peer(tmp_path: Path, line: str) -> None:
    (tmp_path / "rc").write_text(HGRC)
    (tmp_path / "home").mkdir()
    (tmp_path / "home/.hgrc").write_text("[my]\nfile = 1\n")
    line = f"export HOME={tmp_path}/home; {line}"
    theirs = run([str(peer_path())], line, tmp_path, "")
    assert run([sys.executable, "-m", "hydrargyrum"], line, tmp_path, str(ROOT / "src")) == theirs


@pytest.mark.parametrize(
    ("package", "main", "said"),
    [
        ("raise KeyboardInterrupt", "", b"interrupted!\n"),
        ("", "def main():\n    raise KeyboardInterrupt", b"interrupted!\n"),
        ("", "def main():\n    import os\n    os.write(2, b'told')\n    return 3", b"told"),
    ],
)
def test_interrupted_while_it_starts(package: str, main: str, said: bytes, tmp_path: Path) -> None:
    """What the launcher runs says so, too, before there is anything of ours that could."""
    place = tmp_path / f"lib/python3.{sys.version_info[1]}/site-packages/hydrargyrum"
    (place / "cli").mkdir(parents=True)
    (place / "__init__.py").write_text(package)
    (place / "cli/__init__.py").write_text("")
    (place / "cli/main.py").write_text(main)
    boot = (ROOT / "rust/launcher/src/boot.py").read_text()
    done = subprocess.run(
        [sys.executable, "-S", "-P", "-c", boot, "hg", tmp_path], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (3 if said == b"told" else 255, said)


@pytest.mark.parametrize(("problem", "said"), [(KeyboardInterrupt, "interrupted!\n"), (Killed, "killed!\n")])
def test_interrupted_before_a_command_has_streams(
    problem: type[KeyboardInterrupt],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def stop() -> None:
        raise problem

    monkeypatch.setattr("hydrargyrum.cli.main.catch_signals", stop)
    assert main() == 255
    assert capfd.readouterr() == ("", said)

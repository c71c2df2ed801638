"""`config --edit` opens the file that the peer opens, at every level, and refuses what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from hydrargyrum.config.parse import read_file
from peer import Peer
from unit.driver import ours

#: Prints the file that it is given.
EDITOR = 'show() { echo "EDIT $1"; }; show'


@pytest.fixture
def place(peer: Peer, tmp_path: Path) -> Path:
    """A home with a configuration, a repository and a share of it."""
    (tmp_path / "home/.config/hg").mkdir(parents=True)
    (tmp_path / "home/.config/hg/hgrc").write_text("[ui]\n")
    peer.ok(tmp_path, "init", "source", "--config", "format.use-share-safe=yes")
    peer.ok(tmp_path, "init", "plain", "--config", "format.use-share-safe=no")
    peer.ok(tmp_path, "--config", "extensions.share=", "share", "source", "shared")
    for name in ("source", "plain", "shared"):
        for file in ("hgrc", "hgrc-not-shared"):
            (tmp_path / name / ".hg" / file).write_text("[ui]\n")
    return tmp_path


@pytest.mark.parametrize("editor", [EDITOR, "false", "nosuchprogram", "sh -c 'exit 3' --"])
def test_levels(peer: Peer, place: Path, editor: str, capfd: pytest.CaptureFixture[str]) -> None:
    env = {"HGEDITOR": editor, "HOME": str(place / "home"), "XDG_CONFIG_HOME": "", "PATH": "/usr/bin:/bin"}
    asked = [
        "-e",
        "--edit -q",
        "-l",
        "--local --edit",
        "--non-shared",
        "--shared",
        "-e ui.username",
        "-l -g",
        "-e -T json",
    ]
    for directory in (".", "source", "plain", "shared") if editor == EDITOR else ("source",):
        for line in asked if editor == EDITOR else ["-e", "-l"]:
            args = ("config", *line.split())
            capfd.readouterr()
            theirs = peer.run(place / directory, *args, env=env)
            said_there = capfd.readouterr()
            found = ours(place / directory, *args, env=env)
            said_here = capfd.readouterr()
            both = (theirs.out.decode() + said_there.out, theirs.err, theirs.code)
            assert editor != EDITOR or both[2] or both[0].startswith("EDIT ")
            assert (found.out.decode() + said_here.out, found.err, found.code) == both, (directory, line)


def test_a_new_file_begins_with_something_useful(place: Path) -> None:
    home = place / "elsewhere"
    home.mkdir()
    env = {"HGEDITOR": "true", "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    assert ours(place, "config", "-e", env=env) == (0, b"", b"")
    text = (home / ".hgrc").read_bytes()
    assert b"username" in text
    assert read_file("hgrc", text, str(home)).sections["ui"]["username"].text == ""
    home.joinpath(".hgrc").unlink()
    missing = {**env, "HOME": str(home / "gone"), "XDG_CONFIG_HOME": str(home / "gone")}
    assert ours(place, "config", "-e", env=missing) == (0, b"", b"")

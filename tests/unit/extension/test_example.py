"""The example extension, loaded by path, by module name and by entry point, does all that it declares."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from peer import ROOT, Peer
from unit.driver import ours

SOURCE = ROOT / "tests/example_extension/src"


@pytest.fixture(params=["path", "module", "entry point"])
def loaded(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment in which the extension is enabled in one of three ways."""
    if request.param == "path":
        line = f"anything = {SOURCE}/greeting"
    elif request.param == "module":
        monkeypatch.syspath_prepend(str(SOURCE))
        line = "greeting ="
    else:
        # what an installer leaves: the package, and a description of it that names the entry point
        installed = tmp_path / "site"
        installed.mkdir()
        (installed / "greeting").symlink_to(SOURCE / "greeting")
        info = installed / "hg_greeting-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hg-greeting\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text("[hydrargyrum.extensions]\nfriendly = greeting\n")
        monkeypatch.syspath_prepend(str(installed))
        line = "friendly ="
    path = tmp_path / "rc"
    path.write_text(f"[extensions]\n{line}\n")
    yield {"HGRCPATH": str(path)}
    for name in [
        name for name in sys.modules if name.split(".")[0] in ("greeting", "hydrargyrum_extension_anything")
    ]:
        del sys.modules[name]


def test_its_command(tmp_path: Path, loaded: dict[str, str]) -> None:
    assert ours(tmp_path, "greet", env=loaded) == (0, b"hello world\n", b"")
    assert ours(tmp_path, "gree", "-l", "you", env=loaded) == (0, b"HELLO YOU\n", b"")
    assert ours(tmp_path, "hello-there", "-n2", env=loaded).out == b"hello world\n" * 2
    assert ours(tmp_path, "hellothere", env=loaded).out == b"hello world\n"


def test_its_config_item(tmp_path: Path, loaded: dict[str, str]) -> None:
    assert ours(tmp_path, "greet", "--config", "greeting.who=me", env=loaded).out == b"hello me\n"
    answer = ours(tmp_path, "config", "greeting.who", "-Tjson", "--config", "greeting.who=me", env=loaded)
    assert b'"defaultvalue": "world"' in answer.out


def test_its_hook(tmp_path: Path, loaded: dict[str, str]) -> None:
    answer = ours(tmp_path, "greet", "troll", env=loaded)
    assert (answer.code, answer.out) == (255, b"")
    assert answer.err.endswith(b" hook failed\n")


def test_it_wraps_status(peer: Peer, tmp_path: Path, loaded: dict[str, str]) -> None:
    root = tmp_path / "r"
    peer.ok(tmp_path, "init", str(root))
    (root / "new").write_text("x")
    assert ours(root, "status", env=loaded) == (0, b"? new\n", b"")
    assert ours(root, "st", "--greet", env=loaded) == (0, b"hello status\n? new\n", b"")
    assert b"--greet" in ours(root, "help", "status", env=loaded).out
    assert f"greeting sees {root}\n".encode() in ours(root, "root", "--debug", env=loaded).out


def test_it_is_listed(tmp_path: Path, loaded: dict[str, str]) -> None:
    out = ours(tmp_path, "version", "-v", env=loaded).out
    assert out.rstrip().endswith(b"external  1.2")
    out = ours(tmp_path, "help", "greet", env=loaded).out.decode()
    assert out.startswith("hg greet [-l] [NAME]\n\naliases: hello-there, hellothere\n\ngreet somebody\n")
    assert " -n --times NUM how often (default: 1)\n" in out


def test_it_is_not_there_unless_enabled(tmp_path: Path, loaded: dict[str, str]) -> None:
    rc = Path(loaded["HGRCPATH"])
    rc.write_text(rc.read_text().replace("=", "= !", 1))
    answer = ours(tmp_path, "greet", env=loaded)
    assert answer.code == 255
    assert answer.err.startswith(b"hg: unknown command 'greet'\n")

"""Which layer wins, what plain mode and distrust take away, and values read with their type."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hydrargyrum import errors
from hydrargyrum.config import Config
from hydrargyrum.config.item import ConfigItem
from hydrargyrum.config.plain import is_plain


def config_of(tmp_path: Path, text: str, **environ: str) -> Config:
    path = tmp_path / "hgrc"
    path.write_text(text)
    config = Config({"HGRCPATH": str(path), **environ})
    config.load()
    return config


def test_later_layers_win_and_move_to_the_end(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("[s]\nx = 1\ny = 1\nz = 1\n")
    (tmp_path / "b").write_text("[s]\nx = 2\n%unset y\n")
    config = Config({"HGRCPATH": f"{tmp_path}/a{os.pathsep}{tmp_path}/b"})
    config.load()
    config.set("s", "z", "3", "--config")
    assert [(name, value.text, value.source) for name, value in config.section("s")] == [
        ("x", "2", f"{tmp_path}/b:2"),
        ("z", "3", "--config"),
    ]


def test_files_read_after_an_option_do_not_override_it(tmp_path: Path) -> None:
    config = config_of(tmp_path, "[s]\nx = 1\n")
    config.set("s", "x", "typed", "--config")
    later = tmp_path / "later"
    later.write_text("[s]\nx = 2\n")
    config.read_file(str(later), trusted=True)
    assert config.text("s", "x") == "typed"


def test_environment_is_below_the_user_and_above_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = tmp_path / "prefix"
    (prefix / "etc/mercurial/hgrc.d").mkdir(parents=True)
    (prefix / "etc/mercurial/hgrc").write_text(
        "[ui]\neditor = system\n[pager]\npager = system\n[s]\nx = hgrc\n"
    )
    (prefix / "etc/mercurial/hgrc.d/b.rc").write_text("[s]\nx = b\n")
    (prefix / "etc/mercurial/hgrc.d/a.rc").write_text("[s]\nx = a\n")
    (prefix / "etc/mercurial/hgrc.d/c.txt").write_text("[s]\nx = ignored\n")
    home = tmp_path / "home"
    (home / ".config/hg").mkdir(parents=True)
    (home / ".hgrc").write_text("[ui]\neditor = user\n[s]\ny = hgrc\n")
    (home / ".config/hg/hgrc").write_text("[s]\ny = xdg\n")
    monkeypatch.setenv("HOME", str(home))
    environ = {"EDITOR": "e", "VISUAL": "v", "PAGER": "p", "HOME": str(home)}
    config = Config(environ, program=str(prefix / "bin/hg"))
    config.load()
    assert config.text("ui", "editor") == "user"
    assert (config.text("pager", "pager"), config.source("pager", "pager")) == ("p", "$PAGER")
    assert config.text("s", "x") == "b"
    assert config.text("s", "y") == "xdg"
    other = tmp_path / "xdg"
    (other / "hg").mkdir(parents=True)
    (other / "hg/hgrc").write_text("[s]\ny = other\n")
    config = Config({**environ, "XDG_CONFIG_HOME": str(other)}, program="hg")
    config.load()
    assert config.text("s", "y") == "other"
    assert config.text("s", "x") is None


def test_repository_files(tmp_path: Path) -> None:
    dot_hg = tmp_path / "r/.hg"
    dot_hg.mkdir(parents=True)
    (dot_hg / "hgrc").write_text("[s]\nx = 1\n[paths]\np = rel\n")
    (dot_hg / "hgrc-not-shared").write_text("[s]\nx = 2\n")
    config = Config({"HGRCPATH": ""})
    config.read_repository(str(tmp_path / "r"))
    assert config.text("s", "x") == "2"
    root = config.find("paths", "p")
    assert root is not None
    assert root.root == str(tmp_path / "r")
    skipping = Config({"HGRCPATH": "", "HGRCSKIPREPO": ""})
    skipping.read_repository(str(tmp_path / "r"))
    assert skipping.sections() == []


@pytest.mark.parametrize("requirement", ["shared", "relshared"])
def test_share_safe_source(tmp_path: Path, requirement: str) -> None:
    source = tmp_path / "source/.hg"
    source.mkdir(parents=True)
    (source / "hgrc").write_text("[s]\nx = source\ny = source\n")
    (source / "hgrc-not-shared").write_text("[s]\nz = source\n")
    dot_hg = tmp_path / "share/.hg"
    dot_hg.mkdir(parents=True)
    (dot_hg / "hgrc").write_text("[s]\ny = share\n")
    (dot_hg / "sharedpath").write_text("../../source/.hg\n" if requirement == "relshared" else f"{source}\n")
    (dot_hg / "requires").write_text(f"share-safe\n{requirement}\n")
    config = Config({"HGRCPATH": ""})
    config.read_repository(str(tmp_path / "share"))
    assert (config.text("s", "x"), config.text("s", "y"), config.text("s", "z")) == ("source", "share", None)
    (dot_hg / "requires").write_text(f"{requirement}\n")
    config = Config({"HGRCPATH": ""})
    config.read_repository(str(tmp_path / "share"))
    assert config.text("s", "x") is None
    (dot_hg / "requires").write_text("share-safe\nshared\n")
    (dot_hg / "sharedpath").write_text("/nowhere/at/all\n")
    with pytest.raises(errors.ShareSourceMissing, match="/nowhere/at/all"):
        Config({"HGRCPATH": ""}).read_repository(str(tmp_path / "share"))


def test_untrusted_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hgrc = tmp_path / "hgrc"
    hgrc.write_text("[s]\nx = untrusted\n")
    monkeypatch.setattr(os, "getuid", lambda: hgrc.stat().st_uid + 1)
    config = Config({"HGRCPATH": ""})
    config.set("s", "x", "trusted", "here")
    said: list[str] = []
    config.warn = said.append
    config.read_file(str(hgrc))
    owner = config_owner(hgrc)
    assert said == [f"not trusting file {hgrc} from untrusted user {owner[0]}, group {owner[1]}\n"]
    assert config.text("s", "x") == "trusted"
    assert config.text("s", "x", untrusted=True) == "trusted"
    config = Config({"HGRCPATH": ""})
    config.read_file(str(hgrc))
    assert config.text("s", "x") is None
    assert config.text("s", "x", untrusted=True) == "untrusted"
    config.set("s", "y", "both", "here")
    assert (config.text("s", "y"), config.text("s", "y", untrusted=True)) == ("both", "both")


@pytest.mark.parametrize("trust", ["users = {user}", "groups = {group}", "users = *", "groups = a, *"])
def test_trusted_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trust: str) -> None:
    hgrc = tmp_path / "hgrc"
    hgrc.write_text("[s]\nx = 1\n")
    user, group = config_owner(hgrc)
    monkeypatch.setattr(os, "getuid", lambda: hgrc.stat().st_uid + 1)
    config = config_of(tmp_path / "..", "[trusted]\n" + trust.format(user=user, group=group) + "\n")
    config.read_file(str(hgrc))
    assert config.text("s", "x") == "1"


def test_report_untrusted_is_heeded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hgrc = tmp_path / "other"
    hgrc.write_text("junk\n")
    config = config_of(tmp_path, "[ui]\nreport_untrusted = no\n")
    monkeypatch.setattr(os, "getuid", lambda: hgrc.stat().st_uid + 1)
    said: list[str] = []
    config.warn = said.append
    config.read_file(str(hgrc))
    assert said == [f"ignored {hgrc}:1: junk\n"]


def config_owner(path: Path) -> tuple[str, str]:
    return path.owner(), path.group()


def test_plain_mode(tmp_path: Path) -> None:
    text = (
        "[ui]\nverbose = 1\nusername = me\n[alias]\na = b\n[defaults]\nx = y\n[commands]\nx = y\n"
        "[command-templates]\nlog = x\n[revsetalias]\nr = x\n[templatealias]\nt = x\n"
    )
    config = config_of(tmp_path, text, HGPLAIN="1")
    assert [(section, name) for section, name, _value in config.walk()] == [("ui", "username")]
    config = config_of(tmp_path, text, HGPLAINEXCEPT="alias,templatealias")
    kept = [(section, name) for section, name, _value in config.walk()]
    assert kept == [("alias", "a"), ("templatealias", "t"), ("ui", "username")]
    config.set("ui", "verbose", "1", "--config")
    assert config.boolean("ui", "verbose")


def test_plain_features() -> None:
    assert not is_plain({})
    assert is_plain({"HGPLAIN": ""})
    assert is_plain({"HGPLAIN": "1"}, "color")
    assert not is_plain({"HGPLAINEXCEPT": "color,alias"}, "alias")
    assert not is_plain({"HGPLAIN": "1"}, "strictflags")
    assert is_plain({"HGPLAIN": "+strictflags"}, "strictflags")


def test_typed_values(tmp_path: Path) -> None:
    config = config_of(tmp_path, "[s]\nb = yes\ni = 12\nz = 1.5kb\nl = a, b\nf = 0.5\np = x/y\nbad = ?\n")
    assert config.boolean("s", "b") is True
    assert config.boolean("s", "none") is False
    assert config.boolean("s", "none", True) is True
    assert config.optional_boolean("s", "none") is None
    assert config.integer("s", "i") == 12
    assert config.integer("s", "none", 7) == 7
    assert config.byte_size("s", "z") == 1536
    assert config.number("s", "f") == 0.5
    assert config.text_list("s", "l") == ["a", "b"]
    assert config.text_list("s", "none", ("x",)) == ["x"]
    assert config.path("s", "p") == str(tmp_path / "x/y")
    readers = {
        "boolean": config.boolean,
        "valid integer": config.integer,
        "byte quantity": config.byte_size,
        "valid float": config.number,
    }
    for kind, read in readers.items():
        with pytest.raises(errors.ConfigValue) as caught:
            read("s", "bad")
        assert caught.value.text() == f"s.bad is not a {kind} ('?')"
        assert caught.value.prefix == "config error: "


def test_declared_defaults_and_aliases(tmp_path: Path) -> None:
    config = config_of(tmp_path, "[ui]\nuser = old\n")
    assert config.text("ui", "ssh") == "ssh"
    assert config.boolean("ui", "paginate") is True
    assert config.number("progress", "refresh") == 0.1
    assert config.text_list("progress", "format") == ["topic", "bar", "number", "estimate"]
    assert config.text("ui", "username") == "old"
    config.set("ui", "username", "new", "--config")
    assert config.text("ui", "username") == "new"
    assert config.boolean("hooks", "x:run-with-plain") is True
    assert config.text("merge-tools", "x.args") == "$local $base $other"
    assert config.item("nosuch", "thing") is None
    config.declare(ConfigItem("nosuch", "thing", 5, "integer"))
    assert config.integer("nosuch", "thing") == 5


def test_copies_are_independent(tmp_path: Path) -> None:
    config = config_of(tmp_path, "[s]\nx = 1\n")
    other = config.copy()
    other.set("s", "x", "2", "--config")
    assert (config.text("s", "x"), other.text("s", "x")) == ("1", "2")


def test_tweaked_defaults(tmp_path: Path) -> None:
    config = config_of(tmp_path, "[ui]\ntweakdefaults = yes\n[diff]\ngit = no\n")
    assert config.text("ui", "rollback") == "False"
    assert config.source("ui", "rollback") == "<tweakdefaults>"
    assert config.text("diff", "git") == "no"
    assert not config_of(tmp_path, "[ui]\ntweakdefaults = yes\n", HGPLAIN="1").has("diff", "git")

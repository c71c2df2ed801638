"""Messages, users and branch names in the user's character set: read, written and looked for as the peer does."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Peer
from unit.driver import our_process, ours, peer_process

FIELDS = "{rev} {author} {desc} {branch}\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    """Two changesets that we wrote in Latin-1, on a branch that has a name in it."""
    root = tmp_path_factory.mktemp("charsets") / "repo"
    peer.ok(root.parent, "init", "repo")
    (root / "a").write_bytes(b"a\n")
    latin = {"HGENCODING": "latin-1"}
    done = [
        ours(root, "commit", "-A", "-m", b"caf\xe9 \xa4", "-u", b"Ren\xe9", "-d", "0 0", env=latin),
        ours(root, "branch", b"br\xe9", env=latin),
        ours(root, "--encoding", "latin-1", "commit", "-m", "second", "-u", "u", "-d", "0 0"),
    ]
    assert [answer.code for answer in done] == [0, 0, 0]
    assert b"branch br\xe9\n" in done[1].out
    return root


def test_the_history_is_in_utf_8(root: Path, peer: Peer) -> None:
    wanted = "0 René café ¤ default\n1 u second bré\n".encode()
    assert peer.ok(root, "log", "-r", "0:1", "-T", FIELDS) == wanted
    assert ours(root, "log", "-r", "0:1", "-T", FIELDS).out == wanted
    assert (root / ".hg/branch").read_bytes() == "bré\n".encode()


@pytest.mark.parametrize("charset", ["latin-1", "ascii"])
def test_it_is_shown_in_the_users_character_set(root: Path, charset: str) -> None:
    env = {"HGENCODING": charset}
    for args in (
        ["log"],
        ["log", "--debug", "-r", "0"],
        ["log", "-T", FIELDS],
        ["branch"],
        ["export", "0", "1"],
    ):
        assert ours(root, *args, env=env) == peer_process(root, *args, env=env), args


def test_it_is_looked_for_in_the_users_character_set(root: Path) -> None:
    env = {"HGENCODING": "latin-1"}
    for args in (
        ["log", "-k", b"CAF\xe9"],
        ["log", "-u", b"Ren\xe9"],
        ["log", "-r", b"desc('\xa4')"],
        ["log", "-k", b"\xe8"],
    ):
        answer = ours(root, *args, "-T", "{rev}\n", env=env)
        assert answer == peer_process(root, *args, "-T", "{rev}\n", env=env), args
        assert (answer.out == b"0\n") is (args[-1] != b"\xe8")


def test_what_is_no_text_is_refused(root: Path) -> None:
    (root / "a").write_bytes(b"changed\n")
    for args in (["-m", b"bad\xe9x", "-u", "u"], ["-m", "fine", "-u", b"bad\xe9x"]):
        answer, peers = ours(root, "commit", *args), peer_process(root, "commit", *args)
        assert answer.code == peers.code == 255
        assert answer.err.splitlines()[-1] == peers.err.splitlines()[-1]
        assert b"decoding near 'bad\xe9x'" in answer.err
    assert ours(root, "log", "-r", "tip", "-T", "{rev}").out == b"1"


def test_what_is_no_text_may_be_replaced(tmp_path: Path, peer: Peer) -> None:
    peer.ok(tmp_path, "init", "repo")
    shown = []
    for number, (run, mode) in enumerate([(ours, "replace"), (peer_process, "replace"), (ours, "ignore")]):
        (tmp_path / "repo/a").write_bytes(b"%d\n" % number)
        arguments = ["commit", "-A", "-m", b"bad\xe9x", "-u", "u", "-d", "0 0", "--encodingmode", mode]
        assert run(tmp_path / "repo", *arguments).code == 0
        shown.append(peer.ok(tmp_path / "repo", "log", "-r", "tip", "-T", "{desc}"))
    assert shown == ["bad\ufffdx".encode(), "bad\ufffdx".encode(), b"badx"]


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    """A tag, a branch and a bookmark that we made in Latin-1."""
    root = tmp_path_factory.mktemp("names") / "repo"
    peer.ok(root.parent, "init", "repo")
    (root / "a").write_bytes(b"a\n")
    peer.ok(root, "commit", "-A", "-m", "first", "-u", "u", "-d", "0 0")
    latin = {"HGENCODING": "latin-1"}
    for args in (["tag", b"t\xe9", "-u", "u", "-d", "0 0"], ["branch", b"b\xe9"], ["bookmark", b"m\xe9"]):
        assert ours(root, *args, env=latin).code == 0, args
    assert ours(root, "commit", "-m", "on the branch", "-u", "u", "-d", "0 0", env=latin).code == 0
    return root


def test_names_are_stored_in_utf_8(named: Path) -> None:
    assert (named / ".hgtags").read_bytes().endswith(" té\n".encode())
    assert (named / ".hg/bookmarks").read_bytes().endswith(" mé\n".encode())
    assert (named / ".hg/bookmarks.current").read_bytes().rstrip() == "mé".encode()


@pytest.mark.parametrize("charset", ["latin-1", "ascii", "utf-8"])
def test_names_are_shown_in_the_users_character_set(named: Path, charset: str) -> None:
    env = {"HGENCODING": charset}
    for args in (
        ["tags"],
        ["tags", "-Tjson"],
        ["branches"],
        ["branches", "-T{branch|json}"],
        ["bookmarks", "-T{bookmark} {bookmark|json}"],
        ["identify"],
        ["identify", "-b", "-r", "0"],
        ["log"],
        ["log", "-T", "{tags|json} {bookmarks} {latesttag} {tags}\n"],
    ):
        assert ours(named, *args, env=env) == peer_process(named, *args, env=env), args


def test_names_are_looked_for_in_the_users_character_set(named: Path) -> None:
    env = {"HGENCODING": "latin-1"}
    for name in (
        b"t\xe9",
        b"b\xe9",
        b"m\xe9",
        b"tag('t\xe9')",
        b"branch('b\xe9')",
        b"bookmark('m\xe9')",
        b"\xe9",
    ):
        args = ["log", "-r", name, "-T", "{rev}\n"]
        answer, peers = ours(named, *args, env=env), peer_process(named, *args, env=env)
        assert answer == peers, name
        assert bool(answer.out) is (name != b"\xe9")
    again = ["tag", b"t\xe9"]
    assert ours(named, *again, env=env) == peer_process(named, *again, env=env)


def test_an_unknown_character_set(root: Path) -> None:
    env = {"HGENCODING": "nonsense"}
    for args in (["log"], ["branch"]):
        assert ours(root, *args, env=env) == peer_process(root, *args, env=env)
    assert ours(root, "branch").out == "bré\n".encode()


def test_old_texts_that_are_not_utf_8(root: Path, peer: Peer, tmp_path: Path) -> None:
    peer.ok(tmp_path, "init", "old")
    script = tmp_path / "old.py"
    script.write_text(
        "from mercurial import encoding, registrar\n"
        "cmdtable = {}\n"
        "command = registrar.command(cmdtable)\n"
        "@command(b'olden', [])\n"
        "def olden(ui, repo):\n"
        "    encoding.fromlocal = lambda text: text\n"
        "    from mercurial import context\n"
        "    make = lambda *args: context.memfilectx(repo, args[1], b'f', b'data\\n')\n"
        "    both = (repo.nullid, repo.nullid) if hasattr(repo, 'nullid') else (b'\\0' * 20,) * 2\n"
        "    context.memctx(repo, both, b'na\\xefve', [b'f'], make, b'Ren\\xe9', b'0 0').commit()\n"
    )
    made = peer_process(tmp_path / "old", "--config", f"extensions.old={script}", "olden")
    assert made.code == 0, made
    for charset in ("utf-8", "latin-1", "ascii"):
        for more in ([], ["--config", "ui.fallbackencoding=koi8-r"]):
            args = ["log", "-T", FIELDS, *more]
            env = {"HGENCODING": charset}
            answer = ours(tmp_path / "old", *args, env=env)
            assert answer == peer_process(tmp_path / "old", *args, env=env), (charset, more)
            assert answer == our_process(tmp_path / "old", *args, env=env), (charset, more)

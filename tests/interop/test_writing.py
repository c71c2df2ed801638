"""Changesets recorded by us are those that the peer records: same nodes, same words, same state afterwards."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from twins import Twins

from peer import Peer

ENGINES = ("pure", "native")


@pytest.fixture(params=ENGINES)
def twins(request: pytest.FixtureRequest, peer: Peer, tmp_path: Path) -> Twins:
    """Two empty repositories."""
    return Twins(peer, tmp_path, request.param)


def commit(twins: Twins, message: str, *args: str, number: int = 0) -> None:
    twins.step("commit", "-m", message, "-d", f"{number} 0", *args)


def add(twins: Twins, *paths: str) -> None:
    twins.same_by_peer("add", "-q", *paths)


def test_a_history(twins: Twins) -> None:
    twins.write("a", "one\n")
    twins.write("dir/b", "two\n")
    add(twins, "a", "dir/b")
    commit(twins, "first\n\n  with text  \n\n", "-v")
    commit(twins, "nothing")
    twins.write("a", "one\nmore\n")
    twins.write("dir/b", "2\n")
    commit(twins, "only one", "a", "-u", " Somebody <s@example.org> ", number=1)
    commit(twins, "the other", "-v", "-I", "dir", number=2)
    twins.same_by_peer("remove", "a")
    twins.same_by_peer("copy", "dir/b", "c")
    twins.write("c", "2\n3\n")
    for root in (twins.theirs, twins.ours):
        (root / "dir/b").chmod((root / "dir/b").stat().st_mode | stat.S_IXUSR)
        (root / "link").symlink_to("c")
    add(twins, "link")
    commit(twins, "kinds", number=3)
    twins.same_by_peer("rename", "c", "d")
    commit(twins, "rename", "-s", number=4)
    for root in (twins.theirs, twins.ours):
        (root / "d").unlink()
    commit(twins, "missing", number=5)
    twins.compare()


def test_refusals(twins: Twins) -> None:
    twins.write("a", "one\n")
    twins.write("dir/b", "two\n")
    twins.write("unknown", "x\n")
    add(twins, "a", "dir/b")
    commit(twins, "first")
    twins.write("a", "two\n")
    for args in (
        ("commit", "-m", "x", "nowhere"),
        ("commit", "-m", "x", "unknown"),
        ("commit", "-m", "x", "dir"),
        ("commit", "-m", "x", "-l", "y"),
        ("commit", "-l", "nowhere"),
        ("commit", "-m", "x", "-d", "never"),
        ("commit", "-m", "x", "-s", "--draft"),
        ("commit", "-m", "x", "--close-branch", "--amend", "-S"),
        ("commit",),
    ):
        twins.step(*args, env={"HGEDITOR": "false"})
    twins.step("commit", env={"HGEDITOR": "true"})
    twins.compare()


def test_branches_and_heads(twins: Twins) -> None:
    twins.write("a", "1\n")
    add(twins, "a")
    commit(twins, "base")
    twins.step("branch", "side")
    commit(twins, "on side", number=1)
    twins.same_by_peer("update", "-q", "0")
    twins.write("a", "2\n")
    commit(twins, "default again", number=2)
    twins.same_by_peer("update", "-q", "0")
    twins.write("a", "3\n")
    commit(twins, "head", number=3)
    commit(twins, "closed", "--close-branch", number=4)
    commit(twins, "closed", "--close-branch", number=4)
    twins.write("a", "4\n")
    commit(twins, "reopened", number=5)
    twins.same_by_peer("update", "-q", "side")
    commit(twins, "close side", "--close-branch", number=6)
    twins.same_by_peer("update", "-q", "1")
    commit(twins, "close", "--close-branch", number=7)
    commit(twins, "close", "--force-close-branch", number=8)
    twins.step("branches", "-c")
    twins.compare()


def test_bookmarks_follow(twins: Twins) -> None:
    twins.write("a", "1\n")
    add(twins, "a")
    commit(twins, "base")
    twins.step("bookmark", "work")
    twins.step("bookmark", "-i", "stays")
    twins.step("bookmark", "-r", "0", "work@remote")
    twins.write("a", "2\n")
    commit(twins, "next", number=1)
    twins.step("bookmarks")
    twins.compare()


def test_tags(twins: Twins) -> None:
    twins.write("a", "1\n")
    add(twins, "a")
    commit(twins, "base")
    twins.step("tag", "one", "-d", "1 0")
    twins.step("tag", "one", "-d", "2 0")
    twins.step("tag", "two", "three", "-r", "0", "-m", "both", "-d", "2 0", "-u", "me")
    twins.step("tag", "-f", "one", "-d", "3 0")
    twins.step("tag", "--remove", "two", "-d", "4 0")
    twins.step("tag", "--remove", "two", "-d", "4 0")
    twins.step("tag", "two", "-d", "5 0")
    twins.step("tags")
    twins.write(".hgtags", "changed\n")
    twins.step("tag", "four")
    twins.same_by_peer("revert", "--all", "-q", "--no-backup")
    twins.same_by_peer("update", "-q", "0")
    twins.step("tag", "five")
    twins.compare()


def test_the_editor(twins: Twins, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(
        '#!/bin/sh\ncat "$1"; echo "$HGUSER $HGEDITFORM $(pwd | sed s,.*/,,)"\n'
        'printf "by the editor \\n\\nHG: x\\nend\\n" > "$1"\n'
    )
    editor.chmod(0o755)
    twins.write("a", "1\n")
    twins.write("b", "1\n")
    add(twins, "a", "b")
    env = {"HGEDITOR": str(editor)}
    twins.step("commit", "-d", "0 0", env=env)
    twins.write("a", "2\n")
    twins.same_by_peer("remove", "b")
    twins.step("bookmark", "mark")
    twins.step("branch", "side")
    twins.step("commit", "-e", "-m", "given", "-d", "1 0", env=env)
    twins.step("tag", "-e", "x", "-d", "1 0", env=env)
    twins.write("a", "3\n")
    failing = ("--config", "hooks.pretxncommit=false", "--config", "hooks.precommit=true")
    twins.step("commit", "-d", "2 0", *failing, env=env)
    twins.compare()


def test_hooks(twins: Twins) -> None:
    shown = (
        "HOOKTYPE HOOKNAME NODE PARENT1 PARENT2 TAG LOCAL TXNNAME BOOKMARK OLDNODE PHASE OLDPHASE PHASES_MOVED"
        " BOOKMARK_MOVED"
    )
    line = " ".join(f"{name}=$HG_{name}" for name in shown.split())
    names = (
        "pre-commit precommit pretxnopen pretxncommit pretxnclose pretxnclose-phase pretxnclose-bookmark txnclose"
        " txnclose-phase txnclose-bookmark txnabort commit pretag tag prelock prewlock post-commit fail-commit"
    )
    config = [item for name in names.split() for item in ("--config", f"hooks.{name}=echo {line}")]
    twins.write("a", "1\n")
    add(twins, "a")
    twins.step("commit", "-m", "x", "-d", "0 0", *config)
    twins.step("bookmark", "mark", *config)
    twins.write("a", "2\n")
    twins.step("commit", "-m", "y", "-d", "1 0", *config)
    twins.step("tag", "t", "-d", "1 0", *config)
    twins.step("phase", "-p", "1", *config)
    twins.write("a", "3\n")
    for hook in ("precommit", "pretxncommit", "pretxnclose", "pretxnopen"):
        refusing = ("--config", f"hooks.{hook}=false", "--config", "hooks.txnabort=echo aborted")
        twins.step("commit", "-m", "z", "-d", "2 0", *refusing)
    twins.step("commit", "-m", "z", "-d", "2 0", "--config", "hooks.commit=exit 3")
    twins.compare()


def test_amending(twins: Twins) -> None:
    for name in "abc":
        twins.write(name, f"{name}\n")
    add(twins, "a", "b", "c")
    commit(twins, "base")
    twins.write("a", "a2\n")
    twins.write("d", "d\n")
    add(twins, "d")
    commit(twins, "to amend", number=1)
    twins.step("bookmark", "mark")
    quiet = ("--config", "ui.message-output=stderr")
    twins.step("commit", "--amend", "-m", "reworded", *quiet, "-q")
    twins.write("b", "b2\n")
    twins.write("c", "c2\n")
    twins.step("commit", "--amend", "-q", "-d", "5 0", "-u", "me", "-m", "more", "b")
    twins.same_by_peer("remove", "-f", "c")
    twins.same_by_peer("rename", "d", "e")
    twins.step("commit", "--amend", "-q", "--no-edit")
    twins.step("commit", "--amend", "--no-edit")
    twins.write("a", "a\n")
    twins.step("commit", "--amend", "-q", "--no-edit", "-s")
    twins.step("phase", "-p", "0")
    twins.same_by_peer("update", "-q", "0")
    twins.step("commit", "--amend", "-m", "x")
    twins.write("a", "side\n")
    commit(twins, "another head", number=7)
    twins.same_by_peer("update", "-q", "1")
    twins.write("b", "b3\n")
    twins.step("commit", "--amend", "-q", "-m", "below the tip", "-d", "8 0")
    twins.compare()


def test_amending_with_markers(twins: Twins) -> None:
    evolution = ("--config", "experimental.evolution=all", "--config", "devel.default-date=7 0")
    twins.write("a", "a\n")
    add(twins, "a")
    commit(twins, "base")
    twins.write("a", "a2\n")
    commit(twins, "to amend", number=1)
    twins.write("a", "a3\n")
    twins.step("commit", "--amend", "-m", "reworded", *evolution)
    twins.step("commit", "--amend", "-m", "again", "-d", "5 0", "-u", "me", *evolution)
    twins.step("branch", "side", *evolution)
    twins.step("commit", "--amend", "--no-edit", *evolution)
    # the last changeset is hidden now: "tip" is another one
    last = twins.step("log", "-r", "tip", "-T", "{node}", *evolution).out.decode()
    twins.step("debugobsolete", "-d", "6 0", last, *evolution)
    twins.step("update", "-q", "0", *evolution)
    twins.step("tags", *evolution)
    twins.compare()


def with_extension(twins: Twins, name: str, *args: str) -> None:
    on = ("--config", "experimental.evolution=all", "--config", "devel.default-date=7 0")
    twins.step(*args, "--config", f"extensions.{name}=", *on, alone=True)


def test_uncommit(twins: Twins) -> None:
    twins.write("a", "a\n")
    twins.write("dir/b", "b\n")
    add(twins, "a", "dir/b")
    commit(twins, "base")
    twins.write("a", "a2\n")
    twins.write("c", "c\n")
    twins.same_by_peer("rename", "dir/b", "dir/moved")
    add(twins, "c")
    commit(twins, "more", number=1)
    with_extension(twins, "uncommit", "uncommit", "nowhere")
    with_extension(twins, "uncommit", "uncommit", "dir", "-m", "less")
    with_extension(twins, "uncommit", "uncommit")
    with_extension(twins, "uncommit", "uncommit", "c")
    with_extension(twins, "amend", "amend", "a")
    with_extension(twins, "uncommit", "unamend")
    with_extension(twins, "uncommit", "uncommit", "--allow-dirty-working-copy", "--keep")
    with_extension(twins, "uncommit", "uncommit", "--allow-dirty-working-copy")
    with_extension(twins, "uncommit", "unamend")
    with_extension(twins, "amend", "amend", "-D", "-d", "1 0")
    twins.compare()


def test_in_turns(peer: Peer, tmp_path: Path) -> None:
    """Both programs and both engines write one repository, step by step."""
    twins = Twins(peer, tmp_path, "pure")
    expected = []
    for number in range(9):
        twins.write("a", "".join(f"{line}\n" for line in range(number, number + 40)))
        twins.write(f"new{number}", f"{number}\n")
        twins.same_by_peer("add", "-q", f"new{number}")
        args = ("commit", "-m", f"step {number}", "-d", f"{number} 0")
        peer.ok(twins.theirs, *args)
        if number % 2 == 0:
            peer.ok(twins.ours, *args)
        else:
            twins.engine = ENGINES[number // 2 % len(ENGINES)]
            assert twins.run_ours(*args).code == 0
        expected.append(peer.ok(twins.theirs, "log", "-r", ".", "-T", "{node}"))
        assert peer.ok(twins.ours, "log", "-r", ".", "-T", "{node}") == expected[-1]
    twins.compare()


def test_stripping(twins: Twins) -> None:
    for number in range(6):
        twins.write("a", f"{number}\n")
        twins.write(f"new{number}", f"{number}\n")
        add(twins, "a", f"new{number}")
        commit(twins, f"change {number}", number=number)
        if number == 3:
            twins.same_by_peer("update", "-q", "1")
    twins.step("bookmark", "-r", "3", "gone")
    twins.step("bookmark", "-r", "5", "kept")
    twins.step("phase", "-p", "1")
    twins.step("phase", "-s", "-f", "4")
    with_extension(twins, "strip", "strip", "-q", "2")
    twins.compare()
    with_extension(twins, "strip", "strip", "--no-backup", "-k", ".")
    twins.compare()
    assert twins.ours_of("strip-backup") == twins.theirs_of("strip-backup")
    for root, name in ((twins.ours, "ours"), (twins.theirs, "theirs")):
        bundle = next((root / ".hg/strip-backup").glob("*backup.hg"))
        twins.peer.ok(root, "unbundle", "-q", str(bundle))
        assert name
    twins.compare()


def test_debugobsolete(twins: Twins) -> None:
    on = ("--config", "experimental.evolution=all")
    twins.write("a", "a\n")
    add(twins, "a")
    commit(twins, "base")
    node = twins.peer.ok(twins.ours, "log", "-T", "{node}").decode()
    for args in (
        ("a" * 40, "-d", "1 0"),
        ("b" * 40, "c" * 40, "d" * 40, "-d", "2 7200", "-u", "me", "--flags", "1"),
        (node, "b" * 40, "--record-parents", "-d", "3 0"),
        ("e" * 40, "--record-parents"),
        ("abc",),
        ("a" * 40, "a" * 40),
        ("a" * 40, "-d", "1 0"),
        (),
        ("--index",),
        ("-T", "json"),
        ("-T", "{prednode} {succnodes} {flag} {parentnodes} {date|hgdate} {metadata}\n"),
    ):
        twins.step("debugobsolete", *args, *on)
    twins.compare()


PLAIN = """\
From: Some Body <some@example.org>
Subject: [PATCH 1 of 2] a subject
 that goes on

text of the mail
---
 not this
diff -r 000000000000 a
--- a/a\tThu Jan 01 00:00:00 1970 +0000
+++ b/a\tThu Jan 01 00:00:01 1970 +0000
@@ -2,3 +2,4 @@
 2
 3
+3.5
 4
"""


def test_import(twins: Twins) -> None:
    twins.write("a", "".join(f"{line}\n" for line in range(1, 30)))
    add(twins, "a")
    commit(twins, "base")
    twins.write("a", "".join(f"{line}\n" for line in range(3, 33)))
    twins.write("dir/new", "new\n")
    twins.same_by_peer("copy", "a", "copied")
    for root in (twins.theirs, twins.ours):
        (root / "bin").write_bytes(b"\0\1\2" * 40)
        (root / "dir/new").chmod(0o755)
        (root / "link").symlink_to("a")
    add(twins, "dir/new", "bin", "link")
    twins.same_by_peer("branch", "-q", "side")
    commit(twins, "everything\n\nin one", "-u", "Else <e@example.org>", number=1)
    twins.same_by_peer("rename", "dir/new", "moved")
    twins.same_by_peer("remove", "link")
    for root in (twins.theirs, twins.ours):
        (root / "bin").write_bytes(b"\0\1\2" * 39 + b"\n")
    commit(twins, "next", number=2)
    for root in (twins.theirs, twins.ours):
        (root.parent / "all.patch").write_bytes(twins.peer.ok(root, "export", "-g", "1:2"))
        (root.parent / "plain.patch").write_text(PLAIN)
        (root.parent / "none.patch").write_text("nothing\n")
    twins.same_by_peer("update", "-q", "0")
    twins.step("import", "-v", "../all.patch", "--exact")
    twins.same_by_peer("update", "-q", "0")
    twins.step("import", "../all.patch", "--import-branch", "-u", "me", "-d", "9 0")
    twins.same_by_peer("update", "-q", "0")
    twins.step("import", "-v", "../plain.patch", "-d", "10 0")
    twins.step("import", "../plain.patch", "-d", "11 0")
    twins.same_by_peer("update", "-q", "-C", "0")
    twins.same_by_peer("--config", "extensions.purge=", "purge", "--all")
    twins.write("a", "x\n2\n3\n4\n5\n")
    twins.step("import", "../plain.patch")
    commit(twins, "shifted", number=12)
    twins.step("import", "../plain.patch", "--no-commit", "-v")
    twins.same_by_peer("update", "-q", "-C", ".")
    twins.write("a", "other\n")
    commit(twins, "unlike", number=13)
    twins.step("import", "../plain.patch", "--partial", "-d", "14 0")
    twins.same_by_peer("--config", "extensions.purge=", "purge", "--all")
    for args in (
        ("../none.patch",),
        ("../missing.patch",),
        (),
        ("-p", "4", "../plain.patch"),
        ("-s", "x", "../plain.patch"),
        ("--no-commit", "--secret", "../plain.patch"),
        ("--exact", "../plain.patch"),
    ):
        twins.step("import", *args)
    twins.compare()


def test_merges(twins: Twins) -> None:
    for name in ("a", "b", "c", "gone", "kept"):
        twins.write(name, f"{name}\n")
    twins.step("commit", "-A", "-m", "base", "-d", "0 0")
    twins.write("a", "other\n")
    twins.write("only-other", "x\n")
    twins.same_by_peer("rename", "c", "c-renamed")
    twins.same_by_peer("remove", "gone")
    twins.step("commit", "-A", "-q", "-m", "other", "-d", "1 0")
    twins.same_by_peer("update", "-q", "0")
    twins.write("a", "local\n")
    twins.write("b", "local\n")
    twins.write("c", "c\nlocal\n")
    commit(twins, "local", number=2)
    for root in (twins.theirs, twins.ours):
        twins.peer.run(root, "merge", "--tool", ":merge")
    commit(twins, "unresolved", number=3)
    twins.write("a", "merged\n")
    twins.same_by_peer("resolve", "-m", "-q", "a")
    commit(twins, "partly", "a", number=3)
    commit(twins, "merged", "-v", number=3)
    twins.compare()
    twins.same_by_peer("update", "-q", "1")
    twins.same_by_peer("merge", "-q", "2", "--tool", ":local")
    twins.step("commit", "-m", "the other way", "-d", "4 0")
    twins.step("commit", "--amend", "-q", "-m", "amended merge", "-d", "5 0")
    twins.compare()

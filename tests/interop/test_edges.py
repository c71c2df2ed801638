"""Rare cases of writing commands: they say and leave what real Mercurial does."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import pytest

from interop.twins import Twins
from peer import Peer


@pytest.fixture(params=["pure", "native"])
def twins(request: pytest.FixtureRequest, peer: Peer, tmp_path: Path) -> Twins:
    made = Twins(peer, tmp_path, request.param)
    made.write("a", "a\n")
    made.write("b", "b\n")
    made.same_by_peer("commit", "-Aqm", "base", "-u", "t", "-d", "0 0")
    return made


def roots(twins: Twins) -> tuple[Path, Path]:
    return twins.theirs, twins.ours


@pytest.mark.parametrize("form", ["1", "2"])
def test_a_commit_that_fails_adds_nothing(twins: Twins, form: str) -> None:
    slow = ("--config", "storage.dirstate-v2.slow-path=allow")
    if form == "2":
        setting = ("--config", "format.use-dirstate-v2=yes")
        twins.same_by_peer("debugupgraderepo", "-q", "--run", "--no-backup", *setting, *slow)
    twins.write("new", "new\n")
    for root in roots(twins):
        (root / "b").unlink()
    # with the second form, the peer has a transaction to take back even before it commits
    hook = "hooks.precommit=false" if form == "1" else "hooks.pretxncommit=false"
    for args in (
        ("commit", "-A", "-m", "x", "--config", hook),
        ("commit", "-A", "-m", "x", "--config", "hooks.pretxncommit=false"),
        ("commit", "-A", "-m", "x", "--amend", "--config", "hooks.pretxncommit=false"),
        ("status",),
        ("commit", "-A", "-m", "x", "-d", "0 0"),
        ("status", "-A"),
    ):
        twins.step(*args, *slow)
    assert not [*(twins.ours / ".hg").glob("*~")]


def test_names_that_cannot_be_tracked(twins: Twins) -> None:
    for root in roots(twins):
        (root / ".HG").mkdir()
        (root / ".HG/x").write_text("x\n")
        (root / "d").mkdir()
        (root / "d/hg~1").write_text("x\n")
        os.mkfifo(root / "fifo")
    for args in (
        ("status",),
        ("addremove",),
        ("status",),
        ("add", ".HG/x"),
        ("add", "fifo"),
        ("commit", "-m", "x", "fifo"),
        ("commit", "-m", "x", "a", "fifo"),
    ):
        twins.step(*args)


def test_a_directory_where_a_file_was(twins: Twins) -> None:
    for root in roots(twins):
        (root / "a").unlink()
        (root / "a").mkdir()
    for args in (("revert", "a"), ("revert", "--all"), ("status",)):
        mine, theirs = twins.run_ours(*args), twins.peer.run(twins.theirs, *args)
        assert mine.err.replace(bytes(twins.ours), b"") == theirs.err.replace(bytes(twins.theirs), b"")
        assert (mine.code, mine.out) == (theirs.code, theirs.out)


def test_local_tags_of_what_is_not_there(twins: Twins) -> None:
    for root in roots(twins):
        (root / ".hg/localtags").write_text(f"{'e' * 40} gone\n{'0' * 40} removed\n")
    for args in (
        ("tag", "-l", "-r", "0", "gone"),
        ("tag", "-l", "-r", "0", "removed", "new"),
        ("tag", "-l", "-f", "-r", "null", "new"),
        ("tag", "-l", "--remove", "gone"),
        ("tags",),
    ):
        twins.step(*args)
    twins.compare()


def test_purging_empty_directories(twins: Twins) -> None:
    for root in roots(twins):
        for place in ("e1/e2", "k/l", "ign/inner", "nested/.hg", "nested/empty"):
            (root / place).mkdir(parents=True)
        (root / "k/q").write_text("q\n")
        (root / "ign/file").write_text("x\n")
        (root / ".hgignore").write_text("ign\n")
    twins.same_by_peer("add", ".hgignore")
    for options in (
        ("-I", "k"),
        ("-X", "k"),
        ("glob:e*",),
        ("re:e.*",),
        ("e1",),
        ("set:unknown()",),
        ("--dirs",),
        ("--dirs", "-i"),
        ("--files",),
        (),
        ("--all",),
        ("-i",),
        ("k", "k/l"),
        ("e1", "path:e1", "e1/e2"),
        (".", "e1"),
    ):
        twins.step("purge", "-p", *options, "--config", "extensions.purge=")
    for options in (("-I", "k"), (), ("--all",)):
        twins.step("purge", *options, "--config", "extensions.purge=", "-v")
    (twins.ours / "twice/named").mkdir(parents=True)
    again = twins.run_ours("purge", "twice", "twice/named", "--config", "extensions.purge=")
    # where Mercurial aborts, because what it removed is gone
    assert (again.code, again.err, (twins.ours / "twice/named").exists()) == (0, b"", False)
    assert {path.name for path in twins.ours.iterdir()} == {path.name for path in twins.theirs.iterdir()}


def test_caches_of_the_peer_that_are_stale(twins: Twins) -> None:
    """Revisions get other branches and tags than the peer's caches say; nobody believes those."""
    strip = ("strip", "-q", "--no-backup", "--config", "extensions.strip=", "-r")
    root, questions = twins.ours, (("branches", "-c"), ("tags",), ("log", "-T", "{rev} {branch} {tags}\n"))

    def same_answers() -> None:
        cached = [twins.peer.run(root, *question) for question in questions]
        assert [twins.run_ours(*question) for question in questions] == cached
        for name in (
            "branch2-served",
            "branch2-visible",
            "rbc-revs-v2",
            "rbc-names-v2",
            "rbc-revs-v1",
            "tags2-visible",
        ):
            (root / ".hg/cache" / name).unlink(missing_ok=True)
        assert [twins.peer.run(root, *question) for question in questions] == cached

    def record(branch: str, tag: str) -> None:
        for args in (
            ("branch", "-qf", branch),
            ("commit", "-qm", branch, "-d", "0 0", "--config", "ui.allowemptycommit=yes"),
            ("tag", "-f", tag, "-d", "0 0"),
        ):
            assert twins.run_ours(*args).code == 0, args

    record("one", "first")
    same_answers()
    record("two", "second")
    same_answers()
    twins.peer.ok(root, "branches", "-q")
    assert twins.run_ours(*strip, "branch('two')").code == 0
    assert twins.run_ours("update", "-q", "0").code == 0
    record("three", "first")
    same_answers()
    assert twins.run_ours("commit", "-q", "--close-branch", "-m", "closed", "-d", "0 0").code == 0
    same_answers()
    assert twins.run_ours("commit", "-q", "--amend", "-m", "closed again").code == 0
    same_answers()


def test_where_commands_would_go(twins: Twins) -> None:
    for name in ("one", "two"):
        twins.same_by_peer("update", "-q", "0")
        twins.write("a", name)
        twins.same_by_peer("commit", "-qm", name, "-u", "t", "-d", "0 0")
    for revs in (
        "_destupdate()",
        "_destmerge()",
        "_destupdate(clean='x')",
        "_destupdate(x=1)",
        "not _destmerge()",
    ):
        twins.step("log", "-r", revs, "-T", "{rev}\n")
    twins.same_by_peer("bookmark", "-r", "0", "mark")
    twins.same_by_peer("update", "-q", "mark")
    twins.same_by_peer("update", "-q", "1")
    for revs in ("_destupdate()", "_destmerge()"):
        twins.step("log", "-r", revs, "-T", "{rev}\n")


def test_context_diffs(twins: Twins, tmp_path: Path) -> None:
    old = [f"line {n}\n" for n in range(60)]
    texts = [
        [*old[:5], "new\n", *old[5:]],
        [*old[:20], "changed\n", "twice\n", *old[22:40], *old[43:]],
        [*old[3:], "at the end, without an end"],
        ["first\n", *old[:-1]],
        [*old[:10], "x\n", *old[11:14], "y\n", *old[14:16], *old[17:]],
    ]
    twins.write("f", "".join(old))
    twins.same_by_peer("commit", "-Aqm", "lines", "-u", "t", "-d", "0 0")
    for number, text in enumerate(texts):
        lines = difflib.context_diff(old, text, "a/f", "b/f")
        patch = "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
        )
        (tmp_path / "patch").write_text(f"# a comment\n{patch}")
        twins.step(
            "import", "-m", str(number), "-d", "0 0", str(tmp_path / "patch"), "--config", "ui.username=t"
        )
        twins.step("cat", "f")
        twins.same_by_peer("update", "-qC", "1")
    (tmp_path / "patch").write_text(patch.replace("*** 8,20 ****", "*** x ****").replace("--- ", "--- ", 1))
    for fault in (("*** ", "*** x", 2), ("! x", "? x", 1), ("  line 9", "line 9", 1)):
        (tmp_path / "patch").write_text(patch.replace(*fault))
        mine = twins.run_ours("import", "-m", "x", str(tmp_path / "patch"))
        theirs = twins.peer.run(twins.theirs, "import", "-m", "x", str(tmp_path / "patch"))
        assert mine == theirs, fault
    twins.compare()

"""Settings and arguments of single commands that nothing else asks about: both programs say and leave the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from interop.twins import Twins
from peer import ROOT, Peer, clean_environment, peer_path
from unit.driver import our_process

ENGINES = ["pure", "native"]

#: Applies nothing, but says what GNU patch would.
PATCH_PROGRAM = """#!/bin/sh
cat >/dev/null
cd "$2" || exit 9
echo changed >a
echo new >'with space'
echo "patching file a"
echo "Hunk #1 succeeded at 2 with fuzz 1."
echo "patching file 'with space'"
echo "patching file d/b"
echo "Hunk #1 FAILED at 1."
echo "1 out of 1 hunk FAILED -- saving rejects to file d/b.rej"
exit $PATCH_CODE
"""

A_PATCH = """# HG changeset patch
# User somebody
# Date 5 0
by another program

diff --git a/a b/a
--- a/a
+++ b/a
@@ -1,1 +1,1 @@
-a
+changed
"""


def commit(twins: Twins, message: str, *options: str) -> None:
    twins.step("commit", "-Aqm", message, "-u", "t", "-d", "0 0", *options)


@pytest.mark.parametrize("engine", ENGINES)
def test_patch_program(peer: Peer, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    twins = Twins(peer, tmp_path, engine)
    program = tmp_path / "patcher"
    program.write_text(PATCH_PROGRAM)
    program.chmod(0o755)
    twins.write("a", "a\n")
    twins.write("d/b", "b\n")
    # the peer fails where the program makes or removes files
    twins.write("with space", "old\n")
    commit(twins, "base")
    twins.write("../p.patch", A_PATCH)
    setting = ("--config", f"ui.patch=PATCH_CODE=0 {program}")
    twins.step("import", "../p.patch", *setting, "-v")
    twins.compare()
    setting = ("--config", f"ui.patch=PATCH_CODE=3 {program}")
    twins.step("import", "../p.patch", *setting)
    twins.step("status")
    twins.step("update", "-qC", "0")
    twins.step("import", "--partial", "../p.patch", *setting)
    twins.compare()
    twins.step("import", "-q", "--bypass", "../p.patch", *setting)


@pytest.mark.parametrize("engine", ENGINES)
def test_destination_of_a_merge_of_a_set(peer: Peer, tmp_path: Path, engine: str) -> None:
    twins = Twins(peer, tmp_path, engine)
    twins.write("a", "a\n")
    commit(twins, "base")
    for number in range(2):
        twins.step("update", "-q", "0")
        twins.write(f"b{number}", "b\n")
        commit(twins, f"head {number}")
    twins.write("c", "c\n")
    commit(twins, "above")
    twins.step("update", "-q", "0")
    twins.step("branch", "-q", "other")
    twins.write("d", "d\n")
    commit(twins, "on another branch")
    for expression in ("1", "2:3", "3", "none()", "0", "0:4", "1+4", "4", "2"):
        twins.step("log", "-q", "-r", f"_destmerge({expression})")
    twins.step("log", "-q", "-r", "_destmerge()")
    twins.step("bookmark", "mark")
    twins.step("log", "-q", "-r", "_destmerge(1)")


@pytest.mark.parametrize("engine", ENGINES)
def test_filters_where_files_are_searched(peer: Peer, tmp_path: Path, engine: str) -> None:
    """What is searched, and what is alike, is what would be recorded. Each in a process, as a filter arms a timer."""
    twins = Twins(peer, tmp_path, engine)
    twins.write("a.txt", "abc\nline\nline 2\n")
    commit(twins, "base")
    for root in (twins.theirs, twins.ours):
        (root / "a.txt").rename(root / "b.txt")
        (root / "b.txt").write_text("ABC\nline\nline 2\n")
        (root / ".hg/hgrc").write_text("[encode]\n*.txt = tr A-Z a-z\n")
    for args in (
        ("addremove", "-s", "100"),
        ("grep", "abc"),
        ("grep", "ABC"),
        ("grep", "-r", "wdir()", "abc"),
    ):
        wanted = peer.run(twins.theirs, *args)
        assert our_process(twins.ours, *args, env={"HYG_ENGINE": engine}) == wanted, args


@pytest.mark.parametrize("engine", ENGINES)
def test_histories_of_files_from_the_working_copy(peer: Peer, tmp_path: Path, engine: str) -> None:
    twins = Twins(peer, tmp_path, engine)
    for number in range(3):
        twins.write("a", "".join(f"{line}\n" for line in range(number + 1)))
        twins.write(f"b{number}", "b\n")
        commit(twins, f"number {number}")
    twins.step("update", "-q", "1")
    twins.write("b0", "the other side\n")
    commit(twins, "side")
    twins.step("merge", "-q", "2")
    twins.step("rename", "-q", "a", "moved")
    twins.step("copy", "-q", "b1", "copied")
    twins.write("moved", "0\n1\n2\nx\n")
    look = ("-T", "{rev} {files}\n")
    for args in (
        ("moved",),
        ("copied",),
        ("a",),
        ("b0",),
        ("b0", "b2"),
        ("-r", "1", "b1"),
        ("-G", "moved"),
        ("-k", "number", "moved"),
    ):
        twins.step("log", "-f", "-r", "wdir()", *args, *look, "--config", "ui.username=t")
    twins.step("grep", "-f", "-r", "wdir()", "--diff", "2", "moved")


def test_settings_that_are_shipped(tmp_path: Path) -> None:
    """Without `HGRCPATH`, settings of known merge tools are listed below the user's own."""
    (tmp_path / ".hgrc").write_text("[merge-tools]\nmeld.args = mine\nown.gui = yes\n")
    environ = clean_environment(HOME=str(tmp_path), PYTHONPATH=str(ROOT / "src"), HYG_ENGINE="pure")
    del environ["HGRCPATH"]
    for args in (["merge-tools"], ["merge-tools.kdiff3.diffargs"], ["ui", "merge-tools"]):
        said = [
            subprocess.run(
                [*program, "config", *args], cwd=tmp_path, env=environ, capture_output=True, check=False
            )
            for program in ([str(peer_path())], [sys.executable, "-m", "hydrargyrum"])
        ]
        assert said[0].stdout == said[1].stdout
        assert (said[0].returncode, said[1].returncode) == (0, 0)
    assert len(said[1].stdout.splitlines()) > 120

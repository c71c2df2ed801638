"""What is merged in memory (`graft --to`) is for real Mercurial what its own commands make, and touches nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from interop.twins import Twins
from peer import Peer

ENGINES = ["pure", "native"]


def history(twins: Twins) -> None:
    """Two branches that differ in contents, flags, names and directories; the working copy is changed."""

    def record(message: str) -> None:
        twins.same_by_peer("commit", "-Aqm", message, "-u", "t", "-d", "0 0")

    lines = "".join(f"{n}\n" for n in range(20))
    for name in ("a", "b", "gone", "d/one", "d/two", "moved"):
        twins.write(name, f"{name}\n{lines}")
    record("base")  # 0
    twins.write("a", f"a\n{lines}end\n")
    twins.same_by_peer("rename", "-q", "moved", "elsewhere")
    record("left")  # 1
    twins.write("d/one", f"d/one\n{lines}left\n")
    twins.same_by_peer("remove", "-q", "gone")
    twins.write("new", "new\n")
    for root in (twins.theirs, twins.ours):
        (root / "b").chmod(0o755)
    record("left again")  # 2
    twins.write("a", f"A\n{lines}end\n")
    twins.same_by_peer("copy", "-q", "b", "copied")
    record("left, and a copy")  # 3
    twins.same_by_peer("update", "-q", "0")
    twins.same_by_peer("branch", "-q", "side")
    twins.write("a", f"right\n{lines}")
    twins.write("moved", f"moved, right\n{lines}")
    twins.same_by_peer("rename", "-q", "d", "e")
    record("right")  # 4
    twins.write("gone", "changed\n")
    record("right again")  # 5
    twins.same_by_peer("update", "-q", "0")
    twins.write("b", "not committed\n")


@pytest.fixture(params=ENGINES)
def twins(request: pytest.FixtureRequest, peer: Peer, tmp_path: Path) -> Twins:
    made = Twins(peer, tmp_path, request.param)
    history(made)
    return made


def test_graft_to(twins: Twins) -> None:
    for args in (
        ("-r", "1", "--to", "4"),
        ("-r", "2", "--to", "4"),
        ("-r", "4", "--to", "1", "--log", "-u", "somebody", "-d", "5 0"),
        ("-r", "3", "--to", "0"),
        ("-r", "1", "-r", "3", "--to", "5"),
        ("-r", "3", "--to", "5"),
        ("-r", "3", "--to", "5", "-t", ":other"),
        ("-r", "3", "--to", "5", "-t", ":local"),
        ("-r", "3", "--to", "5", "-t", "false"),
        ("-r", "3", "--to", "5", "-t", ":dump"),
        ("-r", "5", "--to", "2"),
        ("-r", "5", "--to", "2", "-t", ":other"),
        ("-r", "5", "--to", "2", "-t", ":prompt"),
        ("-r", "1", "--to", "3"),
        ("-r", "2::3", "--to", "desc('right')", "-n"),
        ("-r", "5", "--to", "1", "--base", "0"),
        ("-r", "1", "--to", "4"),
        ("-r", "1", "--to", "0", "--continue"),
        ("-r", "1", "--to", "0", "--no-commit"),
        ("-r", "2", "--to", "0", "-v"),
    ):
        twins.step("graft", *args)
    twins.compare()
    assert not (twins.ours / ".hg/merge").exists()


def test_diff_with_a_merge_made_again(twins: Twins) -> None:
    """Only with `--git`, where nothing is said about the time of a side that is no changeset."""
    twins.same_by_peer("update", "-qC", "3")
    twins.same_by_peer("merge", "-q", "4", "--tool", ":merge-local")
    twins.same_by_peer("resolve", "-qma")
    twins.write("b", "the merge changed this, too\n")
    twins.same_by_peer("commit", "-qm", "merged", "-u", "t", "-d", "0 0")
    merge = ("--config", "diff.merge=yes")
    for args in (
        ("diff", "--git", "-c", "6", *merge),
        ("diff", "--git", "-c", "6", *merge, "--reverse", "a"),
        ("diff", "--nodates", "-c", "6", *merge, "-I", "b"),
        ("diff", "--stat", "-c", "6", *merge),
        ("diff", "--git", "-c", "5", *merge),
        ("diff", "--git", "-r", "1", "-r", "4", "--ignore-changes-from-ancestors"),
        ("diff", "--git", "--from", "1", "--to", "5", "--ignore-changes-from-ancestors"),
        ("diff", "--git", "--from", "2", "--to", "4", "--ignore-changes-from-ancestors", "--reverse"),
        ("diff", "--stat", "--from", "2", "--to", "4", "--ignore-changes-from-ancestors"),
    ):
        twins.step(*args)
    assert not [*(twins.ours / ".hg").glob("hg-bundle*")]

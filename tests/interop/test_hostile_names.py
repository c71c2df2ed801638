"""Names that mean something else to some file system, and files that turn into something else: as the peer has it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from twins import Twins

from peer import Peer

NAMES = (
    ".HG/x",
    ".Hg",
    ".hg /x",
    "sub/.hg/x",
    ".h\u200cg/x",
    ".hg\u200d/x",
    "HG~1/x",
    "HG8B6C~2/x",
    ".hg::$INDEX_ALLOCATION/x",
    "aux",
    "con.txt",
    "dir/prn",
    "com1.c",
    "trailing.",
    "trailing ",
    "dir./x",
    "dir /x",
    "Name",
    "name",
    "colon:x",
    "back\\slash",
    'quote"x',
    "star*x",
    "tab\tx",
    "bell\x07x",
    "~a",
    ".hgsubx",
    ".hgtags.x",
    "-flag",
    "a" * 200,
)


@pytest.fixture(params=["pure", "native"])
def twins(request: pytest.FixtureRequest, peer: Peer, tmp_path: Path) -> Twins:
    return Twins(peer, tmp_path, request.param)


def both(twins: Twins) -> tuple[Path, Path]:
    return twins.theirs, twins.ours


def test_names(twins: Twins) -> None:
    twins.write("first", "1\n")
    twins.step("commit", "-qAm", "first", "-d", "0 0")
    for name in NAMES:
        twins.write(name, "x\n")
        twins.step("add", f"path:{name}")
    twins.step("status")
    twins.step("status")


PATCH = "diff --git a/{0} b/{0}\nnew file mode 100644\n--- /dev/null\n+++ b/{0}\n@@ -0,0 +1,1 @@\n+x\n"


def test_patches(twins: Twins) -> None:
    twins.write("first", "1\n")
    twins.step("commit", "-qAm", "first", "-d", "0 0")
    for root in both(twins):
        (root / "link").symlink_to("..")
    twins.step("commit", "-qAm", "link", "-d", "1 0")
    for name in (
        ".hg/hgrc",
        ".HG/hgrc",
        "../out",
        "/tmp/out",
        "sub/.hg/x",
        "link/out",
        ".h\u200cg/hgrc",
        "a/../../out",
    ):
        for root in both(twins):
            (root.parent / "hostile.patch").write_text(PATCH.format(name))
        twins.step("import", "--no-commit", "../hostile.patch")
        for root in both(twins):
            assert not (root.parent / "out").exists()
            assert not (root / ".hg/hgrc").exists()
    twins.compare()


def test_links_in_the_way(twins: Twins) -> None:
    twins.write("dir/a", "1\n")
    twins.write("dir/b", "1\n")
    twins.step("commit", "-qAm", "first", "-d", "0 0")
    twins.write("dir/a", "2\n")
    twins.step("commit", "-qm", "second", "-d", "1 0")
    for root in both(twins):
        os.rename(root / "dir", root.parent / "elsewhere")
        (root / "dir").symlink_to("../elsewhere")
    twins.step("status")
    for args in (
        ("add", "dir/c"),
        ("commit", "-m", "x", "dir/a"),
        ("remove", "dir/b"),
        ("update", "0"),
        ("revert", "dir/a"),
    ):
        twins.step(*args)
    for root in both(twins):
        assert (root.parent / "elsewhere/a").read_text() == "2\n"
    twins.step("status")


def test_files_that_turn_into_something_else(twins: Twins) -> None:
    for name in ("a", "b", "c", "d"):
        twins.write(name, "1\n")
    twins.step("commit", "-qAm", "first", "-d", "0 0")
    for root in both(twins):
        for name in ("a", "b", "c"):
            (root / name).unlink()
        (root / "a").mkdir()
        (root / "b").mkdir()
        (root / "b/inside").write_text("1\n")
        (root / "c").symlink_to("c")
    twins.step("status")
    twins.step("commit", "-m", "named", "-d", "1 0", "a")
    twins.step("commit", "-m", "all", "-d", "1 0")
    twins.step("diff")
    twins.step("status")
    twins.compare()

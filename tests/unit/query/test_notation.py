"""How `debugrevspec -s` writes sets, and files followed from the working directory: as the peer, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from interop.random_revsets import expressions
from peer import Peer
from unit.driver import ours

NAMES = ["0", "1", "3", "5", "tip", ".", "12", "v1.0"]
#: Each kind of a set, whole and within others.
KINDS = [
    *("all()", "0:3", "3:0", "-1:0", "0 + 1", "0:2 + 5", "5 + 0:2", "null", "none()", "not 0", "0:4 - 2"),
    *("0:3 and 2", "2 and 0:3", "0:3 and (1 or 2:4)", "(3 or 1) and 0:4", "all() and 3", "2::5", "4^", "5^2"),
    *("::4", "4::", "::4 - 2::", "descendants(3) and merge()", "follow()", "only(5, 2)", "roots(0:3)"),
    *("user(alice) and 0:3", "not public()", "draft() - merge()", "closed()", "branchpoint()", "branch(2)"),
    *(
        "branch('re:a')",
        "file(a)",
        "adds('sub')",
        "removes(a)",
        "contains(a)",
        "date('2006')",
        "keyword(SECOND)",
    ),
    *("desc(x) or user(bob)", "matching(3, user)", "matching(3)", "extra(branch)", "extra(branch, 're:a')"),
    *(
        "destination()",
        "origin()",
        "grep('x')",
        "max(user(bob))",
        "min(5 + 3)",
        "max(none())",
        "present(nope)",
        "present(user(nobody))",
        "revset(all())",
    ),
    *("first(all(), 2)", "last(0:4, 2)", "limit(all(), 2, 1)", "limit(user(bob), 2)", "limit(5 + 3 + 1, 2)"),
    *(
        "reverse(::4)",
        "reverse(3 + 1 + 2)",
        "sort(all(), -rev)",
        "sort(0 + 3 + 1, date)",
        "sort(all(), topo)",
    ),
]


@pytest.mark.parametrize("engine", ["native", "pure"])
def test_sets_are_written_as_by_the_peer(repository: Path, peer: Peer, engine: str) -> None:
    wrong = []
    asked = [*KINDS, *expressions(5, 60, NAMES, levels=2)]
    for expression in asked:
        question = ("debugrevspec", "--hidden", "-s", "--no-show-revs", expression)
        theirs = peer.run(repository, *question)
        found = ours(repository, *question, env={"HYG_ENGINE": engine})
        if theirs.code == 0 and (found.code, found.out) != (0, theirs.out):
            wrong.append(f"{expression}\n{theirs.out.decode()}\n{found!r}")
    assert not wrong, f"{len(wrong)} of {len(asked)} differ:\n" + "\n".join(wrong[:5])


def test_both_sets_of_a_comparison(repository: Path, peer: Peer) -> None:
    question = ("debugrevspec", "--hidden", "-v", "--verify-optimized", "0:3 and not 1 or ::2 - 0")
    theirs = peer.run(repository, *question)
    assert b"* analyzed set:" in theirs.out
    found = ours(repository, *question)
    assert (found.code, found.out) == (theirs.code, theirs.out)


@pytest.mark.parametrize("engine", ["native", "pure"])
def test_files_are_followed_from_the_working_directory(tmp_path: Path, peer: Peer, engine: str) -> None:
    root = tmp_path / "follow"
    peer.ok(tmp_path, "init", str(root))

    def write(name: str, text: str) -> None:
        (root / name).write_text(text)

    write("a", "a\n")
    write("k", "k\n")
    peer.ok(root, "commit", "-qAm", "0")
    write("a", "a\nb\n")
    write("gone", "g\n")
    peer.ok(root, "commit", "-qAm", "1")
    peer.ok(root, "update", "-q", "0")
    write("a", "0\na\n")
    write("k", "k2\n")
    write("lost", "l\n")
    write("out", "o\n")
    peer.ok(root, "commit", "-qAm", "2")
    peer.ok(root, "merge", "-q", "1")
    peer.ok(root, "rename", "-q", "out", "moved")
    write("new", "n\n")
    peer.ok(root, "add", "-q", "new")
    (root / "lost").unlink()
    files = ("a", "k", "gone", "lost", "out", "moved", "new", "glob:*")
    seen = set()
    for name in ("follow", "_followfirst"):
        for file in files:
            question = ("debugrevspec", f"{name}('{file}', startrev=wdir())")
            theirs = peer.run(root, *question)
            assert ours(root, *question, env={"HYG_ENGINE": engine}) == theirs, (name, file)
            seen.add(theirs.out)
    assert len(seen) > 5

"""Commands that are to die or fail half-way: the repository before, and what has to be there afterwards in any case."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from peer import Peer
from unit.driver import ours, peer_process

PRECIOUS = "precious, not committed\n"
#: What is there when a shelf is taken back that conflicts with it.
PENDING = "other\n" + PRECIOUS


class Story(NamedTuple):
    """One command.

    Attributes:
        name: of the story; args: the command.
        prepare: brings a copy of the common repository to where it begins.
        steps: it has several transactions; in between is neither the old nor the new state, but nothing is lost.
        precious: the working copy has changes that nobody committed and that must stay, in files or in shelves.
        tells: it changes the dirstate more than once, and each time that is true of the files.
        stops: what was interrupted may be given up with an error, like the peer's, that leaves nothing to give up.
        untrue: it makes the dirstate untrue, and `verify` tells.
        check: what is wrong, afterwards, with what lies beside the repository.
        beside: the command runs in the directory that has the repository in it.
    """

    name: str
    args: tuple[str, ...]
    prepare: Callable[[Peer, Path], None]
    steps: bool = False
    precious: bool = False
    tells: bool = False
    stops: bool = False
    untrue: bool = False
    check: Callable[[Peer, Path], list[str]] | None = None
    beside: bool = False


def build(peer: Peer, root: Path) -> None:
    """The common repository: two heads, a tag, bookmarks, a file that is no longer inline."""
    peer.ok(root.parent, "init", str(root))
    (root / "dir").mkdir()
    (root / "a").write_text("".join(f"{line}\n" for line in range(30)))
    (root / "dir/b").write_text("b\n")
    (root / "gone").write_text("gone\n")
    (root / "big").write_bytes(os.urandom(90000))
    peer.ok(root, "commit", "-qAm", "base", "-d", "0 0")
    peer.ok(root, "phase", "-p", ".")
    (root / "a").write_text("".join(f"{line}\n" for line in range(5, 30)))
    (root / "side").write_text("side\n")
    peer.ok(root, "commit", "-qAm", "side", "-d", "1 0")
    peer.ok(root, "update", "-q", "0")
    (root / "a").write_text("".join(f"{line}\n" for line in range(35)))
    (root / "big").write_bytes(os.urandom(90000))
    (root / "new").write_text("new\n")
    peer.ok(root, "remove", "gone")
    peer.ok(root, "commit", "-qAm", "tip", "-d", "2 0")
    peer.ok(root, "bookmark", "-r", "1", "other")
    peer.ok(root, "bookmark", "mark")


def _dirty(peer: Peer, root: Path) -> None:
    with open(root / "a", "a") as stream:
        stream.write(PRECIOUS)
    (root / "added").write_text("added\n" + PRECIOUS)
    peer.ok(root, "add", "-q", "added")
    peer.ok(root, "remove", "-q", "dir/b")


def _clean(peer: Peer, root: Path) -> None:
    pass


def _bundled(peer: Peer, root: Path) -> None:
    peer.ok(root, "bundle", "-q", "--base", "0", "-r", "2", "../bundle.hg")
    peer.ok(root, "update", "-q", "1")
    peer.ok(root, "strip", "-q", "--no-backup", "2", "--config", "extensions.strip=")


def _shelved(peer: Peer, root: Path) -> None:
    _dirty(peer, root)
    peer.ok(root, "shelve", "-q", "-n", "shelf")
    peer.ok(root, "update", "-q", "-C", "1")
    (root / "side").write_text("side\n" + PRECIOUS)


def _conflicting(peer: Peer, root: Path) -> None:
    with open(root / "a", "w") as stream:
        stream.write(PRECIOUS)
    peer.ok(root, "shelve", "-q", "-n", "shelf")
    with open(root / "a", "w") as stream:
        stream.write(PENDING)


def _merged(peer: Peer, root: Path) -> None:
    peer.ok(root, "merge", "-q", "1", "--tool", ":other")


def _files(peer: Peer, root: Path) -> None:
    """Changes that nobody has told of yet."""
    (root / "added").write_text("added\n" + PRECIOUS)
    (root / "moved").write_text((root / "a").read_text())
    (root / "a").unlink()


def _forgotten(peer: Peer, root: Path) -> None:
    with open(root / "a", "a") as stream:
        stream.write(PRECIOUS)


def _ahead(peer: Peer, root: Path) -> None:
    (root / "more").write_text("more\n")
    peer.ok(root, "commit", "-qAm", "more", "-d", "3 0")


def _patch(peer: Peer, root: Path) -> None:
    peer.ok(root, "export", "-q", "-g", "-r", "2", "-o", "../x.patch")
    peer.ok(root, "update", "-q", "1")


def _patch_over(peer: Peer, root: Path) -> None:
    """The file that a patch changes has changes elsewhere."""
    _patch(peer, root)
    text = (root / "a").read_text()
    (root / "a").write_text(PRECIOUS + text)
    context = " 27\n 28\n 29\n" + "".join(f"+{line}\n" for line in range(30, 35))
    assert text.endswith("27\n28\n29\n")
    (root.parent / "x.patch").write_text(
        f"diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -23,3 +23,8 @@\n{context}"
    )


def _stopped_graft(peer: Peer, root: Path) -> None:
    (root / "a").write_text("conflict\n")
    peer.ok(root, "commit", "-qm", "conflict", "-d", "3 0")
    peer.run(root, "graft", "-q", "1", "--tool", ":fail")
    peer.ok(root, "resolve", "-q", "--all", "--tool", ":local")


def _conflicts(peer: Peer, root: Path) -> None:
    (root / "a").write_text("conflict\n")
    peer.ok(root, "commit", "-qm", "conflict", "-d", "3 0")
    peer.run(root, "merge", "-q", "1", "--tool", ":fail")


def _stopped_unshelve(peer: Peer, root: Path) -> None:
    _conflicting(peer, root)
    peer.run(root, "unshelve", "-q", "--date", "7 0", "--tool", ":fail")
    peer.run(root, "resolve", "-q", "--all", "--tool", ":other")


def _amended(peer: Peer, root: Path) -> None:
    (root / "added").write_text("added\n" + PRECIOUS)
    peer.ok(root, "add", "-q", "added")
    peer.ok(root, "commit", "--amend", "-q", "-m", "amended", "-d", "4 0", *MARKERS)


def _abandoned(peer: Peer, root: Path) -> None:
    """The peer dies with everything written but the end."""
    (root / "new").write_text("more\n")
    (root / "big").write_bytes(b"another\n" * 9000)
    hook = "hooks.pretxnclose=kill -9 $PPID"
    answer = peer_process(root, "commit", "-qm", "dies", "-d", "3 0", "--config", hook)
    assert answer.code == 256 - 9, answer


def _untracked(peer: Peer, root: Path) -> None:
    _forgotten(peer, root)
    (root / "junk").write_text("junk\n")
    (root / "empty/er").mkdir(parents=True)


def _shared(peer: Peer, root: Path) -> None:
    """The repository becomes the share of another."""
    source = root.parent / "source"
    root.rename(source)
    peer.ok(root.parent, "share", "-q", "--relative", str(source), str(root), *SHARE)
    peer.ok(root, "bookmark", "-q", "-f", "-r", "2", "mark")


def _shared_changes(peer: Peer, root: Path) -> None:
    _shared(peer, root)
    _files(peer, root)


def _nested(peer: Peer, root: Path) -> None:
    """A subrepository, with changes in both."""
    peer.ok(root.parent, "init", str(root / "nested"))
    (root / "nested/inner").write_text("inner\n")
    peer.ok(root / "nested", "commit", "-qAm", "inner", "-d", "3 0")
    (root / ".hgsub").write_text("nested = nested\n")
    peer.ok(root, "add", "-q", ".hgsub")
    peer.ok(root, "commit", "-qm", "with a subrepository", "-d", "3 0")
    (root / "nested/inner").write_text("changed\n")
    (root / "nested/more").write_text("more\n")
    peer.ok(root / "nested", "add", "-q", "more")
    (root / "a").write_text(PRECIOUS)


def _nested_moves(peer: Peer, root: Path) -> None:
    """Two changesets with a subrepository, whose working copy is that of the second."""
    _nested(peer, root)
    peer.ok(root, "commit", "-qS", "-m", "moved", "-d", "4 0")


def _touched(peer: Peer, root: Path) -> None:
    """Files whose times say nothing of them."""
    for name in ("a", "dir/b", "big", "new"):
        os.utime(root / name, (1_000_000_000, 1_000_000_000))


def _simple(peer: Peer, root: Path) -> None:
    """Nothing that keeps a clone from being all links."""
    peer.ok(root, "bookmark", "-q", "-d", "mark", "other")


def _patient(peer: Peer, root: Path) -> None:
    """The peer, which has no native code here, reads newer formats all the same."""
    with open(root / ".hg/hgrc", "a") as stream:
        stream.write("[storage]\ndirstate-v2.slow-path = allow\n")
        stream.write("revlog.persistent-nodemap.slow-path = allow\n")


def _of_another_format(*formats: str) -> Callable[[Peer, Path], None]:
    """As before, but made with other format items."""

    def prepare(peer: Peer, root: Path) -> None:
        settings = [part for each in formats for part in ("--config", each)]
        peer.ok(root, "debugupgraderepo", "-q", "--run", "--no-backup", *settings)

    return prepare


def _in_another(format_item: str) -> Callable[[Peer, Path], None]:
    """The repository is of another format."""

    def prepare(peer: Peer, root: Path) -> None:
        old = root.with_name("old")
        root.rename(old)
        peer.ok(root.parent, "clone", "-q", "--pull", str(old), str(root), *FORMATS[format_item])
        shutil.rmtree(old)
        _patient(peer, root)
        for path in (root / "dir/deep/er/f", root / "dir/g"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(PRECIOUS)
        (root / "a").write_text("changed\n")
        peer.ok(root, "add", "-q")

    return prepare


def _sound(name: str) -> Callable[[Peer, Path], list[str]]:
    """A repository beside is whole, if it is one already."""

    def check(peer: Peer, root: Path) -> list[str]:
        there = root.parent / name
        if not (there / ".hg/requires").exists():
            return []
        ours_said = ours(there, "log", "-q")
        if b"Traceback" in ours_said.err:
            return [f"{name}: {ours_said}"]
        # the peer reads no line of a journal that is cut short, and does nothing then
        if (there / ".hg/store/journal").exists() and peer.run(there, "recover", "-q").code:
            recovered = ours(there, "recover", "-q")
            if recovered.code:
                return [f"{name}: recover: {recovered}"]
        if not (there / ".hg/store/requires").exists() or not (there / ".hg/store/00changelog.i").exists():
            # a copy is empty until its changelog is there, which comes last
            return []
        answer = peer.run(there, "verify", "-q")
        return [f"{name}: {answer}"] if answer.code else []

    return check


SHARE = ("--config", "extensions.share=")
STRIP = ("--config", "extensions.strip=")
UNCOMMIT = ("--config", "extensions.uncommit=", "--config", "experimental.evolution=all")
MARKERS = ("--config", "experimental.evolution=all")
FORMATS = {
    "trees": ("--config", "experimental.treemanifest=yes"),
    "newer": (
        "--config",
        "format.use-dirstate-v2=yes",
        "--config",
        "format.use-persistent-nodemap=yes",
        "--config",
        "storage.dirstate-v2.slow-path=allow",
        "--config",
        "storage.revlog.persistent-nodemap.slow-path=allow",
    ),
}

UPGRADE = ("debugupgraderepo", "--run", "-q")
LESS = ("format.dotencode=no", "format.sparse-revlog=no")

STORIES = (
    Story("commit", ("commit", "-m", "new", "-d", "9 0"), _dirty, precious=True),
    Story("commit a merge", ("commit", "-m", "new", "-d", "9 0"), _merged),
    Story("amend", ("commit", "--amend", "-m", "new", "-d", "9 0"), _dirty, steps=True, precious=True),
    Story(
        "amend with markers",
        ("commit", "--amend", "-m", "new", "-d", "9 0", "--config", "experimental.evolution=all"),
        _dirty,
        precious=True,
    ),
    Story("update", ("update", "1"), _clean),
    Story("update null", ("update", "null"), _clean),
    Story("merge", ("merge", "1", "--tool", ":merge"), _clean),
    Story("strip", ("strip", "1", "--config", "extensions.strip="), _clean, steps=True),
    Story("unbundle", ("unbundle", "../bundle.hg"), _bundled),
    Story("shelve", ("shelve", "-n", "shelf"), _dirty, precious=True),
    Story("unshelve", ("unshelve", "--date", "7 0"), _shelved, precious=True),
    Story("unshelve with conflicts", ("unshelve", "--date", "7 0"), _conflicting, precious=True),
    Story("rollback", ("rollback", "-f"), _clean),
    Story("tag", ("tag", "-r", "1", "-d", "9 0", "T"), _clean, tells=True),
    Story("phase", ("phase", "-p", "2"), _clean),
    Story("bookmark", ("bookmark", "-f", "-r", "1", "mark"), _clean),
)
#: More of them, for which there is time at night only.
MORE = (
    Story("init", ("init", "../fresh"), _clean, check=_sound("fresh")),
    Story("add", ("add",), _files),
    Story("forget", ("forget", "a"), _forgotten, precious=True),
    Story("remove", ("remove", "-f", "dir/b", "big"), _forgotten, precious=True),
    Story("addremove", ("addremove", "-s", "80"), _files, precious=True),
    Story("copy", ("copy", "a", "dir/b2"), _forgotten, precious=True),
    Story("rename", ("rename", "a", "dir/a2"), _forgotten, precious=True),
    Story("rename a directory", ("rename", "dir", "other"), _forgotten, precious=True),
    Story("revert", ("revert", "--all", "-r", "1"), _forgotten, precious=True),
    Story("revert files", ("revert", "a", "dir/b"), _dirty, precious=True),
    Story("branch", ("branch", "another"), _clean),
    Story("branch of changesets", ("branch", "-r", "2", "another"), _clean, steps=True),
    Story("commit that closes", ("commit", "--close-branch", "--secret", "-m", "new", "-d", "9 0"), _clean),
    Story("commit with trees", ("commit", "-m", "new", "-d", "9 0"), _in_another("trees"), precious=True),
    Story(
        "commit in newer formats", ("commit", "-m", "new", "-d", "9 0"), _in_another("newer"), precious=True
    ),
    Story("update in newer formats", ("update", "-C", "1"), _in_another("newer")),
    Story(
        "amend by the extension", ("amend", "-d", "9 0", "--config", "extensions.amend=", *MARKERS), _dirty
    ),
    Story("update over changes", ("update", "-C", "1"), _dirty),
    Story("update with changes", ("update", "-m", "1", "--tool", ":merge"), _forgotten, precious=True),
    Story("local tag", ("tag", "-l", "-r", "1", "T"), _clean),
    Story("remove a bookmark", ("bookmark", "-d", "other"), _clean),
    Story("secret", ("phase", "-s", "-f", "2"), _clean),
    Story("give up a merge", ("merge", "--abort"), _merged),
    Story("resolve", ("resolve", "--all", "--tool", ":other"), _conflicts),
    Story("mark as resolved", ("resolve", "--mark", "--all"), _conflicts),
    Story("graft", ("graft", "1", "--tool", ":other"), _clean, tells=True),
    Story("continue a graft", ("graft", "--continue"), _stopped_graft, tells=True),
    Story("give up a graft", ("graft", "--abort"), _stopped_graft),
    Story("backout", ("backout", "2", "-m", "back", "-d", "9 0"), _clean, tells=True),
    Story(
        "backout with a merge",
        ("backout", "2", "--merge", "-m", "b", "-d", "9 0", "--tool", ":local"),
        _ahead,
        steps=True,
    ),
    Story("export", ("export", "-r", "0:2", "-o", "../%n.patch"), _clean),
    Story("import", ("import", "-q", "../x.patch"), _patch, tells=True),
    Story("import without a working copy", ("import", "-q", "--bypass", "../x.patch"), _patch),
    Story(
        "continue unshelve",
        ("unshelve", "--continue"),
        _stopped_unshelve,
        steps=True,
        precious=True,
        tells=True,
        stops=True,
    ),
    Story(
        "give up unshelve",
        ("unshelve", "--abort"),
        _stopped_unshelve,
        steps=True,
        precious=True,
        tells=True,
        stops=True,
    ),
    Story(
        "import over changes", ("import", "-q", "-f", "--no-commit", "../x.patch"), _patch_over, precious=True
    ),
    Story("drop a shelf", ("shelve", "-d", "shelf"), _shelved),
    Story("purge", ("purge", "--no-confirm"), _untracked, precious=True),
    Story("recover", ("recover",), _abandoned),
    Story("bundle", ("bundle", "-a", "../all.hg"), _clean),
    Story("archive", ("archive", "../archived"), _clean),
    Story("archive in a file", ("archive", "../archived.tgz"), _clean),
    Story("clone", ("clone", ".", "../cloned"), _clean, check=_sound("cloned")),
    Story("clone by pulling", ("clone", "--pull", ".", "../cloned"), _clean, check=_sound("cloned")),
    Story("share", ("share", ".", "../another", *SHARE), _clean, check=_sound("another")),
    Story("unshare", ("unshare", *SHARE), _shared, check=_sound("source")),
    Story(
        "commit in a share",
        ("commit", "-A", "-m", "new", "-d", "9 0"),
        _shared_changes,
        tells=True,
        check=_sound("source"),
    ),
    Story("uncommit", ("uncommit", "-d", "9 0", *UNCOMMIT), _clean),
    Story("unamend", ("unamend", *UNCOMMIT), _amended, precious=True),
    Story("strip and keep", ("strip", "-k", "2", *STRIP), _clean, steps=True),
    Story("bisect", ("bisect", "-g", "0"), _clean),
    Story("marker", ("debugobsolete", "-d", "9 0", "f" * 40, *MARKERS), _clean),
    Story("parents", ("debugsetparents", "1"), _clean, untrue=True),
    Story("rebuild the dirstate", ("debugrebuilddirstate",), _dirty),
    Story("rebuild the list of files", ("debugrebuildfncache",), _clean),
    Story("upgrade", UPGRADE, _of_another_format(*LESS)),
    Story("upgrade without a backup", (*UPGRADE, "--no-backup"), _of_another_format(*LESS)),
    Story(
        "upgrade of the compression",
        (*UPGRADE, "--config", "format.revlog-compression=none"),
        _clean,
    ),
    Story("upgrade of the dirstate", (*UPGRADE, "--config", "format.use-dirstate-v2=yes"), _patient),
    Story("upgrade with a nodemap", (*UPGRADE, "--config", "format.use-persistent-nodemap=yes"), _patient),
    Story(
        "commit with a subrepository",
        ("commit", "-S", "-m", "new", "-d", "9 0"),
        _nested,
        tells=True,
        check=_sound("repo/nested"),
    ),
    Story("update of a subrepository", ("update", "-C", "3"), _nested_moves, check=_sound("repo/nested")),
    Story("clone from beside", ("clone", "repo", "cloned"), _simple, check=_sound("cloned"), beside=True),
    Story("status that remembers", ("status",), _touched),
    Story("rename a bookmark", ("bookmark", "-m", "mark", "renamed"), _clean),
)
#: The peer dies in these, and we find what it leaves.
THEIRS = (
    "commit",
    "amend",
    "strip",
    "unbundle",
    "shelve",
    "rollback",
    "phase",
    "bookmark",
    "recover",
    "continue unshelve",
    "give up unshelve",
)
#: These are also what the launcher does without Python.
LAUNCHED = ("clone from beside", "status that remembers")

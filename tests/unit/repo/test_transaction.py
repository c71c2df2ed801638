"""Transactions over files: closed, aborted, interrupted and recovered from by either program."""

from __future__ import annotations

from pathlib import Path

import pytest

from hydrargyrum import errors
from hydrargyrum.repo import Repository
from hydrargyrum.repo.transaction import Transaction, recover
from peer import Peer
from unit.driver import peer_process
from unit.opened import Stop, open_repository, stopped


@pytest.fixture
def root(tmp_path: Path, peer: Peer) -> Path:
    root = tmp_path / "r"
    peer.ok(tmp_path, "init", root.name)
    (root / "a").write_bytes(b"a\n")
    peer.ok(root, "commit", "-qAm1", "-d0 0")
    peer.ok(root, "bookmark", "first")
    return root


class Recorder:
    """Remembers which hooks run; the one called `refuse` says no."""

    def __init__(self, refuse: str = "") -> None:
        self.events: list[tuple[str, bool]] = []
        self.facts: dict[str, dict[str, object]] = {}
        self.refuse = refuse

    def wants(self, event: str, /) -> bool:
        return True

    def run(self, event: str, facts: dict[str, object], /, *, stops: bool) -> None:
        self.events.append((event, stops))
        self.facts[event] = dict(facts)
        if event == self.refuse:
            raise errors.Abort(f"{event} hook failed")


def files(root: Path) -> dict[str, bytes]:
    """Everything under `.hg` that a transaction may have changed."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted((root / ".hg").rglob("*"))
        if path.is_file() and "undo" not in path.name and path.parent.name not in ("cache", "wcache")
    }


def change(txn: Transaction) -> None:
    """Changes a file of each kind."""
    txn.write_file("plain", "bookmarks", b"")
    txn.write_file("", "phaseroots", b"")
    txn.write_file("", "new-file", b"new\n")
    txn.append_file("00changelog.d", b"more")
    txn.append_file("data/New_File.i", b"more")
    txn.temporary("", "scratch")
    Path(txn._places.path("", "scratch").decode()).write_bytes(b"x")


def abandon(repo: Repository, txn: Transaction) -> None:
    """As if the process had died here."""
    repo.locks.store.release()
    repo.forget_transaction()
    assert txn.is_running


def test_aborted(root: Path) -> None:
    before = files(root)
    repo, heard = open_repository(root)
    with stopped(), repo.lock_store(), repo.transaction("test") as txn:
        change(txn)
        assert (root / ".hg/store/data/_new___file.i").read_bytes() == b"more"
        assert (root / ".hg/journal.desc").read_bytes() == b"1\ntest\n"
        raise Stop
    assert files(root) == before
    assert heard.lines == [("warn", "transaction abort!\n"), ("warn", "rollback completed\n")]
    assert repo.current_transaction is None


def test_an_abort_with_nothing_changed_is_quiet(root: Path) -> None:
    before = files(root)
    repo, heard = open_repository(root)
    with stopped(), repo.lock_store(), repo.transaction("test") as txn:
        txn.temporary("", "scratch")
        raise Stop
    assert files(root) == before
    assert heard.lines == []


def test_closed_then_undone_by_the_peer(root: Path, peer: Peer) -> None:
    before = files(root)
    repo, heard = open_repository(root)
    with repo.lock_working_copy(), repo.lock_store(), repo.transaction("test") as txn:
        txn.write_file("plain", "bookmarks", b"%s other\n" % repo["tip"].node.hex().encode())
        txn.append_file("obsstore", b"\x01")
        txn.generate("", "extra", lambda: b"made late", late=True)
        txn.temporary("", "scratch")
    after = files(root)
    assert {name for name in after if before.get(name) != after[name]} == {
        ".hg/bookmarks",
        ".hg/store/obsstore",
        ".hg/store/extra",
    }
    assert heard.lines == []
    answer = peer.run(root, "rollback")
    assert (answer.code, answer.out) == (0, b"repository tip rolled back to revision 0 (undo test)\n")
    assert files(root) == before


def test_interrupted_and_recovered_by_the_peer(root: Path, peer: Peer) -> None:
    before = files(root)
    repo, _ = open_repository(root)
    repo.lock_store()
    txn = repo.transaction("test")
    change(txn)
    abandon(repo, txn)
    assert b"abandoned transaction found" in peer.run(root, "bookmark", "x").err
    assert peer.run(root, "recover", "--no-verify").out == b"rolling back interrupted transaction\n"
    after = files(root)
    assert after.pop(".hg/journal.desc") == b"1\ntest\n"  # the peer leaves it
    assert after == before


def test_interrupted_and_recovered_by_us(root: Path) -> None:
    before = files(root)
    repo, _ = open_repository(root)
    repo.lock_store()
    txn = repo.transaction("test")
    change(txn)
    abandon(repo, txn)
    repo, heard = open_repository(root)
    with repo.lock_store(), pytest.raises(errors.Abort, match="abandoned transaction found"):
        repo.transaction("another")
    assert recover(repo)
    assert not recover(repo)
    assert heard.lines == [
        ("status", "rolling back interrupted transaction\n"),
        ("warn", "no interrupted transaction available\n"),
    ]
    after = files(root)
    after.pop(".hg/journal.desc")
    assert after == before


@pytest.mark.parametrize("rest", ["00mani", "00manifest.i\0", "00manifest.i\x001", "data/a.i\x001 "])
def test_a_line_cut_short(rest: str, root: Path) -> None:
    before = files(root)
    repo, _ = open_repository(root)
    repo.lock_store()
    txn = repo.transaction("test")
    change(txn)
    abandon(repo, txn)
    with open(root / ".hg/store/journal", "a") as journal:
        journal.write(rest)
    repo, heard = open_repository(root)
    assert recover(repo)
    shown = rest.replace("\0", "\\x00")
    assert heard.lines[1:] == [("warn", f"couldn't read journal entry '{shown}'!\n")]
    after = files(root)
    after.pop(".hg/journal.desc")
    assert after == before


def test_the_peers_journal_is_recovered_by_us(root: Path, peer: Peer) -> None:
    before = files(root)
    (root / "a").write_bytes(b"more\n")
    (root / "B_b").write_bytes(b"more\n")
    peer.ok(root, "add", "B_b")
    dirty = files(root)
    options = ["--config", "devel.debug.abort-transaction=kill-9-post-finalize"]
    assert peer_process(root, "commit", "-m", "dies", *options).code in (-9, 247)
    assert len(open_repository(root)[0].engine.changelog()) == 2
    repo, _ = open_repository(root)
    assert recover(repo)
    after = files(root)
    assert len(repo.engine.changelog()) == 1
    for name in (".hg/dirstate", ".hg/store/00changelog.i", ".hg/store/fncache", ".hg/bookmarks"):
        assert after[name] == dirty[name]
    assert ".hg/store/data/_b__b.i" not in after
    assert after[".hg/store/data/a.i"] == before[".hg/store/data/a.i"]


def test_joined(root: Path) -> None:
    repo, heard = open_repository(root)
    order: list[str] = []
    with repo.lock_store(), repo.transaction("outer") as outer:
        with repo.transaction("inner") as inner:
            assert inner is outer
            assert outer.names == ["outer", "inner"]
            inner.write_file("", "x", b"1")
        assert (root / ".hg/store/journal").exists()
        outer.at_finish("b", lambda _: order.append("finish b"))
        outer.at_finish("a", lambda _: order.append("finish a"))
        outer.after_close("c", lambda txn: order.append(f"closed {txn.is_running}"))
        outer.validate("v", lambda txn: order.append(f"validate {txn.is_running}"))
    assert order == ["validate True", "finish a", "finish b", "closed False"]
    assert (root / ".hg/store/x").read_bytes() == b"1"
    # a failure inside that somebody catches outside still undoes everything
    with repo.lock_store(), repo.transaction("outer") as outer:
        outer.on_abort("z", lambda _: order.append("aborting"))
        with stopped(), repo.transaction("inner"):
            outer.write_file("", "x", b"2")
            raise Stop
    assert order[-1] == "aborting"
    assert (root / ".hg/store/x").read_bytes() == b"1"
    assert heard.lines[-1] == ("warn", "rollback completed\n")


def test_hooks(root: Path) -> None:
    repo, _ = open_repository(root)
    hooks = repo.hooks = Recorder()
    node = repo["tip"].node
    with repo.lock_store(), repo.transaction("test") as txn:
        txn.changes.move_bookmark("b", None, node)
        txn.changes.phases.append(([0], ("draft", "public")))
        txn.hook_facts["source"] = "here"
    assert hooks.events == [
        ("prelock", True),
        ("pretxnopen", True),
        ("pretxnclose-bookmark", True),
        ("pretxnclose-phase", True),
        ("pretxnclose", True),
        ("txnclose-bookmark", False),
        ("txnclose-phase", False),
        ("txnclose", False),
    ]
    facts = hooks.facts["txnclose-bookmark"]
    assert str(facts.pop("txnid")).startswith("TXN:")
    assert facts == {"txnname": "test", "source": "here", "bookmark": "b", "node": node.hex(), "oldnode": ""}
    assert hooks.facts["txnclose-phase"]["oldphase"] == "draft"


def test_a_hook_refuses(root: Path) -> None:
    before = files(root)
    repo, heard = open_repository(root)
    hooks = repo.hooks = Recorder("pretxnclose")
    with pytest.raises(errors.Abort), repo.lock_store(), repo.transaction("test") as txn:
        change(txn)
    assert hooks.events[-2:] == [("pretxnclose", True), ("txnabort", False)]
    assert files(root) == before
    assert heard.lines[-1] == ("warn", "rollback completed\n")


def test_the_branch_is_kept_for_rollback(root: Path, peer: Peer) -> None:
    repo, _ = open_repository(root)
    with repo.lock_working_copy(), repo.lock_store(), repo.transaction("test") as txn:
        txn.write_file("", "x", b"1")
    peer.ok(root, "branch", "-q", "other")
    assert (root / ".hg/undo.backup.branch.bck").read_bytes() == b"default\n"
    # the parents stay, so that dirstate and branch do too
    assert peer.run(root, "rollback", "-f").code == 0
    assert peer.ok(root, "branch") == b"other\n"


def test_pending_files_go_away(root: Path) -> None:
    repo, _ = open_repository(root)
    with repo.lock_store(), repo.transaction("test") as txn:
        assert not txn.write_pending()
        txn.generate("", "phaseroots", lambda: b"late\n")
        assert txn.write_pending()
        assert (root / ".hg/store/phaseroots.pending").read_bytes() == b"late\n"
        assert (root / ".hg/store/phaseroots").read_bytes() != b"late\n"
    assert (root / ".hg/store/phaseroots").read_bytes() == b"late\n"
    assert not (root / ".hg/store/phaseroots.pending").exists()


def test_a_journal_that_cannot_be_played_back_stays(root: Path) -> None:
    repo, heard = open_repository(root)
    with stopped(), repo.lock_store(), repo.transaction("test") as txn:
        txn.append_file("00changelog.d", b"more")
        (root / ".hg/store/00changelog.d").write_bytes(b"short")
        raise Stop
    assert heard.lines[1][1] == "rollback failed - please run hg recover\n"
    assert (root / ".hg/store/journal").exists()


def test_a_transaction_needs_the_lock(root: Path) -> None:
    repo, _ = open_repository(root)
    with pytest.raises(errors.InternalError):
        repo.transaction("test")


def test_modes_follow_the_store(root: Path) -> None:
    (root / ".hg/store").chmod(0o770)
    repo, _ = open_repository(root)
    with repo.lock_store(), repo.transaction("test") as txn:
        assert (root / ".hg/store/journal").stat().st_mode & 0o777 == 0o660
        txn.write_file("", "x", b"1")
    assert (root / ".hg/store/x").stat().st_mode & 0o777 == 0o660
    assert (root / ".hg/store/undo").stat().st_mode & 0o777 == 0o660

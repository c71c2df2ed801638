"""The store writer of each engine: what it writes is what the peer would have written, and the peer agrees."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hydrargyrum import errors
from hydrargyrum.engine.protocol import Engine
from hydrargyrum.engine.select import select_engine
from hydrargyrum.plans import CommitHeader, FileChange, RevisionToAdd
from hydrargyrum.repo import Repository
from hydrargyrum.text.delta import encode, trivial_header
from hydrargyrum.types import NULL_NODE, EngineSettings, PatternSet, StatusRequest
from peer import Peer
from unit.opened import Stop, open_repository, stopped

#: Engines that write.
ENGINES = ("pure", "native")

FORMATS = {
    "default": [],
    "zlib": ["format.revlog-compression=zlib"],
    "none": ["format.revlog-compression=none"],
    "tree": ["experimental.treemanifest=yes"],
    "delta-info": ["format.use-delta-info-flags=yes"],
    "nodemap": ["format.use-persistent-nodemap=yes"],
    "no-generaldelta": ["format.usegeneraldelta=no", "format.sparse-revlog=no"],
    "no-sparse": ["format.sparse-revlog=no"],
    "no-dotencode": ["format.dotencode=no"],
    "no-fncache": ["format.usefncache=no"],
    "no-store": ["format.usestore=no"],
}
SLOW = ["--config", "storage.all-slow-path=allow"]


@pytest.fixture(params=ENGINES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make(tmp_path: Path, peer: Peer) -> Callable[..., Path]:
    """Makes an empty repository."""
    numbers = itertools.count()

    def make(form: str = "default") -> Path:
        root = tmp_path / f"r{next(numbers)}"
        items = [part for item in FORMATS[form] for part in ("--config", item)]
        peer.ok(tmp_path, "init", root.name, *SLOW, *items)
        return root

    return make


def header(repo: Repository, message: str, *parents: int, **more: object) -> CommitHeader:
    both = (*parents, -1, -1)[:2] if parents else (len(repo.engine.changelog()) - 1, -1)
    return CommitHeader(both, "me <me@x>", (len(message), 0), message, {}, **more)  # type: ignore[arg-type]


def verified(peer: Peer, root: Path) -> str:
    """What the peer's verify says; its summary line must be there and no problem."""
    answer = peer.run(root, "verify", *SLOW)
    assert answer.code == 0, answer
    assert answer.err == b"", answer
    return answer.out.decode()


def peer_log(peer: Peer, root: Path) -> list[str]:
    template = "{node} {manifest} {join(files,',')} {join(file_copies % '{source}>{name}',',')}\n"
    return peer.ok(root, "log", "-r", "all()", "-T", template, *SLOW).decode().splitlines()


# -- the same history as the peer's -----------------------------------------------------------------------------


class Both:
    """Commits the same to a repository of ours (by the store writer) and one of the peer's (by its command line)."""

    def __init__(self, peer: Peer, name: str, make: Callable[..., Path], form: str) -> None:
        self.peer = peer
        self.ours, self.theirs = make(form), make(form)
        self.repo, _ = open_repository(self.ours, name)

    def commit(
        self,
        message: str,
        files: dict[str, bytes],
        removed: tuple[str, ...] = (),
        flags: dict[str, str] | None = None,
        copies: dict[str, str] | None = None,
    ) -> None:
        flags, copies = flags or {}, copies or {}
        for path, source in copies.items():
            self.peer.ok(self.theirs, "copy", "-q", source, path, *SLOW)
        for path, data in files.items():
            full = self.theirs / path
            full.parent.mkdir(parents=True, exist_ok=True)
            if flags.get(path) == "l":
                os.symlink(data, os.fsencode(full))
                continue
            full.write_bytes(data)
            full.chmod(0o755 if flags.get(path) == "x" else 0o644)
        if removed:
            self.peer.ok(self.theirs, "remove", "-q", *removed, *SLOW)
        date = f"{len(message)} 0"
        self.peer.ok(self.theirs, "commit", "-qAm", message, "-u", "me <me@x>", "-d", date, *SLOW)
        repo = self.repo
        changes = [
            FileChange(path, data, flags.get(path, ""), copied_from=copies.get(path))
            for path, data in files.items()
        ]
        with repo.lock_store(), repo.transaction("commit") as txn:
            result = txn.writer.commit(header(repo, message), changes, removed)
            assert repo.engine.changelog().node(result.rev) == result.node
            assert list(repo.engine.changeset(result.rev).files) == list(result.files)

    def check(self) -> None:
        assert peer_log(self.peer, self.ours) == peer_log(self.peer, self.theirs)
        out = verified(self.peer, self.ours)
        assert out.splitlines()[-1] == verified(self.peer, self.theirs).splitlines()[-1]


@pytest.mark.parametrize("form", FORMATS)
def test_linear_history(form: str, name: str, make: Callable[..., Path], peer: Peer) -> None:
    both = Both(peer, name, make, form)
    both.commit("one", {"a": b"a\n", "dir/B_b": b"b\n" * 50, "dir/sub/c": b"", "x": b"\x01\nmeta\n"})
    both.commit("two", {"a": b"a\na\n", "dir/B_b": b"b\n" * 49 + b"c\n"}, flags={"a": "x"})
    both.commit("three", {"dir/sub/copy": b"b\n" * 50}, copies={"dir/sub/copy": "dir/B_b"}, removed=("x",))
    both.commit("four", {"link": b"a", "a": b"a\na\n"}, flags={"link": "l"})
    both.commit("five\n\n  lines \\ \r\x00"[:4], {"aux.i/x": b"\0" * 100, "f.hg/y.d": os.urandom(200)})
    both.commit("six", {"dir/new": b"z\n", "d" * 130 + "/L" + "o" * 60: b"long\n"}, removed=("dir/sub/c",))
    both.check()


def test_many_revisions_of_a_large_file(name: str, make: Callable[..., Path], peer: Peer) -> None:
    rng = random.Random(5)
    repo, _ = open_repository(make(), name)
    lines = [b"%d %d\n" % (n, rng.getrandbits(200)) for n in range(900)]
    expected = []
    for turn in range(60):
        for _ in range(60):
            lines[rng.randrange(len(lines))] = b"%d %d\n" % (turn, rng.getrandbits(300))
        data = b"".join(lines)
        expected.append(data)
        with repo.lock_store(), repo.transaction("commit") as txn:
            txn.writer.commit(header(repo, f"{turn}"), [FileChange("big", data, "")], ())
    root = Path(repo.root)
    assert (root / ".hg/store/data/big.d").exists()
    stored = sum(path.stat().st_size for path in (root / ".hg/store/data").iterdir())
    assert stored < sum(map(len, expected)) / 5
    for rev, data in enumerate(expected):
        contents = list(repo.engine.contents(rev, PatternSet(str(root))))
        assert [content.data for content in contents] == [data]
    assert "checked 60 changesets with 60 changes to 1 files" in verified(peer, root)


def test_many_files(name: str, make: Callable[..., Path], peer: Peer) -> None:
    both = Both(peer, name, make, "default")
    first = {f"d{n % 7}/f{n}": b"%d\n" % n for n in range(500)}
    both.commit("one", first)
    both.commit("two", {path: data * 2 for path, data in first.items() if path.endswith("1")})
    both.commit("three", {"d3/f3x": b"new\n"}, removed=("d0/f0", "d6/f496"))
    both.check()


# -- merges -------------------------------------------------------------------------------------------------------


def commit(
    repo: Repository, message: str, parents: tuple[int, ...], changes: list[FileChange], *removed: str
) -> int:
    with repo.lock_store(), repo.transaction("commit") as txn:
        return txn.writer.commit(header(repo, message, *parents), changes, removed).rev


@pytest.mark.parametrize("form", ["default", "tree"])
def test_merges(form: str, name: str, make: Callable[..., Path], peer: Peer) -> None:
    root = make(form)
    repo, _ = open_repository(root, name)
    base = commit(repo, "base", (), [FileChange(p, b"%s\n" % p.encode(), "") for p in "abcdef"])
    ours = commit(repo, "ours", (base,), [FileChange("a", b"a1\n", ""), FileChange("o", b"o\n", "")], "c")
    theirs = commit(
        repo,
        "theirs",
        (base,),
        [FileChange("a", b"a2\n", ""), FileChange("b", b"b2\n", ""), FileChange("d", b"d\n", "x")],
        "e",
    )
    engine = repo.engine
    other = engine.manifest(theirs)
    merge = commit(
        repo,
        "merge",
        (ours, theirs),
        [
            FileChange("a", b"a12\n", "", merged=True),
            FileChange("b", node=other["b"].node, flags=""),
            FileChange("d", b"d\n", "x"),
            FileChange("f", b"f\n", "", force_new=True),
        ],
        "e",
    )
    record = engine.changeset(merge)
    assert record.files == ("a", "d", "f")
    files = engine.manifest(merge)
    assert list(files) == ["a", "b", "d", "f", "o"]
    assert files["b"].node == other["b"].node
    assert files["f"].node != engine.manifest(ours)["f"].node
    verified(peer, root)
    expected = peer.ok(root, "debugindex", "a", *SLOW, "-T", "{rev}:{p1}:{p2}:{linkrev}\n")
    lines = [line.split() for line in peer.ok(root, "debugindex", "a", *SLOW).splitlines()[1:]]
    assert [line[-2:] == [b"000000000000"] * 2 for line in lines] == [True, False, False, False], expected
    assert lines[3][-2:] == [lines[1][2], lines[2][2]]


def test_which_parent_counts(name: str, make: Callable[..., Path]) -> None:
    repo, _ = open_repository(make(), name)
    engine = repo.engine
    base = commit(repo, "base", (), [FileChange("a", b"0\n", ""), FileChange("z", b"z\n", "")])
    ahead = commit(repo, "ahead", (base,), [FileChange("a", b"1\n", "")])
    side = commit(repo, "side", (base,), [FileChange("z", b"z2\n", "")])
    node = {rev: engine.manifest(rev)["a"].node for rev in (base, ahead)}
    # the ancestor collapses: content of the descendant makes no new revision
    merged = commit(repo, "m1", (side, ahead), [FileChange("a", b"1\n", "")])
    assert engine.manifest(merged)["a"].node == node[ahead]
    assert engine.changeset(merged).files == ()
    # with a merge state only what it calls merged counts
    with repo.lock_store(), repo.transaction("x") as txn:
        change = FileChange("a", b"1\n", "")
        recorded = header(repo, "m2", side, ahead, merge_recorded=True)
        result = txn.writer.commit(recorded, [change], ())
        assert engine.manifest(result.rev)["a"].node == node[ahead]
        assert list(result.files) == ["a"]
        result = txn.writer.commit(recorded, [FileChange("a", b"1\n", "", other_only=True)], ())
        assert engine.manifest(result.rev)["a"].node == node[ahead]


def test_copies_in_merges(name: str, make: Callable[..., Path], peer: Peer) -> None:
    root = make()
    repo, _ = open_repository(root, name)
    base = commit(repo, "base", (), [FileChange("a", b"a\n", "")])
    ours = commit(repo, "ours", (base,), [FileChange("a", b"a1\n", "")])
    theirs = commit(repo, "theirs", (base,), [FileChange("b", b"a2\n", "", copied_from="a")], "a")
    merge = commit(repo, "merge", (ours, theirs), [FileChange("b", b"a12\n", "", copied_from="a")], "a")
    engine = repo.engine
    found = engine.file_copy("b", engine.manifest(merge)["b"].node)
    assert found == ("a", engine.manifest(ours)["a"].node)
    assert engine.changeset(merge).files == ("a", "b")
    verified(peer, root)


def test_a_copy_of_nothing_is_warned_about(name: str, make: Callable[..., Path]) -> None:
    repo, _ = open_repository(make(), name)
    with repo.lock_store(), repo.transaction("x") as txn:
        result = txn.writer.commit(
            header(repo, "x"), [FileChange("b", b"b\n", "", copied_from="nowhere")], ()
        )
    assert [warning.text() for warning in result.warnings] == [
        "warning: can't find ancestor for 'b' copied from 'nowhere'!"
    ]


def test_nothing_changed_keeps_the_manifest(name: str, make: Callable[..., Path], peer: Peer) -> None:
    root = make()
    repo, _ = open_repository(root, name)
    base = commit(repo, "base", (), [FileChange("a", b"a\n", "")])
    engine = repo.engine
    again = commit(repo, "again", (base,), [FileChange("a", b"a\n", "")])
    assert engine.changeset(again).files == ()
    taken = header(repo, "taken", base, manifest=engine.changeset(base).manifest)
    with repo.lock_store(), repo.transaction("x") as txn:
        txn.writer.commit(taken, [FileChange("a")], ())
    assert engine.changeset(2).files == ("a",)
    assert len({engine.changeset(rev).manifest for rev in range(3)}) == 1
    flagged = commit(repo, "flag", (base,), [FileChange("a", b"a\n", "x")])
    assert engine.changeset(flagged).files == ("a",)
    assert engine.manifest(flagged)["a"].node == engine.manifest(base)["a"].node
    verified(peer, root)


def test_header_fields(name: str, make: Callable[..., Path], peer: Peer) -> None:
    root = make()
    repo, _ = open_repository(root, name)
    extra = {"branch": "b\udcff", "k\\e\ny": "v\0a\rl\\n", "close": "1"}
    head = CommitHeader((-1, -1), "J\udce4 <x>", (-5, 3600), "m\n\nbody \\n", extra)
    default = CommitHeader((0, -1), "x", (0, 0), "second", {"branch": "default"})
    with repo.lock_store(), repo.transaction("x") as txn:
        txn.writer.commit(head, [], ())
        txn.writer.commit(default, [], ())
    record = repo.engine.changeset(0)
    assert (record.user, record.time, record.offset, record.extra) == ("J\udce4 <x>", -5, 3600, extra)
    assert record.description == "m\n\nbody \\n"
    assert repo.engine.changeset(1).extra == {}
    assert peer.ok(root, "log", "-r1", "-T", "{extras}{branch}") == b"branch=defaultdefault"
    verified(peer, root)


@pytest.mark.parametrize("compression", ["zlib", "zstd"])
def test_levels_of_compression(
    compression: str, engine: Engine, make: Callable[..., Path], peer: Peer
) -> None:
    text = b"".join(b"%d %d\n" % (number * 7919 % 4001, number * number % 977) for number in range(4000))
    sizes = []
    for level in (1, 9 if compression == "zlib" else 19):
        root = make("zlib" if compression == "zlib" else "default")
        store = root / ".hg/store"
        (store / "journal").touch()
        (store / "journal.backupfiles").write_text("2\n")
        settings = EngineSettings(**{f"{compression}_level": level})  # type: ignore[arg-type]
        writer = engine.open(str(root), settings).write_store(str(store / "journal"))
        head = CommitHeader((-1, -1), "me", (0, 0), "x", {})
        writer.commit(head, [FileChange("a", text, "")], ())
        writer.finish()
        (store / "journal").unlink()
        (store / "journal.backupfiles").unlink()
        sizes.append((store / "data/a.i").stat().st_size)
        assert peer.ok(root, "cat", "-r", "0", "a") == text
    assert sizes[0] > sizes[1]


def test_levels_that_are_none(name: str, make: Callable[..., Path]) -> None:
    with pytest.raises(errors.Abort, match=r"invalid value for `storage.revlog.zlib.level` config: 12"):
        open_repository(make(), name, storage__revlog__zlib__level="12")


# -- visibility -----------------------------------------------------------------------------------------------------


def test_new_changesets_are_seen_by_us_alone(name: str, make: Callable[..., Path], peer: Peer) -> None:
    root = make()
    repo, _ = open_repository(root, name)
    commit(repo, "base", (), [FileChange("a", b"a\n", "")])
    outsider, _ = open_repository(root, name)
    with repo.lock_store(), repo.transaction("x") as txn:
        assert not txn.writer.write_pending()
        txn.writer.commit(header(repo, "new"), [FileChange("a", b"b\n", "")], ())
        engine = repo.engine
        assert len(engine.changelog()) == 2
        assert engine.changeset(1).description == "new"
        assert engine.heads() == [1]
        assert engine.resolve("tip") == 1
        assert engine.resolve(engine.changelog().node(1).hex()[:12]) == 1
        assert next(iter(engine.contents(1, PatternSet(str(root))))).data == b"b\n"
        assert len(outsider.engine.changelog()) == 1
        assert peer.ok(root, "log", "-T", "{rev} ") == b"0 "
        assert txn.write_pending()
        pending = peer.run(root, "log", "-T", "{rev} ", env={"HG_PENDING": str(root)})
        assert pending.out == b"1 0 "
        of_a_hook = select_engine(name).open(str(root), EngineSettings(pending=True))
        assert of_a_hook.changeset(1).description == "new"
    assert len(outsider.engine.changelog()) == 2
    assert not (root / ".hg/store/00changelog.i.a").exists()
    verified(peer, root)


def snapshot(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted((root / ".hg/store").rglob("*"))
        if path.is_file() and "undo" not in path.name
    }


@pytest.mark.parametrize("form", ["default", "nodemap", "tree"])
def test_an_abort_leaves_nothing(form: str, name: str, make: Callable[..., Path], peer: Peer) -> None:
    root = make(form)
    repo, _ = open_repository(root, name)
    commit(repo, "base", (), [FileChange("a", b"a\n", ""), FileChange("d/b", b"b\n", "")])
    before = snapshot(root)
    with stopped(), repo.lock_store(), repo.transaction("x") as txn:
        for turn in range(3):
            changes = [FileChange("a", os.urandom(60000), ""), FileChange(f"d/new{turn}", b"n\n", "")]
            txn.writer.commit(header(repo, f"t{turn}"), changes, ())
        txn.write_pending()
        assert (root / ".hg/store/data/a.d").exists()
        raise Stop
    assert snapshot(root) == before
    assert len(repo.engine.changelog()) == 1
    assert list(repo.engine.manifest(0)) == ["a", "d/b"]
    commit(repo, "after", (0,), [FileChange("a", b"more\n", "")])
    verified(peer, root)


@pytest.mark.parametrize("by", ["us", "peer"])
@pytest.mark.parametrize("after", ["commit", "pending", "finish"])
def test_interrupted(after: str, by: str, name: str, make: Callable[..., Path], peer: Peer) -> None:
    from hydrargyrum.repo.transaction import recover

    root = make("nodemap")
    repo, _ = open_repository(root, name)
    commit(repo, "base", (), [FileChange("a", os.urandom(100000), "")])
    before = snapshot(root)
    repo.lock_store()
    txn = repo.transaction("x")
    txn.writer.commit(
        header(repo, "new"), [FileChange("a", os.urandom(90000), ""), FileChange("b", b"b", "")], ()
    )
    if after != "commit":
        txn.write_pending()
    if after == "finish":
        txn.writer.finish()
    repo.locks.store.release()  # the process dies here
    if by == "peer":
        assert peer.run(root, "recover", "--no-verify", *SLOW).code == 0
    else:
        assert recover(open_repository(root, name)[0])
    assert snapshot(root) == before
    verified(peer, root)


def test_stores_that_share_files_are_not_changed_for_others(
    name: str, make: Callable[..., Path], peer: Peer, tmp_path: Path
) -> None:
    root = make()
    repo, _ = open_repository(root, name)
    commit(repo, "base", (), [FileChange("a", b"a\n", "")])
    peer.ok(tmp_path, "clone", "-q", "-U", root.name, "clone")
    assert (tmp_path / "clone/.hg/store/00changelog.i").stat().st_nlink == 2
    before = snapshot(tmp_path / "clone")
    commit(repo, "more", (0,), [FileChange("a", b"b\n", "")])
    assert snapshot(tmp_path / "clone") == before
    verified(peer, tmp_path / "clone")


# -- the working copy -------------------------------------------------------------------------------------------------


def test_the_working_copy_is_committed(name: str, make: Callable[..., Path], peer: Peer) -> None:
    root = make()
    (root / "a").write_bytes(b"a\n")
    (root / "gone").write_bytes(b"g\n")
    (root / "merged").write_bytes(b"on disk\n")
    peer.ok(root, "commit", "-qAm", "base", "-u", "x", "-d", "0 0")
    (root / "a").write_bytes(b"a2\n")
    (root / "a").chmod(0o755)
    os.symlink("a", root / "link")
    (root / "merged").write_bytes(b"changed\n")
    peer.ok(root, "add", "link")
    peer.ok(root, "remove", "gone")
    peer.ok(root, "copy", "a", "copied")
    repo, _ = open_repository(root, name)
    report = repo.engine.status(StatusRequest(PatternSet(str(root)), unknown=False))
    with repo.lock_store(), repo.transaction("commit") as txn:
        result = txn.writer.commit_working_copy(
            header(repo, "wc", 0), report, [FileChange("merged", b"from a filter\n")], {"copied": "a"}
        )
    assert list(result.files) == ["a", "copied", "gone", "link", "merged"]
    engine = repo.engine
    files = {
        path: (engine.file_data(path, entry.node), entry.flags) for path, entry in engine.manifest(1).items()
    }
    assert files == {
        "a": (b"a2\n", "x"),
        "copied": (b"a2\n", "x"),
        "link": (b"a", "l"),
        "merged": (b"from a filter\n", ""),
    }
    assert engine.file_copy("copied", engine.manifest(1)["copied"].node) == (
        "a",
        engine.manifest(0)["a"].node,
    )
    verified(peer, root)


def test_a_file_that_went_away(name: str, make: Callable[..., Path], peer: Peer) -> None:
    root = make()
    (root / "a").write_bytes(b"a\n")
    peer.ok(root, "add", "a")
    repo, _ = open_repository(root, name)
    report = repo.engine.status(StatusRequest(PatternSet(str(root)), unknown=False))
    (root / "a").unlink()
    with pytest.raises(errors.IoError) as caught, repo.lock_store(), repo.transaction("commit") as txn:
        txn.writer.commit_working_copy(header(repo, "wc"), report)
    assert caught.value.facts["path"] == "a"
    assert len(repo.engine.changelog()) == 0


# -- revisions from elsewhere, strip ------------------------------------------------------------------------------------


def revisions(repo: Repository, kind: str, path: str = "") -> Iterator[RevisionToAdd]:
    """All revisions of a small repository, each as a whole text."""
    engine = repo.engine
    changelog = engine.changelog()
    for rev in range(len(changelog)):
        node = changelog.node(rev)
        first, second = changelog.parents(rev)
        parents = (changelog.node(first), changelog.node(second))
        text = source_text(repo, rev)
        yield RevisionToAdd(node, parents, node, NULL_NODE, trivial_header(len(text)) + text)


def source_text(repo: Repository, rev: int) -> bytes:
    record = repo.engine.changeset(rev)
    return b"%s\n%s\n%d %d\n%s\n\n%s" % (
        record.manifest.hex().encode(),
        record.user.encode(),
        record.time,
        record.offset,
        "\n".join(record.files).encode(),
        record.description.encode(),
    )


def test_revisions_from_elsewhere(name: str, make: Callable[..., Path], peer: Peer) -> None:
    source, _ = open_repository(make(), name)
    for turn in range(4):
        commit(source, f"turn {turn}", (turn - 1,), [FileChange("a", b"line\n" * 30 + b"%d\n" % turn, "")])
    root = make()
    repo, _ = open_repository(root, name)
    with repo.lock_store(), repo.transaction("pull") as txn:
        writer = txn.writer
        assert writer.add_revisions("changelog", "", revisions(source, "changelog")) == 4
        assert writer.add_revisions("changelog", "", revisions(source, "changelog")) == 0
        assert len(repo.engine.changelog()) == 4
        chain, before, last = [], b"", NULL_NODE
        lines, line_base, line_text = [], NULL_NODE, b""
        for rev in range(4):
            engine = source.engine
            link = engine.changelog().node(rev)
            node = engine.manifest(rev)["a"].node
            data = engine.file_data("a", node)
            chain.append(RevisionToAdd(node, (last, NULL_NODE), link, last, encode(before, data)))
            before, last = data, node
            text = b"a\0%s\n" % node.hex().encode()
            manifest = engine.changeset(rev).manifest
            lines.append(
                RevisionToAdd(manifest, (line_base, NULL_NODE), link, line_base, encode(line_text, text))
            )
            line_base, line_text = manifest, text
        assert writer.add_revisions("manifest", "", lines) == 4
        assert writer.add_revisions("file", "a", chain) == 4
    assert peer_log(peer, root) == peer_log(peer, Path(source.root))
    verified(peer, root)


def test_wrong_revisions_are_refused(name: str, make: Callable[..., Path]) -> None:
    repo, _ = open_repository(make(), name)
    commit(repo, "base", (), [FileChange("a", b"a\n", "")])
    node = repo.engine.changelog().node(0)
    wrong = RevisionToAdd(b"\1" * 20, (NULL_NODE, NULL_NODE), node, NULL_NODE, trivial_header(1) + b"x")  # type: ignore[arg-type]
    with pytest.raises(errors.CorruptRevision), repo.lock_store(), repo.transaction("x") as txn:
        txn.writer.add_revisions("file", "a", [wrong])
    lost = RevisionToAdd(b"\1" * 20, (NULL_NODE, NULL_NODE), node, b"\2" * 20, b"")  # type: ignore[arg-type]
    with pytest.raises(errors.UnknownNode), repo.lock_store(), repo.transaction("x") as txn:
        txn.writer.add_revisions("file", "a", [lost])


def test_half_of_the_cuts_of_a_strip_are_never_noted(name: str, make: Callable[..., Path]) -> None:
    root = make()
    repo, _ = open_repository(root, name)
    commit(repo, "base", (), [FileChange("a", b"a\n", "")])
    commit(repo, "more", (0,), [FileChange("a", b"b\n", ""), FileChange("b", b"b\n", "")])
    journal, kept = root / ".hg/store/journal", root / "kept"
    with repo.lock_store(), repo.transaction("strip") as txn:
        writer = txn.writer
        os.link(journal, kept)
        before = kept.read_bytes()
        writer.strip(1)
        # a file that is appended to may end after any byte; this one is another one
        assert kept.read_bytes() == before
        noted = journal.read_bytes()
    assert noted.startswith(before)
    assert {line.split(b"\0")[0] for line in noted.splitlines()} >= {
        b"00changelog.i",
        b"00manifest.i",
        b"data/b.i",
    }


@pytest.mark.parametrize("form", ["default", "tree", "nodemap"])
def test_strip(form: str, name: str, make: Callable[..., Path], peer: Peer) -> None:
    root = make(form)
    repo, _ = open_repository(root, name)
    base = commit(repo, "base", (), [FileChange("a", b"a\n", ""), FileChange("d/b", b"b\n", "")])
    before = {name: data for name, data in snapshot(root).items() if "00changelog-" not in name}
    for turn in range(3):
        changes = [FileChange("a", b"%d\n" % turn, ""), FileChange(f"d/n{turn}", b"n\n", "")]
        commit(repo, f"t{turn}", (base + turn,), changes)
    with repo.lock_store(), repo.transaction("strip") as txn:
        txn.writer.strip(1)
    assert len(repo.engine.changelog()) == 1
    after = {name: data for name, data in snapshot(root).items() if "00changelog-" not in name}
    same = {name for name in before if not name.endswith(".n")}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert not (root / ".hg/store/data/d/n0.i").exists()
    verified(peer, root)
    commit(repo, "after", (0,), [FileChange("a", b"x\n", "")])
    verified(peer, root)

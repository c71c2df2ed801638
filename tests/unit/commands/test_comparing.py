"""`outgoing` and `incoming`, byte for byte as real Mercurial's, on both engines."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

#: Asked in the clone; `base` is what it was cloned from, both went on since; `new` is empty, `alien` unrelated.
OUTGOING = [
    "outgoing",
    "out ../base",
    "outgoing -v --stat",
    "outgoing -p -g -l 1",
    "outgoing -n",
    "outgoing -nM",
    "outgoing -M -l 2",
    "outgoing -l x",
    "outgoing -G",
    "outgoing -G -l 2 -p",
    "outgoing -Gn",
    "outgoing -T '{rev} {desc} {phase}\\n'",
    "outgoing -q",
    "outgoing -r 1",
    "outgoing -r 'desc(side)'",
    "outgoing -r nope",
    "outgoing -r 0",
    "outgoing -r 'desc(hush)'",
    "outgoing -b side",
    "outgoing -b .",
    "outgoing -b nope",
    "outgoing ../base#side",
    "outgoing ../new",
    "outgoing ../new ../base -q",
    "outgoing ../alien",
    "outgoing ../alien -f -q",
    "outgoing ../missing",
    "outgoing named",
    "outgoing twice -q",
    "outgoing -B",
    "outgoing -Bv",
    "outgoing -B -q",
    "outgoing -B ../new --debug",
    "outgoing -B .",
    "outgoing .",
    "outgoing -T json",
    "outgoing -T xml -r 2",
    "outgoing -q -T 'json(rev)'",
    "outgoing -T json -M -l 0",
    "summary --remote",
    "summary --remote -q",
    "summary --remote --debug",
    "summary --remote --config paths.default-push=../new",
    "summary --remote --config paths.default=../base#side",
    "summary --remote --config paths.default=../alien",
    "summary --remote --config paths.default=../missing",
    "summary --remote --config paths.default=.",
    "outgoing --verbose -q ../new",
]
INCOMING = [
    "incoming",
    "in ../base -v --stat",
    "incoming -p -g -l 1",
    "incoming -nM",
    "incoming -l 0",
    "incoming -G",
    "incoming -G -l 1 -p",
    "incoming -Gn",
    "incoming -T '{rev} {desc} {phase} {tags} {bookmarks}\\n'",
    "incoming -T json",
    "incoming -q",
    "incoming -r 2",
    "incoming -r nope",
    "incoming -r 0",
    "incoming -b theirs",
    "incoming -b .",
    "incoming -b nope",
    "incoming ../base#theirs",
    "incoming ../base#2",
    "incoming ../new",
    "incoming ../alien",
    "incoming ../alien -f -q",
    "incoming ../missing",
    "incoming -G ../new",
    "incoming twice -q",
    "incoming nothing",
    "incoming -B",
    "incoming -Bv",
    "incoming -B ../new",
    "incoming -B --debug",
    "incoming -Bv --config paths.default:bookmarks.mode=mirror",
    "incoming -Bv --config paths.default:bookmarks.mode=ignore",
    "incoming ../all.hg",
    "incoming ../all.hg -q -p",
    "incoming ../rest.hg -G -T '{rev} {desc} {tags} {phase}\\n'",
    "incoming bundle:../rest.hg -n",
    "incoming ../rest.hg -r tip",
    "incoming ../rest.hg -b theirs",
    "incoming ../secret.hg -T '{rev} {desc} {phase}\\n'",
    "incoming ../late.hg",
    "incoming ../alien/other",
    "incoming ../known.hg",
    "incoming -B ../rest.hg",
]


def record(peer: Peer, root: Path, name: str, *options: str) -> None:
    (root / name).write_text(f"{name}\n")
    peer.ok(root, "commit", "-Aqm", name, "-d0 0", "-uu", *options)


@pytest.fixture(scope="module")
def place(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("comparing")
    base, clone = made / "base", made / "clone"
    for name in ("base", "new", "alien"):
        peer.ok(made, "init", name)
    record(peer, made / "alien", "other")
    record(peer, base, "a")
    record(peer, base, "b")
    for name in ("same", "advanced", "diverged", "behind", "moved"):
        peer.ok(base, "bookmark", "-r", "0", name)
    peer.ok(base, "bookmark", "-r", "0", "gone")
    peer.ok(made, "clone", "-q", "base", "clone")
    with (clone / ".hg/hgrc").open("a") as stream:
        stream.write("named = ../base\ntwice = ../base, ../new\ntwice:multi-urls = yes\n")
    peer.ok(clone, "bookmark", "-d", "gone")
    record(peer, clone, "c")
    peer.ok(clone, "update", "-q", "1")
    peer.ok(clone, "branch", "-q", "side")
    record(peer, clone, "side")
    peer.ok(clone, "merge", "-q", "2")
    peer.ok(clone, "commit", "-qm", "merged", "-d0 0", "-uu")
    record(peer, clone, "hush", "--secret")
    peer.ok(clone, "bookmark", "-f", "-r", "4", "advanced")
    peer.ok(clone, "bookmark", "-f", "-r", "1", "diverged")
    peer.ok(clone, "bookmark", "-r", "3", "ours")
    peer.ok(clone, "tag", "-l", "-r", "2", "local")
    record(peer, base, "d")
    peer.ok(base, "branch", "-q", "theirs")
    record(peer, base, "e")
    record(peer, base, "f", "--secret")
    peer.ok(base, "bookmark", "-f", "-r", "1", "behind")
    peer.ok(base, "bookmark", "-f", "-r", "2", "moved")
    peer.ok(base, "bookmark", "-r", "3", "theirs-only")
    peer.ok(base, "tag", "-l", "-r", "2", "far")
    peer.ok(base, "bundle", "-qa", "-r", "3", "../all.hg")
    peer.ok(base, "bundle", "-q", "--base", "1", "-r", "3", "-t", "gzip-v1", "../rest.hg")
    peer.ok(base, "bundle", "-q", "--base", "1", "-r", "4", "-t", "none-v2;phases=1", "../secret.hg")
    peer.ok(base, "bundle", "-q", "--base", "2", "-r", "3", "../late.hg")
    peer.ok(clone, "bundle", "-qa", "-r", "2", "../known.hg")
    return made


@pytest.mark.parametrize("question", [*OUTGOING, *INCOMING])
def test_same_answer(peer: Peer, place: Path, question: str) -> None:
    words = shlex.split(question)
    expected = peer.run(place / "clone", *words)
    for engine in ("pure", "native"):
        assert ours(place / "clone", *words, env={"HYG_ENGINE": engine}) == expected


def test_an_empty_repository_sends_nothing(peer: Peer, place: Path) -> None:
    assert ours(place / "new", "outgoing", "../base") == peer.run(place / "new", "outgoing", "../base")


@pytest.fixture(scope="module")
def nested(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`outer` with subrepositories `in` (which has one itself), and a clone of it; both went on since."""
    made = tmp_path_factory.mktemp("nested")
    outer, clone = made / "outer", made / "clone"
    peer.ok(made, "init", "outer")
    for below in ("in", "in/deep"):
        peer.ok(outer, "init", below)
    record(peer, outer / "in/deep", "bottom")
    (outer / "in/.hgsub").write_text("deep = deep\n")
    record(peer, outer / "in", "middle")
    (outer / ".hgsub").write_text("in = in\n")
    record(peer, outer, "top")
    peer.ok(made, "clone", "-q", "outer", "clone")
    record(peer, outer / "in", "theirs")
    record(peer, clone / "in", "ours")
    record(peer, clone / "in/deep", "low")
    return made


@pytest.mark.parametrize(
    "question",
    [
        "outgoing -S",
        "outgoing -S -T '{rev} {desc}\\n'",
        "incoming -S",
        "incoming -S -q",
        "incoming -S --bundle x.hg",
        "outgoing -S ../nowhere",
        "outgoing -S ../outer -r 0",
        "incoming -SG",
        "outgoing -SG",
    ],
)
def test_subrepositories(peer: Peer, nested: Path, question: str) -> None:
    words = shlex.split(question)
    expected = peer.run(nested / "clone", *words)
    for engine in ("pure", "native"):
        assert ours(nested / "clone", *words, env={"HYG_ENGINE": engine}) == expected


def test_incoming_into_an_empty_repository(peer: Peer, place: Path) -> None:
    for words in (("in", "../base", "-q"), ("in", "../all.hg"), ("in", "."), ("in", "-G", "../base")):
        assert ours(place / "new", *words) == peer.run(place / "new", *words)


def test_nothing_is_left_of_a_bundle_that_was_looked_at(peer: Peer, place: Path) -> None:
    def files() -> dict[str, bytes]:
        root = place / "clone"
        return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    before = files()
    for engine in ("pure", "native"):
        assert ours(place / "clone", "in", "../all.hg", env={"HYG_ENGINE": engine}).code == 0
    assert files() == before
    assert peer.run(place / "clone", "verify", "-q").code == 0


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_what_is_found_can_be_kept(peer: Peer, place: Path, tmp_path: Path, engine: str) -> None:
    kept, copy, env = tmp_path / "kept.hg", tmp_path / "copy", {"HYG_ENGINE": engine}
    words = ("incoming", "-q", "--bundle", str(kept))
    assert ours(place / "clone", *words, env=env) == peer.run(place / "clone", "incoming", "-q")
    assert peer.ok(place / "clone", "debugbundle", "--spec", str(kept)) == b"none-v2\n"
    peer.ok(tmp_path, "clone", "-q", "-U", str(place / "clone"), str(copy))
    peer.ok(copy, "unbundle", "-q", str(kept))
    assert peer.ok(copy, "log", "-r", "tip", "-T", "{desc}") == b"e"
    assert peer.run(copy, "verify", "-q").code == 0
    answer = ours(place / "clone", *words, "../new", env=env)
    assert (answer.code, kept.exists()) == (1, False)

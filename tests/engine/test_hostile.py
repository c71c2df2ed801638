"""Damaged repositories: a clear error naming the file, the same on both engines, never a hang, a panic or a traceback.

Each case damages one file of a repository that the peer wrote, then asks what reads that file.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hydrargyrum import errors
from hydrargyrum.engine.select import select_engine
from hydrargyrum.types import EngineSettings, PatternSet, StatusRequest

Damage = Callable[[bytes], bytes]
Outcome = tuple[str, Any]


def cut(length: int) -> Damage:
    return lambda data: data[:length]


def cut_end(count: int) -> Damage:
    return lambda data: data[:-count]


def poke(offset: int, value: bytes) -> Damage:
    return lambda data: data[:offset] + value + data[offset + len(value) :]


def whole(value: bytes) -> Damage:
    return lambda _data: value


def status_rows(repo: Any) -> Any:
    report = repo.status(StatusRequest(PatternSet(repo.root), clean=True))
    return list(report.rows())


def every_file(repo: Any) -> Any:
    tip = len(repo.changelog()) - 1
    return [(c.path, c.data) for c in repo.contents(tip, PatternSet(repo.root))]


def manifest_items(repo: Any) -> Any:
    return [(path, e.node, e.flags) for path, e in repo.manifest(len(repo.changelog()) - 1).items()]


def all_changesets(repo: Any) -> Any:
    return [repo.changeset(rev) for rev in range(len(repo.changelog()))]


def phases(repo: Any) -> Any:
    return [repo.phase(rev) for rev in range(len(repo.changelog()))]


def dirstate_items(repo: Any) -> Any:
    return [(path, e.state, e.size) for path, e in repo.dirstate().items()]


def index_rows(repo: Any) -> Any:
    revlog = repo.revlog("file", "big")
    return list(revlog.rows(0, len(revlog))), [revlog.raw_text(rev) for rev in range(len(revlog))]


def resolve_tip(repo: Any) -> Any:
    return repo.resolve(repo.changelog().node(3).hex()[:12])


class Case(NamedTuple):
    """A damaged file and the question that must notice."""

    kind: str
    file: str
    damage: Damage
    ask: Callable[[Any], Any]
    error: type[errors.HgError]


CASES = {
    "requires with an unknown feature": Case(
        "no-share-safe",
        "requires",
        whole(b"store\nfuture-thing\nanother\n"),
        phases,
        errors.UnknownRequirement,
    ),
    "requires with control bytes": Case(
        "no-share-safe", "requires", whole(b"\x01\x02\n"), phases, errors.CorruptRequirement
    ),
    "changelog index cut inside an entry": Case(
        "default", "store/00changelog.i", cut_end(3), all_changesets, errors.CorruptIndex
    ),
    "changelog index of an unknown version": Case(
        "default", "store/00changelog.i", poke(2, b"\x00\x63"), all_changesets, errors.EngineError
    ),
    "manifest chunk that is noise": Case(
        "default",
        "store/00manifest.i",
        lambda d: d[:64] + b"x" + b"\xff" * 30 + d[95:],
        manifest_items,
        errors.EngineError,
    ),
    "filelog that is empty": Case(
        "default", "store/data/bin/tool.i", whole(b""), every_file, errors.EngineError
    ),
    "filelog whose first chunk is noise": Case(
        "default",
        "store/data/bin/tool.i",
        lambda d: d[:64] + b"x" + b"\x00" * (len(d) - 65),
        every_file,
        errors.EngineError,
    ),
    "filelog data file cut": Case("default", "store/data/big.d", cut(100), every_file, errors.EngineError),
    "filelog with a delta base after itself": Case(
        "default", "store/data/big.i", poke(64 * 3 + 16, b"\x00\x00\x00\x09"), every_file, errors.EngineError
    ),
    "filelog claiming a gigantic chunk": Case(
        "default", "store/data/big.i", poke(64 * 2 + 8, b"\x7f\xff\xff\xff"), every_file, errors.EngineError
    ),
    "filelog claiming a gigantic text": Case(
        "default",
        "store/data/big.i",
        lambda d: d[:-52] + b"\x7f\xff\xff\xff" + d[-48:],
        every_file,
        errors.EngineError,
    ),
    "phaseroots of an unknown phase": Case(
        "default", "store/phaseroots", whole(b"77 " + b"a" * 40 + b"\n"), phases, errors.CorruptFile
    ),
    "phaseroots that is noise": Case(
        "default", "store/phaseroots", whole(b"\xff\xfe"), phases, errors.CorruptFile
    ),
    "dirstate v1 cut inside an entry": Case(
        "default", "dirstate", cut_end(5), dirstate_items, errors.CorruptFile
    ),
    "dirstate v1 shorter than its parents": Case(
        "default", "dirstate", cut(20), dirstate_items, errors.CorruptFile
    ),
    "dirstate v2 without its marker": Case(
        "dirstate-v2", "dirstate", poke(0, b"not-a-docket"), dirstate_items, errors.CorruptFile
    ),
    "dirstate v2 docket cut": Case("dirstate-v2", "dirstate", cut(40), dirstate_items, errors.CorruptFile),
}


def outcome(name: str, root: Path, ask: Callable[[Any], Any]) -> Outcome:
    """The value, or the error's id, and the name of the file it blames."""
    try:
        return "value", ask(select_engine(name).open(str(root), EngineSettings()))
    except errors.HgError as error:
        assert not isinstance(error, errors.InternalError), error
        return "error", error


@pytest.mark.parametrize("name", ["pure", "native"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_damage_is_named(case: Case, name: str, fresh: Callable[[str], Path]) -> None:
    root = fresh(case.kind)
    path = root / ".hg" / case.file
    path.write_bytes(case.damage(path.read_bytes()))
    kind, error = outcome(name, root, case.ask)
    assert kind == "error", f"no error; {str(error)[:300]}"
    assert isinstance(error, case.error)
    assert error.text()
    if "path" in error.facts:
        blamed = str(error.facts["path"])
        stem = Path(case.file).name.removesuffix(".i").removesuffix(".d")
        assert stem in blamed or Path(blamed).name.startswith("dirstate"), blamed


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_both_engines_blame_alike(case: Case, fresh: Callable[[str], Path]) -> None:
    root = fresh(case.kind)
    path = root / ".hg" / case.file
    path.write_bytes(case.damage(path.read_bytes()))
    one, two = outcome("pure", root, case.ask)[1], outcome("native", root, case.ask)[1]
    assert type(one) is type(two)
    assert blamed(one) == blamed(two)


RANDOM = {
    "changelog": ("default", "store/00changelog.i", all_changesets),
    "manifest": ("default", "store/00manifest.i", manifest_items),
    "tree manifest": ("treemanifest", "store/00manifest.i", manifest_items),
    "filelog": ("default", "store/data/bin/tool.i", every_file),
    "filelog index": ("default", "store/data/big.i", every_file),
    "filelog data": ("default", "store/data/big.d", every_file),
    "rows of an index": ("default", "store/data/big.i", index_rows),
    "dirstate v1": ("default", "dirstate", dirstate_items),
    "dirstate v2 docket": ("dirstate-v2", "dirstate", dirstate_items),
    "dirstate v2 data": ("dirstate-v2", "dirstate.*", dirstate_items),
    "status on dirstate v2": ("dirstate-v2", "dirstate.*", status_rows),
    "phaseroots": ("default", "store/phaseroots", phases),
    "nodemap docket": ("nodemap", "store/00changelog.n", resolve_tip),
    "nodemap data": ("nodemap", "store/00changelog-*.nd", resolve_tip),
    "fncache": ("default", "store/fncache", every_file),
    "bookmarks": ("default", "bookmarks", lambda repo: dict(repo.bookmarks())),
    "localtags": ("default", "localtags", lambda repo: dict(repo.tags())),
}


def found(root: Path, pattern: str) -> Path:
    """The one file of a repository that the pattern names."""
    (path,) = [p for p in (root / ".hg").glob(pattern) if p.is_file()]
    return path


def blamed(error: Any) -> dict[str, Any]:
    """What an error says about the place; sizes of what was expected may differ."""
    return {name: error.facts.get(name) for name in ("path", "rev", "node", "problem", "offset")}


def blamed_in(target: str, error: Any) -> dict[str, Any]:
    """The same; of several damaged nodes in a tree, each engine meets another one first."""
    found = blamed(error)
    return found if "dirstate v2" not in target else {"path": found["path"]}


EDITS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(["flip", "cut", "drop", "insert"]),
        st.binary(max_size=8),
    ),
    min_size=1,
    max_size=4,
)


def apply(data: bytes, edits: list[tuple[float, str, bytes]]) -> bytes:
    """Edits at relative positions."""
    for where, what, value in edits:
        at = int(where * len(data))
        if what == "flip":
            data = data[:at] + value + data[at + len(value) :]
        elif what == "cut":
            data = data[:at]
        elif what == "drop":
            data = data[:at] + data[at + len(value) + 1 :]
        else:
            data = data[:at] + value + data[at:]
    return data


@pytest.mark.parametrize("target", RANDOM)
def test_random_damage_gives_the_same_value_or_the_same_error(
    target: str, originals: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    kind, pattern, ask = RANDOM[target]
    root = tmp_path_factory.mktemp("damaged") / "repo"
    shutil.copytree(originals(kind), root, symlinks=True)
    path = found(root, pattern)
    sound = path.read_bytes()

    @settings(
        max_examples=int(os.environ.get("HYG_EXAMPLES", "40")),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(EDITS)
    def both_agree(edits: list[tuple[float, str, bytes]]) -> None:
        path.write_bytes(apply(sound, edits))
        one, two = outcome("pure", root, ask), outcome("native", root, ask)
        if one[0] == two[0] == "error":
            assert type(one[1]) is type(two[1]), (one[1], two[1])
            assert blamed_in(target, one[1]) == blamed_in(target, two[1])
        else:
            assert one == two

    both_agree()


@pytest.mark.parametrize("name", ["pure", "native"])
@pytest.mark.parametrize(
    "pattern",
    [
        "re:(a+)+$",
        "re:(a|aa)+(b|bb)+(c|cc)+$",
        "re:" + "(" * 200 + "a" + ")" * 200,
        "re:(x{1000}){1000}",
        "glob:" + "*a" * 100,
        "glob:" + "{a,b}" * 60,
        "relglob:" + "**/" * 100 + "x",
    ],
)
def test_hostile_patterns_end(name: str, pattern: str, originals: Callable[[str], Path]) -> None:
    root = str(originals("default"))
    repo = select_engine(name).open(root, EngineSettings())
    try:
        files, _ = repo.files(None, PatternSet(root, [pattern]))
    except errors.HgError as error:
        assert isinstance(error, errors.InvalidPattern)
    else:
        assert len(files) < 100


@pytest.mark.parametrize("name", ["pure", "native"])
@pytest.mark.parametrize(
    "path", ["../x", "/etc/passwd", "a/../../x", "x" * 4000, "bad\x01\x7fname", "src/../bin/tool"]
)
def test_odd_paths_on_the_command_line(name: str, path: str, originals: Callable[[str], Path]) -> None:
    root = str(originals("default"))
    repo = select_engine(name).open(root, EngineSettings())
    try:
        files, warnings = repo.files(None, PatternSet(root, [path]))
    except errors.PathOutsideRepository as error:
        assert ".." in path or path.startswith("/")
        assert error.facts["path"] == path
    else:
        assert list(files) == (["bin/tool"] if path == "src/../bin/tool" else [])
        assert isinstance(list(warnings), list)


@pytest.mark.parametrize("name", ["pure", "native"])
def test_directories_that_come_and_go_during_the_walk(name: str, fresh: Callable[[str], Path]) -> None:
    root = fresh("dirstate-v2")
    over = threading.Event()

    def disturb() -> None:
        while not over.is_set():
            (root / "src").rename(root / "elsewhere")
            (root / "elsewhere").rename(root / "src")
            for number in range(5):
                (root / f"new{number}").mkdir()
                (root / f"new{number}/file").write_bytes(b"x")
            for number in range(5):
                shutil.rmtree(root / f"new{number}")

    other = threading.Thread(target=disturb)
    repo = select_engine(name).open(str(root), EngineSettings())
    tracked = set(repo.dirstate())
    assert len(tracked) > 10
    request = StatusRequest(PatternSet(str(root)), ignored=True, clean=True)
    other.start()
    try:
        for _ in range(30):
            report = repo.status(request)
            groups = (report.modified, report.added, report.removed, report.deleted, report.clean)
            assert {path for group in groups for path in group} == tracked
    finally:
        over.set()
        other.join()

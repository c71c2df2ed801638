"""Commands that die, or meet a full or read-only disk, at every change of a file that either engine makes.

One point here for each way; N of them, in more commands, with `HYG_CRASH_POINTS=N`. All of them is what `exhaust` is for
(`make test-nightly`).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import forking
import pytest
import trying
from running import Fault, LauncherRunner, Point, Runner
from stories import MORE, STORIES, THEIRS, Story, build

from peer import Peer

#: How many points of a story are tried in each way; where all of them are asked for, `exhaust` tries them.
ASKED = os.environ.get("HYG_CRASH_POINTS", "1")
SAMPLE = 1 if ASKED == "all" else int(ASKED)
TOLD = [*STORIES, *MORE] if SAMPLE != 1 else [*STORIES]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return forking.compile_library("faults", tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def common(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("common") / "repo"
    build(peer, root)
    return root


@pytest.fixture(scope="module", params=["pure", "native"])
def runner(request: pytest.FixtureRequest, library: Path) -> Iterator[Runner]:
    found = Runner(library, request.param)
    yield found
    found.close()


def some(points: int, phase: int) -> list[int]:
    """Points spread over all, others for each phase."""
    step = max(points // SAMPLE, 1)
    return sorted({(phase * 7) % step + step * number for number in range(SAMPLE)} & set(range(points)))


@pytest.mark.parametrize("story", TOLD, ids=lambda story: story.name.replace(" ", "-"))
def test_story(story: Story, runner: Runner, common: Path, peer: Peer, tmp_path: Path) -> None:
    trial = trying.Trial(peer, runner, tmp_path, common, story)
    assert trial.points > 3
    place = TOLD.index(story)
    outcomes: Counter[str] = Counter()
    problems: list[str] = []

    def note(way: str, outcome: trying.Outcome) -> None:
        outcomes[f"{way} {outcome.state}"] += 1
        problems.extend(outcome.problems)

    for at in some(trial.points, place):
        note("killed", trial.kill(at))
    for at in some(trial.points, place + 3):
        note("torn", trial.kill(at, torn=True))
    for at in some(trial.points, place + 2):
        note("interrupted", trial.interrupt(at))
    for at in some(trial.points, place + 5):
        name = ("ENOSPC", "EACCES", "EROFS")[at % 3]
        note(name, trial.fail(at, name, on=name == "EROFS"))
    note("no caches", trial.caches())
    print(f"\n{runner.engine} {story.name}: {trial.points} points; {dict(sorted(outcomes.items()))}")
    assert not problems, "\n".join(problems)
    assert sum(outcomes.values()) >= 3


@pytest.mark.parametrize("name", ["update with changes", "import over changes"])
def test_changed_files_are_whole(name: str, runner: Runner, common: Path, peer: Peer, tmp_path: Path) -> None:
    """Files with changes that nobody committed have the old content or the new one, whenever it ends."""
    story = next(each for each in MORE if each.name == name)
    trial = trying.Trial(peer, runner, tmp_path, common, story)
    contents = {(trial.root / "a").read_text()}
    trial.place.put(trial.start)
    contents.add((trial.root / "a").read_text())
    assert len(contents) == 2

    def visit(_: Point) -> None:
        seen.append((trial.root / "a").read_text())

    seen: list[str] = []
    runner.pause(trial.root, trial.root, story.args, visit)
    assert len(seen) > trial.points
    assert set(seen) == contents


@pytest.mark.parametrize("name", ["shelve", "rollback"])
def test_ctrl_c_while_it_begins(name: str, runner: Runner, common: Path, peer: Peer, tmp_path: Path) -> None:
    """Also where what keeps the old state is made, nothing is left that has to be recovered from."""
    story = next(each for each in STORIES if each.name == name)
    trial = trying.Trial(peer, runner, tmp_path, common, story)
    first = 5 if name == "rollback" else 10
    outcomes = [trial.interrupt(at) for at in range(first, min(first + 12, trial.points))]
    assert not [line for each in outcomes for line in each.problems]
    assert len(outcomes) > 3


@pytest.mark.parametrize("name", ["upgrade", "unshare"])
def test_a_store_is_replaced_in_one_step(
    name: str, runner: Runner, common: Path, peer: Peer, tmp_path: Path
) -> None:
    """Whoever dies then leaves a repository that everybody can read."""
    story = next(each for each in MORE if each.name == name)
    trial = trying.Trial(peer, runner, tmp_path, common, story)
    dot_hg = trial.root / ".hg"
    seen: list[tuple[bool, bool]] = []

    def visit(_: Point) -> None:
        shared = b"shared\n" in (dot_hg / "requires").read_bytes()
        assert (dot_hg / "sharedpath").exists() or not shared
        store = trial.root.parent / "source/.hg/store" if shared else dot_hg / "store"
        found = (shared, b"dotencode" in (store / "requires").read_bytes())
        if found not in seen:
            seen.append(found)

    trial.place.put(trial.start)
    runner.pause(trial.root, trial.root, story.args, visit)
    assert seen == ([(False, False), (False, True)] if name == "upgrade" else [(True, True), (False, True)])


@pytest.mark.parametrize("name", THEIRS if SAMPLE != 1 else THEIRS[:3])
def test_the_peer_dies(name: str, library: Path, common: Path, peer: Peer, tmp_path: Path) -> None:
    story = next(each for each in (*STORIES, *MORE) if each.name == name)
    dying = Runner(library, "peer")
    try:
        trial = trying.Trial(peer, dying, tmp_path, common, story)
        assert trial.points > 3
        outcomes: Counter[str] = Counter()
        problems: list[str] = []
        for at in some(trial.points, THEIRS.index(name)):
            outcome = trial.kill(at)
            outcomes[outcome.state] += 1
            problems += outcome.problems
    finally:
        dying.close()
    print(f"\nthe peer's {name}: {trial.points} points; {dict(sorted(outcomes.items()))}")
    assert not problems, "\n".join(problems)


def test_a_clone_by_the_launcher_leaves_nothing(
    hg_under_test: Path, library: Path, common: Path, peer: Peer, tmp_path: Path
) -> None:
    story = next(each for each in MORE if each.name == "clone from beside")
    runner = LauncherRunner(library, hg_under_test)
    trial = trying.Trial(peer, runner, tmp_path, common, story)
    copy = trial.root.parent / "cloned"
    full = Fault("fail on", 0, trying.ERRORS["ENOSPC"])
    problems: list[str] = []
    for at in (3, trial.points // 2, trial.points - 2):
        for fault, words in (
            (Fault("interrupt", at), "interrupted!\n"),
            (full._replace(at=at), "abort: No space left on device: '"),
        ):
            trial.place.put(trial.start)
            answer = runner.run(trial.root, trial.root.parent, story.args, fault)
            assert answer["code"] == 255, answer
            assert answer["err"].startswith(words), answer
            assert len(answer["err"].splitlines()) == 1, answer
            assert answer["point"].partition(" ")[2].startswith("cloned")
            assert not os.path.lexists(copy)
            assert trial.place.mark(trial.place.take()) == trial.place.mark(trial.start)
        problems += trial.kill(at).problems
    assert not problems, "\n".join(problems)

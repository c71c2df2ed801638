"""Measures what moves files about: `update null` and back, a local clone with checkout, a merge of two wide branches.

moving.py --hg HG --peer PEER [update clone merge] [--work DIR]; recording is measured by `commit.py`.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

import git_twin
import prepare
from commit import forget, plain_tree, record, record_in_git
from writing_figures import USER, Cost, Programs, Verdicts, begin, cost, end, ours, parser_of, put_aside, show

PARTS = ("update", "clone", "merge")


def middle(costs: list[Cost]) -> float:
    """The median of wall times."""
    return statistics.median(each.wall for each in costs)


def update(programs: Programs, work: Path, shared: Path, runs: int, verdicts: Verdicts) -> None:
    """All files away and back again."""
    place = plain_tree(work, shared, 20_000)
    record_in_git(place)
    record(programs, place)
    prepare.call(prepare.git_command(place, "branch", "full"))
    prepare.call(prepare.git_command(place, "checkout", "-q", "--orphan", "empty"))
    prepare.call(prepare.git_command(place, "rm", "-rfq", "--cached", "."), place)
    person = ("-c", "user.name=b", "-c", "user.email=b@b")
    prepare.call(prepare.git_command(place, *person, "commit", "-q", "--allow-empty", "-m", "empty"))
    prepare.call(prepare.git_command(place, "checkout", "-q", "-f", "full"), place)
    figures: dict[str, list[Cost]] = {"hydrargyrum": [], "peer (C)": [], "git": []}
    for number in range(runs):
        for who, program in (("hydrargyrum", programs.hg), ("peer (C)", programs.peer)):
            if who == "peer (C)" and number > 1:
                continue
            prepare.call([str(program), "status"], place)
            there = [[str(program), "update", "-q", rev] for rev in ("null", "tip")]
            figures[who].append(cost(place, *there))
        prepare.call(prepare.git_command(place, "status", "--porcelain"), place)
        checkouts = [prepare.git_command(place, "checkout", "-q", name) for name in ("empty", "full")]
        figures["git"].append(cost(place, *checkouts))
    for who, costs in figures.items():
        show("update null, update tip, 20,000 files", who, min(costs))
    forget(place)
    verdicts.wish("update null + tip, of git", middle(figures["hydrargyrum"]) / middle(figures["git"]), 1)
    verdicts.wish(
        "update null + tip, of the peer", middle(figures["hydrargyrum"]) / middle(figures["peer (C)"]), 1 / 3
    )


def clone(programs: Programs, work: Path, shared: Path, runs: int, verdicts: Verdicts) -> None:
    """A local clone of flask with its files."""
    source = work / "flask"
    if not source.exists():
        prepare.call([str(programs.peer), "init", str(source)])
        prepare.call([str(programs.peer), "-q", "-R", str(source), "unbundle", str(shared / "data/flask.hg")])
    twin = work / "flask.git"
    if not twin.exists():
        git_twin.make(source, twin)
    figures: dict[str, list[Cost]] = {"hydrargyrum": [], "peer (C)": [], "git": []}
    commands = {
        "hydrargyrum": ours(programs, "clone", "-q", str(source), "copy"),
        "git": ["git", "clone", "-q", str(twin), "copy"],
        "peer (C)": [str(programs.peer), "clone", "-q", str(source), "copy"],
    }
    for _ in range(runs * 3):
        for who, command in commands.items():
            figures[who].append(cost(work, command))
            put_aside(work / "copy", work)
    for who, costs in figures.items():
        show("clone of flask with its files", who, min(costs))
    verdicts.wish("clone of flask, of git", middle(figures["hydrargyrum"]) / middle(figures["git"]), 1)


def merge(programs: Programs, work: Path, shared: Path, verdicts: Verdicts) -> None:
    """Two branches that touch 5,000 files each, half of them the same ones at other places."""
    base = work / "branches"
    if not base.exists():
        place = plain_tree(work, shared, 20_000)
        prepare.call(["cp", "-a", str(place), str(base)])
        record(programs, base)
        files = sorted(p for p in base.rglob("*") if p.is_file() and ".hg" not in p.parts)
        for number, (start, update_to) in enumerate(((0, "0"), (2500, ""))):
            if number:
                prepare.call(ours(programs, "update", "-q", "0"), base)
            for path in files[start : start + 5000]:
                data = path.read_bytes()
                path.write_bytes(b"at the start\n" + data if number else data + b"at the end\n")
            prepare.call(ours(programs, "commit", "-q", "-m", f"branch {update_to}", *USER), base)
    figures = {}
    for who, program in (("hydrargyrum", programs.hg), ("peer (C)", programs.peer)):
        copy = work / "merging"
        put_aside(copy, work)
        prepare.call(["cp", "-a", str(base), str(copy)])
        prepare.call([str(program), "status"], copy)
        figures[who] = cost(copy, [str(program), "merge", "-q", "-r", "1"])
        show("merge of two times 5,000 files", who, figures[who])
        put_aside(copy, work)
    mine, peer = figures.values()
    verdicts.wish("merge of two times 5,000 files, of the peer", mine.wall / peer.wall, 0.5)


def main() -> int:
    """Parses arguments, measures, prints."""
    parser = parser_of(__doc__, PARTS)
    o = parser.parse_args()
    begin(o.work)
    programs = Programs(o.hg.absolute(), o.peer.absolute())
    verdicts = Verdicts()
    if "update" in o.parts:
        update(programs, o.work, o.shared, o.runs, verdicts)
    if "clone" in o.parts:
        clone(programs, o.work, o.shared, o.runs, verdicts)
    if "merge" in o.parts:
        merge(programs, o.work, o.shared, verdicts)
    end(o.work, verdicts)
    return 0


if __name__ == "__main__":
    sys.exit(main())

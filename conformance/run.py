"""Runs Mercurial's own test suite against our `hg` and holds what has been reached (the ratchet).

    run.py --hg PATH --ratchet            the files of ci.txt; fails where fewer blocks pass than ratchet.json has
    run.py --hg PATH --ratchet --all      all files of ratchet.json, which takes long
    run.py --hg PATH --record [--all]     the same, and writes higher counts back
    run.py --hg PATH [--list F | TESTS]   score any files; see tscore.py for how blocks are counted

The suite comes from the source distribution on PyPI and is never committed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".cache" / "conformance"
VERSION = "7.2.4"


def suite() -> Path:
    """The `tests/` directory of the unpacked source distribution, fetched when it is not there yet."""
    tests = CACHE / f"mercurial-{VERSION}" / "tests"
    if not tests.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*command, "-d", str(CACHE), f"mercurial=={VERSION}"], check=True)
        with tarfile.open(CACHE / f"mercurial-{VERSION}.tar.gz") as archive:
            archive.extractall(CACHE, filter="data")
    return tests


def score(hg: Path, tests: list[str], jobs: int, extra: list[str]) -> dict:
    """Runs tscore.py; returns its JSON answer."""
    out = CACHE / "last.json"
    out.unlink(missing_ok=True)
    link = CACHE / "bin" / "hg"  # a short path outside any `target/` folder, as the suite wants it
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(hg)
    command = [sys.executable, str(HERE / "tscore.py"), "--suite", str(suite()), "--hg", str(link)]
    command += ["-j", str(jobs), "--json", str(out), *extra, *tests]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("HG", "HYG_"))}
    subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL if extra == [] else None)
    return json.loads(out.read_text())


def passed_blocks(result: dict) -> dict[str, int]:
    """Blocks passed by file."""
    return {name: entry["bpass"] for name, entry in sorted(result["scores"].items())}


def ratchet(hg: Path, jobs: int, *, record: bool, everything: bool) -> int:
    """Compares with ratchet.json; returns the number of files that got worse."""
    path = HERE / "ratchet.json"
    recorded: dict[str, int] = json.loads(path.read_text())
    chosen = recorded if everything else (HERE / "ci.txt").read_text().split()
    expected = {name: recorded[name] for name in chosen}
    reached = passed_blocks(score(hg, sorted(expected), jobs, []))
    worse = 0
    for name, blocks in expected.items():
        now = reached.get(name, 0)
        if now < blocks:
            worse += 1
            print(f"{name}: {now} blocks pass, {blocks} did before")
        elif now > blocks:
            print(f"{name}: {now} blocks pass now, {blocks} before: raise the ratchet (--record)")
    if record:
        best = {name: max(blocks, reached.get(name, 0)) for name, blocks in recorded.items()}
        path.write_text(json.dumps(best, indent=1, sort_keys=True) + "\n")
    print(f"{len(expected) - worse} passed, {worse} failed")
    return worse


def main() -> int:
    """Parses arguments and dispatches; exit code 1 where the ratchet slipped."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hg", required=True, type=Path)
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--ratchet", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--list")
    parser.add_argument("tests", nargs="*")
    options = parser.parse_args()
    hg = options.hg.resolve() if not options.hg.is_symlink() else options.hg.absolute()
    if options.ratchet or options.record:
        return 1 if ratchet(hg, options.jobs, record=options.record, everything=options.all) else 0
    extra = ["--failed-blocks", "5", *(["--list", options.list] if options.list else [])]
    score(hg, options.tests, options.jobs, extra)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs the cargo-fuzz targets of rust/fuzz one after the other: `make fuzz`, `make fuzz FUZZ="--seconds 60 revlog"`.

Needs a nightly toolchain and cargo-fuzz; findings are left in rust/fuzz/artifacts.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

FUZZ = Path(__file__).resolve().parent.parent / "rust/fuzz"


def main() -> int:
    """Runs the targets; exit code 1 where one found something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("targets", nargs="*")
    options = parser.parse_args()
    targets = options.targets or sorted(p.stem for p in (FUZZ / "fuzz_targets").glob("*.rs"))
    failed = []
    for target in targets:
        command = ["cargo", "+nightly", "fuzz", "run", target, "--", f"-max_total_time={options.seconds}"]
        command += ["-rss_limit_mb=2048", "-timeout=20", "-print_final_stats=1"]
        if subprocess.call(command, cwd=FUZZ.parent):
            failed.append(target)
    print(f"{len(targets) - len(failed)} passed, {len(failed)} failed {' '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

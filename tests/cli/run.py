"""Runs `.t` files by hand: `python tests/cli/run.py [--mode pure] [--record] [FILE.t ...]`.

With --record the expected output is taken from the peer, for files that state what is compatible.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from modes import MODES, OURS_ALONE, run_file, test_files


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--mode", choices=sorted(MODES), default="pure")
    parser.add_argument("--hg", type=Path, help="our installed hg; default: this checkout, in Python")
    parser.add_argument("--record", action="store_true", help="write the peer's answers into the files")
    options = parser.parse_args()
    failed = 0
    for path in options.files or test_files():
        mode = "peer" if options.record else options.mode
        if mode == "peer" and path.name in OURS_ALONE:
            continue
        with tempfile.TemporaryDirectory(prefix="hyg-cli-") as work:
            difference = run_file(path.resolve(), mode, Path(work) / "w", options.hg, record=options.record)
        failed += bool(difference)
        print(f"{path.name}: {'recorded' if options.record else 'differs' if difference else 'same'}")
        if difference and not options.record:
            print(difference)
    return 1 if failed and not options.record else 0


if __name__ == "__main__":
    sys.exit(main())

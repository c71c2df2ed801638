"""The editable install: Python runs from `src/`, the Rust half is built and put in its place.

Called by `make dev`, or `make dev PROFILE=quick` to build in seconds what runs at half the speed; call it again after
a change in Rust. What belongs to users' installs is setup.py's business.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Builds and installs; returns the exit code of the first step that failed, else 0."""
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "-e", str(ROOT)]
    if subprocess.call(pip, env={**os.environ, "HYG_BUILD": "pure"}):
        return 1
    if shutil.which("cargo") is None:
        print("no cargo: the pure engine only")
        return 0
    profile = sys.argv[1] if len(sys.argv) > 1 else "release"
    build = ["cargo", "build", "--profile", profile, "-p", "hyg-launcher", "-p", "hyg-python"]
    if subprocess.call(build, cwd=ROOT / "rust"):
        return 1
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "rust" / "target")) / profile
    place(target / "lib_native.so", ROOT / "src" / "hydrargyrum" / "_native.abi3.so")
    place(target / "hg", Path(sys.executable).parent / "hg")
    print("editable install ready; run again after a change in Rust")
    return 0


def place(source: Path, destination: Path) -> None:
    """Copies through a temporary name, because the destination may be running or mapped."""
    temporary = destination.with_name(destination.name + ".new")
    shutil.copy2(source, temporary)
    temporary.replace(destination)


if __name__ == "__main__":
    sys.exit(main())

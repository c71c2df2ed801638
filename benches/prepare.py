"""Makes what the benchmarks run on: the two big trees recorded by the peer, a git twin of each, and the peer's `rhg`.

Everything lies in a work directory outside the repository and is reused; nothing here is part of the product.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

PEER_VERSION = "7.2.4"
SLOW = ["--config", "storage.dirstate-v2.slow-path=allow"]
TREES = {"100k pathological": ("pathological", 100_000), "260k realistic": ("realistic", 260_000)}


def environment() -> dict[str, str]:
    """No configuration but the repository's own, for every program."""
    ours = (
        "HG",
        "HYG_",
        "GIT_",
        "PYTHONDONTWRITEBYTECODE",
    )  # compiling every module anew is not what users see
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    return {
        **kept,
        "HGRCPATH": "",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "LC_ALL": "C.UTF-8",
    }


def call(command: list[str], cwd: Path | None = None) -> None:
    """Runs a preparing step."""
    subprocess.run(command, cwd=cwd, env=environment(), check=True, stdout=subprocess.DEVNULL)


def tree(work: Path, shared: Path, peer: Path, name: str, *, limit: int | None = None) -> Path:
    """A tree of that name, recorded in hg (dirstate-v2) and, outside of it, in git."""
    kind, count = TREES[name]
    count = min(count, limit or count)
    place = work / f"{kind}-{count}"
    if not (place / ".hg/dirstate").exists():
        shutil.rmtree(place, ignore_errors=True)
        print(f"preparing {place} ...", file=sys.stderr)
        call([sys.executable, str(shared / "bench/trees.py"), kind, str(count), str(place)])
        call([str(peer), "init", "--config", "format.use-dirstate-v2=1", *SLOW, "."], place)
        call([str(peer), "commit", "-q", "-A", "-m", "base", "-u", "bench", "-d", "0 0", *SLOW], place)
    twin = git_directory(place)
    if not twin.exists():
        git = ["git", f"--git-dir={twin}", f"--work-tree={place}"]
        call(["git", "init", "-q", "--bare", str(twin)])
        call([*git, "config", "core.bare", "false"])
        call([*git, "config", "gc.auto", "0"])  # no clean-up in the background while something is measured
        (twin / "info/exclude").write_text(".hg\n")
        call([*git, "add", "-A"], place)
        call([*git, "-c", "user.name=b", "-c", "user.email=b@b", "commit", "-q", "-m", "base"], place)
    return place


def git_directory(place: Path) -> Path:
    """Where the git twin of a tree keeps its objects."""
    return place.with_name(place.name + ".git")


def git_command(place: Path, *args: str) -> list[str]:
    """A git command line for the twin."""
    return ["git", f"--git-dir={git_directory(place)}", f"--work-tree={place}", *args]


def changed_copy(place: Path) -> Path:
    """The same tree with 500 changes: 200 modified, 100 deleted, 200 new files."""
    copy = place.with_name(place.name + "-changed")
    if not copy.exists():
        call(["cp", "-a", str(place), str(copy)])
        call(["cp", "-a", str(git_directory(place)), str(git_directory(copy))])
        files = sorted(p for p in copy.rglob("*") if p.is_file() and ".hg" not in p.parts)
        picked = random.Random(500).sample(files, 500)
        for path in picked[:200]:
            path.write_bytes(path.read_bytes() + b"changed\n")
        for path in picked[200:300]:
            path.unlink()
        for path in picked[300:]:
            path.with_name(path.name + ".new").write_bytes(b"new\n")
    return copy


def sources(work: Path) -> Path:
    """The peer's unpacked source distribution."""
    place = work / f"mercurial-{PEER_VERSION}"
    if not place.is_dir():
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
        call([*command, "-d", str(work), f"mercurial=={PEER_VERSION}"])
        with tarfile.open(work / f"mercurial-{PEER_VERSION}.tar.gz") as archive:
            archive.extractall(work, filter="data")
    return place


def rhg(work: Path) -> Path:
    """The peer's own native client, built from its source distribution."""
    rust = sources(work) / "rust"
    program = rust / "target/release/rhg"
    if not program.exists():
        print("building the peer's rhg ...", file=sys.stderr)
        quiet = {
            **environment(),
            "RUSTFLAGS": "-Awarnings",
        }  # warnings about the peer's code are the peer's business
        command = ["cargo", "build", "-q", "--release", "-p", "rhg"]
        subprocess.run(command, cwd=rust, env=quiet, check=True, stdout=subprocess.DEVNULL)
    return program

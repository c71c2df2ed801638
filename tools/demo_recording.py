"""`make demo`, second part: a repository begun, grown, branched, merged and repaired with our own program alone.

    demo_recording.py --hg OURS [--peer REAL_MERCURIAL]

Python's own library is the tree that is recorded; git records the same one beside it. Real Mercurial, where it is given,
only verifies what came of it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from demo import ROOT, environment, make_tree

#: What is shown of a command's output.
LINES = 14


class Story:
    """Runs commands one after the other and shows them; the first that fails ends everything."""

    def __init__(self, hg: str, place: Path) -> None:
        self.hg = hg
        self.place = place
        self.environment = {**environment(), "HGUSER": "Demo <demo@example.org>"}

    def hg_does(self, *args: str, shows: int = LINES) -> float:
        """Runs our hg; returns the seconds it took."""
        print(f"$ hg {' '.join(args)}", flush=True)
        started = time.perf_counter()
        done = subprocess.run(
            [self.hg, *args], cwd=self.place, env=self.environment, capture_output=True, check=False
        )
        taken = time.perf_counter() - started
        lines = (done.stdout + done.stderr).splitlines()
        sys.stdout.buffer.write(b"".join(b"  " + line + b"\n" for line in lines[:shows]))
        if len(lines) > shows:
            print(f"  ... {len(lines) - shows} lines more")
        sys.stdout.flush()
        if done.returncode:
            raise SystemExit(f"hg {' '.join(args)} failed with {done.returncode}")
        return taken

    def write(self, name: str, text: str) -> None:
        """Changes a file of the tree."""
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def git_seconds(place: Path) -> float:
    """How long git takes to record the same tree."""
    twin = place.with_name(place.name + ".git")
    shutil.rmtree(twin, ignore_errors=True)
    command = ["git", f"--git-dir={twin}", f"--work-tree={place}"]
    quiet = {"env": environment(), "check": True, "stdout": subprocess.DEVNULL}
    subprocess.run(["git", "init", "-q", "--bare", str(twin)], **quiet)  # type: ignore[call-overload]
    subprocess.run([*command, "config", "core.bare", "false"], **quiet)  # type: ignore[call-overload]
    (twin / "info/exclude").write_text(".hg\n__pycache__\n*.a\n")
    started = time.perf_counter()
    subprocess.run([*command, "add", "-A"], cwd=place, **quiet)  # type: ignore[call-overload]
    who = ["-c", "user.name=d", "-c", "user.email=d@d"]
    subprocess.run([*command, *who, "commit", "-q", "-m", "base"], cwd=place, **quiet)  # type: ignore[call-overload]
    return time.perf_counter() - started


def tell(story: Story) -> float:
    """The story; returns the seconds that the first commit took."""
    story.hg_does("init", ".")
    first = story.hg_does("commit", "-A", "-q", "-m", "the library as it is")
    story.hg_does("log", "-T", "{rev}:{node|short} {desc} ({files|count} files)\n")
    story.hg_does("branch", "feature")
    story.write("library0/this_is_new.py", "answer = 42\n")
    story.hg_does("commit", "-A", "-m", "a new module on a branch")
    story.hg_does("update", "default")
    story.hg_does("rename", "library0/this.py", "library0/zen.py")
    story.hg_does("commit", "-m", "a module gets another name")
    story.hg_does("status", "--change", ".", "-C")
    story.hg_does("merge", "feature")
    story.hg_does("commit", "-m", "the branch comes back")
    story.hg_does("tag", "1.0")
    story.hg_does("log", "-G", "-T", "{rev}:{node|short} {branch} {tags}\n{desc}\n")
    story.hg_does("diff", "-c", "1", "--git")
    story.hg_does("annotate", "library0/this_is_new.py")
    story.write("library0/this_is_new.py", "answer = 43\n")
    story.hg_does("commit", "-m", "a mistake")
    story.hg_does("rollback")
    story.hg_does("revert", "--all", "--no-backup")
    story.hg_does("bundle", "-q", "-t", "zstd-v2", "-a", str(story.place.with_name("library.hg")))
    story.hg_does("verify")
    return first


def main() -> int:
    """Makes the tree, tells the story, compares with git, lets real Mercurial verify."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hg", type=Path, required=True)
    parser.add_argument("--peer", type=Path)
    options = parser.parse_args()
    place = ROOT / ".cache/demo/recorded"
    count = make_tree(place)
    print(f"\nrecording {count} files of Python's own library with hydrargyrum alone:\n", flush=True)
    story = Story(str(options.hg.absolute()), place)
    first = tell(story)
    git = git_seconds(place)
    print(f"\nthe first commit took {first:.2f} s; git add and git commit of the same tree took {git:.2f} s")
    if options.peer:
        done = subprocess.run(
            [str(options.peer.absolute()), "verify", "-q"], cwd=place, env=environment(), check=False
        )
        if done.returncode:
            print("real Mercurial does not verify the repository: that is a bug, please report it.")
            return 1
        print("real Mercurial verifies the repository.")
    shutil.rmtree(place, ignore_errors=True)
    print(
        "\nShown: a repository begun, branched, merged, tagged, bundled and rolled back with hydrargyrum alone."
    )
    return 0


if __name__ == "__main__":
    os.environ.pop("HGRCPATH", None)
    sys.exit(main())

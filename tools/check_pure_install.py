"""Builds the wheel as a machine without cargo would, installs it alone, and sees that its `hg` is complete.

Fails where the wheel is not pure, where a command needs the native engine, or where an answer differs from the peer's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def path_without_cargo(directory: Path) -> str:
    """A PATH that lacks cargo but has what building a wheel needs."""
    kept = [
        part for part in os.environ["PATH"].split(os.pathsep) if part and not (Path(part) / "cargo").exists()
    ]
    directory.mkdir()
    for tool in ("sh", "env", "git", "cc", "gcc", "python3"):
        found = shutil.which(tool)
        if found:
            (directory / tool).symlink_to(found)
    return os.pathsep.join([str(directory), *kept])


def answer(command: list[str], cwd: Path) -> tuple[bytes, int]:
    """stdout and exit code in a clean environment."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HG", "HYG_"))}
    done = subprocess.run(command, cwd=cwd, env={**kept, "HGRCPATH": ""}, capture_output=True, check=False)
    return done.stdout, done.returncode


def main() -> int:
    """Builds, installs, compares; exit code 1 with a sentence where something is wrong."""
    peer = str(Path(os.environ["HYG_PEER"]))
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        env = {**os.environ, "PATH": path_without_cargo(place / "bin")}
        source = place / "source"  # a copy, because the build leaves its traces beside setup.py
        ignore = shutil.ignore_patterns(
            "target", ".venv", ".peer", ".cache", ".git", "build", "*.egg-info", "*.so"
        )
        shutil.copytree(ROOT, source, ignore=ignore, symlinks=True)
        pip = [sys.executable, "-m", "pip"]
        subprocess.run([*pip, "wheel", "-q", "--no-deps", "-w", str(place), str(source)], env=env, check=True)
        (wheel,) = place.glob("*.whl")
        if not wheel.name.endswith("-py3-none-any.whl"):
            print(f"the wheel of a build without cargo is not pure: {wheel.name}")
            return 1
        venv.create(place / "venv", with_pip=True)
        python = str(place / "venv/bin/python")
        subprocess.run([python, "-m", "pip", "install", "-q", f"{wheel}[zstd]"], check=True)
        hg = str(place / "venv/bin/hg")
        repo = place / "repo"
        subprocess.run([peer, "init", str(repo)], check=True, env={**os.environ, "HGRCPATH": ""})
        for name in ("a", "b", "sub/c"):
            (repo / name).parent.mkdir(exist_ok=True)
            (repo / name).write_text(f"{name}\n" * 50)
        commit = [peer, "commit", "-q", "-A", "-m", "x", "-u", "t"]
        subprocess.run(commit, cwd=repo, check=True, env={**os.environ, "HGRCPATH": ""})
        (repo / "a").write_text("changed\n")
        (repo / "new").write_text("new\n")
        wrong = 0
        asked = (["status"], ["status", "-A"], ["files"], ["cat", "b"], ["root"], ["paths"], ["config", "ui"])
        for args in asked:
            if answer([hg, *args], repo) != answer([peer, *args], repo):
                wrong += 1
                print(
                    f"hg {' '.join(args)} differs: {answer([hg, *args], repo)} {answer([peer, *args], repo)}"
                )
        shipped = (
            "bash-completion/completions/hg",
            "zsh/site-functions/_hg",
            "fish/vendor_completions.d/hg.fish",
        )
        for name in shipped:
            if not (place / "venv/share" / name).is_file():
                wrong += 1
                print(f"share/{name} is not installed")
        if b"Naming revisions" not in answer([hg, "help", "revisions"], repo)[0]:
            wrong += 1
            print("hg help revisions: the topic is not installed")
        print(f"pure install: {len(asked) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

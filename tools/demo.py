"""`make demo`: the main job on a real tree, with the times of the peer and of git for the same question.

    demo.py --hg OURS --peer REAL_MERCURIAL [--repo PATH]

Without --repo, CPython's own standard library and site-packages are copied, recorded by the peer, and edited. A
repository of the user's own is only read (and its dirstate refreshed, as `hg status` always does).
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5


def environment() -> dict[str, str]:
    """No configuration of the user's, so that both programs answer the same question."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HG", "HYG_", "GIT_"))}
    return {**kept, "HGRCPATH": "", "HGPLAIN": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def run(command: list[str], cwd: Path) -> tuple[bytes, int, float]:
    """Output, exit code and seconds of one command."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, check=False)
    return done.stdout, done.returncode, time.perf_counter() - started


def must(command: list[str], cwd: Path) -> None:
    """Runs a preparing step, which has to succeed."""
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr.decode(errors='replace')}")


def make_tree(place: Path) -> int:
    """Copies Python's library to `place`; returns the number of files."""
    shutil.rmtree(place, ignore_errors=True)
    paths = sysconfig.get_paths()
    for number, source in enumerate(dict.fromkeys([paths["stdlib"], paths["purelib"]])):
        shutil.copytree(source, place / f"library{number}", symlinks=True, ignore_dangling_symlinks=True)
    (place / ".hgignore").write_text("syntax: glob\n**/__pycache__\n*.a\n")
    return sum(len(files) for _, _, files in os.walk(place))


def record(place: Path, peer: str) -> None:
    """The peer makes a repository of the tree, git a twin beside it."""
    twin = place.with_name(place.name + ".git")
    shutil.rmtree(twin, ignore_errors=True)
    must([peer, "init", "."], place)
    must([peer, "commit", "-q", "-A", "-m", "the library as it is", "-u", "demo"], place)
    git = git_command(place)
    must(["git", "init", "-q", "--bare", str(twin)], place)
    must([*git, "config", "core.bare", "false"], place)
    (twin / "info/exclude").write_text(".hg\n__pycache__\n*.a\n")
    must([*git, "add", "-A"], place)
    must([*git, "-c", "user.name=d", "-c", "user.email=d@d", "commit", "-q", "-m", "base"], place)


def git_command(place: Path) -> list[str]:
    """git for the twin of `place`."""
    return ["git", f"--git-dir={place.with_name(place.name + '.git')}", f"--work-tree={place}"]


def edit(place: Path, hg: str) -> None:
    """Modifies, deletes, adds and forgets some files."""
    out, _, _ = run([hg, "files", "-0"], place)
    names = [name for name in out.split(b"\0") if name.endswith(b".py")]
    picked = random.Random(7).sample(names, 60)
    for name in picked[:40]:
        with open(os.path.join(os.fsencode(place), name), "ab") as file:
            file.write(b"# edited by the demo\n")
    for name in picked[40:50]:
        os.unlink(os.path.join(os.fsencode(place), name))
    for name in picked[50:]:
        Path(os.fsdecode(os.path.join(os.fsencode(place), name))).with_suffix(".new").write_text("new\n")


def questions(place: Path, one_file: str, with_git: bool) -> list[tuple[list[str], list[str]]]:
    """Our arguments and git's for the same question."""
    git = git_command(place) if with_git else []
    return [
        (["status"], [*git, "status", "--porcelain"] if git else []),
        (["status", "-mard"], [*git, "status", "--porcelain", "-uno"] if git else []),
        (["status", "-u"], [*git, "ls-files", "--others", "--exclude-standard"] if git else []),
        (["status", "-A"], [*git, "status", "--porcelain", "--ignored"] if git else []),
        (["files"], [*git, "ls-files"] if git else []),
        (["cat", one_file], [*git, "show", f"HEAD:{one_file}"] if git else []),
        (["root"], [*git, "rev-parse", "--show-toplevel"] if git else []),
    ]


def compare(place: Path, hg: str, peer: str, asked: list[tuple[list[str], list[str]]]) -> int:
    """Prints the table; returns how many answers differ from the peer's."""
    different = 0
    print(f"\n{'question':24} {'hydrargyrum':>12} {'hg 7.2.4':>10} {'git':>10}   answer")
    for args, git in asked:
        mine = [run([hg, *args], place) for _ in range(RUNS)]
        theirs = [run([peer, *args], place) for _ in range(3)]
        gits = [run(git, place) for _ in range(3)] if git else []
        same = mine[0][:2] == theirs[0][:2]
        different += not same
        cells = [
            statistics.median(taken[2] for taken in column) * 1e3 if column else None
            for column in (mine, theirs, gits)
        ]
        shown = "".join(f"{cell:>9.1f} ms" if cell is not None else f"{'-':>12}" for cell in cells)
        lines = mine[0][0].count(b"\n")
        print(f"hg {' '.join(args)[:20]:21} {shown}   {'same' if same else 'DIFFERENT'}, {lines} lines")
    return different


def main() -> int:
    """Makes or takes the repository, shows the commands, compares."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hg", type=Path, required=True)
    parser.add_argument("--peer", type=Path, required=True)
    parser.add_argument("--repo", type=Path)
    options = parser.parse_args()
    hg, peer = str(options.hg.absolute()), str(options.peer.absolute())
    if options.repo:
        place = options.repo.expanduser().resolve()
        if not (place / ".hg").is_dir():
            raise SystemExit(f"{place} is not a Mercurial repository (no .hg in it)")
    else:
        place = ROOT / ".cache/demo/library"
        count = make_tree(place)
        print(f"recording {count} files of Python's own library with the peer and with git ...", flush=True)
        record(place, peer)
        edit(place, hg)
    out, _, _ = run([hg, "status", "-mard"], place)
    print(f"\n$ hg status -mard   (in {place}, first lines)")
    sys.stdout.buffer.write(b"\n".join(out.splitlines()[:8]) + b"\n")
    files, _, _ = run([hg, "files"], place)
    count = files.count(b"\n")
    if not count:
        print("the repository tracks no files; nothing to compare")
        return 0
    one_file = os.fsdecode(files.splitlines()[count // 2])
    different = compare(place, hg, peer, questions(place, one_file, with_git=options.repo is None))
    if different:
        print(f"\n{different} answers differ from real Mercurial's: that is a bug, please report it.")
        return 1
    print(
        f"\nShown: hydrargyrum answered status, files, cat and root on a repository of {count} files that real"
        "\nMercurial wrote, byte for byte as real Mercurial answers, in the times above."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

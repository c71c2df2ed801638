"""Completion: what hg answers to shells, as the peer does, and the scripts that ask it, run by what shells there are."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hydrargyrum.commands.index import BEYOND_THE_PEER, MISSING
from peer import ROOT, Peer, clean_environment
from unit.driver import ours

SHARE = ROOT / "share"


@pytest.fixture(scope="module")
def known(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with names, directories, and files in every state."""
    root = tmp_path_factory.mktemp("completion") / "known"
    peer.ok(root.parent, "init", str(root))
    for name in ("src/one.c", "src/two words.c", "src/deep/three.c", "setup", "zöe"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x\n")
    peer.ok(root, "commit", "-A", "-m", "first")
    peer.ok(root, "tag", "--local", "v1.0")
    peer.ok(root, "branch", "feature-branch")
    peer.ok(root, "commit", "-m", "second")
    peer.ok(root, "branch", "closed-branch")
    peer.ok(root, "commit", "-m", "third")
    peer.ok(root, "commit", "-m", "fourth", "--close-branch")
    peer.ok(root, "update", "feature-branch")
    peer.ok(root, "bookmark", "fine-bookmark", "-i")
    (root / "added").write_text("")
    peer.ok(root, "add", "added")
    peer.ok(root, "remove", "setup")
    (root / "unknown file").write_text("")
    (root / "src/one.c").write_text("changed\n")
    return root


def test_paths_and_names(peer: Peer, known: Path) -> None:
    asked: list[tuple[str, ...]] = [
        *(("debugpathcomplete", *given) for given in ((), ("s",), ("src",), ("src/",), ("src/o", "z"), ("..",))),
        ("debugpathcomplete", "nosuch"),
        *(("debugpathcomplete", option, "") for option in ("-f", "-n", "-a", "-r", "-ar")),
        *(("debugnamecomplete", *given) for given in ((), ("f",), ("v", "t"), ("nosuch",))),
        ("debuglabelcomplete", "f"),
        *(("debugwalk", *given) for given in ((), ("src",), ("setup", "added"), ("glob:src/**.c",), ("-X", "src"))),
        ("debugwalk", "-I", "src/*", "src/one.c"),
        ("debugwalk", "nosuch"),
    ]  # fmt: skip
    for engine in ("pure", "native"):
        for args in asked:
            for cwd in (known, known / "src"):
                found = ours(cwd, *args, env={"HYG_ENGINE": engine})
                assert found == peer.run(cwd, *args), (args, cwd, engine)


def test_commands_and_options(peer: Peer, tmp_path: Path) -> None:
    missing = {name for names in MISSING for name in names.split("|")}
    missing |= {name.replace("-", "") for name in missing}

    def here(lines: bytes) -> list[str]:
        return [
            line
            for line in lines.decode().splitlines()
            if line.partition(": ")[0].split(" ")[0] not in missing
        ]

    for args in (["st"], ["co"], ["b"], [""], ["nosuch"], ["-v", "st"], ["-v", "up"], ["debugr"]):
        theirs = here(peer.ok(tmp_path, "debugcomplete", *args))
        found = ours(tmp_path, "debugcomplete", *args).out.decode().splitlines()
        assert [line for line in found if line.split(" ")[0] not in BEYOND_THE_PEER] == theirs, args
    for name in ("status", "up", "log", "commit"):
        args = ("debugcomplete", "--options", name)
        assert ours(tmp_path, *args) == peer.run(tmp_path, *args)
    assert ours(tmp_path, "debugcomplete", "-o") == peer.run(tmp_path, "debugcomplete", "-o")
    theirs = here(peer.ok(tmp_path, "debugcommands"))
    found = ours(tmp_path, "debugcommands").out.decode().splitlines()
    found = [line for line in found if line.partition(":")[0] not in BEYOND_THE_PEER]
    # two options that only developers need are not there
    theirs = [line for line in theirs if not line.startswith("debugdirstate:")]
    assert theirs == [line for line in found if not line.startswith("debugdirstate:")]
    assert len(found) > 70


#: Asks the function for the words of a command line and prints what it would offer.
BASH = """
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
compopt() { :; }
_hg
printf '%s\\n' "${COMPREPLY[@]}" | sort
"""


def completed_by_bash(cwd: Path, hg: Path, *words: str) -> list[str]:
    script = SHARE / "bash-completion/completions/hg"
    done = subprocess.run(
        ["bash", "--norc", "-c", BASH, "bash", str(script), str(hg), *words],
        cwd=cwd,
        env=clean_environment(LC_ALL="C"),
        capture_output=True,
        check=True,
    )
    assert not done.stderr
    return [line for line in os.fsdecode(done.stdout).splitlines() if line]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["stat"], ["status"]),
        (["status", "--unk"], ["--unknown"]),
        (["st", "s"], ["setup", "src"]),
        (["st", "src/"], ["src/deep", "src/one.c", "src/two words.c"]),
        (["cat", "src/tw"], ["src/two words.c"]),
        (["update", "f"], ["feature-branch", "fine-bookmark"]),
        (["log", "-r", "v"], ["v1.0"]),
        (["log", "-r", "ancestors(fi"], ["ancestors(fine-bookmark"]),
        (["log", "-b", "fe"], ["feature-branch"]),
        (["log", "-T", "j"], ["json"]),
        (["add", "u"], ["unknown file"]),
        (["commit", "s"], ["setup", "src/one.c"]),
        (["help", "reviv"], []),
        (["help", "mer"], ["merge", "merge-tools"]),
        (["--config", "ui.x=y", "stat"], ["status"]),
        (["--cwd", "src", "cat", "on"], ["one.c"]),
        (["commit", "-m", ""], []),
    ],
)
def test_bash(known: Path, hg_under_test: Path, words: list[str], offered: list[str]) -> None:
    assert completed_by_bash(known, hg_under_test, *words) == offered


def test_bash_finds_the_function() -> None:
    script = SHARE / "bash-completion/completions/hg"
    done = subprocess.run(
        ["bash", "--norc", "-c", f"source {script}; complete -p hg"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "complete -o bashdefault -F _hg hg\n"


@pytest.mark.parametrize(
    ("shell", "script", "needed"),
    [
        ("zsh", "zsh/site-functions/_hg", "#compdef hg\n"),
        ("fish", "fish/vendor_completions.d/hg.fish", "complete -c hg -f -a '(__hg_arguments)'\n"),
    ],
)
def test_other_shells(shell: str, script: str, needed: str) -> None:
    path = SHARE / script
    text = path.read_text()
    assert needed in text
    for question in ("debugcomplete", "debugnamecomplete", "debugpathcomplete"):
        assert question in text
    if shell == "zsh":
        # what is written in both languages alike can be read by bash
        assert text.count("{") == text.count("}")
        assert text.count(" in\n") == text.count("esac\n")
    else:
        lines = [line.split()[0] for line in text.splitlines() if line.strip() and not line.startswith("#")]
        opening = sum(lines.count(word) for word in ("function", "if", "for", "switch"))
        assert opening == lines.count("end")
    program = shutil.which(shell)
    if program is not None:
        subprocess.run([program, "-n", str(path)], check=True)

"""The shipped extensions `churn` and `extdiff`: what they print and run, as the peer's do, on both engines."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from peer import Answer, Peer
from recorded.walks import Walk
from unit.driver import ours

CHURN = r"""
churn
churn -c
churn --diffstat -s
churn -f %Y-%m -s
churn -T '{branch}' -v
churn -d '>1970-01-02' -r 0:9 -t '{user}'
churn -I '**.py' --diffstat --color=debug
churn --aliases names -c
churn --aliases nosuch
churn a
"""
EXTDIFF = r"""
extdiff -p diff -o -qNr
extdiff -p diff -o -qr -c 5 -v
extdiff -p echo --from 1 --to 3
extdiff -p echo -r 2 -r 6 --per-file -o '$clabel $plabel1 $parent $child $root'
--config extdiff.cmd.show=echo --config 'extdiff.opts.show=a $parent1 b $child $clabel' show -c 3
--config 'extdiff.show=echo x' show -c 5 --debug -o 'y z'
--config 'extdiff.show=echo $parent2 3' show -c 'last(merge())'
--config 'extdiff.cmd.echo=' --config 'diff-tools.echo.diffargs=q $child' echo -r 1:5 --per-file --confirm
--config 'extdiff.cmd.echo=' --config extdiff.gui.echo=1 echo -r 1:5
--config 'extdiff.cmd.echo=' --config 'merge-tools.echo.diffargs=$plabel1' echo -r 1:5
extdiff -p cat --patch -r 1 -r 3
extdiff --patch -r 1
extdiff --patch --per-file -r 1:3
extdiff -c 3 -r 2
extdiff -p echo nosuch
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    root = tmp_path_factory.mktemp("churned") / "repo"
    Walk(peer, root, 23).build()
    (root / ".hg/hgrc").write_text("[experimental]\nevolution = all\n")
    (root / "names").write_text("bob = alice@example.org\nbob@example.com alice@example.org\nalone\n")
    return root


def neutral(answer: Answer) -> Answer:
    """Without the name of the temporary directory."""
    names = re.compile(rb"extdiff\.[a-z0-9_]+")
    return answer._replace(out=names.sub(b"TEMPORARY", answer.out), err=names.sub(b"TEMPORARY", answer.err))


@pytest.mark.parametrize("engine", ["pure", "native"])
@pytest.mark.parametrize("extension", ["churn", "extdiff"])
def test_like_the_peer(peer: Peer, repository: Path, extension: str, engine: str) -> None:
    asked = CHURN if extension == "churn" else EXTDIFF
    wrong = []
    for text in filter(None, asked.splitlines()):
        line = ("--config", f"extensions.{extension}=", *shlex.split(text))
        theirs = neutral(peer.run(repository, *line))
        mine = neutral(ours(repository, *line, env={"HYG_ENGINE": engine}))
        if mine != theirs:
            wrong.append(f"{text}\n  peer {theirs}\n  ours {mine}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_a_changed_copy_comes_back(repository: Path, engine: str) -> None:
    """What a program writes into the copy of the working copy is written to the file that was copied."""
    files = [path for path in repository.iterdir() if path.is_file() and not path.is_symlink()]
    tracked = [path for path in files if path.name in ("a", "b.txt")][:1]
    assert tracked
    before = tracked[0].read_bytes()
    tracked[0].write_bytes(b"edited\n")
    (repository / "dir").mkdir(exist_ok=True)
    script = f'for f in $(find "$2" -name {tracked[0].name}); do echo more >> "$f"; done'
    line = ["extdiff", "-p", "sh", "-o", "-c", "-o", script, "-o", "x", "-r", "0"]
    answer = ours(repository, "--config", "extensions.extdiff=", *line, env={"HYG_ENGINE": engine})
    assert answer.code == 1, answer
    assert tracked[0].read_bytes() == b"edited\nmore\n"
    tracked[0].write_bytes(before)

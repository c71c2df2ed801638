"""Command lines whose output, error output and exit code are those of the peer, to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Peer
from unit.driver import our_process, ours, peer_process, without_summary

HGRC = """\
[ui]
username = me
 more
verbose = 0
# c
[paths]
default = foo
abs = /abs/x
pw = http://me:secret@host/x%20y
pw:pushurl = ssh://me@host/y
rel = ../x
home = ~/x
bad:pushurl = xx
bad = y
multi = a, b
multi:multi-urls = yes
chain = path://abs
chain2 = path://abs#br
frag = /x#br
mode = /m
mode:bookmarks.mode = mirror
policy = /p
policy:pulled-delta-reuse-policy = forced
odd = /o
odd:bookmarks.mode = zz
odd:pulled-delta-reuse-policy = bar
odd:multi-urls = maybe
*:pushrev = foo
[x]
a.b = c
"""


@pytest.fixture
def hgrc(tmp_path: Path) -> Path:
    path = tmp_path / "rc"
    path.write_text(HGRC)
    return path


def check(peer: Peer, cwd: Path, *args: str | bytes, env: dict[str, str] | None = None) -> None:
    theirs = peer.run(cwd, *args, env=env)
    assert without_summary(ours(cwd, *args, env=env)) == without_summary(theirs)


@pytest.mark.parametrize(
    "line",
    [
        "foo",
        "statuz",
        "s",
        "a",
        "c",
        "debugi",
        "--badopt",
        "-Z",
        "--cwd",
        "-R",
        "--c root",
        "--confi a.b=c version -q",
        "root",
        "root -c",
        "-R nope root",
        "-R /tmp paths",
        "-R nope paths",
        "-R file://other/x root",
        "--cwd /nope root",
        "--config foo root",
        "--config foo.=1 root",
        "--config =1 root",
        "--config-file nope root",
        "-qR x root",
        "paths",
        "paths x",
        "paths x -q",
        "paths x y",
        "config",
        "config ui.x",
        "config --time=1",
        "config -T",
        "config -l",
        "config -e -l",
        "config -lg",
        "config --non-shared",
        "root --color debug",
        "foo --color always",
        "root --config ui.message-output=bad",
        "root --config ui.message-output=stderr",
        "root --config ui.color=always --config color.ui.error=nosuch",
        "status --al --n",
        "version --badopt -q",
    ],
)
@pytest.mark.parametrize("detailed", ["no", "yes"])
def test_without_configuration(peer: Peer, tmp_path: Path, line: str, detailed: str) -> None:
    path = tmp_path / "detailed"
    path.write_text(f"[ui]\ndetailed-exit-code = {detailed}\n")
    check(peer, tmp_path, *line.split(), env={"HGRCPATH": str(path)})


@pytest.mark.parametrize(
    "line",
    [
        "config",
        "config --source",
        "config ui",
        "config ui.username",
        "config ui.username x.a.b",
        "config ui.username paths",
        "config -T json",
        "config -Tjson ui.username",
        "config -Tjson ui.nosuch",
        "config --debug ui",
        "config -q",
        "config nosuch.x",
        "config x",
        "config --exp-all-known paths",
        "config --exp-all-known ui",
        "config ui --config ui.username=z",
        "config --config a.b=1 --config a.c=2 a --source",
        "config ui -v -q",
        "config --untruste ui",
        "config --no-untrusted ui",
        "config --source --no-source ui",
        "paths",
        "paths -q",
        "paths -v",
        "paths pw",
        "paths pw -q",
        "paths multi",
        "paths -T json",
        "paths multi -T json",
        "paths -T {name}:{url}:{pushurl}\\n",
        "paths --debug",
    ],
)
def test_with_configuration(peer: Peer, tmp_path: Path, hgrc: Path, line: str) -> None:
    check(peer, tmp_path, *line.split(), env={"HGRCPATH": str(hgrc), "HOME": "/somewhere"})


@pytest.mark.parametrize(
    "text",
    [
        "[ui]\nfoo\n",
        " x=1\n",
        "\tx=1\n",
        "[ui\n",
        "%include /nosuch\n[a]\nb=c",
        "%include /tmp\n",
        "[a]\nx = $HOME/x\ny=%x\n",
        "[ui]\nverbose=maybe\n",
        "[ui]\nmessage-output=foo\n",
        "[paths]\nc = path://nope\n",
        "[paths]\na=path://b\nb=path://c\nc=/x\n",
        "[paths]\nx=file://other/x\n",
        "[ui]\ntweakdefaults=1\n",
        "[ui]\nuser=old\n",
        "[ui]\nquiet=1\nverbose=1\ndebug=1\n[s]\nx=1\n",
    ],
)
@pytest.mark.parametrize("line", ["config", "paths", "config ui.username"])
@pytest.mark.parametrize("plain", [False, True])
def test_odd_files(peer: Peer, tmp_path: Path, text: str, line: str, plain: bool) -> None:
    path = tmp_path / "odd"
    path.write_text(text)
    env = {"HGRCPATH": str(path), **({"HGPLAIN": "1"} if plain else {})}
    check(peer, tmp_path, *line.split(), env=env)


def test_names_that_are_not_utf8(peer: Peer, tmp_path: Path) -> None:
    check(peer, tmp_path, b"x\xff")
    check(peer, tmp_path, "paths", b"x\xff")
    check(peer, tmp_path, "--config", b"a.\xff=\xfe\xc3\xa9", "config", "a")
    check(peer, tmp_path, "--config", b"\xff", "root")
    check(peer, tmp_path, "--cwd", b"/\xff", "root")


@pytest.mark.parametrize(
    "line",
    [
        "root",
        "root -Tjson",
        "root -T {reporoot}|{hgpath}|{storepath}\\n",
        "root --share-source",
        "root x",
        "config",
        "config --source",
        "config x.y",
        "paths",
        "paths default",
        "--cwd .. root",
        "--cwd sub root",
        "-R sub root",
        "root --badopt",
    ],
)
@pytest.mark.parametrize("where", ["", "sub"])
def test_in_a_repository(peer: Peer, tmp_path: Path, line: str, where: str) -> None:
    root = tmp_path / "r"
    peer.ok(tmp_path, "init", str(root))
    (root / ".hg/hgrc").write_text(
        "[ui]\nverbose=1\ndetailed-exit-code=1\n[paths]\ndefault=../other\nz=%(z)s\n[x]\ny=1\n"
    )
    (root / ".hg/hgrc-not-shared").write_text("[x]\ny=2\n")
    (root / "sub/sub").mkdir(parents=True)
    check(peer, root / where, *line.split())
    check(peer, root / where, *line.split(), env={"HGRCSKIPREPO": ""})


@pytest.mark.parametrize(
    "line", ["-R r root", "-R rr root", "--repo r root", "--repositor r root", "-R file:r root"]
)
def test_a_repository_by_name(peer: Peer, tmp_path: Path, line: str) -> None:
    peer.ok(tmp_path, "init", "r")
    path = tmp_path / "rc"
    path.write_text(f"[paths]\nrr = {tmp_path}/r\n")
    check(peer, tmp_path, *line.split(), env={"HGRCPATH": str(path)})


@pytest.mark.parametrize(
    "line", ["root", "root --share-source", "root -Tjson --share-source", "config", "paths"]
)
@pytest.mark.parametrize("relative", [[], ["--relative"]])
def test_in_a_share_safe_share(peer: Peer, tmp_path: Path, line: str, relative: list[str]) -> None:
    peer.ok(tmp_path, "init", "source", "--config", "format.use-share-safe=1")
    share = ["share", *relative, "source", "share", "--config", "extensions.share="]
    assert peer_process(tmp_path, *share).code == 0
    (tmp_path / "source/.hg/hgrc").write_text("[a]\nsource=1\n[paths]\nq=rel\n")
    (tmp_path / "source/.hg/hgrc-not-shared").write_text("[a]\nhidden=1\n")
    check(peer, tmp_path / "share", *line.split())


ALIASES = """\
[alias]
p = paths
pq = paths -q
pa = paths $1 -T {name}:$2\\n
deep = pa two $1
bad = nosuch
amb = s
none =
quote = 'x
early = --cwd /tmp root
sh = !echo hi $0 $1 "$@" $HG_ARGS $$ $2. "$1"
fails = !exit 3
config = config --source
[defaults]
paths = -T default:{name}\\n
[paths]
two = /two
"""


@pytest.mark.parametrize(
    "line",
    [
        "p",
        "pq",
        "pa two x",
        "pa two",
        "deep x",
        "bad",
        "amb",
        "none",
        "quote",
        "early",
        "p x y",
        "sh",
        "sh a --cwd /",
        "fails",
        "config paths",
        "paths",
        "--debug config paths",
        "sh 'a b",
        "conf",
    ],
)
@pytest.mark.parametrize("plain", [{}, {"HGPLAIN": "1"}, {"HGPLAINEXCEPT": "alias"}])
def test_aliases(tmp_path: Path, line: str, plain: dict[str, str]) -> None:
    path = tmp_path / "rc"
    path.write_text(ALIASES)
    env = {"HGRCPATH": str(path), **plain}
    theirs = peer_process(tmp_path, *line.split(), env=env)
    assert without_summary(our_process(tmp_path, *line.split(), env=env)) == without_summary(theirs)


HOOKS = """\
[hooks]
pre-paths = echo "pre $HG_ARGS . $HG_PATS . $HG_OPTS . $HG_HOOKTYPE . $HG_HOOKNAME . $HGPLAIN"
post-paths.x = echo "post $HG_RESULT"
post-paths.y = exit 3
fail-paths = echo fail
pre-config.first = echo second
pre-config.second = echo first
priority.pre-config.second = 1
pre-config.third = exit 2
pre-config.fourth = echo never
pre-version = kill -9 $$
"""


@pytest.mark.parametrize(
    "line", ["paths", "paths -v x", "paths a b", "paths --bad", "config ui", "-v config", "version"]
)
def test_hooks(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rc"
    path.write_text(HOOKS)
    env = {"HGRCPATH": str(path)}
    theirs = peer_process(tmp_path, *line.split(), env=env)
    assert without_summary(our_process(tmp_path, *line.split(), env=env)) == without_summary(theirs)


@pytest.mark.parametrize(
    "text",
    [
        "foo = /nope.py\nbar =\nhgext.baz =\nqux = !\nprogress =\na.b =\nd = {directory}\n",
        "foo = /nope.py\nfoo:required = 1\n",
        "foo =\n*:required = 1\n",
    ],
)
def test_extensions_that_are_not_there(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rc"
    path.write_text("[extensions]\n" + text.format(directory=tmp_path))
    env = {"HGRCPATH": str(path)}
    assert our_process(tmp_path, "paths", env=env) == peer_process(tmp_path, "paths", env=env)

"""What is imported on the way to `hg version`: a closed list, because each module costs every command its time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from peer import Peer

ROOT = Path(__file__).resolve().parents[3]

PROBE = """
import sys
before = set(sys.modules)
sys.path.insert(0, sys.argv.pop(1))
from hydrargyrum.cli.main import main
code = main()
sys.stdout.flush()
sys.stderr.write("\\n".join(sorted(set(sys.modules) - before)))
sys.exit(code)
"""

#: Of the interpreter: what is there without `site` may be imported, and these.
ALLOWED_OF_PYTHON = {
    "__future__", "_collections_abc", "_signal", "_stat", "errno", "genericpath", "os", "os.path", "posixpath", "stat",
}  # fmt: skip
ALLOWED_OF_OURS = {
    "",
    "cli", "cli.dispatch", "cli.failures", "cli.locate", "cli.main", "cli.options",
    "commands", "commands.global_options", "commands.index", "commands.version",
    "config", "config.item", "config.item_table", "config.items", "config.layered", "config.parse", "config.plain",
    "config.sources", "config.values",
    "errors",
    "extension", "extension.context", "extension.declarations", "extension.output", "extension.registry",
    "ui", "ui.interface", "ui.streams",
    "view", "view.codec", "view.formatter",
}  # fmt: skip
BUDGET = 45


def imported(
    *arguments: str, cwd: Path = ROOT, says: str = "Mercurial Distributed SCM (version "
) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", PROBE, str(ROOT / "src"), *arguments],
        env={"PATH": os.environ["PATH"], "HGRCPATH": "", "HYG_ENGINE": "pure"},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(says)
    return set(done.stderr.splitlines())


def test_version_imports_only_what_is_listed() -> None:
    modules = imported("version")
    ours = {
        name.removeprefix("hydrargyrum").removeprefix(".")
        for name in modules
        if name.startswith("hydrargyrum")
    }
    foreign = {name for name in modules if not name.startswith("hydrargyrum")}
    assert ours == ALLOWED_OF_OURS
    assert foreign <= ALLOWED_OF_PYTHON
    assert len(modules) <= BUDGET


def test_only_the_module_of_the_command_is_imported() -> None:
    modules = imported("version", "-q")
    commands = {name for name in modules if name.startswith("hydrargyrum.commands.")}
    assert commands == {
        "hydrargyrum.commands.global_options",
        "hydrargyrum.commands.index",
        "hydrargyrum.commands.version",
    }


def test_a_pager_that_is_not_wanted_costs_nothing(tmp_path: Path, peer: Peer) -> None:
    peer.ok(tmp_path, "init", "repo")
    (tmp_path / "repo/file").write_text("text")
    peer.ok(tmp_path / "repo", "commit", "-qAm", "one")
    modules = imported("files", cwd=tmp_path / "repo", says="file\n")
    assert not modules & {"signal", "enum", "subprocess", "dataclasses", "typing", "argparse", "re"}

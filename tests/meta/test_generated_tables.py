"""The table that Rust has of Python's declarations is the one that the declarations give now."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools/gen_tables.py"


def run(*arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "tools/gen_tables.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_tables_are_fresh() -> None:
    done = run("--check")
    assert done.returncode == 0, done.stderr


def test_stale_tables_are_noticed_and_rewritten(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/gen_tables.py").write_text(TOOL.read_text())
    (tmp_path / "src").symlink_to(ROOT / "src")
    tables = tmp_path / "rust/core/src/tables.rs"
    tables.parent.mkdir(parents=True)
    original = (ROOT / "rust/core/src/tables.rs").read_text()
    tables.write_text(
        original.replace('"statuscopies", Default::Bool(false)', '"statuscopies", Default::Bool(true)')
    )
    assert tables.read_text() != original
    done = run("--check", root=tmp_path)
    assert done.returncode == 1
    assert "stale" in done.stderr
    assert run(root=tmp_path).returncode == 0
    assert tables.read_text() == original

"""The tables that Rust has of Python's declarations are those that the declarations give now."""

import shutil
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
    tables = tmp_path / "rust/core/src/tables"
    shutil.copytree(ROOT / "rust/core/src/tables", tables)
    items = tables / "items.rs"
    original = items.read_text()
    items.write_text(
        original.replace('"statuscopies", Default::Bool(false)', '"statuscopies", Default::Bool(true)')
    )
    assert items.read_text() != original
    (tables / "version.rs").unlink()
    done = run("--check", root=tmp_path)
    assert done.returncode == 1
    assert [line.split(" is stale")[0] for line in done.stderr.splitlines()] == [
        "rust/core/src/tables/items.rs",
        "rust/core/src/tables/version.rs",
    ]
    assert run(root=tmp_path).returncode == 0
    assert items.read_text() == original
    assert run("--check", root=tmp_path).returncode == 0

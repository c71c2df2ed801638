"""What the pure engine imports, and when."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[4] / "src"
#: Too dear for a command that only wants a status.
DEAR = {"dataclasses", "typing", "enum", "inspect", "pathlib", "json", "tempfile", "random", "pyarrow"}


def imported(code: str) -> set[str]:
    script = f"import sys; sys.path.insert(0, {str(SOURCE)!r})\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_package_alone_loads_nothing() -> None:
    found = imported("import hydrargyrum.engine.pure")
    assert {name for name in found if name.startswith("hydrargyrum")} == {
        "hydrargyrum",
        "hydrargyrum.engine",
        "hydrargyrum.engine.pure",
    }


def test_a_status_loads_nothing_dear(tmp_path: Path) -> None:
    (tmp_path / ".hg" / "store").mkdir(parents=True)
    (tmp_path / ".hg" / "requires").write_text("store\nrevlogv1\n")
    (tmp_path / "file").write_text("")
    found = imported(f"""
from hydrargyrum.engine.pure import ENGINE
from hydrargyrum.types import EngineSettings, PatternSet, RenderOptions, StatusRequest
repo = ENGINE.open({str(tmp_path)!r}, EngineSettings())
assert repo.status(StatusRequest(PatternSet(repo.root))).render(RenderOptions()) == b"? file\\n"
""")
    assert "hydrargyrum.engine.pure.worktree.walk" in found
    assert not found & DEAR
    assert "hydrargyrum._native" not in found

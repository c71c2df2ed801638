"""What the documents claim of the tree is true: format pages are linked, commands and links exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_format_page_is_linked_from_code() -> None:
    pages = sorted((ROOT / "docs/formats").glob("*.md"))
    assert len(pages) >= 10
    code = "\n".join(
        path.read_text()
        for pattern in ("rust/*/src/**/*.rs", "src/hydrargyrum/**/*.py")
        for path in ROOT.glob(pattern)
    )
    unlinked = [page.name for page in pages if f"docs/formats/{page.name}" not in code]
    assert not unlinked


def test_relative_links_exist() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert not broken


def test_readme_begins_with_the_two_commands() -> None:
    head = "\n".join((ROOT / "README.md").read_text().splitlines()[:25])
    assert "make demo" in head
    assert "make test" in head


def test_no_machine_paths_or_registry_hosts() -> None:
    telltale = re.compile(r"/work/|/root/|\bcrates\.io/api|files\.pythonhosted|pypi\.org/simple")
    found = []
    for pattern in (
        "src/**/*.py",
        "rust/*/src/**/*.rs",
        "tests/**/*.py",
        "docs/**/*.md",
        "tools/*.py",
        "*.md",
    ):
        for path in ROOT.glob(pattern):
            if path != Path(__file__).resolve() and telltale.search(path.read_text()):
                found.append(str(path.relative_to(ROOT)))
    assert not found

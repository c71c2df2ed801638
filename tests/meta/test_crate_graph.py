"""The arrows between crates, from `cargo metadata`: what is not listed here is forbidden."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ALLOWED = {
    "hyg-base": set(),
    "hyg-graph": {"hyg-base"},
    "hyg-text": {"hyg-base"},
    "hyg-matcher": {"hyg-base"},
    "hyg-store": {"hyg-base", "hyg-graph", "hyg-text"},
    "hyg-worktree": {"hyg-base", "hyg-matcher", "hyg-store"},
    "hyg-core": {"hyg-base", "hyg-graph", "hyg-text", "hyg-matcher", "hyg-store", "hyg-worktree"},
    "hyg-launcher": {"hyg-base", "hyg-core"},
    "hyg-python": {"hyg-base", "hyg-core"},
}

#: Crates whose code may say `unsafe`, and how many files of it may.
UNSAFE = {"store", "python", "base"}

LICENCES = {
    "MIT",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "CC0-1.0",
    "Unlicense",
    "GPL-2.0-or-later",
    "0BSD",
    "MIT-0",
    "BSL-1.0",
    "Unicode-3.0",
    # as the zlib licence, and not to advertise with the author's name
    "bzip2-1.0.6",
}


@pytest.fixture(scope="module")
def packages() -> dict[str, dict]:
    if shutil.which("cargo") is None:
        pytest.fail("the crate graph needs cargo")
    answer = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--locked"],
        cwd=ROOT / "rust",
        capture_output=True,
        check=True,
    )
    return {package["id"]: package for package in json.loads(answer.stdout)["packages"]}


def test_arrows_between_crates(packages: dict[str, dict]) -> None:
    ours = {p["name"]: p for p in packages.values() if p["name"].startswith("hyg-")}
    assert set(ours) == set(ALLOWED)
    for name, package in ours.items():
        arrows = {
            d["name"] for d in package["dependencies"] if d["name"].startswith("hyg-") and d["kind"] != "dev"
        }
        assert arrows <= ALLOWED[name], f"{name} may not depend on {arrows - ALLOWED[name]}"


def test_only_the_binding_names_pyo3(packages: dict[str, dict]) -> None:
    users = {
        p["name"]
        for p in packages.values()
        if p["name"].startswith("hyg-") and any(d["name"] == "pyo3" for d in p["dependencies"])
    }
    assert users == {"hyg-python"}


def test_licences_of_what_is_shipped(packages: dict[str, dict]) -> None:
    tree = subprocess.run(
        ["cargo", "tree", "--locked", "--workspace", "-e", "normal", "--prefix", "none", "-f", "{p}|{l}"],
        cwd=ROOT / "rust",
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    rows = {line.removesuffix(" (*)") for line in tree.splitlines() if "|" in line}
    assert len(rows) > 10
    for row in sorted(rows):
        name, licence = row.split("|")
        choices = [part.strip(" ()") for part in re.split(r" OR |/", licence)]
        fits = any(
            all(term.strip(" ()") in LICENCES for term in re.split(r" AND ", choice)) for choice in choices
        )
        assert fits, f"{name}: {licence} does not fit GPL-2.0-or-later"


def test_unsafe_stays_where_it_is_allowed() -> None:
    found = set()
    for source in (ROOT / "rust").glob("*/src/**/*.rs"):
        if re.search(r"\bunsafe\b\s*(\{|fn|impl|extern)", source.read_text()):
            found.add(source.relative_to(ROOT / "rust").parts[0])
    assert found <= UNSAFE

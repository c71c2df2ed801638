"""Installs the packages of pyproject.toml's extras (named on the command line) without installing the project itself."""

import subprocess
import sys
import tomllib
from pathlib import Path


def main(extras: list[str]) -> int:
    """Runs pip for the extras; returns its exit code."""
    with Path("pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)["project"]["optional-dependencies"]
    wanted = sorted({requirement for extra in extras for requirement in declared[extra]})
    return subprocess.call([sys.executable, "-m", "pip", "install", "-q", *wanted])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

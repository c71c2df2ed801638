"""Decides at build time whether the Rust half is part of this build; everything else is in pyproject.toml.

With cargo: extension module `hydrargyrum._native`, native launcher `hg`, console script `hg-py`.
Without cargo: console scripts `hg` and `hg-py`, a pure wheel. A cargo that is present and fails is an error.
"""

import os
import shutil

from setuptools import setup

CONSOLE = "hydrargyrum.cli.main:main"


def native_build() -> bool:
    """Whether to build Rust: HYG_BUILD=pure|native decides, else the presence of cargo."""
    choice = os.environ.get("HYG_BUILD", "auto")
    if choice not in ("auto", "native", "pure"):
        raise SystemExit(f"HYG_BUILD is {choice!r}; it must be auto, native or pure")
    return choice == "native" or (choice == "auto" and shutil.which("cargo") is not None)


def rust_arguments() -> dict:
    """The keyword arguments for `setup` that describe the Rust half; empty for a pure build."""
    if not native_build():
        return {}
    from setuptools_rust import Binding, RustBin, RustExtension

    return {
        "rust_extensions": [
            RustExtension(
                "hydrargyrum._native",
                path="rust/python/Cargo.toml",
                binding=Binding.PyO3,
                py_limited_api="auto",
                debug=False,
            ),
            RustBin("hg", path="rust/launcher/Cargo.toml", debug=False),
        ]
    }


scripts = [f"hg-py = {CONSOLE}"]
if not native_build():
    scripts.append(f"hg = {CONSOLE}")

setup(entry_points={"console_scripts": scripts}, **rust_arguments())

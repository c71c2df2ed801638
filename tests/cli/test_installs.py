"""The launcher finds the Python it was installed with, in every way that users install and move programs.

One wheel is put together from what this run tests (no compiler is started), then installed by pip itself.
"""

from __future__ import annotations

import base64
import ensurepip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from peer import ROOT

NAME = "hydrargyrum-0.0.1"
TAG = f"cp{sys.version_info.major}{sys.version_info.minor}-none-any"
BASE_PYTHON = Path(getattr(sys, "_base_executable", sys.executable))


class Install(NamedTuple):
    """An installed program: what to start, and what it must find."""

    hg: Path
    python: Path
    package: Path
    environment: dict[str, str]


def contents(hg: Path) -> dict[str, bytes]:
    """The files of a wheel: the Python half of this checkout, its extension module, the launcher."""
    import hydrargyrum._native as native

    source = ROOT / "src"
    files = {path.relative_to(source).as_posix(): path.read_bytes() for path in source.rglob("*.py")}
    files["hydrargyrum/_native.abi3.so"] = Path(native.__file__).read_bytes()
    files[f"{NAME}.data/scripts/hg"] = hg.read_bytes()
    info = f"{NAME}.dist-info"
    files[f"{info}/METADATA"] = b"Metadata-Version: 2.1\nName: hydrargyrum\nVersion: 0.0.1\n"
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {TAG}\n".encode()
    files[f"{info}/entry_points.txt"] = b"[console_scripts]\nhg-py = hydrargyrum.cli.main:main\n"
    return files


@pytest.fixture(scope="module")
def wheel(hg_under_test: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    launcher = hg_under_test.resolve()
    if launcher.read_bytes()[:2] == b"#!":
        pytest.fail("the hg under test is no launcher; these tests are about a native build")
    files = contents(launcher)
    record = []
    path = tmp_path_factory.mktemp("wheel") / f"{NAME}-{TAG}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}\n")
            member = zipfile.ZipInfo(name)
            member.external_attr = (0o100755 if "/scripts/" in name else 0o100644) << 16
            archive.writestr(member, data)
        own = f"{NAME}.dist-info/RECORD"
        archive.writestr(own, "".join([*record, f"{own},,\n"]))
    return path


def clean_environment(**more: str) -> dict[str, str]:
    """Nothing that could lead the launcher to this checkout's own Python."""
    dropped = ("HG", "HYG_", "PYTHON", "VIRTUAL_ENV", "PYTEST", "COV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    own = str(Path(sys.executable).parent)
    path = [part for part in kept["PATH"].split(os.pathsep) if part != own]
    return {**kept, "PATH": os.pathsep.join(path), "HGRCPATH": "", **more}


def pip(python: Path, *args: str, **environment: str) -> None:
    """pip of this environment, installing for another interpreter."""
    command = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    command += ["-q", "--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check"]
    command += ["--no-warn-script-location", *args]
    allowed = clean_environment(PIP_BREAK_SYSTEM_PACKAGES="1", **environment)
    done = subprocess.run(command, env=allowed, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def check(install: Install) -> None:
    """Both halves answer, and the Python one is the one that was installed together with the launcher."""
    native = {**install.environment, "HYG_LAUNCHER": "require"}
    done = subprocess.run([install.hg, "version", "-q"], env=native, capture_output=True, check=False)
    assert (done.stdout[:10], done.stderr, done.returncode) == (b"Mercurial ", b"", 0)
    done = subprocess.run(
        [install.hg, "debuginstall", "-Tjson"], env=install.environment, capture_output=True, check=False
    )
    assert done.stderr == b""
    (facts,) = json.loads(done.stdout)
    assert Path(facts["hgmodules"]).resolve() == install.package.resolve()
    assert Path(facts["pythonexe"]).parent == install.python.parent
    assert (facts["engine"], facts["engineerror"]) == ("native", None)


def site_packages(prefix: Path) -> Path:
    return prefix / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


@pytest.fixture(scope="module")
def in_venv(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Install:
    prefix = tmp_path_factory.mktemp("with blank") / "venv"
    venv.create(prefix, symlinks=True, with_pip=False)
    pip(prefix / "bin/python", str(wheel))
    package = site_packages(prefix) / "hydrargyrum"
    return Install(prefix / "bin/hg", prefix / "bin/python", package, clean_environment())


def test_in_a_virtual_environment(in_venv: Install) -> None:
    check(in_venv)


def test_through_symbolic_links(in_venv: Install, tmp_path: Path) -> None:
    """As pipx and people do it: a link in a directory of `PATH`, and a link to that link."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/hg").symlink_to(in_venv.hg)
    (tmp_path / "mercurial").symlink_to("bin/hg")
    check(in_venv._replace(hg=tmp_path / "bin/hg"))
    check(in_venv._replace(hg=tmp_path / "mercurial"))
    path = f"{tmp_path / 'bin'}{os.pathsep}{in_venv.environment['PATH']}"
    check(in_venv._replace(hg=Path("hg"), environment={**in_venv.environment, "PATH": path}))


def test_copied(in_venv: Install, tmp_path: Path) -> None:
    """A copy has no neighbours: it finds `hg-py` on `PATH`, obeys `HG_PYTHON`, or says what is the matter."""
    copy = tmp_path / "hg"
    shutil.copy2(in_venv.hg, copy)
    path = f"{in_venv.hg.parent}{os.pathsep}{in_venv.environment['PATH']}"
    check(in_venv._replace(hg=copy, environment={**in_venv.environment, "PATH": path}))
    named = {**in_venv.environment, "HG_PYTHON": str(in_venv.python)}
    check(in_venv._replace(hg=copy, environment=named))
    done = subprocess.run([copy, "debuginstall"], env=in_venv.environment, capture_output=True, check=False)
    assert done.returncode == 255
    assert done.stdout == b""
    assert b"HG_PYTHON" in done.stderr


def test_for_one_user(wheel: Path, tmp_path: Path) -> None:
    base = tmp_path / "userbase"
    pip(BASE_PYTHON, "--user", str(wheel), PYTHONUSERBASE=str(base))
    environment = clean_environment(PYTHONUSERBASE=str(base))
    check(Install(base / "bin/hg", BASE_PYTHON, site_packages(base) / "hydrargyrum", environment))


def test_by_pipx(wheel: Path, tmp_path: Path) -> None:
    """pipx makes an environment of its own and links what it finds in there; it comes with this run's own packages."""
    home, links = tmp_path / "home with blank", tmp_path / "bin"
    environment = clean_environment(
        PIPX_HOME=str(home),
        PIPX_BIN_DIR=str(links),
        PIPX_MAN_DIR=str(tmp_path / "man"),
        PIPX_COMPLETION_DIR=str(tmp_path / "completion"),
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS=str(
            Path(ensurepip.__file__).parent / "_bundled"
        ),  # it wants a pip, which Python brings along
        USE_EMOJI="0",
    )
    command = [sys.executable, "-m", "pipx", "install", "--python", str(BASE_PYTHON), str(wheel)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    prefix = home / "venvs/hydrargyrum"
    assert (links / "hg").is_symlink()
    assert (links / "hg").resolve() == prefix.resolve() / "bin/hg"
    package = site_packages(prefix) / "hydrargyrum"
    check(Install(links / "hg", prefix / "bin/python", package, clean_environment()))
    path = f"{links}{os.pathsep}{environment['PATH']}"
    check(Install(Path("hg"), prefix / "bin/python", package, clean_environment(PATH=path)))


def test_into_a_directory(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    pip(BASE_PYTHON, "--target", str(target), str(wheel))
    check(Install(target / "bin/hg", BASE_PYTHON, target / "hydrargyrum", clean_environment()))

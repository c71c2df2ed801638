"""Where configuration comes from: which files in which order, and what the environment says.

Only names and order are decided here; `layered` reads. The caller hands in the environment.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Environment variables that stand for a config item; a later one wins.
ENVIRONMENT_ITEMS = (
    ("EDITOR", "ui", "editor"),
    ("VISUAL", "ui", "editor"),
    ("PAGER", "pager", "pager"),
)

SYSTEM_DIRECTORY = "/etc/mercurial"


def environment_items(environ: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """(section, name, value, source) for the variables that are set."""
    return [
        (section, name, environ[variable], f"${variable}")
        for variable, section, name in ENVIRONMENT_ITEMS
        if variable in environ
    ]


def rcpath_files(rcpath: str) -> Iterator[str]:
    """The files of `HGRCPATH`: each part is a file, or a directory of `*.rc`."""
    for part in rcpath.split(os.pathsep):
        if not part:
            continue
        path = os.path.expanduser(os.path.expandvars(part) if "$" in part else part)
        if os.path.isdir(path):
            yield from _rc_files_in(path)
        else:
            yield path


def system_files(program: str) -> list[str]:
    """Files for all users: below the installation prefix of `program` (its path as started), then of the system."""
    files: list[str] = []
    if "/" in program:
        prefix = os.path.split(os.path.split(program)[0])[0]
        if prefix != "/":
            files += _hgrc_and_directory(os.path.join(prefix, "etc/mercurial"))
    files += _hgrc_and_directory(SYSTEM_DIRECTORY)
    return [os.path.normpath(path) for path in files]


def user_files(environ: Mapping[str, str]) -> list[str]:
    """Files of the user: `~/.hgrc`, then the one of the XDG base directory."""
    config_home = environ.get("XDG_CONFIG_HOME")
    if config_home is None or not os.path.isabs(config_home):
        config_home = os.path.expanduser("~/.config")
    paths = (os.path.expanduser("~/.hgrc"), os.path.join(config_home, "hg", "hgrc"))
    return [os.path.normpath(path) for path in paths]


def repository_files(root: str) -> list[str]:
    """Files of a repository: the share source's (share-safe only), its own, and the one that shares do not see."""
    dot_hg = os.path.join(root, ".hg")
    files = []
    source = _share_source(dot_hg)
    if source is not None:
        files.append(os.path.join(source, "hgrc"))
    return [*files, os.path.join(dot_hg, "hgrc"), os.path.join(dot_hg, "hgrc-not-shared")]


def _hgrc_and_directory(directory: str) -> list[str]:
    return [os.path.join(directory, "hgrc"), *_rc_files_in(os.path.join(directory, "hgrc.d"))]


def _rc_files_in(directory: str) -> list[str]:
    try:
        names = os.listdir(directory)
    except OSError:
        return []
    return [os.path.join(directory, name) for name in sorted(names) if name.endswith(".rc")]


def _share_source(dot_hg: str) -> str | None:
    """The `.hg` that a share-safe share takes its config from.

    Raises:
        ShareSourceMissing: it is gone.
    """
    try:
        with open(os.path.join(dot_hg, "requires"), "rb") as file:
            requirements = set(file.read().splitlines())
        if b"share-safe" not in requirements or not requirements & {b"shared", b"relshared"}:
            return None
        with open(os.path.join(dot_hg, "sharedpath"), "rb") as file:
            path = os.fsdecode(file.read().rstrip(b"\n"))
    except OSError:
        return None
    if b"relshared" in requirements:
        path = os.path.normpath(os.path.join(dot_hg, path))
    path = os.path.realpath(path)
    if not os.path.exists(path):
        from hydrargyrum import errors

        raise errors.ShareSourceMissing(path=os.path.join(dot_hg, "sharedpath"), target=path)
    return path

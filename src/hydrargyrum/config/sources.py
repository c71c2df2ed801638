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


def repository_files(root: str) -> list[tuple[str, str]]:
    """Files of a repository, each with the directory that its relative `[paths]` start from.

    They are the share source's (share-safe only), its own, and the one that shares do not see.
    """
    dot_hg = os.path.join(root, ".hg")
    own = [(os.path.join(dot_hg, name), root) for name in ("hgrc", "hgrc-not-shared")]
    return [*_share_source_file(dot_hg, root), *own]


def _hgrc_and_directory(directory: str) -> list[str]:
    return [os.path.join(directory, "hgrc"), *_rc_files_in(os.path.join(directory, "hgrc.d"))]


def _rc_files_in(directory: str) -> list[str]:
    try:
        names = os.listdir(directory)
    except OSError:
        return []
    return [os.path.join(directory, name) for name in sorted(names) if name.endswith(".rc")]


def _share_source_file(dot_hg: str, root: str) -> list[tuple[str, str]]:
    """The file that a share-safe share takes over from the repository that it belongs to.

    Raises:
        ShareSourceMissing: that is gone.
    """
    try:
        with open(os.path.join(dot_hg, "requires"), "rb") as file:
            requirements = set(file.read().splitlines())
        if b"share-safe" not in requirements or not requirements & {b"shared", b"relshared"}:
            return []
        with open(os.path.join(dot_hg, "sharedpath"), "rb") as file:
            source = os.fsdecode(file.read().rstrip(b"\n"))
    except OSError:
        return []
    relative = b"relshared" in requirements
    if relative:
        source = os.path.normpath(os.path.join(dot_hg, source))
    source = os.path.realpath(source)
    if not os.path.exists(source):
        from hydrargyrum import errors

        raise errors.ShareSourceMissing(path=os.path.join(dot_hg, "sharedpath"), target=source)
    return [(os.path.join(source, "hgrc"), source if relative else root)]


def find_root(path: str) -> str | None:
    """The first directory with a `.hg` from `path` upwards."""
    while not os.path.isdir(os.path.join(path, ".hg")):
        above = os.path.split(path)[0]
        if above == path:
            return None
        path = above
    return path

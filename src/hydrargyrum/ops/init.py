"""New repositories: which features configuration asks for, and the files and directories of an empty one.

Filling it (clone, unbundle) belongs to others; what the features mean is in `docs/formats/requires.md`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hydrargyrum.config import Config

    Warn = Callable[[str], object]

#: Requirements of the working copy; all others are the store's, and lie there in a repository that is share-safe.
OF_THE_WORKING_COPY = frozenset(
    ["exp-sparse", "shared", "relshared", "share-safe", "dirstate-tracked-key-v1", "dirstate-v2"]
)

#: What keeps very old programs from using the repository: a changelog of an unknown version.
_DUMMY_CHANGELOG = b"\0\0\xff\xff dummy changelog to prevent using the old repo layout"


class Sharing:
    """The store that a new working copy shares.

    Attributes:
        dot_hg: the `.hg` that owns it.
        requirements: of its repository.
        relative: note its place relative to the new `.hg`.
        items: what is shared beside the store ("bookmarks").
    """

    __slots__ = ("dot_hg", "items", "relative", "requirements")

    def __init__(
        self,
        dot_hg: str,
        requirements: frozenset[str],
        *,
        relative: bool = False,
        items: Iterable[str] = (),
    ) -> None:
        self.dot_hg = dot_hg
        self.requirements = requirements
        self.relative = relative
        self.items = tuple(sorted(items))


def new_requirements(
    config: Config, compressions: Sequence[str], warn: Warn, *, sharing: Sharing | None = None
) -> frozenset[str]:
    """The requirements of a new repository: what configuration says, without what cannot be.

    Args and errors are those of `wished_requirements`.
    """
    wanted = wished_requirements(config, compressions, warn, sharing=sharing)
    wanted -= _without_store(wanted, config, warn)
    _refuse_unknown(wanted)
    return frozenset(wanted)


def wished_requirements(
    config: Config, compressions: Sequence[str], warn: Warn, *, sharing: Sharing | None = None
) -> set[str]:
    """What configuration asks for in a new repository, whether it goes together or not.

    Args:
        config: section `format` and a few other items.
        compressions: what the engine can compress with.
        warn: told what of the configuration is passed over.
        sharing: the store that it is for, if it has none of its own.

    Raises:
        Abort: items that exclude each other, or ask for what we lack.
    """
    backend = config.text("storage", "new-repo-backend")
    if backend != "revlogv1":
        raise errors.Abort(f"unable to determine repository requirements for storage backend: {backend}")
    wanted = {"revlogv1"}
    wanted |= _store_layout(config)
    wanted |= _revlog_features(config, compressions)
    for name, (section, item) in _SWITCHES.items():
        if config.boolean(section, item):
            wanted.add(name)
    if sharing is not None:
        wanted = _shared(wanted, sharing)
    if config.boolean("format", "use-dirstate-tracked-hint"):
        version = config.integer("format", "use-dirstate-tracked-hint.version")
        if version == 1:
            wanted.add("dirstate-tracked-key-v1")
        else:
            warn(f"ignoring unknown tracked key version: {version}\n")
            warn("(see `hg help config.format.use-dirstate-tracked-hint-version`)\n")
    return wanted


#: Requirements that one boolean item asks for.
_SWITCHES = {
    "dirstate-v2": ("format", "use-dirstate-v2"),
    "treemanifest": ("experimental", "treemanifest"),
    "internal-phase-2": ("format", "use-internal-phase"),
    "exp-archived-phase": ("format", "exp-archived-phase"),
    "bookmarksinstore": ("format", "bookmarks-in-store"),
    "persistent-nodemap": ("format", "use-persistent-nodemap"),
    "share-safe": ("format", "use-share-safe"),
    "exp-copies-sidedata-changeset": ("format", "exp-use-copies-side-data-changeset"),
}


def _store_layout(config: Config) -> set[str]:
    wanted = set()
    if config.boolean("format", "usestore"):
        wanted.add("store")
        if config.boolean("format", "use-fileindex-v1"):
            wanted.add("fileindex-v1")
        elif config.boolean("format", "usefncache"):
            wanted.add("fncache")
            if config.boolean("format", "dotencode"):
                wanted.add("dotencode")
    if config.boolean("format", "exp-use-very-fragile-and-unsafe-plain-store-encoding"):
        if "store" not in wanted:
            problem, hint = "requires using the store", 'set "format.usestore=yes"'
        elif not wanted & {"fncache", "fileindex-v1"}:
            problem, hint = "requires using the fncache", 'set "format.usefncache=yes"'
        elif "dotencode" in wanted:
            problem, hint = "is incompatible with dotencode", 'set "format.dotencode=no"'
        else:
            return wanted | {"exp-very-fragile-and-unsafe-plain-store-encoding"}
        raise errors.Abort(f'"plain encoding" {problem}', hint=hint)
    return wanted


def _revlog_features(config: Config, compressions: Sequence[str]) -> set[str]:
    wanted = set()
    names = config.text_list("format", "revlog-compression")
    chosen = next((name for name in names if name in compressions), None)
    if chosen is None:
        asked = ", ".join(f'"{name}"' for name in names)
        raise errors.Abort(
            f"compression engines {asked} defined by format.revlog-compression not available",
            hint='run "hg debuginstall" to list available compression engines',
        )
    if chosen == "zstd":
        wanted.add("revlog-compression-zstd")
    elif chosen != "zlib":  # which needs no word
        wanted.add(f"exp-compression-{chosen}")
    general = config.boolean("format", "generaldelta") or config.boolean("format", "usegeneraldelta")
    if general:
        wanted.add("generaldelta")
    if config.boolean("format", "sparse-revlog"):
        # an explicit "no" to generaldelta weighs more than the default of sparse-revlog
        said = config.has("format", "generaldelta") or config.has("format", "usegeneraldelta")
        if config.has("format", "sparse-revlog") or not said or general:
            wanted.add("sparserevlog")
    if config.boolean("format", "use-delta-info-flags"):
        wanted |= {"delta-info-revlog", "sparserevlog"}
    if "sparserevlog" in wanted:
        wanted.add("generaldelta")
    unstable = "enable-unstable-format-and-corrupt-my-data"
    if config.text("format", "exp-use-changelog-v2") == unstable:
        wanted.add("exp-changelog-v2")
    if config.text("experimental", "revlogv2") == unstable:
        wanted.add("exp-revlogv2.2")
    return wanted


def _shared(wanted: set[str], sharing: Sharing) -> set[str]:
    """Of what is wanted only the working copy's part counts, the store is as it is."""
    if "share-safe" in sharing.requirements:
        wanted = {name for name in wanted if name in OF_THE_WORKING_COPY} | sharing.requirements
    else:
        wanted = set(sharing.requirements)
    return wanted | {"relshared" if sharing.relative else "shared"}


def _without_store(wanted: set[str], config: Config, warn: Warn) -> set[str]:
    """What has to go from a repository without `.hg/store`."""
    if "store" in wanted:
        return set()
    gone = set()
    if "bookmarksinstore" in wanted:
        warn(
            "ignoring enabled 'format.bookmarks-in-store' config beacuse it is incompatible with disabled "
            "'format.usestore' config\n"
        )
        gone.add("bookmarksinstore")
    if wanted & {"shared", "relshared"}:
        raise errors.Abort(
            "cannot create shared repository as source was created with 'format.usestore' config disabled"
        )
    if "share-safe" in wanted:
        if config.has("format", "use-share-safe"):
            warn(
                "ignoring enabled 'format.use-share-safe' config because it is incompatible with disabled "
                "'format.usestore' config\n"
            )
        gone.add("share-safe")
    return gone


def _refuse_unknown(wanted: set[str]) -> None:
    from hydrargyrum.engine.requirements import SUPPORTED

    unknown = sorted(name for name in wanted if os.fsencode(name) not in SUPPORTED)
    if unknown:
        raise errors.Unsupported(feature=f"creating repositories with {' '.join(unknown)}")


def create_repository(path: str, requirements: frozenset[str], sharing: Sharing | None = None) -> str:
    """Makes an empty repository; directories that are missing on the way are made.

    Args:
        path: of the working copy, absolute or from the current directory.
        requirements: see `new_requirements`.
        sharing: the store it shares, if it has none of its own.

    Returns:
        The working copy's real path.

    Raises:
        Abort: there is a repository already.
        OSError: something cannot be made.
    """
    root = os.path.realpath(os.path.expanduser(os.path.expandvars(path)))
    dot_hg = os.path.join(root, ".hg")
    if os.path.lexists(dot_hg):
        raise errors.Abort(f"repository {path} already exists")
    os.makedirs(root, exist_ok=True)
    os.mkdir(dot_hg)
    if sharing is None:
        os.mkdir(os.path.join(dot_hg, "cache"))
    os.mkdir(os.path.join(dot_hg, "wcache"))
    store = os.path.join(dot_hg, "store")
    if "store" in requirements and sharing is None:
        os.mkdir(store)
        _write(dot_hg, "00changelog.i", _DUMMY_CHANGELOG)
    if "share-safe" in requirements:
        write_requirements(dot_hg, requirements & OF_THE_WORKING_COPY)
        if sharing is None:
            write_requirements(store, requirements - OF_THE_WORKING_COPY)
    else:
        write_requirements(dot_hg, requirements)
    if sharing is not None:
        target = os.path.relpath(sharing.dot_hg, dot_hg) if sharing.relative else sharing.dot_hg
        _write(dot_hg, "sharedpath", os.fsencode(target))
        if sharing.items:
            _write(dot_hg, "shared", os.fsencode("\n".join(sharing.items) + "\n"))
    return root


def write_requirements(directory: str, requirements: frozenset[str]) -> None:
    """Writes a `requires` file, one a line and sorted."""
    _write(directory, "requires", b"".join(sorted(os.fsencode(name) + b"\n" for name in requirements)))


def _write(directory: str, name: str, data: bytes) -> None:
    from hydrargyrum.atomicfile import write_atomically

    write_atomically(os.fsencode(os.path.join(directory, name)), data)

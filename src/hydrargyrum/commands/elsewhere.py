"""Another repository that a command line names, by a location or by a name of section `paths`.

Only repositories on this machine can be opened so far; what is exchanged with them is decided in `ops`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev


def location_of(context: CommandContext, name: str, *defaults: str) -> str:
    """The location that `name` stands for, "" being the first of the names `defaults` that there is.

    Raises:
        ConfigError: "" and no default is configured.
    """
    from hydrargyrum.config.locations import named_locations

    known = named_locations(context.config)
    for candidate in (name,) if name else defaults:
        for location in known.get(candidate, ()):
            return location.raw
    if name:
        return name
    raise errors.ConfigError("default repository not configured!", hint="see 'hg help config.paths'")


def open_elsewhere(context: CommandContext, name: str, *defaults: str) -> Repository:
    """Opens the repository that `name` (or a default) stands for. Raises as `location_of`, and what opening raises."""
    from hydrargyrum.paths import hide_password

    location = location_of(context, name, *defaults)
    scheme = location.partition("://")[0] if "://" in location else ""
    if scheme not in ("", "file"):
        raise errors.Unsupported(feature=f"exchange with {hide_password(location)} is")
    path = location.removeprefix("file://")
    root = os.path.normpath(os.path.join(context.cwd, path))
    if not os.path.isdir(os.path.join(root, ".hg")):
        raise errors.RepositoryNotFound(path=hide_password(location))
    return context.repo.nested(root)


class Elsewhere:
    """A location that a command line or section `paths` names.

    Attributes:
        text: as it is shown and opened, without the fragment; branch: the fragment, "" for none.
        bookmarks_mode: "default", "mirror" or "ignore".
    """

    __slots__ = ("bookmarks_mode", "branch", "text")

    def __init__(self, text: str, branch: str = "", *, bookmarks_mode: str = "") -> None:
        self.text = text
        self.branch = branch
        self.bookmarks_mode = bookmarks_mode or "default"

    @property
    def shown(self) -> str:
        """As it is shown: without a password."""
        from hydrargyrum.paths import hide_password

        return hide_password(self.text)

    @property
    def path(self) -> str:
        """The path of it, as it was named. Raises Unsupported for another machine."""
        scheme, separator, rest = self.text.partition(":")
        if separator and scheme == "bundle":
            return rest.removeprefix("//")
        if "://" in self.text and scheme != "file":
            raise errors.Unsupported(feature=f"exchange with {self.shown} is")
        return self.text.removeprefix("file://")

    def below(self, source: str) -> Elsewhere:
        """Where the subrepository with this source is, for who takes the outer one from here."""
        if "://" in source or os.path.isabs(source):
            return Elsewhere(source)
        return Elsewhere(os.path.normpath(f"{self.text.removeprefix('file://')}/{source}"))

    def local_path(self, cwd: str) -> str:
        """The same, absolute."""
        return os.path.normpath(os.path.join(cwd, self.path))

    def open(self, context: CommandContext) -> Repository:
        """Opens the repository, or a bundle file with it. Raises RepositoryNotFound, and what opening raises."""
        opened = open_bundle_location(context, self.text)
        if opened is not None:
            return opened
        root = self.local_path(context.cwd)
        if not os.path.isdir(os.path.join(root, ".hg")):
            raise errors.RepositoryNotFound(path=self.shown)
        return context.repo.nested(root)


def open_bundle_location(context: CommandContext, text: str) -> Repository | None:
    """Opens a bundle file as if the repository around it had taken it in; None for a location that is none."""
    from hydrargyrum.config.sources import find_root
    from hydrargyrum.paths import bundle_location

    found = bundle_location(text.removeprefix("file://"))
    if found is None:
        return None
    around, path = found
    around = around or context.config.text("bundle", "mainreporoot") or find_root(context.cwd) or ""
    inner = context.for_repository(os.path.realpath(around)) if _is_repository(around) else context.alone()
    inner.use_bundle(path)
    return inner.repo


def _is_repository(path: str) -> bool:
    return bool(path) and os.path.isdir(os.path.join(path, ".hg"))


def _without_fragment(text: str, *, branch: str = "") -> tuple[str, str]:
    text, mark, fragment = text.partition("#")
    return text, fragment if mark else branch


def push_destinations(context: CommandContext, names: Sequence[str]) -> Iterator[Elsewhere]:
    """Where a push would go to, one after the other.

    Raises:
        ConfigError: no name and no default; Abort: neither a name nor a repository.
    """
    from hydrargyrum.config.locations import named_locations

    known = named_locations(context.config)
    if not names:
        names = [name for name in ("default-push", "default") if name in known][:1]
        if not names:
            raise errors.ConfigError("default repository not configured!", hint="see 'hg help config.paths'")
    for name in names:
        for location in known.get(name, ()):
            text, branch = _without_fragment(location.options.get("pushurl") or location.raw)
            yield Elsewhere(text, branch or location.branch or "")
        if name not in known:
            place = Elsewhere(*_without_fragment(name))
            is_url = "://" in place.text
            if not is_url and not os.path.isdir(os.path.join(place.local_path(context.cwd), ".hg")):
                raise errors.Abort(f"repository {name} does not exist")
            yield place


def pull_sources(context: CommandContext, name: str) -> list[Elsewhere]:
    """Where a pull would take from."""
    from hydrargyrum.config.locations import named_locations

    found = named_locations(context.config).get(name)
    if found is None:
        return [Elsewhere(*_without_fragment(name))]
    return [
        Elsewhere(
            *_without_fragment(location.raw, branch=location.branch or ""),
            bookmarks_mode=location.options.get("bookmarks.mode", ""),
        )
        for location in found
    ]


def branch_of_place(place: Elsewhere, repo: Repository) -> list[Rev] | None:
    """The revisions of `repo` that the fragment of a place means, None where it has none."""
    from hydrargyrum.ops.discovery import branch_heads

    if not place.branch:
        return None
    if place.branch in repo.engine.branch_heads():
        return branch_heads(repo, [place.branch], "")
    return [repo.resolve(place.branch)]


def subrepo_comparisons(
    context: CommandContext, repo: Repository, source: str
) -> Iterator[tuple[Repository, str, str]]:
    """(repository, source from the outermost one, path) of the subrepositories of a working copy, with -S only.

    Raises:
        Abort: one is not allowed, or its path leads elsewhere.
        Unsupported: one is not of our kind.
    """
    from hydrargyrum.ops.nested.inner import Inner
    from hydrargyrum.repo.substates import has_subrepos, is_absolute, subrepos_of

    if not context.options.flag("subrepos") or not has_subrepos(repo):
        return
    for path, recorded in sorted(subrepos_of(repo.working_copy).items(), key=lambda row: os.fsencode(row[0])):
        nested = Inner(repo, path, recorded).repo
        if nested is not None:
            nested.reporter = repo.reporter
            place = recorded.source
            yield nested, place if is_absolute(place) else os.path.normpath(os.path.join(source, place)), path

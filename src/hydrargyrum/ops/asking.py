"""What revision predicates want to know of other repositories on this machine.

Queries may not look for other repositories themselves; they ask the repository, and that asks here.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.reporter import Reporter
    from hydrargyrum.types import Rev


class Asking:
    """Answers for one repository."""

    __slots__ = ("_repo",)

    def __init__(self, repo: Repository) -> None:
        self._repo = repo

    def outgoing(self, name: str) -> set[Rev]:
        """What the repository of that name ("": where a push goes to) lacks.

        Raises:
            ConfigError: no name and no default; Abort: no such repository.
        """
        from hydrargyrum.ops.discovery import branch_heads, find_outgoing

        repo, found = self._repo, set()
        for text, branch in self._destinations(name):
            heads = None
            if branch:
                known = branch in repo.engine.branch_heads()
                heads = branch_heads(repo, [branch], "") if known else [repo.resolve(branch)]
            reporter, repo.reporter = repo.reporter, type(self)._silent()
            try:
                missing, _ = find_outgoing(repo, self._open(text), heads, force=False)
            finally:
                repo.reporter = reporter
            found.update(missing)
        return found

    def remote(self, revision: str, name: str) -> Rev | None:
        """What a revision of the repository of that name ("": where a pull takes from) is here, None for nothing."""
        from hydrargyrum.config.locations import named_locations

        places = named_locations(self._repo.config).get(name or "default")
        text = places[0].raw if places else name or "default"
        other = self._open(text.partition("#")[0])
        rev = other.resolve(revision)
        if rev in other.hidden or other.engine.phase(rev) not in ("public", "draft"):
            raise errors.UnknownRevision(name=revision)
        try:
            here = self._repo.engine.changelog().rev(other.engine.changelog().node(rev))
        except errors.UnknownNode:
            return None
        return None if here in self._repo.hidden else here

    def update_destination(self, *, clean: bool) -> Rev:
        """See `repo.reporter.Asking`."""
        from hydrargyrum.ops.destination import update_destination

        return update_destination(self._repo, self._repo.reporter.status, clean=clean).rev

    def merge_destination(self, sources: Sequence[Rev] | None) -> Rev:
        """See `repo.reporter.Asking`."""
        from hydrargyrum.ops.destination import merge_destination

        return merge_destination(self._repo, sources)

    @staticmethod
    def _silent() -> Reporter:
        from hydrargyrum.repo.reporter import SilentReporter

        return SilentReporter()

    def _destinations(self, name: str) -> list[tuple[str, str]]:
        from hydrargyrum.config.locations import named_locations

        known = named_locations(self._repo.config)
        if not name:
            name = next((one for one in ("default-push", "default") if one in known), "")
            if not name:
                raise errors.ConfigError(
                    "default repository not configured!", hint="see 'hg help config.paths'"
                )
        if name in known:
            return [
                _parted(place.options.get("pushurl") or place.raw, place.branch or "")
                for place in known[name]
            ]
        text, branch = _parted(name, "")
        if "://" not in text and not os.path.isdir(os.path.join(self._repo.cwd, text, ".hg")):
            raise errors.Abort(f"repository {name} does not exist")
        return [(text, branch)]

    def _open(self, text: str) -> Repository:
        from hydrargyrum.paths import hide_password

        if "://" in text and not text.startswith("file://"):
            raise errors.Unsupported(feature=f"exchange with {hide_password(text)} is")
        root = os.path.normpath(os.path.join(self._repo.cwd, text.removeprefix("file://")))
        if not os.path.isdir(os.path.join(root, ".hg")):
            raise errors.RepositoryNotFound(path=hide_password(text))
        return self._repo.nested(root)


def _parted(text: str, branch: str) -> tuple[str, str]:
    text, mark, fragment = text.partition("#")
    return text, fragment if mark else branch

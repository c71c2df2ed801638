"""One subrepository of a working copy: whether it has changes, its commit, fetching and checking out revisions.

Which revision it should be at is decided in `merging` and `committing`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.repo.substates import has_subrepos, shown_path, source_of, subrepos_of
from hydrargyrum.types import NULL_NODE, NULL_REV, Node, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.repo.substates import Subrepo


class Inner:
    """A subrepository as it is on disk, held against what is recorded of it.

    Attributes:
        outer: the repository it is in.
        path: where, from the root of that.
        recorded: what the outer changeset (or working copy) says of it.
    """

    __slots__ = ("_repo", "outer", "path", "recorded")

    def __init__(self, outer: Repository, path: str, recorded: Subrepo) -> None:
        """Checks the path and the kind; opens nothing.

        Raises:
            Abort: the path leads elsewhere, or such subrepositories are not allowed.
            Unsupported: it is of another kind than "hg".
        """
        check_path(outer, path)
        check_kind(outer, path, recorded.kind)
        self.outer = outer
        self.path = path
        self.recorded = recorded
        self._repo: Repository | None = None

    @property
    def root(self) -> str:
        """Its directory."""
        return os.path.join(self.outer.root, self.path)

    @property
    def shown_path(self) -> str:
        """Its path from the outermost repository."""
        return shown_path(self.outer, self.path)

    @property
    def repo(self) -> Repository | None:
        """The opened repository, None where there is none on disk."""
        if self._repo is None and os.path.isdir(os.path.join(self.root, ".hg")):
            self._repo = self.outer.subrepository(self.path, self.recorded.source)
        return self._repo

    def revision(self) -> str:
        """What its working copy is based on (hexadecimal)."""
        repo = self.repo
        return (NULL_NODE if repo is None else repo.engine.working_parents()[0]).hex()

    def is_dirty(self, *, ignore_update: bool = False, missing: bool = False) -> bool:
        """Whether it has uncommitted changes or, without `ignore_update`, is at another revision than recorded.

        With `missing`, files that are gone count.
        """
        if not ignore_update and self.recorded.revision != self.revision():
            return True
        repo = self.repo
        return repo is not None and has_changes(repo, missing=missing)

    def refuse_changes(
        self, *, ignore_update: bool = False, hint: str | None = None, missing: bool = True
    ) -> None:
        """Raises `Abort` where it is dirty."""
        if self.is_dirty(ignore_update=ignore_update, missing=missing):
            raise errors.Abort(f'uncommitted changes in subrepository "{self.shown_path}"', hint=hint)

    # -- checking out ---------------------------------------------------------------------------------------------

    def get(self, wanted: Subrepo, merger: FileMerger, *, overwrite: bool = False) -> None:
        """Checks a revision out, which is fetched first where it is not there.

        With `overwrite`, uncommitted changes are lost.
        """
        from hydrargyrum.ops.moving import clean_update_to, move, update_to

        self.fetch(wanted, merger)
        inner = merger.within(self._opened())
        merger.talk.debug(f"getting subrepo {self.path}\n")
        target = self.changeset(wanted.revision)
        if target.rev in inner.repo.hidden:
            merger.talk.warn(f'revision {wanted.revision[:12]} in subrepository "{self.path}" is hidden\n')
        with self._naming():
            move(inner.repo, clean_update_to(target) if overwrite else update_to(target), inner)

    def remove(self, merger: FileMerger) -> None:
        """Removes its files; what it knows may be nowhere else, so the repository itself stays."""
        from hydrargyrum.ops.moving import clean_update_to, move

        merger.talk.note(f"removing subrepo {self.shown_path}\n")
        if self.repo is None:
            return
        inner = merger.within(self.repo)
        move(inner.repo, clean_update_to(inner.repo["null"]), inner)

    def merge(self, wanted: Subrepo, merger: FileMerger) -> None:
        """Merges a revision into what is checked out."""
        self.fetch(wanted, merger)
        repo, talk = self._opened(), merger.talk
        here, there = repo["."], self.changeset(wanted.revision)
        base = repo[max(repo.engine.common_ancestor_heads(here.rev, there.rev), default=NULL_REV)]
        if self.is_dirty() and base.rev != there.rev and not self._takes_remote(here, there, merger):
            return
        inner = merger.within(repo)
        from hydrargyrum.ops.moving import Move, move, update_to
        from hydrargyrum.ops.update import show_stats

        if base.rev == here.rev and there.branch == here.branch:
            talk.debug(f'updating subrepository "{self.shown_path}"\n')
            stats = move(repo, update_to(there), inner)
        elif base.rev == there.rev:
            talk.debug(f'skipping subrepository "{self.shown_path}"\n')
            return
        else:
            talk.debug(f'merging subrepository "{self.shown_path}"\n')
            stats = move(repo, Move(there, is_merge=True, labels=("working copy", "merge rev")), inner)
        show_stats(talk, stats)
        if stats.unresolved:
            talk.status("use 'hg resolve' to retry unresolved file merges\n")

    def _takes_remote(self, here: Changeset, there: Changeset, merger: FileMerger) -> bool:
        found = "" if has_changes(self._opened(), missing=False) else " (in checked out version)"
        mine, other = here.node.hex()[:12], there.node.hex()[:12]
        question = (
            f" subrepository sources for {self.shown_path} differ{found}\n"
            f"you can use (l)ocal source ({mine}) or (r)emote source ({other}).\n"
            "what do you want to do?$$ &Local $$ &Remote"
        )
        return bool(merger.talk.choose(question, 0))

    def fetch(self, wanted: Subrepo, merger: FileMerger) -> None:
        """Makes a revision available: by a clone where nothing is there, else by what is missing of its source."""
        from hydrargyrum.ops.nested.fetching import clone_inner, pull_inner

        repo = self.repo
        if repo is not None and _knows(repo, wanted.revision):
            return
        self.recorded = wanted
        with self._naming():
            if repo is None or not len(repo.engine.changelog()):
                clone_inner(self, merger.talk)
                self._repo = None
            else:
                assert repo.within is not None
                repo.within = (*repo.within[:2], wanted.source)
                pull_inner(self, repo, merger.talk)

    def _opened(self) -> Repository:
        repo = self.repo
        if repo is None:
            raise errors.RepositoryNotFound(path=self.root)
        return repo

    def changeset(self, revision: str) -> Changeset:
        """A changeset, be it hidden. Raises Abort where there is none."""
        repo = self._opened()
        try:
            return repo[repo.engine.changelog().rev(Node.fromhex(revision))]
        except (errors.UnknownNode, ValueError):
            raise errors.Abort(
                f"unknown revision '{revision}' (in subrepository \"{self.shown_path}\")"
            ) from None

    def _naming(self) -> _Naming:
        return _Naming(self.shown_path)


class _Naming:
    """Adds the subrepository to the message of what goes wrong in it, once."""

    __slots__ = ("_path",)

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, problem: object, _trace: object) -> None:
        if isinstance(problem, errors.Abort) and "(in subrepository " not in str(problem):
            raise errors.Abort(f'{problem} (in subrepository "{self._path}")', hint=problem.hint) from problem


def has_changes(repo: Repository, *, missing: bool) -> bool:
    """Whether a commit (of subrepositories too) would record something."""
    if any_dirty(repo, missing=missing):
        return True
    parents = repo.working_copy.parents
    if parents[1].rev != NULL_REV or parents[0].branch != repo.working_copy.branch:
        return True
    report = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False))
    found = [report.modified, report.added, report.removed, *([report.deleted] if missing else ())]
    return any(len(paths) for paths in found)


def any_dirty(repo: Repository, *, missing: bool = False) -> bool:
    """Whether a subrepository has changes or is at another revision than recorded."""
    return has_subrepos(repo) and any(
        Inner(repo, path, recorded).is_dirty(missing=missing)
        for path, recorded in subrepos_of(repo.working_copy).items()
    )


def refuse_changes(repo: Repository, *, hint: str | None = None) -> None:
    """Raises `Abort` for the first subrepository with changes."""
    if has_subrepos(repo):
        for path, recorded in sorted(subrepos_of(repo.working_copy).items()):
            Inner(repo, path, recorded).refuse_changes(hint=hint)


def why_not_allowed(outer: Repository, kind: str) -> errors.Abort | None:
    """What configuration has against subrepositories of a kind."""
    hint = "see 'hg help config.subrepos' for details"
    if not outer.config.boolean("subrepos", "allowed", True):
        return errors.Abort("subrepos not enabled", hint=hint)
    if not outer.config.boolean("subrepos", f"{kind}:allowed", kind == "hg"):
        return errors.Abort(f"{kind} subrepos not allowed", hint=hint)
    return None


def check_kind(outer: Repository, path: str, kind: str) -> None:
    """Raises Abort where configuration does not allow such subrepositories, Unsupported where we do not know them."""
    refusal = why_not_allowed(outer, kind)
    if refusal is not None:
        raise refusal
    if kind not in ("hg", "git", "svn"):
        raise errors.Abort(f"unknown subrepo type {kind}")
    if kind != "hg":
        raise errors.Unsupported(feature=f"looking into subrepository '{path}' of type {kind} is")


def check_path(outer: Repository, path: str) -> None:
    """Raises Abort where a path of a subrepository leads out of the working copy."""
    expanded = os.path.expandvars(os.path.expanduser(path))
    parts = path.split("/")
    if expanded != path or path.startswith("~") or "$" in path:
        raise errors.Abort(f"subrepo path contains illegal component: {path}")
    if path.startswith("/") or any(part in ("", ".", "..") or part.lower() == ".hg" for part in parts):
        raise errors.Abort(f"path contains illegal component: {path}")
    place = outer.root
    for part in parts:
        place = os.path.join(place, part)
        if os.path.islink(place):
            if place == os.path.join(outer.root, path):
                raise errors.Abort(f"subrepo '{path}' traverses symbolic link")
            raise errors.Abort(
                f"path '{path}' traverses symbolic link '{os.path.relpath(place, outer.root)}'"
            )


def source_for(inner: Inner) -> str:
    """Where its changesets come from. Raises Abort where nobody says."""
    from hydrargyrum.repo.substates import is_absolute, joined

    source = inner.recorded.source
    if is_absolute(source):
        return source
    base = source_of(inner.outer)
    if not base:
        raise errors.Abort("default path for subrepository not found")
    return joined(base, source)


def _knows(repo: Repository, revision: str) -> bool:
    try:
        repo.engine.changelog().rev(Node.fromhex(revision))
    except (errors.UnknownNode, ValueError):
        return False
    return True

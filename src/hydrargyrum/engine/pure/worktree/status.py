"""Answers a status request: chooses between the working copy and revisions, and puts the answer together.

Walking, comparing and tracing copies are done by the other modules here; showing belongs to `report`.
"""

from __future__ import annotations

from hydrargyrum.engine.pure import matchers
from hydrargyrum.engine.pure.report.status import PureStatusReport
from hydrargyrum.engine.pure.text import encode
from hydrargyrum.engine.pure.worktree.dirstate import read_dirstate
from hydrargyrum.engine.pure.worktree.entry import WC_TRACKED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.engine.protocol import ProgressCallback
    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.manifest import Manifest
    from hydrargyrum.engine.pure.worktree.compare import Clean
    from hydrargyrum.engine.pure.worktree.dirstate import Dirstate
    from hydrargyrum.engine.pure.worktree.walk import Found, WalkOptions
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.matching.matcher import Matcher
    from hydrargyrum.types import EngineSettings, StatusRequest


def status(
    layout: RepoLayout,
    history: History,
    settings: EngineSettings,
    request: StatusRequest,
    progress: ProgressCallback | None,
) -> PureStatusReport:
    """The report for a request."""
    if request.target is not None:
        return _between_revisions(layout, history, request, request.target)
    return _WorkingStatus(layout, history, settings, request).report(progress)


def tracked_paths(layout: RepoLayout, matcher: Matcher) -> list[bytes]:
    """The tracked files of the working copy that match; removed ones are not among them."""
    always, matches = matcher.is_always, matcher.matches
    entries = read_dirstate(layout).entries
    return sorted(path for path, e in entries.items() if e[0] & WC_TRACKED and (always or matches(path)))


def _between_revisions(
    layout: RepoLayout, history: History, request: StatusRequest, target: int
) -> PureStatusReport:
    from hydrargyrum.engine.pure.worktree.revisions import compare_revisions

    base = history.working_parent() if request.base is None else request.base
    matcher = matchers.matcher_for(layout.root, request.patterns, on_disk=False)
    for rev in (base, target):
        if not -1 <= rev < len(history.changelog):
            raise IndexError(rev)
    old, new = history.manifest(base), history.manifest(target)
    groups = compare_revisions(old, new, matcher, clean=request.clean)
    copies: dict[bytes, bytes] = {}
    if request.copies:
        from hydrargyrum.engine.pure.worktree.copies import CopyTracer
        from hydrargyrum.matching.matcher import AlwaysMatcher

        copies = CopyTracer(history, None, ()).copies(base, target, matcher, AlwaysMatcher())
    return PureStatusReport(layout.root, groups, copies, (), None)


class _WorkingStatus:
    """One comparison with the working copy."""

    def __init__(
        self, layout: RepoLayout, history: History, settings: EngineSettings, request: StatusRequest
    ) -> None:
        self._layout = layout
        self._history = history
        self._settings = settings
        self._request = request
        self._dirstate: Dirstate = read_dirstate(layout)
        self._fixes: dict[bytes, Clean] = {}

    def report(self, progress: ProgressCallback | None) -> PureStatusReport:
        from hydrargyrum.engine.pure.worktree.compare import WorkingFiles, settle
        from hydrargyrum.engine.pure.worktree.paths_on_disk import filesystem_now
        from hydrargyrum.engine.pure.worktree.walk import Walk

        request, layout = self._request, self._layout
        matcher = matchers.matcher_for(layout.root, request.patterns, on_disk=True)
        ignore = matchers.ignore_for(layout.root, self._settings)
        options = self._options(progress)
        boundary = filesystem_now(layout.dot_hg)
        walk = Walk(layout.root, self._dirstate, matcher, ignore, boundary, options)
        found = walk.run()
        warnings = [*ignore.warnings, *found.warnings]
        settings = self._settings
        files = WorkingFiles(layout.root, options, settings.filters, settings.long_from)
        base = request.base
        if base is not None and base == self._parent():
            base = None
        if found.unsure and (request.settle or base is not None):
            self._fixes = settle(
                self._history, self._parent(), files, found, boundary=boundary, list_clean=request.clean
            )
        groups = self._groups(found)
        if base is not None:
            from hydrargyrum.engine.pure.worktree.revisions import WorkingComparison

            if not -1 <= base < len(self._history.changelog):
                raise IndexError(base)
            old, new = self._history.manifest(base), self._history.manifest(self._parent())
            comparison = WorkingComparison(self._history, files, new, old, found)
            groups = comparison.groups(matcher, clean=request.clean)
            warnings = [*ignore.warnings, *_missing_in_both(found.warnings, old)]
        copies = self._copies(matcher) if request.copies else {}
        if not request.patterns.warn_missing:
            warnings = list(ignore.warnings)
        return PureStatusReport(layout.root, groups, copies, warnings, self._save)

    def _options(self, progress: ProgressCallback | None) -> WalkOptions:
        from hydrargyrum.engine.pure.worktree.walk import WalkOptions

        settings, request = self._settings, self._request
        return WalkOptions(
            unknown=request.unknown,
            ignored=request.ignored,
            clean=request.clean,
            exec_bits=settings.exec_bits is not False,
            symlinks=settings.symlinks is not False,
            subrepositories=_subrepositories(self._layout.root, self._dirstate),
            tick=_ticker(progress),
        )

    def _parent(self) -> int:
        """The first parent; an unknown one counts as none."""
        rev = self._history.changelog.find(self._dirstate.parents[0])
        return -1 if rev is None else rev

    @staticmethod
    def _groups(found: Found) -> dict[str, list[bytes]]:
        return {
            "M": found.modified,
            "A": found.added,
            "R": found.removed,
            "!": found.deleted,
            "?": found.unknown,
            "I": found.ignored,
            "C": found.clean,
        }

    def _copies(self, matcher: Matcher) -> dict[bytes, bytes]:
        from hydrargyrum.engine.pure.worktree.copies import CopyTracer, dirstate_copies
        from hydrargyrum.matching.matcher import AlwaysMatcher

        parent = self._parent()
        base = parent if self._request.base is None else self._request.base
        if base == parent:
            return dirstate_copies(self._dirstate, matcher)
        present = {path for path, entry in self._dirstate.entries.items() if entry[0] & WC_TRACKED}
        tracer = CopyTracer(self._history, self._dirstate, present)
        return tracer.copies(base, None, matcher, AlwaysMatcher())

    def _save(self) -> bool:
        from hydrargyrum.engine.pure.worktree.fixes import write_fixes

        return write_fixes(self._dirstate, self._layout.dot_hg, self._fixes)


def _missing_in_both(warnings: list[EngineWarning], base: Manifest) -> list[EngineWarning]:
    """Warnings about what patterns name, without those for files that the base revision has."""
    found = []
    for warning in warnings:
        path = encode(str(warning.facts.get("path", "")))
        if base.get(path) is None and not base.has_directory(path):
            found.append(warning)
    return found


def _ticker(progress: ProgressCallback | None) -> Callable[[], None] | None:
    if progress is None:
        return None
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1
        progress("status", count, 0)

    return tick


def _subrepositories(root: bytes, dirstate: Dirstate) -> list[bytes]:
    """The directories that a tracked `.hgsub` names."""
    entry = dirstate.entries.get(b".hgsub")
    if entry is None or not entry[0] & WC_TRACKED:
        return []
    import os

    try:
        with open(os.path.join(root, b".hgsub"), "rb") as file:
            lines = file.read().split(b"\n")
    except OSError:
        return []
    found = []
    in_section = False
    for line in lines:
        if line.startswith(b"["):
            in_section = True  # [subpaths] and others hold no paths
        name, equals, _ = line.partition(b"=")
        if equals and not in_section and line[:1] not in (b"#", b";", b" ", b"\t"):
            found.append(name.strip())
    return found

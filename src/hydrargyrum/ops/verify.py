"""Whether the history can be read and fits together: the engine reads everything, here its findings get their words.

They go to the repository's reporter as they come; what is checked is said in `engine/verifying.py`.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from hydrargyrum.repo import Repository

_STEPS = {
    "changesets": "checking changesets",
    "manifests": "checking manifests",
    "directories": "checking directory manifests",
    "crosscheck": "crosschecking files in changesets and manifests",
    "files": "checking files",
    "dirstate": "checking dirstate",
}
_ERRORS = {
    "empty": "empty or missing {file}",
    "data-length": "data length off by {bytes} bytes",
    "index-length": "index contains {bytes} extra bytes",
    "wrong-link": "rev {rev} points to {what} changeset {changeset}",
    "unknown-parent": "unknown parent {number} {parent} of {node}",
    "duplicate": "duplicate revision {rev} ({other})",
    "manifest-without-changeset": "{node} not in changesets",
    "manifest-without-parent": "{node} not in parent-directory manifest",
    "unknown-manifest": "changeset refers to unknown revision {node}",
    "unknown-directory-manifest": "parent-directory manifest refers to unknown revision {node}",
    "not-in-manifest": "in changeset but not in manifest",
    "not-in-changeset": "in manifest but not in changeset",
    "not-in-manifests": "{node} not in manifests",
    "unknown-revision": "manifest refers to unknown revision {node}",
    "censored": "censored file data",
    "no-copy-source": "empty or missing copy source revlog {source}:{node}",
    "broken-revlog": "broken revlog! ({reason})",
    "unread-changeset": "unpacking changeset {node}: {reason}",
    "unread-parents": "checking parents of {node}: {reason}",
    "unread-delta": "reading delta {node}: {reason}",
    "unread-manifest": "reading full manifest {node}: {reason}",
    "unread-file": "unpacking {node}: {reason}",
    "unread-copy": "checking rename of {node}: {reason}",
}
_WARNINGS = {
    "expected-link": " (expected {changeset})",
    "orphan": "warning: orphan data file '{file}'",
    "not-listed": " warning: revlog '{file}' not in fncache!",
    "copy-source-elsewhere": "warning: copy source of '{file}' not in parents of {node}",
}
_OF_DIRSTATE = {
    "dirstate-modified": "{path} marked as modified, but not in either manifest",
    "dirstate-tracked": "{path} marked as tracked in p1 ({parent}) but not in manifest1",
    "dirstate-added": "{path} marked as added, but also in manifest1",
    "dirstate-lacks": "{path} in manifest1, but not marked as tracked in p1 ({parent})",
}
#: Sizes in the dirstate that say where a file came from.
_MERGED, _FROM_OTHER = -1, -2
_NULL_COPY = "warning: {name}@{link}: copy source revision is nullid {source}:{node}\n"
#: What is wrong with a manifest, as Mercurial says it.
_OF_MANIFESTS = {
    "a manifest line is cut short": "Manifest had implausibly-short line.",
    "a manifest does not end with a newline": "Manifest did not end in a newline.",
    "the lines of a manifest are not sorted": "Manifest lines not in sorted order.",
}


def verify_repository(repo: Repository, *, full: bool = False) -> bool:
    """Checks everything; False where something is damaged."""
    from hydrargyrum.repo.journal import is_abandoned

    reporter = repo.reporter
    with repo.lock_store():
        if is_abandoned(repo):
            reporter.warn("abandoned transaction found - run hg recover\n")
        reporter.note("repository uses revlog format 1\n")
        repo.look_at_parents()
        told = Told(repo)
        counts = repo.engine.verify(
            told.receive,
            full=full,
            verbose=repo.config.boolean("ui", "verbose"),
            censored_is_wrong=repo.config.text("censor", "policy") == "abort",
        )
    told.sum_up(*counts)
    return not told.errors


class Told:
    """What was found so far, and told."""

    __slots__ = ("_damaged", "_fncache_lacks", "_in_dirstate", "_reporter", "_warnings", "errors")

    def __init__(self, repo: Repository) -> None:
        self._reporter = repo.reporter
        self._damaged: set[int] = set()
        self._warnings = self._in_dirstate = self.errors = 0
        self._fncache_lacks = False

    def receive(
        self,
        finding: str,
        link: int | None,
        name: str | None,
        facts: Mapping[str, int | str],
        problem: errors.EngineError | None,
    ) -> None:
        """Words one finding."""
        reporter = self._reporter
        if finding == "step":
            reporter.status(f"{_STEPS[str(facts['step'])]}\n")
        elif finding == "null-copy-source":
            reporter.note(_NULL_COPY.format(name=name, link=link, **facts))
        elif finding in _WARNINGS:
            reporter.warn(f"{_WARNINGS[finding].format(**facts)}\n")
            self._warnings += 1
            self._fncache_lacks |= finding == "not-listed"
        elif finding in _OF_DIRSTATE:
            reporter.warn(f"{_OF_DIRSTATE[finding].format(**facts)}\n")
            self._in_dirstate += 1
            self.errors += 1
        else:
            why = {} if problem is None else {"reason": reason(problem)}
            text = _ERRORS[finding].format(**facts, **why)
            where = "" if name is None else f"{name}@"
            reporter.warn(f" {where}{'?' if link is None else link}: {text}\n")
            if link is not None:
                self._damaged.add(link)
            self.errors += 1

    def sum_up(self, changesets: int, changes: int, files: int) -> None:
        """The last lines."""
        reporter = self._reporter
        if self.errors > self._in_dirstate:
            reporter.warn("not checking dirstate because of previous errors\n")
        reporter.status(f"checked {changesets} changesets with {changes} changes to {files} files\n")
        if self._warnings:
            reporter.warn(f"{self._warnings} warnings encountered!\n")
        if self._fncache_lacks:
            reporter.warn('hint: run "hg debugrebuildfncache" to recover from corrupt fncache\n')
        if self.errors:
            reporter.warn(f"{self.errors} integrity errors encountered!\n")
            if self._damaged:
                reporter.warn(f"(first damaged changeset appears to be {min(self._damaged)})\n")
            if self._in_dirstate:
                reporter.warn("dirstate inconsistent with current parent's manifest\n")
                reporter.warn(f"{self._in_dirstate} dirstate errors\n")


def reason(problem: Exception) -> str:
    """What went wrong, in the words that Mercurial has for it."""
    if isinstance(problem, errors.CorruptRevision):
        facts = problem.facts
        what = str(facts.get("problem"))
        if what in _OF_MANIFESTS:
            return _OF_MANIFESTS[what]
        if what == "integrity check failed":
            return f"integrity check failed on {facts.get('path')}:{facts.get('rev')}"
        if what == "partial read of revlog":
            return (
                f"partial read of revlog {facts.get('path')}; expected {facts.get('expected')} bytes from "
                f"offset {facts.get('offset')}, got {facts.get('got')}"
            )
    return str(problem)


def check_dirstate(repo: Repository) -> int:
    """Compares the dirstate with the manifests of the working copy's parents; how much is wrong, which is told."""
    reporter = repo.reporter
    reporter.status("checking dirstate\n")
    first, second = (repo[node] for node in repo.working_parents())
    in_first, in_second = first.manifest, second.manifest
    parent = first.node.hex()[:12]
    count, of_first = 0, set()
    for path, entry in repo.engine.dirstate().items():
        merged = entry.state == "m" or (entry.state == "r" and entry.size == _MERGED)
        is_of_first = merged or (entry.state in "nr" and entry.size != _FROM_OTHER)
        finding = ""
        if is_of_first:
            of_first.add(path)
            if path not in in_first:
                is_of_none = merged and path not in in_second
                finding = "dirstate-modified" if is_of_none else "dirstate-tracked"
        elif entry.state == "a" and path in in_first:
            finding = "dirstate-added"
        if finding:
            reporter.warn(f"{_OF_DIRSTATE[finding].format(path=path, parent=parent)}\n")
            count += 1
    for path in in_first:
        if path not in of_first:
            reporter.warn(f"{_OF_DIRSTATE['dirstate-lacks'].format(path=path, parent=parent)}\n")
            count += 1
    return count

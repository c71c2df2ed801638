"""What happens to subrepositories when the outer working copy moves or merges: three recorded states become one.

What is done to a single one is in `inner`.
"""

from __future__ import annotations

import os

from hydrargyrum.ops.nested.inner import Inner
from hydrargyrum.repo.substates import STATE_FILE, Subrepo, subrepos_of, write_states

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.merge.actions import Plan
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.repo import Changeset, Repository

_ABSENT = Subrepo("", "", "")


class StateMerge:
    """Merges the states of the working copy, of another changeset, and of a base.

    The working copy's are read at once, because files are about to be replaced.
    """

    def __init__(
        self, repo: Repository, other: Changeset, merger: FileMerger, labels: Sequence[str] | None
    ) -> None:
        self._repo = repo
        self._other = other
        self._merger = merger
        self._talk = merger.talk
        self._mine = subrepos_of(repo.working_copy)
        self._theirs = subrepos_of(other)
        names = [*(labels or ("working copy", "merge rev"))]
        self._local, self._remote = (f" [{name}]" for name in names[:2])
        self._result: dict[str, Subrepo] = {}
        self._overwrite = False

    def run(self, base: Changeset | None, *, overwrite: bool) -> None:
        """Does it, and records the result; without a base, what is there counts as unchanged."""
        if base is not None and base.node == self._other.node:
            base = self._repo["."]
        self._overwrite = overwrite
        self._debug_revisions(base)
        bases = None if base is None else subrepos_of(base)
        for path in sorted(self._mine, key=os.fsencode):
            self._one_of_mine(path, bases)
        for path in sorted(self._theirs, key=os.fsencode):
            if path not in self._mine:
                self._only_theirs(path, bases)
        write_states(self._repo, self._result)

    def _one_of_mine(self, path: str, bases: dict[str, Subrepo] | None) -> None:
        mine, theirs = self._mine[path], self._theirs.get(path)
        inner = Inner(self._repo, path, mine)
        local = mine.at(mine.revision + "+") if inner.is_dirty() else mine
        base = local if bases is None else bases.get(path, _ABSENT)
        if theirs is None:
            self._removed_there(path, inner, changed=local != base, new=base == _ABSENT)
        elif theirs in (local, base):
            self._result[path] = mine
        elif local == base or (local.source == theirs.source and local.revision == base.revision):
            self._debug(path, "other changed, get" if local == base else "other side changed, get", theirs)
            self._get(inner, theirs)
        elif local.source != theirs.source:
            self._sources_differ(path, inner, theirs)
        else:
            self._diverged(path, inner, theirs)

    def _sources_differ(self, path: str, inner: Inner, theirs: Subrepo) -> None:
        question = (
            f" subrepository sources for {path} differ\n"
            f"you can use (l)ocal{self._local} source ({inner.recorded.source})"
            f" or (r)emote{self._remote} source ({theirs.source}).\n"
            "what do you want to do?$$ &Local $$ &Remote"
        )
        if self._talk.choose(question, 0):
            self._debug(path, "prompt changed, get", theirs)
            self._get(inner, theirs)

    def _diverged(self, path: str, inner: Inner, theirs: Subrepo) -> None:
        mine = inner.recorded
        self._debug(path, "both sides changed")
        question = (
            f" subrepository {path} diverged (local revision: {mine.revision[:12]},"
            f" remote revision: {theirs.revision[:12]})\n"
            f"you can (m)erge, keep (l)ocal{self._local} or keep (r)emote{self._remote}.\n"
            "what do you want to do?$$ &Merge $$ &Local $$ &Remote"
        )
        choice = self._talk.choose(question, 0)
        if choice == 2:
            self._get(inner, theirs)
            self._debug(path, "get remote subrepo revision", theirs)
            return
        if choice == 0:
            inner.merge(theirs, self._merger)
        self._result[path] = mine
        if choice == 0:
            self._debug(path, "merge with", theirs)
        else:
            self._debug(path, "keep local subrepo revision", mine)

    def _removed_there(self, path: str, inner: Inner, *, changed: bool, new: bool) -> None:
        if not changed:
            self._debug(path, "remote removed, remove")
            inner.remove(self._merger)
        elif new:
            self._debug(path, "local added, keep")
            self._result[path] = inner.recorded
        else:
            question = (
                f" local{self._local} changed subrepository {path} which remote{self._remote} removed\n"
                "use (c)hanged version or (d)elete?$$ &Changed $$ &Delete"
            )
            if self._talk.choose(question, 0):
                self._debug(path, "prompt remove")
                inner.remove(self._merger)

    def _only_theirs(self, path: str, bases: dict[str, Subrepo] | None) -> None:
        theirs = self._theirs[path]
        base = (self._mine if bases is None else bases).get(path)
        if base is None:
            self._debug(path, "remote added, get", theirs)
        elif theirs == base:
            return
        else:
            question = (
                f" remote{self._remote} changed subrepository {path} which local{self._local} removed\n"
                "use (c)hanged version or (d)elete?$$ &Changed $$ &Delete"
            )
            if self._talk.choose(question, 0):
                return
            self._debug(path, "prompt recreate", theirs)
        Inner(self._repo, path, theirs).get(theirs, self._merger)
        self._result[path] = theirs

    def _get(self, inner: Inner, theirs: Subrepo) -> None:
        inner.get(theirs, self._merger, overwrite=self._overwrite)
        self._result[inner.path] = theirs

    def _debug(self, path: str, text: str, at: Subrepo | None = None) -> None:
        where = "" if at is None else f"{at.source}:{at.revision}:{at.kind}"
        self._talk.debug(f"  subrepo {path}: {text} {where}\n")

    def _debug_revisions(self, base: Changeset | None) -> None:
        here = f"{self._repo['.'].node.hex()[:12]}+"
        other = self._other.node.hex()[:12]
        self._talk.debug(f"subrepo merge {here} {other} {here if base is None else base.node.hex()[:12]}\n")


def state_merge(
    repo: Repository, plan: Plan, other: Changeset, merger: FileMerger, labels: Sequence[str] | None
) -> StateMerge | None:
    """What `apply_plan` has to call where a plan concerns subrepositories, else None."""
    return StateMerge(repo, other, merger, labels) if STATE_FILE in plan else None

"""What goes into a commit and what comes of it: request, draft, plan, outcome; decided without a repository.

Recording is the business of `ops.commit`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.text.local import to_stored
from hydrargyrum.types import NULL_REV, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from hydrargyrum.dates import Date
    from hydrargyrum.engine.protocol import PathSequence
    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import Node, PatternSet, Rev

    Paths = Sequence[str] | PathSequence

    class Dialog(Protocol):
        """What a commit needs of the user."""

        def user(self) -> str:
            """Whose name is to be recorded, where the request says nothing."""
            ...

        def message(self, draft: Draft) -> str:
            """The message (perhaps of an editor)."""
            ...

        def not_recorded(self, path: str) -> None:
            """The commit failed; the message that was edited is in this file."""
            ...


class CommitRequest(Value):
    """What the user wants.

    Attributes:
        patterns: which files.
        message: as given, "" for none; user, date: as given, None for the usual.
        close: the changeset closes the branch; force_close: also where it is no head.
        phase: the number of the lowest phase that the changeset may have; None for the configured one.
        extra: further facts to record.
        allow_empty: record a changeset although nothing changed.
    """

    __slots__ = (
        "allow_empty",
        "close",
        "date",
        "extra",
        "force_close",
        "message",
        "patterns",
        "phase",
        "user",
    )

    def __init__(
        self,
        patterns: PatternSet,
        message: str = "",
        *,
        user: str | None = None,
        date: Date | None = None,
        close: bool = False,
        force_close: bool = False,
        phase: int | None = None,
        extra: Mapping[str, str] | None = None,
        allow_empty: bool = False,
    ) -> None:
        self.patterns = patterns
        self.message = message
        self.user = user
        self.date = date
        self.close = close or force_close
        self.force_close = force_close
        self.phase = phase
        self.extra = dict(extra or {})
        self.allow_empty = allow_empty


class Draft(Value):
    """A changeset that has everything but its message, as an editor is shown it.

    Attributes:
        description: what is known of the message.
        user, branch, extra: of the changeset.
        merge: whether it has two parents.
        bookmark: the active bookmark where it will follow, or None.
        added, modified, removed: paths.
        parents: of the changeset where they are not those of the working copy.
        date: where it is not now.
    """

    __slots__ = (
        "added",
        "bookmark",
        "branch",
        "date",
        "description",
        "extra",
        "merge",
        "modified",
        "parents",
        "removed",
        "user",
    )

    def __init__(
        self,
        description: str,
        user: str,
        extra: Mapping[str, str],
        files: tuple[Paths, Paths, Paths],
        *,
        merge: bool = False,
        bookmark: str | None = None,
        parents: tuple[Changeset, Changeset] | None = None,
        date: Date | None = None,
    ) -> None:
        self.parents = parents
        self.date = date
        self.description = description
        self.user = user
        self.extra = dict(extra)
        self.branch = extra.get("branch", "default")
        self.modified, self.added, self.removed = files
        self.merge = merge
        self.bookmark = bookmark


class WorkingFacts(Value):
    """What is known of the working copy when a commit is planned.

    Attributes:
        parents: (number, branch) of both parents, -1 for none.
        branch: of the next commit.
        changed: whether files differ; missing: how many tracked files are gone.
        partial: whether only some files are asked for.
        unresolved: whether a merge has conflicts left.
    """

    __slots__ = ("branch", "changed", "missing", "parents", "partial", "unresolved")

    def __init__(
        self,
        parents: tuple[tuple[Rev, str], tuple[Rev, str]],
        branch: str,
        *,
        changed: bool,
        missing: int = 0,
        partial: bool = False,
        unresolved: bool = False,
    ) -> None:
        self.parents = parents
        self.branch = branch
        self.changed = changed
        self.missing = missing
        self.partial = partial
        self.unresolved = unresolved


class CommitPlan(Value):
    """What will be recorded.

    Attributes:
        parents: numbers.
        extra: with the branch.
    """

    __slots__ = ("extra", "parents")

    def __init__(self, parents: tuple[Rev, Rev], extra: Mapping[str, str]) -> None:
        self.parents = parents
        self.extra = dict(extra)


class HeadChange(Value):
    """What a commit does to the heads of its branch.

    Attributes:
        new_head: there is one more.
        reopened: closed heads that are heads no more.
    """

    __slots__ = ("new_head", "reopened")

    def __init__(self, new_head: bool, reopened: Sequence[Rev] = ()) -> None:
        self.new_head = new_head
        self.reopened = tuple(reopened)


class CommitOutcome(Value):
    """What came of it.

    Attributes:
        node, rev: of the changeset; None and -1 where nothing changed.
        heads: see `HeadChange`; existed: the same changeset was there already.
        missing: tracked files that are gone (where nothing was recorded).
    """

    __slots__ = ("existed", "heads", "missing", "node", "rev")

    def __init__(
        self,
        node: Node | None,
        rev: Rev,
        heads: HeadChange,
        *,
        existed: bool = False,
        missing: int = 0,
    ) -> None:
        self.node = node
        self.rev = rev
        self.heads = heads
        self.existed = existed
        self.missing = missing


def plan_commit(facts: WorkingFacts, request: CommitRequest) -> CommitPlan | None:
    """What a commit would record, None where there is nothing to do.

    Raises:
        Abort: only some files of a merge are asked for, or files of one are missing.
        StateError: a merge has conflicts left.
    """
    merge = facts.parents[1][0] != NULL_REV
    if merge and facts.partial:
        raise errors.Abort("cannot partially commit a merge (do not specify files or patterns)")
    if facts.unresolved:
        raise errors.StateError("unresolved merge conflicts (see 'hg help resolve')")
    other_branch = request.extra.get("branch", facts.branch) != facts.parents[0][1]
    if not (facts.changed or merge or other_branch or request.close or request.allow_empty):
        return None
    if merge and facts.missing:
        raise errors.Abort("cannot commit merge with missing files")
    extra = {"branch": facts.branch, **request.extra}
    if request.close:
        extra["close"] = "1"
    return CommitPlan((facts.parents[0][0], facts.parents[1][0]), extra)


def stored_description(text: str) -> str:
    """A message as it is stored: no white space at the ends of lines, no empty lines around it.

    Raises Abort for what is not in the user's character set.
    """
    lines = [line.rstrip() for line in os.fsencode(text).splitlines()]
    return to_stored(os.fsdecode(b"\n".join(lines).strip(b"\n")))


def stored_user(user: str) -> str:
    """A user's name as it is stored. Raises Abort for what cannot be stored."""
    stripped = os.fsdecode(os.fsencode(user).strip())
    if not stripped:
        raise errors.Abort("empty username", exit_code=errors.EXIT_STORAGE)
    if "\n" in stripped:
        raise errors.Abort(
            f"username {errors.quoted(stripped)} contains a newline", exit_code=errors.EXIT_STORAGE
        )
    return to_stored(stripped)

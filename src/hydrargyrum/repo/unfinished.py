"""Operations that stopped half-way, and a merge with its unresolved files, as `.hg` records them.

Only reading; continuing or aborting an operation belongs to the operation. Formats: `docs/formats/mergestate.md`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.repo.repository import Repository


class UnfinishedState:
    """A kind of operation that can stop half-way.

    Attributes:
        name: what it is called.
        file: the file below `.hg` that says so; None for a merge, which shows in the parents.
        advice: what the user can do next.
        extension: it only exists where this extension is enabled.
        message, hint: how it stops other operations.
        clearable: moving the working copy elsewhere ends it.
        allows_commit: a commit is part of it.
        only_reported: it stops nothing.
        continues: its command has --continue.
    """

    __slots__ = (
        "advice",
        "allows_commit",
        "clearable",
        "continues",
        "extension",
        "file",
        "hint",
        "message",
        "name",
        "only_reported",
    )

    def __init__(
        self,
        name: str,
        file: str | None,
        *,
        advice: str = "",
        message: str = "",
        hint: str = "",
        extension: str | None = None,
        stops: bool = False,
        continues: bool = False,
        clearable: bool = False,
        allows_commit: bool = False,
        only_reported: bool = False,
    ) -> None:
        self.name = name
        self.file = file
        self.advice = advice or _advice(name, stop=stops)
        self.message = message or f"{name} in progress"
        self.hint = hint or _hint(name, stop=stops)
        self.extension = extension
        self.continues = continues
        self.clearable = clearable
        self.allows_commit = allows_commit
        self.only_reported = only_reported


def _advice(name: str, *, stop: bool) -> str:
    text = f"To continue:    hg {name} --continue\nTo abort:       hg {name} --abort"
    return text + f"\nTo stop:        hg {name} --stop" if stop else text


def _hint(name: str, *, stop: bool) -> str:
    if stop:
        return f"use 'hg {name} --continue', 'hg {name} --abort', or 'hg {name} --stop'"
    return f"use 'hg {name} --continue' or 'hg {name} --abort'"


#: In the order in which they are looked for.
UNFINISHED_STATES = (
    UnfinishedState("rebase", "rebasestate", extension="rebase", stops=True, continues=True),
    UnfinishedState("histedit", "histedit-state", extension="histedit", continues=True, allows_commit=True),
    UnfinishedState(
        "transplant",
        "transplant/journal",
        advice="To continue:    hg transplant --continue\nTo stop:        hg transplant --stop",
        hint="use 'hg transplant --continue' or 'hg transplant --stop'",
        extension="transplant",
        clearable=True,
    ),
    UnfinishedState("unshelve", "shelvedstate", message="unshelve already in progress", continues=True),
    UnfinishedState(
        "graft",
        "graftstate",
        hint="use 'hg graft --continue' or 'hg graft --stop' to stop",
        stops=True,
        continues=True,
        clearable=True,
    ),
    UnfinishedState(
        "bisect",
        "bisect.state",
        advice="To mark the changeset good:    hg bisect --good\n"
        "To mark the changeset bad:     hg bisect --bad\n"
        "To abort:                      hg bisect --reset\n",
        hint="use 'hg bisect --reset'",
        allows_commit=True,
        only_reported=True,
    ),
    UnfinishedState(
        "update",
        "updatestate",
        advice="To continue:    hg update .",
        message="last update was interrupted",
        hint="use 'hg update' to get a consistent checkout",
        clearable=True,
    ),
    UnfinishedState(
        "merge",
        None,
        advice="To continue:    hg commit\nTo abort:       hg merge --abort",
        message="outstanding uncommitted merge",
        hint="use 'hg commit' or 'hg merge --abort'",
        clearable=True,
        allows_commit=True,
    ),
)


def check_unfinished(repo: Repository, *, commit: bool = False, skip_merge: bool = False) -> None:
    """Raises `StateError` where an operation has stopped half-way.

    Args:
        repo: where.
        commit: for a commit, which some operations are waiting for.
        skip_merge: an uncommitted merge does not count.
    """
    for clearable in (False, True):
        for state in UNFINISHED_STATES:
            if state.clearable != clearable or state.only_reported or (commit and state.allows_commit):
                continue
            if skip_merge and state.name == "merge":
                continue
            if _is_enabled(repo, state) and _is_unfinished(repo, state):
                raise errors.StateError(state.message, hint=state.hint)


def clear_unfinished(repo: Repository) -> None:
    """End operations that end when the working copy moves. Raises `StateError` for others that have stopped half-way."""
    for state in UNFINISHED_STATES:
        if state.only_reported or state.clearable or not _is_enabled(repo, state):
            continue
        if _is_unfinished(repo, state):
            raise errors.StateError(state.message, hint=state.hint)
    for state in UNFINISHED_STATES:
        if state.clearable and state.file is not None and _is_unfinished(repo, state):
            os.unlink(os.path.join(repo.dot_hg, state.file))


def any_unfinished(repo: Repository) -> UnfinishedState | None:
    """The operation that has stopped half-way, whatever configuration says of showing it."""
    for state in UNFINISHED_STATES:
        if _is_enabled(repo, state) and _is_unfinished(repo, state):
            return state
    return None


def way_to_continue(repo: Repository) -> str | None:
    """The command that continues what has stopped half-way, or None."""
    for state in UNFINISHED_STATES:
        if state.continues and _is_enabled(repo, state) and _is_unfinished(repo, state):
            return f"hg {state.name} --continue"
    return None


def unfinished_state(repo: Repository) -> UnfinishedState | None:
    """The operation that has stopped half-way, without those of `commands.status.skipstates`."""
    skipped = frozenset(repo.config.text_list("commands", "status.skipstates"))
    for state in UNFINISHED_STATES:
        if state.name not in skipped and _is_enabled(repo, state) and _is_unfinished(repo, state):
            return state
    return None


def _is_enabled(repo: Repository, state: UnfinishedState) -> bool:
    if state.extension is None:
        return True
    for section_name in (state.extension, f"hgext.{state.extension}"):
        value = repo.config.text("extensions", section_name)
        if value is not None:
            return not value.startswith("!")
    return False


def _is_unfinished(repo: Repository, state: UnfinishedState) -> bool:
    if state.file is not None:
        return os.path.exists(os.path.join(repo.dot_hg, state.file))
    return repo.working_parents()[1] != bytes(20)


class MergeFacts:
    """What is recorded of a merge.

    Attributes:
        active: whether there is a record.
        unresolved: paths with conflicts, sorted.
    """

    __slots__ = ("active", "unresolved")

    def __init__(self, active: bool, unresolved: Sequence[str]) -> None:
        self.active = active
        self.unresolved = tuple(unresolved)


_UNRESOLVED = frozenset((b"u", b"pu"))
_FILE_RECORDS = frozenset((b"F", b"D", b"C", b"P", b"R"))


def merge_facts(repo: Repository) -> MergeFacts:
    """What `.hg/merge` says.

    Raises:
        CorruptFile: the record is cut off.
        Abort: it has mandatory records of an unknown type.
    """
    from hydrargyrum.repo.merge_records import read_records

    records = read_records(repo.dot_hg)
    unresolved = []
    has_files = False
    for kind, data in records:
        if kind in _FILE_RECORDS:
            fields = data.split(b"\0")
            if fields[1:2] == [b"o"]:
                continue
            has_files = True
            if len(fields) > 1 and fields[1] in _UNRESOLVED:
                unresolved.append(os.fsdecode(fields[0]))
    active = has_files or any(kind == b"L" for kind, _ in records)
    return MergeFacts(active, sorted(unresolved, key=os.fsencode))

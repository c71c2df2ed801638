"""Operations that stopped half-way, and a merge with its unresolved files, as `.hg` records them.

Only reading; continuing or aborting an operation belongs to the operation. Formats: `docs/formats/mergestate.md`.
"""

from __future__ import annotations

import os

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
    """

    __slots__ = ("advice", "extension", "file", "name")

    def __init__(self, name: str, file: str | None, advice: str, extension: str | None = None) -> None:
        self.name = name
        self.file = file
        self.advice = advice
        self.extension = extension


def _advice(name: str, *, stop: bool = False) -> str:
    text = f"To continue:    hg {name} --continue\nTo abort:       hg {name} --abort"
    return text + f"\nTo stop:        hg {name} --stop" if stop else text


#: In the order in which they are looked for.
UNFINISHED_STATES = (
    UnfinishedState("rebase", "rebasestate", _advice("rebase", stop=True), "rebase"),
    UnfinishedState("histedit", "histedit-state", _advice("histedit"), "histedit"),
    UnfinishedState(
        "transplant",
        "transplant/journal",
        "To continue:    hg transplant --continue\nTo stop:        hg transplant --stop",
        "transplant",
    ),
    UnfinishedState("unshelve", "shelvedstate", _advice("unshelve")),
    UnfinishedState("graft", "graftstate", _advice("graft", stop=True)),
    UnfinishedState(
        "bisect",
        "bisect.state",
        "To mark the changeset good:    hg bisect --good\n"
        "To mark the changeset bad:     hg bisect --bad\n"
        "To abort:                      hg bisect --reset\n",
    ),
    UnfinishedState("update", "updatestate", "To continue:    hg update ."),
    UnfinishedState("merge", None, "To continue:    hg commit\nTo abort:       hg merge --abort"),
)


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
    return repo.engine.working_parents()[1] != bytes(20)


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

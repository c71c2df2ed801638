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
#: Record types: local and other changeset, merge driver, labels, and those that hold the state of one file.
_KNOWN_RECORDS = frozenset(b"LOmlfFDCP")
_FILE_RECORDS = frozenset(b"FDCP")
_OVERRIDE = ord("t")


def merge_facts(repo: Repository) -> MergeFacts:
    """What `.hg/merge` says.

    Raises:
        CorruptFile: the record is cut off.
        Abort: it has mandatory records of an unknown type.
    """
    directory = os.path.join(repo.dot_hg, "merge")
    old = _read(os.path.join(directory, "state"))
    path = os.path.join(directory, "state2")
    new = _read(path)
    records = [] if new is None else _parse_records(new, path)
    if old is not None:
        old_records = _parse_old(old)
        if not _agree(old_records, records):
            # written by a program that knows the old format only
            records = old_records
    unknown = sorted({chr(kind) for kind, _ in records if kind not in _KNOWN_RECORDS and chr(kind).isupper()})
    if unknown:
        raise errors.Abort(
            f"unsupported merge state records: {' '.join(unknown)}",
            hint="see https://mercurial-scm.org/wiki/MergeStateRecords for more information",
        )
    unresolved = []
    has_files = False
    for kind, data in records:
        if kind in _FILE_RECORDS:
            has_files = True
            fields = data.split(b"\0")
            if len(fields) > 1 and fields[1] in _UNRESOLVED:
                unresolved.append(os.fsdecode(fields[0]))
    active = has_files or any(kind == ord("L") for kind, _ in records)
    return MergeFacts(active, sorted(unresolved, key=os.fsencode))


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as problem:
        raise errors.IoError(path=path, errno=problem.errno, operation="read") from None


def _parse_records(data: bytes, path: str) -> list[tuple[int, bytes]]:
    records = []
    position = 0
    while position < len(data):
        end = position + 5
        length = int.from_bytes(data[position + 1 : end], "big")
        if end > len(data) or end + length > len(data):
            raise errors.CorruptFile(path=path, offset=position, problem="record is cut off")
        kind, content = data[position], data[end : end + length]
        if kind == _OVERRIDE and content:
            kind, content = content[0], content[1:]
        records.append((kind, content))
        position = end + length
    return records


def _parse_old(data: bytes) -> list[tuple[int, bytes]]:
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return [(ord("F") if number else ord("L"), line) for number, line in enumerate(lines)]


def _agree(old: list[tuple[int, bytes]], new: list[tuple[int, bytes]]) -> bool:
    """Whether every record of the old format is in the new one, which has one more field per file."""
    known = set()
    for kind, data in new:
        if kind == ord("F"):
            fields = data.split(b"\0")
            known.add((kind, b"\0".join(fields[:-2] + fields[-1:])))
        else:
            known.add((kind, data))
    return all(record in known for record in old)

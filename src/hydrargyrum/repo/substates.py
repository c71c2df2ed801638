"""What `.hgsub` and `.hgsubstate` say: where subrepositories are, what they are copies of, and at which revision.

Opening them, and what patterns mean inside, belongs to `ops`.
"""

from __future__ import annotations

import os
import posixpath
import re

from hydrargyrum import errors
from hydrargyrum.config.parse import parse
from hydrargyrum.types import NULL_REV, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.repo.workingcopy import WorkingCopy

#: Which repositories are inside, and from where; kept by the user.
SPEC_FILE = ".hgsub"
#: At which revisions they are; kept by commits.
STATE_FILE = ".hgsubstate"


class Subrepo(Value):
    """A subrepository as one changeset (or the working copy) records it.

    Attributes:
        source: what it is a copy of: a location, perhaps relative to that of the outer repository.
        revision: its revision (hexadecimal for kind "hg"), "" where none is recorded.
        kind: "hg", "git" or "svn".
    """

    __slots__ = ("kind", "revision", "source")

    def __init__(self, source: str, revision: str, kind: str) -> None:
        self.source = source
        self.revision = revision
        self.kind = kind

    def at(self, revision: str) -> Subrepo:
        """The same at another revision."""
        return Subrepo(self.source, revision, self.kind)


def subrepos_of(changeset: Changeset | WorkingCopy) -> dict[str, Subrepo]:
    """The subrepositories by path.

    Raises:
        Abort: one of the two files cannot be understood.
    """
    spec = _content(changeset, SPEC_FILE)
    if spec is None:
        return {}

    def included(path: str) -> bytes | None:
        if not changeset.is_working_copy and path not in changeset.manifest:
            raise errors.Abort(f"subrepo spec file '{path}' not found")
        if changeset.is_working_copy and not _is_tracked(changeset.repo, path):
            raise errors.Abort(f"subrepo spec file '{path}' not found")
        return _content(changeset, path)

    layer = parse(SPEC_FILE, spec, included)
    repo = changeset.repo
    rules = {name: value.text for name, value in layer.sections.get("subpaths", {}).items()}
    rules.update((name, value.text) for name, value in repo.config.section("subpaths"))
    revisions = parse_revisions(_content(changeset, STATE_FILE) or b"")
    found = {}
    for path, value in layer.sections.get("", {}).items():
        source, kind = value.text, "hg"
        if source.startswith("["):
            kind, bracket, source = source[1:].partition("]")
            if not bracket:
                raise errors.Abort("missing ] in subrepository source")
            source = source.lstrip()
        found[path] = Subrepo(_remapped(repo, source, rules).strip(), revisions.get(path, ""), kind)
    return found


def parse_revisions(data: bytes) -> dict[str, str]:
    """Revisions by path, of the file of states: lines `revision path`.

    Raises:
        Abort: a line that is none.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(data.splitlines(), 1):
        if not line.lstrip():
            continue
        revision, space, path = line.decode("utf-8", "surrogateescape").lstrip().partition(" ")
        if not space:
            raise errors.Abort(f"invalid subrepository revision specifier in '{STATE_FILE}' line {number}")
        found[path] = revision
    return found


def has_subrepos(repo: Repository) -> bool:
    """Whether the working copy has subrepositories; quick where it has none."""
    return os.path.lexists(os.path.join(repo.root, SPEC_FILE)) and _is_tracked(repo, SPEC_FILE)


def names_subrepos(changeset: Changeset) -> bool:
    """Whether a changeset (or what is on disk) has a list of subrepositories.

    Of the working copy's first parent the dirstate knows it, and no manifest is read, which may be long.
    """
    repo = changeset.repo
    is_stored = not changeset.is_working_copy and changeset.rev != NULL_REV
    if is_stored and changeset.node == repo.engine.working_parents()[0]:
        return repo.engine.in_first_parent(SPEC_FILE)
    return changeset.find_file(SPEC_FILE) is not None


def write_states(repo: Repository, states: Mapping[str, Subrepo]) -> None:
    """Writes the revisions into the working copy, for the next commit."""
    from hydrargyrum.atomicfile import write_atomically

    lines = [
        f"{states[path].revision} {path}\n"
        for path in sorted(states, key=os.fsencode)
        if states[path].revision
    ]
    # nobody can read half of it, not even to put it right
    write_atomically(os.fsencode(os.path.join(repo.root, STATE_FILE)), os.fsencode("".join(lines)))


def shown_path(outer: Repository, path: str) -> str:
    """A path in a repository from the outermost one around it."""
    while outer.within is not None:
        path = f"{outer.within[1]}/{path}"
        outer = outer.within[0]
    return path


def source_of(repo: Repository) -> str:
    """The location that a repository is a copy of; "" where nobody says.

    For a subrepository that is what the outer one's `.hgsub` says, from the location of the outer one.
    """
    if repo.within is None:
        location = repo.config.text("paths", "default")
        if location is None and repo.is_shared:
            return os.path.dirname(repo.engine.shared_dot_hg)
        return location or ""
    outer, _path, source = repo.within
    if is_absolute(source):
        return source
    base = source_of(outer)
    return joined(base, source) if base else ""


def joined(base: str, source: str) -> str:
    """A source relative to a location."""
    scheme, colon, path = base.partition("://")
    if not colon:
        return posixpath.normpath(posixpath.join(base, source))
    return f"{scheme}://{posixpath.normpath(posixpath.join(path, source))}"


def is_absolute(source: str) -> bool:
    """Whether a source stands for itself."""
    return source.startswith("/") or re.match(r"[A-Za-z0-9+.\-]+:", source) is not None


def _content(changeset: Changeset | WorkingCopy, path: str) -> bytes | None:
    """A file's content, None where it is not tracked."""
    if changeset.is_working_copy:
        repo = changeset.repo
        if not _is_tracked(repo, path):
            return None
        try:
            with open(os.path.join(repo.root, path), "rb") as file:
                return file.read()
        except FileNotFoundError:
            if path != STATE_FILE:
                repo.reporter.warn(f"warning: subrepo spec file '{path}' not found\n")
            return None
    found = changeset.find_file(path)
    return None if found is None else found.data


def _is_tracked(repo: Repository, path: str) -> bool:
    entry = repo.engine.dirstate().get(path)
    return entry is not None and entry.state not in "?r"


def _remapped(repo: Repository, source: str, rules: Mapping[str, str]) -> str:
    """The source after the rules of section `subpaths`; where they change the whole location, that one."""
    base = source_of(repo) if rules and not is_absolute(source) else ""
    if base:
        whole = joined(base, source)
        changed = _by_rules(whole, rules)
        source = changed if changed != whole else _by_rules(source, rules)
    return _by_rules(source, rules)


def _by_rules(source: str, rules: Mapping[str, str]) -> str:
    for pattern, replacement in rules.items():
        # only references to groups are special in a replacement
        template = re.sub(r"\\\\([0-9]+)", r"\\\1", replacement.replace("\\", "\\\\"))
        try:
            source = re.sub(pattern, template, source, count=1)
        except re.error as problem:
            raise errors.Abort(f"bad subrepository pattern in {pattern}: {problem}") from None
    return source

"""Tags: which there are, adding and removing them in `.hgtags` (with a commit) or in the local file.

What the lines mean is the engine's business (docs/formats/tags.md).
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.atomicfile import write_file
from hydrargyrum.text.local import to_shown
from hydrargyrum.types import NULL_NODE, NULL_REV, Node, PatternSet, StatusRequest, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hydrargyrum.dates import Date
    from hydrargyrum.ops.commit_plan import CommitOutcome, Dialog
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev

FILE = ".hgtags"
LOCAL_FILE = "localtags"


class Tag(Value):
    """One tag: its changeset, and "local" or "" as its kind."""

    __slots__ = ("kind", "name", "node", "rev")

    def __init__(self, name: str, node: Node, rev: Rev, kind: str) -> None:
        self.name = name
        self.node = node
        self.rev = rev
        self.kind = kind


class TagRequest(Value):
    """What the user wants.

    Attributes:
        names: of the tags, as `.hgtags` has them; node: what they are to name (null removes them).
        local: in the local file; force: also where the tag exists, or the parent is no head.
        remove: the tags are removed.
        message, user, date: of the changeset.
    """

    __slots__ = ("date", "force", "local", "message", "names", "node", "remove", "user")

    def __init__(
        self,
        names: Sequence[str],
        node: Node,
        *,
        local: bool = False,
        force: bool = False,
        remove: bool = False,
        message: str = "",
        user: str | None = None,
        date: Date | None = None,
    ) -> None:
        self.names = tuple(names)
        self.node = node
        self.local = local
        self.force = force
        self.remove = remove
        self.message = message
        self.user = user
        self.date = date


def list_tags(repo: Repository) -> list[Tag]:
    """All tags with "tip", the newest first."""
    index = repo.engine.changelog()
    local = _names_in(_local_path(repo))
    tip = repo.engine.resolve("tip")
    found = [Tag("tip", index.node(tip) if tip >= 0 else NULL_NODE, tip, "")]
    for name, node in repo.engine.tags().items():
        if name != "tip":
            kind = "local" if local.get(name) == node else ""
            found.append(Tag(name, node, index.rev(node), kind))
    found.sort(key=lambda tag: (tag.rev, os.fsencode(tag.name)), reverse=True)
    return found


def check_names(names: Sequence[str]) -> None:
    """Raises InputError for names that cannot be those of tags."""
    from hydrargyrum.ops.identity import check_new_name

    if len(set(names)) != len(names):
        raise errors.InputError("tag names must be unique")
    for name in names:
        check_new_name(name)
        if not name:
            raise errors.InputError("tag names cannot consist entirely of whitespace")


def check_tagging(repo: Repository, request: TagRequest) -> None:
    """Raises InputError or StateError where the tags cannot be set or removed."""
    from hydrargyrum.repo import branches

    known = repo.engine.tags()
    if request.remove:
        _check_removal(repo, request)
    elif not request.force:
        for name in request.names:
            if name in known or name == "tip":
                raise errors.InputError(f"tag '{to_shown(name)}' already exists (use -f to force)")
    if request.local:
        return
    first, second = repo.working_copy.parents
    if second.rev != NULL_REV:
        raise errors.StateError("uncommitted merge")
    branch = repo.engine.working_branch()
    if (
        not request.force
        and branches.has_open_head(repo, branch)
        and not branches.is_branch_head(repo, branch, first.rev)
    ):
        raise errors.InputError("working directory is not at a branch head (use -f to force)")


def _check_removal(repo: Repository, request: TagRequest) -> None:
    known = repo.engine.tags()
    local, shared = _names_in(_local_path(repo)), _recorded(repo)
    for name in request.names:
        kind = "local" if name in local and known.get(name, NULL_NODE) == local[name] else ""
        if not kind and (name in known or name in shared):
            kind = "global"
        if kind == "global" and name not in known and shared[name][0] == NULL_NODE:
            raise errors.InputError(f"tag '{to_shown(name)}' is already removed")
        if not kind:
            raise errors.InputError(f"tag '{to_shown(name)}' does not exist")
        if request.local and kind != "local":
            raise errors.InputError(f"tag '{to_shown(name)}' is not a local tag")
        if not request.local and kind != "global":
            raise errors.InputError(f"tag '{to_shown(name)}' is not a global tag")


def default_message(request: TagRequest) -> str:
    """What a changeset says that sets or removes tags."""
    names = ", ".join(map(to_shown, request.names))
    if request.remove:
        return f"Removed tag {names}"
    return f"Added tag {names} for changeset {request.node.hex()[:12]}"


def set_tags(repo: Repository, request: TagRequest, dialog: Dialog) -> CommitOutcome | None:
    """Sets or removes tags; the commit, None for local ones. Both locks are held by the caller.

    Raises:
        Abort: `.hgtags` has been changed by somebody else.
        HookFailed: a hook refused.
    """
    if not request.local:
        _check_untouched(repo)
    facts = [_hook_facts(request, name) for name in request.names]
    tips = repo.engine.branch_tips()
    for name, fact in zip(request.names, facts, strict=True):
        repo.hooks.run("pretag", fact, stops=True)
        if name in tips:
            repo.reporter.warn(f"warning: tag {to_shown(name)} conflicts with existing branch name\n")
    outcome = None
    if request.local:
        _append(repo, _local_path(repo), request)
    else:
        outcome = _commit_tags(repo, request, dialog)
    for fact in facts:
        repo.hooks.run("tag", fact, stops=False)
    return outcome


def _commit_tags(repo: Repository, request: TagRequest, dialog: Dialog) -> CommitOutcome:
    from hydrargyrum.ops.commit import commit
    from hydrargyrum.ops.commit_plan import CommitRequest
    from hydrargyrum.repo.phases import wanted_phase

    _append(repo, _shared_path(repo), request)
    if FILE not in repo.engine.dirstate():
        dirstate = repo.engine.edit_dirstate()
        dirstate.track([FILE])
        dirstate.write()
    repo.invalidate()
    wanted = CommitRequest(
        PatternSet(repo.root, [f"path:{FILE}"]),
        request.message,
        user=request.user,
        date=request.date,
        phase=wanted_phase(repo),
    )
    return commit(repo, wanted, dialog)


def _check_untouched(repo: Repository) -> None:
    report = repo.engine.status(
        StatusRequest(PatternSet(repo.root, [f"path:{FILE}"], warn_missing=False), ignored=True)
    )
    groups = (report.modified, report.added, report.removed, report.deleted, report.unknown, report.ignored)
    if any(len(group) for group in groups):
        raise errors.Abort("working copy of .hgtags is changed", hint="please commit .hgtags manually")


def _recorded(repo: Repository) -> dict[str, tuple[Node, list[Node]]]:
    """The tags that any head knows of, also removed ones and those of changesets that are gone.

    With each, its node and what it was before. The rules are those of docs/formats/tags.md.
    """
    found: dict[str, tuple[Node, list[Node]]] = {}
    seen: set[Node] = set()
    for rev in sorted(repo.engine.heads()):
        entry = repo[rev].manifest.get(FILE)
        if entry is None or entry.node in seen:
            continue
        seen.add(entry.node)
        for name, nodes in _histories(repo[rev].file(FILE).data).items():
            node, before = nodes[-1], nodes[:-1]
            known, known_before = found.get(name, (node, before))
            newer = known not in before or len(known_before) > len(before)
            if known != node and node in known_before and newer:
                node = known
            found[name] = node, [*before, *(one for one in known_before if one not in before)]
    return found


def _append(repo: Repository, path: str, request: TagRequest) -> None:
    """Adds lines; a tag that has been one before first gets a line with what it was."""
    known = repo.engine.tags()
    here = {name for name, node in _names_in(_local_path(repo)).items() if _is_there(repo, node)}
    before = here.union(_recorded(repo))
    lines = []
    for name in request.names:
        if name in known or name in before:
            lines.append(f"{known.get(name, NULL_NODE).hex()} {name}\n")
        lines.append(f"{request.node.hex()} {name}\n")
    text = os.fsencode("".join(lines))
    try:
        with open(path, "rb") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    text = b"\n" + text
    except FileNotFoundError:
        pass
    write_file(path, text, append=True)


def _is_there(repo: Repository, node: Node) -> bool:
    """Whether a node names something: a local tag of what is not there counts as none."""
    try:
        return node == NULL_NODE or repo.engine.changelog().rev(node) >= 0
    except errors.UnknownNode:
        return False


def _hook_facts(request: TagRequest, name: str) -> Mapping[str, object]:
    return {"node": request.node.hex(), "tag": to_shown(name), "local": request.local}


def _shared_path(repo: Repository) -> str:
    return os.path.join(repo.root, FILE)


def _local_path(repo: Repository) -> str:
    return os.path.join(repo.dot_hg, LOCAL_FILE)


def _names_in(path: str) -> dict[str, Node]:
    """The last node of each name in a file of tags."""
    try:
        with open(path, "rb") as file:
            return _names_among(file.read())
    except OSError:
        return {}


def _names_among(data: bytes) -> dict[str, Node]:
    """The last node of each name in lines of tags; malformed ones are passed over."""
    return {name: nodes[-1] for name, nodes in _histories(data).items()}


def _histories(data: bytes) -> dict[str, list[Node]]:
    """All nodes of each name in lines of tags."""
    found: dict[str, list[Node]] = {}
    for line in data.split(b"\n"):
        digits, space, name = line.partition(b" ")
        try:
            node = Node(bytes.fromhex(digits.decode("ascii")))
        except ValueError:
            continue
        if space and len(node) == 20:
            found.setdefault(os.fsdecode(name.strip()), []).append(node)
    return found

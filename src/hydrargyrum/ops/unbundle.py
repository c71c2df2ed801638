"""Takes bundles in: adds what their changegroups hold, then phases, all in one transaction for each file.

Reading files is `exchange.bundlefile`; what is to be told afterwards is put into words here and shown by the command.
"""

from __future__ import annotations

from itertools import chain

from hydrargyrum import errors
from hydrargyrum.exchange.sansio.changegroup import ChangegroupReader, Group
from hydrargyrum.repo.phases import NAMES, NUMBERS, PhaseRoots
from hydrargyrum.types import NULL_REV, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from hydrargyrum.exchange.bundlefile import BundleFile
    from hydrargyrum.exchange.sansio.bundle2 import Part
    from hydrargyrum.exchange.sansio.changegroup import Section
    from hydrargyrum.plans import RevisionToAdd
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.reporter import Steps
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Rev

#: Parts of the past, passed over by whoever reads them.
_IGNORED = frozenset(("cache:rev-branch-cache",))
_PARAMETERS = frozenset(
    ("version", "nbchanges", "exp-sidedata", "exp-wanted-sidedata", "treemanifest", "targetphase")
)


def unknown_feature(path: str, feature: str) -> errors.Abort:
    """The refusal of a bundle that has to be understood and is not."""
    return errors.Abort(
        f"{path}: unknown bundle feature, missing support for {feature}",
        hint="see https://mercurial-scm.org/wiki/BundleFeature for more information",
    )


class Added:
    """What came in.

    Attributes:
        revs: new changesets, ascending.
        files: of how many files revisions were sent; changes: how many of them are new.
        heads: how many more heads there are than before.
        sent: nodes of all changesets that were sent, known ones too.
    """

    __slots__ = ("changes", "files", "heads", "revs", "sent")

    def __init__(
        self, revs: Sequence[Rev], changes: int, files: int, heads: int, *, sent: Sequence[Node] = ()
    ) -> None:
        self.sent = sent
        self.revs = tuple(revs)
        self.changes = changes
        self.files = files
        self.heads = heads

    @property
    def moved_heads(self) -> int:
        """What commands go by: one more than the heads that were added, one less than those that went away."""
        return self.heads + 1 if self.heads >= 0 else self.heads - 1


def unbundle(repo: Repository, bundle: BundleFile) -> Added | None:
    """Takes one bundle in; None where it holds no changesets.

    Raises:
        Abort: the bundle does not follow its format, or holds what has to be understood and is not.
        HookFailed: a hook refuses it. Nothing is changed in either case.
    """
    facts = {"source": "unbundle", "url": f"bundle:{bundle.path}"}
    parts = bundle.parts()
    first = next(parts, None)
    if first is not None and first.kind == "stream2":
        from hydrargyrum.ops.streaming import take_in

        take_in(repo, first)
        return Added(range(len(repo.engine.changelog())), 0, 0, 0)
    added: Added | None = None
    tag_files = b""
    # with one of the first format the file is a detail of the description
    name = f"unbundle\n{facts['url']}" if bundle.container == "HG10" else "unbundle"
    with repo.lock_store(), repo.transaction(name) as txn:
        txn.hook_facts.update(facts)
        for part in parts if first is None else chain((first,), parts):
            if part.kind == "changegroup":
                added = add_part(repo, txn, part, facts, bundle.path)
            elif part.kind == "phase-heads":
                move_phases(repo, txn, part.read_all())
            elif part.kind == "obsmarkers":
                _add_markers(repo, txn, part)
            elif part.kind == "hgtagsfnodes":
                tag_files = part.read_all()
            elif part.kind == "stream2":
                raise errors.Abort("a copy of a store has to come first in a bundle")
            elif part.kind not in _IGNORED and part.mandatory:
                raise unknown_feature(bundle.path, part.kind)
        _keep_tag_files(repo, tag_files)
    if txn.changes.markers:
        repo.reporter.status(f"{len(txn.changes.markers)} new obsolescence markers\n")
    if added is not None:
        tell_hooks(repo, added, facts)
    return added


def _add_markers(repo: Repository, txn: Transaction, part: Part) -> None:
    from hydrargyrum.ops.obsolete import allows
    from hydrargyrum.repo.obsolescence import add_markers, decode_markers

    if not allows(repo, "createmarkers"):
        if part.mandatory:
            raise errors.Abort("creating obsolete markers is not enabled on this repo")
        return
    add_markers(repo, txn, decode_markers(part.read_all(), "obsmarkers"))


def _keep_tag_files(repo: Repository, data: bytes) -> None:
    """Puts nodes of changesets and of their `.hgtags` into the cache, as far as the changesets are there."""
    from hydrargyrum.repo.tagfiles import keep_tag_files

    index, known = repo.engine.changelog(), {}
    for at in range(0, len(data) - 39, 40):
        try:
            known[index.rev(Node(data[at : at + 20]))] = data[at + 20 : at + 40]
        except errors.UnknownNode:
            continue
    keep_tag_files(repo, known)


def add_part(repo: Repository, txn: Transaction, part: Part, facts: dict[str, str], path: str) -> Added:
    """Adds what the changegroup of a bundle at `path` holds. Raises like `unbundle`."""
    unknown = sorted(part.required - _PARAMETERS)
    if unknown:
        raise unknown_feature(path, f"changegroup - {', '.join(unknown)}")
    reader = ChangegroupReader(
        part.read,
        part.parameters.get("version", "01"),
        trees="treemanifest" in part.parameters,
        zstd=repo.engine.zstd_decoder,
    )
    phase = int(part.parameters.get("targetphase", NUMBERS["draft"]))
    if phase not in NAMES:
        raise errors.Abort(f"unknown phase in a bundle: {phase}")
    return add_changegroup(repo, txn, reader, phase, facts)


def add_changegroup(
    repo: Repository,
    txn: Transaction,
    reader: ChangegroupReader,
    phase: int,
    facts: dict[str, str],
    *,
    meanwhile: Callable[[Transaction], object] | None = None,
) -> Added:
    """Adds what a changegroup holds; new changesets get `phase` (a number) at least. Raises like `unbundle`.

    `meanwhile` is called when all is there and nothing has been told of it.
    """
    repo.hooks.run("prechangegroup", {**txn.hook_facts, **facts}, stops=True)
    before, heads = len(repo.engine.changelog()), _heads(repo)
    intake = _Intake(repo, txn)
    try:
        intake.run(reader.sections())
    except errors.UnknownNode as problem:
        where = f"{problem.facts.get('path')}@{problem.facts.get('node')}"
        raise errors.Abort(f"{where}: unknown parent", exit_code=errors.EXIT_STORAGE) from None
    files, changes = len(intake.counts), sum(intake.counts)
    revs = range(before, len(repo.engine.changelog()))
    PhaseRoots.of(repo, txn).register_new(txn, phase, revs)
    added = Added(revs, changes, files, _more_heads(repo, heads), sent=intake.sent)
    if meanwhile is not None:
        meanwhile(txn)
    more = f" ({added.heads:+d} heads)" if added.heads else ""
    if len(revs) or changes or files:
        repo.reporter.status(f"added {len(revs)} changesets with {changes} changes to {files} files{more}\n")
    if revs:
        index = repo.engine.changelog()
        txn.hook_facts.update(node=index.node(revs[0]).hex(), node_last=index.node(revs[-1]).hex())
        txn.validate("changegroup", lambda _: _ask_hook(repo, txn))
    return added


class _Intake:
    """Hands sections to the store, and says which stage has begun."""

    def __init__(self, repo: Repository, txn: Transaction) -> None:
        self._reporter = repo.reporter
        self._txn = txn
        self._stage = ""
        #: New revisions of each file.
        self.counts: list[int] = []
        #: Nodes of the changesets.
        self.sent: list[Node] = []

    def run(self, sections: Iterator[Section]) -> None:
        """All sections; those of files come last."""
        for section in sections:
            self._begin(section.kind, section.path)
            if section.kind == "file":
                with self._reporter.progress("files", "files") as steps:
                    self.counts = self._txn.writer.add_files(self._files(section, sections, steps))
            else:
                with self._reporter.progress(_TOPICS[section.kind], "chunks") as steps:
                    if section.kind == "changelog" and isinstance(section.revisions, Group):
                        section.revisions.nodes = self.sent
                    revisions = _counted(section.revisions, steps)
                    self._txn.writer.add_revisions(section.kind, section.path, revisions)
        if self._stage != "file":
            self._reporter.status(_STAGES["file"])

    def _files(
        self, first: Section, others: Iterator[Section], steps: Steps
    ) -> Iterator[tuple[str, Iterable[RevisionToAdd]]]:
        steps.increment()
        yield first.path, first.revisions
        for section in others:
            self._begin(section.kind, section.path)
            steps.increment()
            yield section.path, section.revisions

    def _begin(self, stage: str, path: str) -> None:
        if path:
            _refuse_illegal(path)
        if stage != self._stage:
            self._stage = stage
            self._txn.is_loud = True
            self._reporter.status(_STAGES[stage])


def _counted(revisions: Iterable[RevisionToAdd], steps: Steps) -> Iterable[RevisionToAdd]:
    """The revisions, counted where somebody sees it."""
    if not steps.shown:
        return revisions

    def count() -> Iterator[RevisionToAdd]:
        for revision in revisions:
            steps.increment()
            yield revision

    return count()


def _refuse_illegal(path: str) -> None:
    """Stops at a path that no commit could have made; Mercurial only stops when it is checked out."""
    parts = path.removesuffix("/").split("/")
    if any(part in ("", ".", "..") or part.lower() == ".hg" for part in parts) or set(path) & {"\n", "\0"}:
        raise errors.IllegalPath(path=path, problem="path contains illegal component")


def with_progress(repo: Repository, sections: Iterator[Section]) -> Iterator[Section]:
    """Sections whose revisions and files are counted where somebody sees it."""
    from hydrargyrum.exchange.sansio.changegroup import Section

    with repo.reporter.progress("files", "files") as files:
        for section in sections:
            if section.kind == "file":
                files.increment()
                yield section
                continue
            with repo.reporter.progress(_TOPICS[section.kind], "chunks") as steps:
                yield Section(section.kind, section.path, _counted(section.revisions, steps))


_TOPICS = {"changelog": "changesets", "manifest": "manifests"}
_STAGES = {
    "changelog": "adding changesets\n",
    "manifest": "adding manifests\n",
    "file": "adding file changes\n",
}


def _ask_hook(repo: Repository, txn: Transaction) -> None:
    if repo.hooks.wants("pretxnchangegroup"):
        txn.write_pending()
        repo.hooks.run("pretxnchangegroup", txn.hook_facts, stops=True)


def _heads(repo: Repository) -> set[Rev]:
    """The heads; an empty history has one, the null revision."""
    return set(repo.engine.heads()) or {NULL_REV}


def _more_heads(repo: Repository, before: set[Rev]) -> int:
    """How many more heads there are now; new ones that close a branch do not count."""
    now = _heads(repo)
    return len(now) - len(before) - sum(repo[rev].closes_branch for rev in now - before)


def move_phases(repo: Repository, txn: Transaction, data: bytes) -> None:
    """Advances phases as a part of a bundle says. Raises like `unbundle`."""
    if len(data) % 24:
        raise errors.Abort("invalid phase-heads part in a bundle")
    roots, index = PhaseRoots.of(repo, txn), repo.engine.changelog()
    moves: dict[int, list[Rev]] = {}
    for at in range(0, len(data), 24):
        phase = int.from_bytes(data[at : at + 4], "big")
        try:
            rev = index.rev(data[at + 4 : at + 24])  # type: ignore[arg-type]
        except errors.UnknownNode:
            continue
        if phase in NAMES:
            moves.setdefault(phase, []).append(rev)
    for phase in sorted(moves, reverse=True):
        roots.advance(txn, phase, moves[phase])


def tell_hooks(repo: Repository, added: Added, facts: dict[str, str]) -> None:
    """Runs the hooks for new changesets; the transaction has been closed."""
    if not added.revs:
        return
    index = repo.engine.changelog()
    first, last = (index.node(rev).hex() for rev in (added.revs[0], added.revs[-1]))
    repo.hooks.run("changegroup", {**facts, "node": first, "node_last": last}, stops=False)
    if repo.hooks.wants("incoming"):
        for rev in added.revs:
            repo.hooks.run("incoming", {**facts, "node": index.node(rev).hex()}, stops=False)


def new_changesets_line(repo: Repository, revs: Sequence[Rev]) -> str:
    """Tells which changesets are new, and in which phases; "" for none."""
    hidden = set(repo.engine.hidden())
    shown = [rev for rev in revs if rev not in hidden]
    if not shown:
        return ""
    first, last = (repo[rev].node.hex()[:12] for rev in (shown[0], shown[-1]))
    which = first if len(shown) == 1 else f"{first}:{last}"
    found = {
        name: len(set(shown).intersection(repo.engine.phase_revs([name]))) for name in ("draft", "secret")
    }
    counts = [f"{count} {name}s" for name, count in found.items() if count]
    more = f" ({', '.join(counts)})" if counts else ""
    return f"new changesets {which}{more}\n"


def advice(repo: Repository, moved_heads: int) -> str:
    """What the user may want to do next."""
    if moved_heads > 1:
        branch = repo.engine.working_branch()
        here = sum(1 for rev in repo.engine.heads() if repo[rev].branch == branch)
        if here == moved_heads:
            return "(run 'hg heads' to see heads, 'hg merge' to merge)\n"
        if here > 1:
            return "(run 'hg heads .' to see heads, 'hg merge' to merge)\n"
        return "(run 'hg heads' to see heads)\n"
    if repo.config.boolean("commands", "update.requiredest"):
        return ""
    return "(run 'hg update' to get a working copy)\n"

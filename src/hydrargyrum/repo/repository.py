"""An opened repository: the engine's repository with configuration, and changesets by any of their names.

Reading what the engine offers, locks and transactions are found here; operations are in `ops/`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.repo.reporter import NoHooks, SilentReporter
from hydrargyrum.types import NULL_NODE, NULL_REV, WDIR_NODE, WDIR_REV, EngineSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

    from hydrargyrum.config import Config
    from hydrargyrum.engine.protocol import Engine, EngineRepository, ProgressCallback
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.repo.changeset import Changeset
    from hydrargyrum.repo.contentfilters import ContentFilters, DataFilter
    from hydrargyrum.repo.evolution import Evolution
    from hydrargyrum.repo.locks import Locks, RepositoryLock
    from hydrargyrum.repo.reporter import Asking, HookRunner, Reporter
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.repo.workingcopy import WorkingCopy
    from hydrargyrum.types import Node, Rev


#: Spellings of a boolean that is on.
_ON = frozenset(("1", "yes", "true", "on", "always"))


#: How many changesets are read together: few at first, because often only the first ones are wanted.
_FIRST_BATCH, _BATCH = 16, 512


class Repository:
    """An opened repository.

    Attributes:
        config: with the repository's own layer.
        engine: what the engine offers for this repository.
        root: absolute path of the working copy.
        filters: what contents go through between the disk and the store, None for nothing.
        on_warning: told, once each, what is odd about bookmarks and markers when a name is looked up.
        reporter: where messages of locks and transactions go (`ui` of a command; silent by default).
        hooks: runs the hooks of locks and transactions (none by default).
        cwd: where patterns in queries start from (the root by default).
        registered: what extensions registered of a kind, by name (nothing by default).
        within: the repository whose subrepository this one is, its path there, and what it is a copy of; or None.
        open_within: opens a subrepository for work (by default as for reading only).
        asking: what answers questions about other repositories, None where nobody does.
        bundled: changesets that a bundle file has, where that is read as if it had been taken in; else None.
        own_length: how many changesets there are without it.
    """

    __slots__ = (
        "_beneath",
        "_bookmarks_by_node",
        "_evolution",
        "_has_looked",
        "_hidden",
        "_locks",
        "_misses_parent",
        "_opener",
        "_tags_by_node",
        "_told",
        "_transaction",
        "asking",
        "before_tracking",
        "bundled",
        "config",
        "cwd",
        "engine",
        "filters",
        "hooks",
        "on_warning",
        "open_within",
        "own_length",
        "registered",
        "reporter",
        "root",
        "within",
    )

    def __init__(self, engine: EngineRepository, config: Config, opener: Engine | None = None) -> None:
        self._opener = opener
        self.engine = engine
        self.config = config
        self.root = engine.root
        self.on_warning: Callable[[EngineWarning], object] | None = None
        self._told: set[EngineWarning | str] = set()
        self._tags_by_node: dict[bytes, list[str]] | None = None
        self._bookmarks_by_node: dict[bytes, list[str]] | None = None
        self._locks: Locks | None = None
        self._has_looked = self._misses_parent = False
        self._transaction: Transaction | None = None
        self.reporter: Reporter = SilentReporter()
        self.hooks: HookRunner = NoHooks()
        self._evolution: tuple[tuple[int, int], Evolution] | None = None
        self._hidden: tuple[tuple[int, int], frozenset[Rev]] | None = None
        self.cwd = self.root
        self.registered: Callable[[str], Mapping[str, object]] = lambda _kind: {}
        self.filters: ContentFilters | None = None
        self.within: tuple[Repository, str, str] | None = None
        self.open_within: Callable[[str], Repository] | None = None
        self.asking: Callable[[Repository], Asking] | None = None
        self.before_tracking: Callable[[], object] | None = None
        self.bundled: frozenset[Rev] | None = None
        self.own_length = 0
        self._beneath: tuple[str, ...] = ()

    @classmethod
    def open(
        cls,
        root: str,
        *,
        config: Config,
        engine: Engine,
        progress: ProgressCallback | None = None,
        show_hidden: bool = False,
        lenient_share: bool = False,
        data_filters: Mapping[str, DataFilter] | None = None,
        beneath: Sequence[str] = (),
    ) -> Repository:
        """The repository whose working copy is `root`. Raises what `Engine.open` raises.

        With `show_hidden`, hidden changesets are as any other (`--hidden`); with `lenient_share`, a share that
        disagrees with its source about share-safe is read as what the source is. `data_filters` are those that sections
        `encode` and `decode` may name beside commands; `beneath` is as in `EngineSettings`.
        """
        from hydrargyrum.repo.contentfilters import content_filters

        if config.section("devel"):
            from hydrargyrum.repo.rendezvous import meet

            meet(config, "dirstate.pre-read-file", "dirstate.post-docket-read-file")
        settings = engine_settings(config, root, show_hidden=show_hidden, lenient_share=lenient_share)
        settings.filters = filters = content_filters(config, root, data_filters or {})
        settings.beneath = tuple(beneath)
        found = cls(engine.open(root, settings, progress), config, engine)
        found.filters = filters
        found._beneath = settings.beneath
        return found

    def why_hidden(self, node: Node) -> errors.FilteredRevision | None:
        """What would be said about a changeset if hidden ones were not shown; None where it is not hidden."""
        if self._opener is None:
            return None
        settings = engine_settings(self.config, self.root, lenient_share=True)
        try:
            self._opener.open(self.root, settings, None).resolve(node.hex())
        except errors.FilteredRevision as problem:
            return errors.FilteredRevision(**{**problem.facts, "name": node.hex()[:12]})
        return None

    def nested(self, root: str, *, beneath: Sequence[str] = ()) -> Repository:
        """A repository inside this one's working copy. Raises what `Engine.open` raises."""
        if self._opener is None:
            raise errors.RepositoryNotFound(path=root)
        return Repository.open(root, config=self.config, engine=self._opener, beneath=beneath)

    @property
    def stores(self) -> tuple[str, ...]:
        """Where files of the history lie: in the first of these directories that has one of a name."""
        return (self.engine.store, *self._beneath)

    def with_history(
        self, dot_hg: str, *, show_hidden: bool, progress: ProgressCallback | None
    ) -> Repository:
        """The same working copy with the history of another `.hg`, which lies over this one's."""
        assert self._opener is not None
        settings = engine_settings(self.config, self.root, show_hidden=show_hidden, lenient_share=True)
        settings.history, settings.beneath, settings.filters = dot_hg, self.stores, self.filters
        found = Repository(self._opener.open(self.root, settings, progress), self.config, self._opener)
        found.filters, found.registered, found.cwd = self.filters, self.registered, self.cwd
        found._beneath = self.stores
        return found

    def subrepository(self, path: str, source: str) -> Repository:
        """The subrepository at `path`, a copy of `source`. Raises what `Engine.open` raises."""
        root = os.path.join(self.root, path)
        found = self.nested(root) if self.open_within is None else self.open_within(root)
        found.within = (self, path, source)
        return found

    @property
    def compressions(self) -> Sequence[str]:
        """What new revlogs can be compressed with."""
        return () if self._opener is None else self._opener.compressions

    # -- facts --------------------------------------------------------------------------------------------------

    @property
    def dot_hg(self) -> str:
        """The working copy's `.hg`."""
        return self.engine.dot_hg

    @property
    def is_shared(self) -> bool:
        """Whether the history belongs to another repository."""
        return not self.engine.requirements.isdisjoint(("shared", "relshared"))

    @property
    def active_bookmark(self) -> str | None:
        """The bookmark that moves with the working copy."""
        return self.engine.active_bookmark()

    # -- locks and transactions ---------------------------------------------------------------------------------

    @property
    def locks(self) -> Locks:
        """Both locks, held or not."""
        if self._locks is None:
            from hydrargyrum.repo.locks import Locks

            self._locks = Locks(self)
        return self._locks

    def lock_working_copy(self, *, wait: bool = True) -> RepositoryLock:
        """Takes the lock of everything under `.hg` but the store, for a `with`; before the store's where both are needed.

        Raises:
            LockHeld: somebody holds it (for `ui.timeout` seconds, with `wait`).
            LockUnavailable: it cannot be made.
        """
        return self.locks.take(self.locks.working_copy, "prewlock", wait=wait)

    def lock_store(self, *, wait: bool = True) -> RepositoryLock:
        """Takes the lock of the store, for a `with`. Raises like `lock_working_copy`."""
        return self.locks.take(self.locks.store, "prelock", wait=wait)

    @property
    def holds_a_lock(self) -> bool:
        """Whether one of the locks is ours at the moment."""
        return self._locks is not None and (self._locks.working_copy.is_held or self._locks.store.is_held)

    def after_unlock(self, callback: Callable[[bool], object]) -> None:
        """Calls `callback` when no lock is held any more, with whether no exception ended it."""
        self.locks.after_unlock(callback)

    @property
    def current_transaction(self) -> Transaction | None:
        """The transaction that runs, or None."""
        return self._transaction

    def working_parents(self) -> tuple[Node, Node]:
        """The nodes that the working copy is based on, the null node for one that is not in the history (any more).

        Another working copy that shares the store may have stripped it; that is told once.
        """
        first, second = self.engine.working_parents()
        return self._known_parent(first), self._known_parent(second)

    @property
    def has_second_parent(self) -> bool:
        """Whether the working copy is a merge."""
        return self._known_parent(self.engine.working_parents()[1]) != NULL_NODE

    def look_at_parents(self) -> None:
        """Tells of parents of the working copy that are gone, once, whatever changeset somebody asks for."""
        if not self._has_looked:
            self._has_looked = True
            try:
                self.working_parents()
            except errors.HgError:
                pass  # who needs them says so

    def _known_parent(self, node: Node) -> Node:
        if node == NULL_NODE:
            return node
        try:
            self.engine.changelog().rev(node)
        except errors.UnknownNode:
            if not self._misses_parent:
                self._misses_parent = True
                warning = errors.EngineWarning("unknown-working-parent", {"node": node.hex()[:12]})
                self.reporter.warn(f"{warning.text()}\n")
            return NULL_NODE
        return node

    def transaction(self, name: str, report: Callable[[str], object] | None = None) -> Transaction:
        """Begins a transaction, for a `with`, or joins the one that runs. The store lock is held by the caller.

        Args:
            name: what it is for: "commit", "pull" ...
            report: where messages of an abort go instead of to the reporter.

        Raises:
            Abort: another one was interrupted and not recovered from; what is read is a bundle file.
        """
        if self.bundled is not None:
            raise errors.Abort("bundlerepository is read-only")
        if self._transaction is None:
            from hydrargyrum.repo.transaction import Transaction

            if not self.locks.store.is_held:
                raise errors.InternalError(problem="transaction requires locking")
            self._transaction = Transaction(self, name, report)
        return self._transaction.join(name)

    def forget_transaction(self) -> None:
        """The transaction has ended (it says so itself)."""
        self._transaction = None

    def invalidate(self) -> None:
        """Forgets what was read, because files under `.hg` may have changed."""
        self.engine.invalidate()
        self._tags_by_node = self._bookmarks_by_node = None
        # phases say what is unstable or hidden, too
        self._evolution = self._hidden = None

    # -- changesets ---------------------------------------------------------------------------------------------

    def __getitem__(self, name: str | int | bytes | None) -> Changeset:
        """A changeset by number, node, or any plain name; None is the working copy.

        Raises:
            UnknownRevision, AmbiguousPrefix, FilteredRevision: see `EngineRepository.resolve`.
            UnknownNode: a node that is not there.
        """
        if name is None or name in (WDIR_NODE, WDIR_REV):
            return self.working_copy
        from hydrargyrum.repo.changeset import Changeset

        self.look_at_parents()
        if isinstance(name, int):
            return Changeset(self, name)
        if isinstance(name, bytes):
            if name == bytes(20):
                return Changeset(self, NULL_REV)
            return Changeset(self, self.engine.changelog().rev(name))  # type: ignore[arg-type]
        rev = self.resolve(name)
        return self.working_copy if rev == WDIR_REV else Changeset(self, rev)

    def resolve(self, name: str) -> Rev:
        """The revision that a plain name stands for. Raises like `EngineRepository.resolve`."""
        if name == "ff" * 20:
            return WDIR_REV
        self.look_at_parents()
        self.tell_oddities(name)
        if not name.isascii():
            from hydrargyrum.text.local import to_named

            stored = to_named(name)
            if stored != name:
                try:
                    return self.engine.resolve(stored)
                except errors.UnknownRevision:
                    pass  # it may be a name as history has it already
        return self.engine.resolve(name)

    def tell_oddities(self, name: str) -> None:
        """Tell the user what is odd about what has to be read to look a name up."""
        on_warning = self.on_warning
        if on_warning is None:
            return
        for warning in self.engine.name_warnings(name):
            if warning.id == "markers-not-enabled" and self._creates_markers():
                continue
            if warning not in self._told:
                self._told.add(warning)
                on_warning(warning)

    def warn_once(self, text: str) -> None:
        """Tell the user something, once in the life of this object."""
        if text not in self._told:
            self._told.add(text)
            self.reporter.warn(f"{text}\n")

    def _creates_markers(self) -> bool:
        """Whether configuration enables markers: by an item of its own, else by `experimental.evolution`."""
        own = self.config.optional_boolean("experimental", "evolution.createmarkers")
        if own is not None:
            return own
        wanted = self.config.text_list("experimental", "evolution")
        if len(wanted) == 1 and wanted[0].lower() in _ON:
            return True
        return "all" in wanted or "createmarkers" in wanted

    def knows(self, name: str) -> bool:
        """Whether a plain name stands for a revision (also one that is hidden or ambiguous)."""
        try:
            self.resolve(name)
        except errors.UnknownRevision:
            return False
        except (errors.AmbiguousPrefix, errors.FilteredRevision):
            return True
        return True

    def changesets(self, revs: Iterable[Rev]) -> Iterator[Changeset]:
        """Changesets in the order of `revs`, read as far as somebody asks."""
        from itertools import islice

        from hydrargyrum.repo.changeset import Changeset

        self.look_at_parents()
        rest, size = iter(revs), _FIRST_BATCH
        while piece := list(islice(rest, size)):
            size = _BATCH
            records = iter(self.engine.changesets(rev for rev in piece if rev != WDIR_REV))
            for rev in piece:
                yield self.working_copy if rev == WDIR_REV else Changeset(self, rev, next(records))

    @property
    def working_copy(self) -> WorkingCopy:
        """The working copy as a changeset that is not committed yet."""
        from hydrargyrum.repo.workingcopy import WorkingCopy

        return WorkingCopy(self)

    # -- what is shown and what became of it --------------------------------------------------------------------

    @property
    def hidden(self) -> Set[Rev]:
        """Revisions that are not shown."""
        moment = self._moment()
        if self._hidden is None or self._hidden[0] != moment:
            self._hidden = moment, frozenset(self.engine.hidden())
        return self._hidden[1]

    @property
    def evolution(self) -> Evolution:
        """What markers say about changesets; read again when the history has grown."""
        moment = self._moment()
        if self._evolution is None or self._evolution[0] != moment:
            from hydrargyrum.repo.evolution import Evolution

            self._evolution = moment, Evolution(self)
        return self._evolution[1]

    def _moment(self) -> tuple[int, int]:
        """What tells whether changesets or markers came since something was read."""
        try:
            markers = os.stat(os.path.join(self.engine.store, "obsstore")).st_size
        except OSError:
            markers = 0
        return len(self.engine.changelog()), markers

    def children_of(self, rev: Rev) -> list[Rev]:
        """The revisions that have `rev` as a parent, without hidden ones."""
        hidden = self.hidden
        return [child for child in self.engine.children_of([rev]) if child not in hidden]

    # -- names of changesets ------------------------------------------------------------------------------------

    def tags_of(self, node: Node) -> list[str]:
        """Tags of a changeset, sorted; the last one has "tip"."""
        if self._tags_by_node is None:
            self._tags_by_node = _by_node(self.engine.tags())  # as the user sees them
        names = list(self._tags_by_node.get(node, ()))
        if node == self.tip_node and "tip" not in names:
            names.append("tip")
        return sorted(names, key=os.fsencode)

    @property
    def tip_node(self) -> Node:
        """The node of the last visible changeset."""
        index = self.engine.changelog()
        rev = len(index) - 1
        while rev in self.hidden:
            rev -= 1
        return index.node(rev)

    def local_tags(self) -> frozenset[str]:
        """Names of tags that only this repository has."""
        try:
            with open(os.path.join(self.dot_hg, "localtags"), "rb") as stream:
                lines = stream.read().splitlines()
        except OSError:
            return frozenset()
        tags = self.engine.tags()
        named = (line.partition(b" ") for line in lines)
        found = {os.fsdecode(name.strip()): node.decode("ascii", "replace") for node, _, name in named}
        # one that the history overrules is not local
        known = (name for name, node in found.items() if name in tags and tags[name].hex() == node)
        return frozenset(map(_shown, known))

    def bookmarks_of(self, node: Node) -> list[str]:
        """Bookmarks of a changeset, sorted."""
        if self._bookmarks_by_node is None:
            self._bookmarks_by_node = _by_node(self.engine.bookmarks())
        return sorted(self._bookmarks_by_node.get(node, ()), key=os.fsencode)


def _by_node(names: Mapping[str, Node]) -> dict[bytes, list[str]]:
    found: dict[bytes, list[str]] = {}
    for name, node in names.items():
        found.setdefault(node, []).append(_shown(name))
    return found


def _shown(name: str) -> str:
    """A name in the user's character set, which is the same nearly always."""
    if name.isascii():
        return name
    from hydrargyrum.text.local import to_shown

    return to_shown(name)


def engine_settings(
    config: Config, root: str, *, show_hidden: bool = False, lenient_share: bool = False
) -> EngineSettings:
    """What an engine has to know of the configuration for the repository at `root`."""
    ignore_files = []
    for name, value in config.section("ui"):
        if name == "ignore" or name.startswith("ignore."):
            ignore_files.append(os.path.join(root, _expand(value.text)))
    threads = config.integer("worker", "numcpus", 0) if config.boolean("worker", "enabled", True) else 1
    return EngineSettings(
        ignore_files=ignore_files,
        threads=max(threads, 0),
        show_hidden=show_hidden,
        pending=config.environ.get("HG_PENDING") == root,
        lenient_share=lenient_share,
        max_chain=_max_chain(config),
        zlib_level=_compression_level(config, "zlib", 9),
        zstd_level=_compression_level(config, "zstd", 22),
    )


def _max_chain(config: Config) -> int | None:
    if config.find("format", "maxchainlen") is None:
        return None
    return max(config.integer("format", "maxchainlen"), 0)


def _compression_level(config: Config, name: str, most: int) -> int | None:
    """The level that is configured for new revisions.

    Raises:
        Abort: it is none.
    """
    item = f"revlog.{name}.level"
    if config.find("storage", item) is None:
        return None
    level = config.integer("storage", item)
    if 0 <= level <= most:
        return level
    raise errors.Abort(f"invalid value for `storage.{item}` config: {level}")


def _expand(path: str) -> str:
    return os.path.expanduser(os.path.expandvars(path))

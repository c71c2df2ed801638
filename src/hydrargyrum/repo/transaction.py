"""Transactions: everything that changes a store happens in one and is there afterwards as a whole, or not at all.

The journal on disk is the only truth about one (docs/adr/0005-writing.md); reading it and playing it back is `journal`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.atomicfile import copy_file, remove_if_there, write_atomically, write_file
from hydrargyrum.repo import journal
from hydrargyrum.repo.instability import count_unstable, tell_new
from hydrargyrum.repo.journal import PLAIN, Backup, Journal, Places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hydrargyrum.engine.writing import StoreWriter
    from hydrargyrum.repo.journal import Report
    from hydrargyrum.repo.repository import Repository
    from hydrargyrum.types import Node, Rev

    Callback = Callable[["Transaction"], object]
    #: Makes the content of a file; None leaves the file as it is.
    Producer = Callable[[], bytes | None]
    Move = tuple[Node | None, Node | None]
    PhaseMove = tuple[Sequence[Rev], tuple[str | None, str]]


class Changes:
    """What a transaction changes, for hooks and summaries; those who change something say so here.

    Attributes:
        first_new: the first revision that is new (all after it are, too).
        phases: (revisions, (phase before or None for new ones, phase after)).
        bookmarks: name -> (node before or None, node after or None).
        markers: obsolescence markers that are new, as whoever adds them represents them.
    """

    __slots__ = ("bookmarks", "first_new", "markers", "phases")

    def __init__(self, first_new: Rev) -> None:
        self.first_new = first_new
        self.phases: list[PhaseMove] = []
        self.bookmarks: dict[str, Move] = {}
        self.markers: set[object] = set()

    def move_bookmark(self, name: str, before: Node | None, after: Node | None) -> None:
        """Notes where a bookmark goes; where it came from first is kept."""
        known = self.bookmarks.get(name)
        self.bookmarks[name] = (known[0] if known else before, after)


class _Generated:
    """A file that is made when the transaction closes (and before hooks look)."""

    __slots__ = ("late", "location", "name", "produce")

    def __init__(self, location: str, name: str, produce: Producer, *, late: bool) -> None:
        self.location = location
        self.name = name
        self.produce = produce
        self.late = late


class Transaction:
    """A running transaction; a context manager: leaving it without an exception closes it, else it is aborted.

    `Repository.transaction` makes one, or joins the one that runs. The store lock is held meanwhile.

    Attributes:
        names: of this transaction and those that joined it and are still open.
        changes: see `Changes`.
        hook_facts: what its hooks are told.
        is_loud: an abort is told even where nothing was written yet.
        states: what changes with it and is written at its end, by the name of the file: `PhaseRoots`, `Bookmarks`.
    """

    __slots__ = (
        "_aborting",
        "_after_close",
        "_backed_up",
        "_count",
        "_failed",
        "_finishers",
        "_generated",
        "_is_pending",
        "_places",
        "_repo",
        "_report",
        "_unstable",
        "_validators",
        "_writer",
        "changes",
        "hook_facts",
        "is_loud",
        "names",
        "states",
    )

    def __init__(self, repo: Repository, name: str, report: Report | None = None) -> None:
        if journal.is_abandoned(repo):
            raise errors.Abort("abandoned transaction found", hint="run 'hg recover' to clean up transaction")
        self._repo = repo
        self._report = report or repo.reporter.warn
        self._places = Places(repo)
        self._writer: StoreWriter | None = None
        self._count = 0
        self._failed = self._is_pending = False
        self._backed_up: set[tuple[str, str]] = set()
        self._generated: dict[tuple[str, str], _Generated] = {}
        self._validators: dict[str, Callback] = {}
        self._finishers: dict[str, Callback] = {}
        self._after_close: dict[str, Callback] = {}
        self._aborting: dict[str, Callback] = {}
        self.names: list[str] = []
        self.states: dict[str, object] = {}
        self.changes = Changes(len(repo.engine.changelog()))
        self.is_loud = False
        self._unstable = count_unstable(repo)
        self.hook_facts: dict[str, object] = {
            "txnid": f"TXN:{os.urandom(20).hex()}",
            "txnname": name,
        }
        repo.hooks.run("pretxnopen", self.hook_facts, stops=True)
        self._start(name)

    def _start(self, name: str) -> None:
        try:
            self._write_new(PLAIN, "journal.desc", b"%d\n%s\n" % (self.changes.first_new, os.fsencode(name)))
            # The list first: a journal without it would be one that has no backups.
            self._write_new("", "journal.backupfiles", journal.VERSION + b"\n")
            self._write_new("", "journal", b"")
            if self._repo.locks.working_copy.is_held:
                branch = self._places.path(PLAIN, "branch")
                if not os.path.lexists(branch):
                    write_atomically(branch, b"default\n", self._places.mode(PLAIN))
        except BaseException:
            self._withdraw()
            raise

    def _withdraw(self) -> None:
        """Nothing has been done yet, so there is nothing to undo."""
        for location, name in (("", "journal"), ("", "journal.backupfiles"), (PLAIN, "journal.desc")):
            try:
                remove_if_there(self._places.path(location, name))
            except OSError:
                pass  # what stopped us is told, and `recover` can do it

    def _write_new(self, location: str, name: str, data: bytes) -> None:
        path = self._places.path(location, name)
        remove_if_there(path)
        write_file(path, data)
        mode = self._places.mode(location)
        if mode is not None:
            os.chmod(path, mode & 0o666)

    # -- using it -----------------------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether it is neither closed nor aborted."""
        return self._count > 0

    @property
    def writer(self) -> StoreWriter:
        """What appends to the store; made when it is first asked for."""
        if self._writer is None:
            self._writer = self._repo.engine.write_store(os.fsdecode(self._places.path("", "journal")))
        return self._writer

    def join(self, name: str) -> Transaction:
        """The same transaction for somebody who needs one; entered and left once more."""
        self._count += 1
        self.names.append(name)
        return self

    def __enter__(self) -> Transaction:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.names.pop()
        self._failed = self._failed or kind is not None
        if self._count > 1:
            self._count -= 1
        elif self._failed:
            self._abort()
        else:
            try:
                self._close()
            except BaseException:
                if journal.is_abandoned(self._repo):
                    self._abort()
                else:  # interrupted when it had been committed already
                    self._forget()
                raise
            self._after()

    def report_to(self, report: Report) -> None:
        """From now on what is to be told goes there."""
        self._report = report

    # -- files --------------------------------------------------------------------------------------------------

    def back_up(self, location: str, name: str) -> None:
        """Keeps a copy of a file as it is now, which an abort puts back; a file that is not there will go away.

        Args:
            location: "" for the store, "plain" for `.hg`.
            name: of the file there.
        """
        if (location, name) in self._backed_up:
            return
        directory, slash, last = name.rpartition("/")
        copy = f"{directory}{slash}journal.backup.{last}.bck"
        source = self._places.path(location, name)
        if os.path.lexists(source):
            target = self._places.path(location, copy)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            copy_file(source, target, link=True)
        else:
            copy = ""
        self._note_backup(Backup(location, name, copy))
        self._backed_up.add((location, name))

    def _note_backup(self, entry: Backup) -> None:
        write_file(self._places.path("", "journal.backupfiles"), entry.line(), append=True)

    def temporary(self, location: str, name: str) -> bytes:
        """The path of a file that goes away when the transaction ends, in whatever way."""
        if (location, name) not in self._backed_up:
            self._note_backup(Backup(location, "", name))
            self._backed_up.add((location, name))
        return self._places.path(location, name)

    def write_file(self, location: str, name: str, data: bytes) -> None:
        """Replaces a small file now; an abort puts the old one back."""
        self.back_up(location, name)
        write_atomically(self._places.path(location, name), data, self._places.mode(location))

    def remove_file(self, location: str, name: str) -> None:
        """Removes a small file now; an abort puts it back."""
        self.back_up(location, name)
        remove_if_there(self._places.path(location, name))

    def append_file(self, name: str, data: bytes) -> None:
        """Appends to a file of the store that only ever grows; an abort cuts it back."""
        path = self._places.path("", name)
        if ("", name) not in self._backed_up:
            try:
                size = os.stat(path).st_size
            except FileNotFoundError:
                size = 0
            line = b"%s\0%d\n" % (os.fsencode(name), size)
            write_file(self._places.path("", "journal"), line, append=True)
            self._backed_up.add(("", name))
        write_file(path, data, append=True)
        mode = self._places.mode("")
        if mode is not None:
            os.chmod(path, mode & 0o666)

    def generate(self, location: str, name: str, produce: Producer, *, late: bool = False) -> None:
        """Writes a small file when the transaction closes, and as NAME.pending before hooks look.

        Args:
            location, name: of the file; a second producer for it takes the place of the first.
            produce: makes the content.
            late: after the new changesets are visible instead of before.
        """
        self._generated[location, name] = _Generated(location, name, produce, late=late)

    def back_up_dirstate(self) -> None:
        """Keeps branch and dirstate (with its data file) as they are now, so that an abort or `rollback` finds them."""
        self.back_up(PLAIN, "branch")
        path = self._places.path(PLAIN, "dirstate")
        self.back_up(PLAIN, "dirstate")
        data = dirstate_data_name(path)
        if data is not None and os.path.lexists(self._places.path(PLAIN, data)):
            self.back_up(PLAIN, data)

    # -- callbacks ----------------------------------------------------------------------------------------------

    def validate(self, name: str, callback: Callback) -> None:
        """Calls `callback` before anything becomes visible; an exception aborts. In order of names, one each."""
        self._validators[name] = callback

    def at_finish(self, name: str, callback: Callback) -> None:
        """Calls `callback` when the new changesets have become visible and the transaction can still be aborted."""
        self._finishers[name] = callback

    def after_close(self, name: str, callback: Callback) -> None:
        """Calls `callback` when the transaction has been closed."""
        self._after_close[name] = callback

    def on_abort(self, name: str, callback: Callback) -> None:
        """Calls `callback` before the journal is played back."""
        self._aborting[name] = callback

    # -- pending ------------------------------------------------------------------------------------------------

    def write_pending(self) -> bool:
        """Writes what is new in a form that only hooks look at (HG_PENDING); False where there is nothing."""
        if not self._count:
            return False  # it is being aborted, or over
        if self._writer is not None and self._writer.write_pending():
            self._is_pending = True
        for file in self._in_order():
            data = file.produce()
            if data is not None:
                path = self.temporary(file.location, f"{file.name}.pending")
                write_atomically(path, data, self._places.mode(file.location))
                self._is_pending = True
        return self._is_pending

    def _in_order(self) -> list[_Generated]:
        return [self._generated[key] for key in sorted(self._generated)]

    # -- closing ------------------------------------------------------------------------------------------------

    def _close(self) -> None:
        for name in sorted(self._validators):
            self._validators[name](self)
        self._ask_hooks()
        if self._repo.locks.working_copy.is_held:
            self.back_up_dirstate()
        self._write_generated(late=False)
        if self._writer is not None:
            self._writer.finish()
        while self._finishers:
            finishers, self._finishers = self._finishers, {}
            for name in sorted(finishers):
                finishers[name](self)
        self._write_generated(late=True)
        self._fail_for_tests()
        backups = journal.read_backups(self._places, "journal", self._report)
        for entry in backups:
            if not entry.name and entry.backup:
                remove_if_there(self._places.path(entry.location, entry.backup))
        journal.write_undo_files(self._places, backups, self._report)
        self._count = 0
        self._remove_backups(backups)

    def _remove_backups(self, backups: Sequence[Backup]) -> None:
        """What is left of the journal of a transaction that has been committed already."""
        gone = [("", "journal.backupfiles")]
        gone += [(entry.location, entry.backup) for entry in backups if entry.backup]
        for location, name in gone:
            path = self._places.path(location, name)
            try:
                remove_if_there(path)
            except OSError as problem:
                self._report(f"couldn't remove {os.fsdecode(path)}: {problem}\n")

    def _ask_hooks(self) -> None:
        hooks, facts = self._repo.hooks, self.hook_facts
        if hooks.wants("pretxnclose-bookmark"):
            for bookmark in self._bookmark_facts():
                hooks.run("pretxnclose-bookmark", {**facts, **bookmark}, stops=True)
        if hooks.wants("pretxnclose-phase"):
            for phase in self._phase_facts(self.changes.phases):
                hooks.run("pretxnclose-phase", {**facts, **phase}, stops=True)
        hooks.run("pretxnclose", facts, stops=True)

    def _bookmark_facts(self) -> list[dict[str, object]]:
        moves = sorted(self.changes.bookmarks.items(), key=lambda item: os.fsencode(item[0]))
        return [
            {"bookmark": name, "node": new.hex() if new else "", "oldnode": old.hex() if old else ""}
            for name, (old, new) in moves
        ]

    def _phase_facts(self, moves: Sequence[PhaseMove]) -> list[dict[str, object]]:
        index = self._repo.engine.changelog()
        return [
            {"node": index.node(rev).hex(), "phase": new, "oldphase": old or ""}
            for revs, (old, new) in moves
            for rev in revs
        ]

    def _write_generated(self, *, late: bool) -> None:
        for file in self._in_order():
            if file.late == late:
                data = file.produce()
                if data is not None:
                    self.write_file(file.location, file.name, data)

    def _fail_for_tests(self) -> None:
        wanted = self._repo.config.text("devel", "debug.abort-transaction")
        if wanted == "abort-post-finalize":
            raise errors.Abort("requested abort-post-finalize")
        if wanted == "kill-9-post-finalize":
            os.kill(os.getpid(), 9)

    def _after(self) -> None:
        """What follows when it is closed: caches are forgotten, callbacks called, hooks run when no lock is held."""
        repo = self._repo
        repo.forget_transaction()
        repo.invalidate()
        is_told = self._writer is not None and repo.reporter.verbose
        if is_told and len(repo.engine.changelog()) > self.changes.first_new:
            repo.reporter.debug("updating the branch cache\n")
        repo.after_unlock(lambda _success: self._tell_hooks())
        tell_new(repo, self._unstable, self._report)
        while self._after_close:
            callbacks, self._after_close = self._after_close, {}
            for name in sorted(callbacks):
                callbacks[name](self)

    def _tell_hooks(self) -> None:
        hooks, facts = self._repo.hooks, self.hook_facts
        if hooks.wants("txnclose-bookmark"):
            for bookmark in self._bookmark_facts():
                hooks.run("txnclose-bookmark", {**facts, **bookmark}, stops=False)
        if hooks.wants("txnclose-phase"):
            moves = sorted(self.changes.phases, key=lambda move: move[0][0] if len(move[0]) else -1)
            for phase in self._phase_facts(moves):
                hooks.run("txnclose-phase", {**facts, **phase}, stops=False)
        hooks.run("txnclose", facts, stops=False)

    # -- aborting -----------------------------------------------------------------------------------------------

    def _abort(self) -> None:
        self._count = 0
        try:
            if self._writer is not None:
                self._writer.discard()
            found = Journal.read(self._places, "journal", self._report)
            quiet = found.changes_nothing and not self.is_loud
            if not quiet:
                self._report("transaction abort!\n")
            for name in sorted(self._aborting):
                self._aborting[name](self)
            self._repo.hooks.run("txnabort", self.hook_facts, stops=False)
            self._play_back(found, quiet=quiet)
        finally:
            self._forget()

    def _forget(self) -> None:
        self._count = 0
        self._repo.forget_transaction()
        self._repo.invalidate()

    def _play_back(self, found: Journal, *, quiet: bool) -> None:
        try:
            found.play_back(self._places, self._report)
        except KeyboardInterrupt:
            remove_if_there(self._places.path(PLAIN, "journal.desc"))
            raise
        except Exception as problem:
            self._report("rollback failed - please run hg recover\n")
            self._report(f"(failure reason: {problem})\n")
        else:
            if not quiet:
                self._report("rollback completed\n")
            remove_if_there(self._places.path(PLAIN, "journal.desc"))


def dirstate_data_name(path: bytes) -> str | None:
    """The name of the data file of a dirstate in version 2, None for one of version 1.

    Format: docs/formats/dirstate-v2.md.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(256)
    except FileNotFoundError:
        return None
    if not head.startswith(b"dirstate-v2\n"):
        return None
    at = 12 + 2 * 32 + 44 + 4
    length = head[at] if len(head) > at else 0
    name = head[at + 1 : at + 1 + length]
    return f"dirstate.{os.fsdecode(name)}" if name else None


def recover(repo: Repository) -> bool:
    """Plays back the journal of a transaction that was interrupted; False where there is none."""
    with repo.lock_store():
        if not journal.is_abandoned(repo):
            repo.reporter.warn("no interrupted transaction available\n")
            return False
        repo.reporter.status("rolling back interrupted transaction\n")
        places = Places(repo)
        Journal.read(places, "journal", repo.reporter.warn).play_back(places, repo.reporter.warn)
        repo.invalidate()
        return True

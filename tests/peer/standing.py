"""How a repository stands, read by the peer's own library: what two programs that did the same must agree on.

Runs inside `server.py`. What may differ by right (caches, times, the order of deltas) is not told.
"""

import os
import stat

from mercurial import hg, mergestate, obsolete, repoview  # type: ignore[import-not-found]
from mercurial import ui as uimod
from mercurial.node import hex as to_hex  # type: ignore[import-not-found]

#: Files of `.hg` that are compared byte for byte.
CONTENTS = (
    b"bookmarks",
    b"bookmarks.current",
    b"localtags",
    b"branch",
    b"last-message.txt",
    b"bisect.state",
    b"graftstate",
    b"updatestate",
    b"undo.desc",
    b"store/phaseroots",
    b"store/obsstore",
)
#: Names that come and go without meaning.
PASSING = (
    b"undo.backup.",
    b"undo",
    b"wlock",
    b"cache",
    b"wcache",
    b"dirstate",
    b"00",
    b"last-message",
    b"journal",
)


def standing(root):
    """The answer, as what JSON can hold."""
    os.chdir(root)
    repo = hg.repository(uimod.ui.load(), root)
    # what is told of it is the business of those who changed it
    repo.ui.pushbuffer(error=True)
    return {
        "changesets": _changesets(repo),
        "status": _status(repo),
        "dirstate": _dirstate(repo),
        "untrue": _untrue(repo),
        "names": _names(repo),
        "merge": _merge(repo),
        "files": _files(root),
        "hg": _hg(os.path.join(root, b".hg")),
    }


def _text(data):
    return os.fsdecode(data)


def _changesets(repo):
    whole = repo.unfiltered()
    hidden = repoview.filterrevs(whole, b"visible")
    obsolete_revs = obsolete.getrevs(whole, b"obsolete")
    found = []
    for rev in whole.changelog:
        context = whole[rev]
        manifest = whole.manifestlog[context.manifestnode()].read()
        tangled = bool(set(manifest) & _above(manifest))
        found.append(
            [
                context.hex().decode(),
                to_hex(context.manifestnode()).decode(),
                _text(context.branch()),
                context.phasestr().decode(),
                [parent.rev() for parent in context.parents()],
                "hidden" * (rev in hidden) + "obsolete" * (rev in obsolete_revs) + "tangled" * tangled,
                len(manifest),
            ]
        )
    return found


def _status(repo):
    found = repo.status(ignored=True, clean=True, unknown=True)
    return {
        kind: sorted(map(_text, getattr(found, kind)))
        for kind in ("modified", "added", "removed", "deleted", "unknown", "ignored", "clean")
    }


def _above(paths):
    """The directories that paths lie in."""
    return {path[:at] for path in paths for at, byte in enumerate(path) if byte == ord("/")}


def _dirstate(repo):
    state = repo.dirstate
    return {
        "parents": [parent.hex().decode() for parent in repo[None].parents()],
        "branch": _text(state.branch()),
        "entries": {_text(path): entry.state.decode() for path, entry in state.items()},
        "copies": {_text(path): _text(source) for path, source in state.copies().items()},
    }


def _untrue(repo):
    """Where the dirstate is not one of its parent, because somebody set another."""
    state = repo.dirstate
    gone = {path for path, entry in state.items() if entry.removed}
    committed = set(repo[b"."].manifest())
    names = {*committed, *state} - gone
    return {
        # whether a commit would have a file and a directory of one name
        "tangled": bool(names & _above(names)),
        "lacks": sorted(map(_text, committed.difference(state))),
    }


def _names(repo):
    return {
        "bookmarks": {_text(name): to_hex(node).decode() for name, node in repo._bookmarks.items()},
        "active": _text(repo._activebookmark or b""),
        "tags": {
            _text(name): [to_hex(node).decode(), _text(repo.tagtype(name) or b"")]
            for name, node in repo.tags().items()
        },
        "heads": [to_hex(node).decode() for node in repo.heads()],
        "branches": {
            _text(name): [to_hex(node).decode() for node in repo.branchmap().branchheads(name, closed=True)]
            for name in repo.branchmap()
        },
    }


def _merge(repo):
    if not os.path.isdir(repo.vfs.join(b"merge")):
        return None
    state = mergestate.mergestate.read(repo)
    if not state.active():
        return []
    return [
        to_hex(state.local).decode(),
        to_hex(state.other).decode(),
        sorted((_text(path), _text(state[path])) for path in state),
        sorted(
            (_text(path), sorted((_text(k), _text(v)) for k, v in more.items()))
            for path, more in state.allextras().items()
        ),
    ]


def _files(root):
    found = {}
    for directory, names, files in os.walk(root):
        if directory == root:
            names.remove(b".hg")
        for name in files + [name for name in names if os.path.islink(os.path.join(directory, name))]:
            path = os.path.join(directory, name)
            mode = os.lstat(path).st_mode
            if stat.S_ISLNK(mode):
                told = "l" + _text(os.readlink(path))
            else:
                with open(path, "rb") as stream:
                    told = "-x"[bool(mode & 0o100)] + _text(stream.read())
            found[_text(os.path.relpath(path, root))] = told
        if not names and not files and directory != root:
            found[_text(os.path.relpath(directory, root))] = "empty"
    return found


def _hg(top):
    found = {}
    for name in CONTENTS:
        try:
            with open(os.path.join(top, name), "rb") as stream:
                found[_text(name)] = _text(stream.read())
        except FileNotFoundError:
            found[_text(name)] = None
    for where in (b"", b"store", b"shelved", b"shelve-backup", b"strip-backup"):
        try:
            names = os.listdir(os.path.join(top, where))
        except FileNotFoundError:
            names = []
        found["in " + _text(where)] = sorted(_text(name) for name in names if not name.startswith(PASSING))
    return found

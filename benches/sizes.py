"""Rebuilds a history revision by revision by us and by the peer, and prints both sizes of the store and their ratio.

sizes.py BUNDLE PEER [ENGINE]; merges of other programs need not come out with the same node.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

from hydrargyrum.config import Config
from hydrargyrum.engine.select import select_engine
from hydrargyrum.plans import CommitHeader, FileChange
from hydrargyrum.repo import Repository

#: How the peer's own interpreter records the same plans.
_BY_PEER = """
import pickle, sys
from mercurial import context, hg, ui
repo = hg.repository(ui.ui.load(), sys.argv[1].encode())
with open(sys.argv[2], "rb") as file, repo.lock(), repo.transaction(b"rebuild"):
    while True:
        try:
            parents, user, date, text, extra, files, removed = pickle.load(file)
        except EOFError:
            break
        def content(repo, ctx, path):
            if path not in files:
                return None
            data, flags, source = files[path]
            return context.memfilectx(repo, ctx, path, data, b"l" in flags, b"x" in flags, source)
        ids = [repo.changelog.node(parent) for parent in parents]
        extra = {**extra, b"branch": extra.get(b"branch", b"default")}
        names = sorted([*files, *removed])
        context.memctx(repo, ids, text, names, content, user=user, date=date, extra=extra).commit()
"""


def open_repository(root: Path, engine: str = "native") -> Repository:
    """A repository without any configuration but its own."""
    config = Config({})
    config.load()
    return Repository.open(str(root), config=config, engine=select_engine(engine))


def plan_of(repo: Repository, rev: int) -> tuple[CommitHeader, list[FileChange], list[str]]:
    """What a changeset was made of."""
    changeset = repo[rev]
    first, second = changeset.parents
    now, before = changeset.manifest, first.manifest
    touched = sorted({*changeset.files, *(second.manifest if second.rev >= 0 else ())}, key=os.fsencode)
    changes, removed = [], []
    for path in touched:
        entry, old = now.get(path), before.get(path)
        if entry is None:
            if old is not None or path in changeset.files:
                removed.append(path)
        elif entry != old or path in changeset.files:
            source = repo.engine.file_copy(path, entry.node)
            copied = source[0] if source and path in changeset.files else None
            data = repo.engine.file_data(path, entry.node)
            changes.append(FileChange(path, data, entry.flags, copied_from=copied))
    header = CommitHeader(
        (first.rev, second.rev),
        changeset.user,
        changeset.date,
        changeset.description,
        changeset.record.extra,
    )
    return header, changes, removed


def for_peer(header: CommitHeader, changes: list[FileChange], removed: list[str]) -> object:
    """A plan in the peer's terms."""
    enc = os.fsencode
    files = {
        enc(c.path): (c.data, enc(c.flags or ""), enc(c.copied_from) if c.copied_from else None)
        for c in changes
    }
    extra = {enc(key): enc(value) for key, value in header.extra.items()}
    date = (header.time, header.offset)
    return (
        header.parents,
        enc(header.user),
        date,
        enc(header.description),
        extra,
        files,
        [enc(path) for path in removed],
    )


def size_of(root: Path) -> int:
    """Bytes under the store, without what a transaction left to be undone."""
    files = (root / ".hg/store").rglob("*")
    return sum(f.stat().st_size for f in files if f.is_file() and not f.name.startswith(("undo", "journal")))


def main() -> int:
    """Rebuilds and prints."""
    bundle, peer = sys.argv[1:3]
    engine = sys.argv[3] if len(sys.argv) > 3 else "native"
    clean = {**os.environ, "HGRCPATH": ""}
    with tempfile.TemporaryDirectory(prefix="hyg-sizes-") as place:
        base = Path(place)
        for name in ("source", "ours", "theirs"):
            subprocess.run([peer, "init", str(base / name)], check=True, env=clean)
        subprocess.run([peer, "-q", "-R", str(base / "source"), "unbundle", bundle], check=True, env=clean)
        source, target = open_repository(base / "source"), open_repository(base / "ours", engine)
        plans = base / "plans"
        with plans.open("wb") as file, target.lock_store(), target.transaction("rebuild") as txn:
            for rev in range(len(source.engine.changelog())):
                header, changes, removed = plan_of(source, rev)
                pickle.dump(for_peer(header, changes, removed), file)
                made = txn.writer.commit(header, changes, removed)
                if made.rev != rev:
                    sys.exit(f"changeset {rev} was there before")
        python = str(Path(peer).absolute().parent / "python")
        subprocess.run([python, "-c", _BY_PEER, str(base / "theirs"), str(plans)], check=True, env=clean)
        ours, theirs = size_of(base / "ours"), size_of(base / "theirs")
    print(f"ours {ours} theirs {theirs} ratio {ours / theirs:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Makes a history from a text that describes its graph, for tests and measurements.

Reading such a text is the business of `text.graphtext`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.atomicfile import write_file
from hydrargyrum.ops import commit as recording
from hydrargyrum.plans import CommitHeader, FileChange
from hydrargyrum.text.graphtext import parse_graph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.transaction import Transaction

_USER = "debugbuilddag"
_MERGED, _OVERWRITTEN, _NEW = "mf", "of", "nf"
_LINES_EACH = 2


class BuildRequest:
    """What the changesets change.

    Attributes:
        text: describes the graph.
        merged: one file that can be merged; overwritten: one file whose content is replaced; new: a file of its own.
        onto_existing: the repository need not be empty.
    """

    __slots__ = ("merged", "new", "onto_existing", "overwritten", "text")

    def __init__(self, text: str, *, merged: bool, overwritten: bool, new: bool, onto_existing: bool) -> None:
        self.text = text
        self.merged = merged
        self.overwritten = overwritten
        self.new = new
        self.onto_existing = onto_existing


def build_history(repo: Repository, request: BuildRequest, progress: Callable[[int, int], None]) -> None:
    """Records the changesets; labels become local tags. `progress` is told a number of revisions and that of all.

    Raises:
        Abort: the repository is not empty, or the text is none that describes a graph.
    """
    if len(repo.engine.changelog()) and not request.onto_existing:
        raise errors.Abort("repository is not empty")
    total = sum(kind == "node" for kind, _data in parse_graph(request.text))
    with repo.lock_working_copy(), repo.lock_store(), repo.transaction("builddag") as txn:
        builder = _Builder(repo, txn, request, total)
        number = 0
        progress(0, total)
        for kind, data in parse_graph(request.text):
            if kind == "node":
                number, parents = int(data[0]), [int(parent) for parent in data[1]]
                repo.reporter.note(f"node {(number, parents)}\n")
                builder.add(number, parents)
            elif kind == "label":
                repo.reporter.note(f"tag {data[1]}\n")
                number = int(data[0])
                builder.label(number, str(data[1]))
            else:
                repo.reporter.note(f"branch {data}\n")
                builder.branch = str(data)
            progress(number, total)
        builder.write_tags()


class _Builder:
    """Adds one changeset after the other."""

    def __init__(self, repo: Repository, txn: Transaction, request: BuildRequest, total: int) -> None:
        self._repo = repo
        self._txn = txn
        self._request = request
        self._revs: list[int] = []
        self._tags: list[str] = []
        self._first_lines = [b"%d" % number for number in range(total * _LINES_EACH)]
        self.branch = "default"

    def label(self, number: int, name: str) -> None:
        """Tags a revision."""
        self._tags.append(f"{self._repo[number].node.hex()} {name}\n")

    def write_tags(self) -> None:
        """Writes the local tags."""
        if self._tags:
            write_file(os.path.join(self._repo.dot_hg, "localtags"), os.fsencode("".join(self._tags)))

    def add(self, number: int, parents: Sequence[int]) -> None:
        """Records a changeset."""
        from hydrargyrum.repo.phases import wanted_phase

        revs = [self._revs[parent] if parent >= 0 else -1 for parent in parents]
        pair = (revs[0], revs[1] if len(revs) > 1 else -1)
        contents = self._contents(number, pair)
        header = CommitHeader(pair, _USER, (number, 0), f"r{number}", {"branch": self.branch})
        changes = [FileChange(path, data, "") for path, data in contents.items()]
        recording.note_files(self._repo, list(contents))
        length = len(self._repo.engine.changelog())
        result = self._txn.writer.commit(header, changes, [])
        first, second = (self._repo[rev].node.hex() if rev >= 0 else "" for rev in pair)
        hooked = {"parent1": first or "0" * 40, "parent2": second}
        existed = result.rev < length
        recording.after_write(
            self._repo, self._txn, result, hooked, wanted_phase(self._repo), existed=existed
        )
        self._revs.append(result.rev)

    def _contents(self, number: int, parents: tuple[int, int]) -> dict[str, bytes]:
        request, found = self._request, dict[str, bytes]()
        own = b"r%d\n" % number
        if request.merged:
            lines = self._merged_lines(parents)
            lines[number * _LINES_EACH] += b" r%d" % number
            found[_MERGED] = b"".join(line + b"\n" for line in lines)
        if request.overwritten:
            found[_OVERWRITTEN] = own
        if request.new:
            found[f"{_NEW}{number}"] = own
            if parents[1] >= 0:
                second = self._repo[parents[1]]
                for path in second.manifest:
                    if path.startswith(_NEW):
                        found[path] = self._data(parents[1], path)
        return found

    def _data(self, rev: int, path: str) -> bytes:
        return self._repo.engine.file_data(path, self._repo[rev].manifest[path].node)

    def _merged_lines(self, parents: tuple[int, int]) -> list[bytes]:
        """The lines of the file that is merged, as the parents have them together."""
        from hydrargyrum.text.conflict import MINIMIZED, render
        from hydrargyrum.text.merge3 import Merge

        repo = self._repo
        if parents[0] < 0:
            return list(self._first_lines)
        if parents[1] < 0:
            return self._data(parents[0], _MERGED).splitlines()
        common = max(repo.engine.common_heads_of(parents))
        texts = [self._data(rev, _MERGED) for rev in (common, *parents)]
        relaxed = repo.config.boolean("experimental", "relaxed-block-sync-merge")
        return render(Merge(*texts, relaxed=relaxed), MINIMIZED)[0].splitlines()

"""The history of a range of lines of a file: the changesets in which it changed, and where it lay in each of them.

Revisions of a file are found by `filehistory`; who asks (a predicate, `log -L`) decides what is shown of the answer.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.revset.filehistory import FileWalk
from hydrargyrum.types import NULL_NODE, NULL_REV, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.query.revset.evaluation import Query
    from hydrargyrum.text.compare import Comparison
    from hydrargyrum.types import Node, Rev

    #: First line, counted from 0, and the one behind the last.
    Lines = tuple[int, int]


def line_range(first: int, last: int) -> Lines:
    """The range that users call `first:last`, counted from 1. Raises ParseError."""
    if last < first:
        raise errors.ParseError("line range must be positive")
    if first < 1:
        raise errors.ParseError("fromline must be strictly positive")
    return first - 1, last


def one_path(query: Query, rev: Rev, pattern: str, problem: str) -> str:
    """The single file of a revision that a pattern names; a plain path need not be there. Raises ParseError."""
    from hydrargyrum.query.revset.predicates.files import canonical, kind_of, patterns_in

    if not kind_of(pattern):
        return canonical(query, pattern)
    paths = query.engine.files(None if rev == WDIR_REV else rev, patterns_in(query, pattern, rev))[0]
    if len(paths) != 1:
        raise errors.ParseError(problem)
    return paths[0]


class Block:
    """Some lines of a file as a changeset has them."""

    __slots__ = ("lines", "node", "path", "rev")

    def __init__(self, path: str, node: Node, rev: Rev, lines: Lines) -> None:
        self.path = path
        self.node = node
        self.rev = rev
        self.lines = lines


class LineHistory:
    """Follows lines of files, up or down.

    Args:
        query: where to look.
    """

    def __init__(self, query: Query) -> None:
        self._query = query
        self._walk = FileWalk(query, first_parent=False)
        self._lines: dict[tuple[str, Node], list[bytes]] = {}
        self._comparison: Comparison | None = None

    def start(self, path: str, rev: Rev, lines: Lines) -> Block:
        """The lines of a file as a revision has them. Raises Abort."""
        engine = self._query.engine
        if rev == WDIR_REV:
            entry = engine.dirstate().get(path)
            if entry is None or entry.state == "r":
                raise errors.StateError(f'cannot follow file not in parent revision: "{path}"')
            return Block(path, NULL_NODE, WDIR_REV, lines)
        found = engine.manifest(rev).get(path)
        if found is None:
            node = engine.changelog().node(rev).hex() if rev != NULL_REV else NULL_NODE.hex()
            raise errors.Abort(f"{path}@{node}: not found in manifest")
        return Block(path, found.node, rev, lines)

    def ancestors(self, start: Block) -> Iterator[Block]:
        """The changesets in which the lines changed, newest first.

        Raises:
            InputError: there are fewer lines than that.
        """
        first = start
        if start.rev != WDIR_REV:
            origin = self._walk.introduced(start.path, start.node, start.rev, inclusive=True)
            first = Block(start.path, start.node, origin, start.lines)
        waiting = {self._place(first): first}
        while waiting:
            block = waiting.pop(max(waiting))
            parents = self._parents(block)
            if not parents:
                yield block
                continue
            changed = False
            for path, node in parents:
                differs, lines = self._carried(self._text(path, node), self._text_of(block), block.lines)
                changed = changed or differs
                if lines[0] == lines[1]:
                    continue
                parent = Block(path, node, self._introduced(path, node, block), lines)
                waiting[self._place(parent)] = parent
            if changed:
                yield block

    def descendants(self, start: Block) -> Iterator[Block]:
        """The same downwards, oldest first; copies are not followed."""
        newest = next(self.ancestors(start), None)
        origin = self._walk.introduced(start.path, start.node, start.rev, inclusive=True)
        if newest is not None and (newest.path, newest.node) == (start.path, start.node):
            yield Block(start.path, start.node, origin, newest.lines)
        rows, places = self._walk.log(start.path)
        first = rows.index(places[start.node])
        seen: dict[int, Lines] = {first: start.lines}
        for number in range(first + 1, len(rows)):
            row = rows[number]
            changed = False
            for parent in row[1:3]:
                if parent not in seen:
                    continue
                old, new = self._text(start.path, row[0]), self._text(start.path, rows[parent][0])
                differs, lines = self._carried(old, new, seen[parent])
                changed = changed or differs
                if number in seen and seen[number] != lines:
                    other = seen[number]
                    lines = min(lines[0], other[0]), max(lines[1], other[1])
                seen[number] = lines
            if changed:
                yield Block(start.path, row[0], row[3], seen[number])

    # -- file revisions -------------------------------------------------------------------------------------------

    def _place(self, block: Block) -> tuple[int, Node]:
        """What decides which block comes next: the changeset that the file log names."""
        if block.rev == WDIR_REV:
            return WDIR_REV, block.node
        return self._walk.log(block.path)[1][block.node][3], block.node

    def _parents(self, block: Block) -> list[tuple[str, Node]]:
        if block.rev != WDIR_REV:
            return self._walk.parents(block.path, block.node)
        engine = self._query.engine
        entry = engine.dirstate().get(block.path)
        source = block.path if entry is None or entry.copied_from is None else entry.copied_from
        found = []
        for number, parent in enumerate(self._query.working_parents()):
            path = block.path if number else source
            recorded = engine.manifest(parent).get(path)
            if recorded is not None:
                found.append((path, recorded.node))
        return found

    def _introduced(self, path: str, node: Node, child: Block) -> Rev:
        if child.rev != WDIR_REV:
            return self._walk.introduced(path, node, child.rev, inclusive=False)
        below = self._query.working_parents()
        return self._walk.introduced(path, node, below[0], inclusive=True)

    # -- texts ----------------------------------------------------------------------------------------------------

    def _text_of(self, block: Block) -> list[bytes]:
        if block.rev != WDIR_REV:
            return self._text(block.path, block.node)
        return _split(self._query.repo.working_copy.file(block.path).data)

    def _text(self, path: str, node: Node) -> list[bytes]:
        found = self._lines.get((path, node))
        if found is None:
            if len(self._lines) > 16:
                self._lines.clear()
            found = self._lines[path, node] = _split(self._query.engine.file_data(path, node))
        return found

    def _carried(self, old: list[bytes], new: list[bytes], lines: Lines) -> tuple[bool, Lines]:
        """Whether lines of `new` differ from `old`, and which lines of `old` they were."""
        if self._comparison is None:
            self._comparison = _comparison(self._query)
        first = last = None
        differs = False
        for (a1, a2, b1, b2), kind in self._comparison.stretches(old, new):
            equal = kind == "="
            if equal and lines[0] >= b1 and lines[1] <= b2:
                first, last = lines[0] - b1 + a1, lines[1] - b1 + a1
            else:
                if b1 <= lines[0] < b2:
                    first = a2 - (b2 - lines[0]) if equal else a1
                if b1 < lines[1] <= b2:
                    last = a1 + (lines[1] - b1) if equal else a2
            differs = differs or (kind == "!" and lines[0] < b2 and b1 < lines[1])
        if first is None or last is None or last < first:
            raise errors.InputError("line range exceeds file size")
        return differs, (first, last)


def _split(text: bytes) -> list[bytes]:
    from hydrargyrum.text.lines import split_lines

    return split_lines(text)


def _comparison(query: Query) -> Comparison:
    """How lines are compared, as the configuration of `diff` says."""
    from hydrargyrum.text.compare import Comparison
    from hydrargyrum.text.whitespace import Ignored

    config = query.repo.config
    flags = (
        False if config.is_plain() else config.boolean("diff", item)
        for item in ("ignorews", "ignorewsamount", "ignorewseol", "ignoreblanklines")
    )
    every, amount, at_end, blank = flags
    ignored = Ignored(all=every, amount=amount, at_end=at_end, blank_lines=blank)
    return Comparison(ignored, xdiff=config.boolean("experimental", "xdiff"))

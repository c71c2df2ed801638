"""The nearest tagged ancestor of a changeset, remembered for all changesets on the way.

Which tags count is decided here; tags are read by the engine.
"""

from __future__ import annotations

from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev

    #: Date of the tagged changeset, longest distance to it, its tags.
    Latest = tuple[float, int, list[str]]


class LatestTags:
    """Answers for one repository and one pattern of tags."""

    def __init__(self, repo: Repository, pattern: str | None) -> None:
        self._repo = repo
        self._wanted: Callable[[str], bool] = _any if pattern is None else text_matcher(pattern)
        self._local = repo.local_tags()
        self._known: dict[Rev, Latest] = {NULL_REV: (0, 0, ["null"])}

    def find(self, changeset: Changeset) -> Latest:
        """The answer for a changeset."""
        repo, known = self._repo, self._known
        waiting = [changeset.rev]
        while waiting:
            rev = waiting.pop()
            if rev in known:
                continue
            current = changeset if rev == changeset.rev else repo[rev]
            tags = [
                tag for tag in current.tags if tag != "tip" and tag not in self._local and self._wanted(tag)
            ]
            if tags:
                known[rev] = current.date[0], 0, sorted(tags)
                continue
            parents = [parent.rev for parent in current.parents]
            if parents[1] == NULL_REV:
                parents.pop()
            missing = [parent for parent in parents if parent not in known]
            if missing:
                waiting += [rev, *parents]
                continue
            date, distance, names = self._nearest(current, [known[parent] for parent in parents])
            known[rev] = date, distance + 1, names
        return known[changeset.rev]

    def _nearest(self, changeset: Changeset, found: list[Latest]) -> Latest:
        """The one of both parents' answers that fewer changes lie behind."""
        if len(found) == 1:
            return found[0]
        if found[0][2] == found[1][2]:
            return max(found)
        return max(found, key=lambda one: (-count_since(changeset, one[2][0]), one[0]))


def count_since(changeset: Changeset, tag: str) -> int:
    """How many changesets lie behind a tag: ancestors of the changeset, itself included, that the tag's has not."""
    repo = changeset.repo
    tagged = NULL_REV if tag == "null" else repo[tag].rev
    revs, own = [changeset.rev], 0
    if changeset.is_working_copy:
        revs, own = [parent.rev for parent in changeset.parents if parent.rev != NULL_REV], 1
    return len(repo.engine.missing(revs, [] if tagged == NULL_REV else [tagged])) + own


def _any(_text: str) -> bool:
    return True


def text_matcher(pattern: str) -> Callable[[str], bool]:
    """What a pattern of names accepts: `re:`, `literal:`, or the text itself. Raises ParseError."""
    import re

    from hydrargyrum import errors
    from hydrargyrum.patience import Expression
    from hydrargyrum.view.codec import to_bytes

    kind, colon, text = pattern.partition(":")
    if colon and kind == "re":
        try:
            compiled = Expression(to_bytes(text))
        except re.error as problem:
            raise errors.ParseError(f"invalid regular expression: {problem}") from None
        return lambda name: compiled.search(to_bytes(name)) is not None
    wanted = text if colon and kind == "literal" else pattern
    return lambda name: name == wanted

"""What commands make of their options with revisions: one changeset, a pair of them, a set.

The language of revisions is `query.revset`; expressions that programs write go there directly.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev


def resolve_set(
    repo: Repository, texts: Sequence[str], *, local_aliases: Mapping[str, str] | None = None
) -> RevisionSet:
    """The revisions that expressions name together, in their order, as far as somebody reads.

    Raises:
        UnknownRevision, AmbiguousPrefix, FilteredRevision: a name that stands for nothing visible.
        ParseError: an expression that cannot be parsed or has no meaning.
    """
    from hydrargyrum.query.revset import revisions

    return revisions(repo, texts, local_aliases=local_aliases)


def resolve_revisions(repo: Repository, texts: Sequence[str]) -> list[Rev]:
    """All revisions that expressions name, each once, in their order. Raises as `resolve_set`."""
    return list(resolve_set(repo, texts))


def resolve_revision(repo: Repository, text: str, *, default: str | None = ".") -> Changeset:
    """The changeset that an expression names; of several the last.

    Args:
        repo: where to look.
        text: the expression; "" means the default.
        default: a plain name, None for the working copy.

    Raises:
        InputError: it names none.
        UnknownRevision, AmbiguousPrefix, FilteredRevision, ParseError: see `resolve_set`.
    """
    if not text:
        return repo[default]
    found = resolve_set(repo, [text]).last()
    if found is None:
        raise errors.InputError("empty revision set")
    return repo[found]


def resolve_pair(repo: Repository, texts: Sequence[str]) -> tuple[Changeset, Changeset]:
    """The two changesets to compare.

    Nothing means the first parent and the working copy; one revision means it and the working copy; otherwise the
    first and the last revision that are named.

    Raises:
        InputError: one side is empty.
        UnknownRevision, AmbiguousPrefix, FilteredRevision, ParseError: see `resolve_set`.
    """
    if not texts:
        return repo["."], repo[None]
    found = resolve_set(repo, texts)
    first, last = found.first(), found.last()
    if first is None or last is None:
        raise errors.InputError("empty revision range")
    if first == last and len(texts) > 1 and not all(resolve_set(repo, [text]) for text in texts):
        raise errors.InputError("empty revision on one side of range")
    if first == last and len(texts) == 1 and not _is_range(texts[0]):
        return repo[first], repo[None]
    return repo[first], repo[last]


def _is_range(text: str) -> bool:
    """Whether an expression is a range at its top, which makes a pair even of one revision."""
    from hydrargyrum.query.revset.syntax import parse

    return parse(text)[0] in ("range", "rangepre", "rangepost", "rangeall")

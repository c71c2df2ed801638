"""Which changesets another repository lacks, and the parts of a bundle that carry them.

Other repositories are local ones so far; writing the bundle is `exchange.bundlefile`.
"""

from __future__ import annotations

from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hydrargyrum.exchange.bundlespec import BundleSpec
    from hydrargyrum.exchange.sansio.bundle2 import PartToWrite
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev


class Outgoing:
    """What is to be sent.

    Attributes:
        missing: changesets, ascending; common: heads of what the receiver has.
        excluded: how many secret changesets are left out.
    """

    __slots__ = ("common", "excluded", "missing")

    def __init__(self, missing: Sequence[Rev], common: Sequence[Rev], excluded: int = 0) -> None:
        self.missing = list(missing)
        self.common = list(common)
        self.excluded = excluded


def between(repo: Repository, bases: Iterable[Rev], heads: Iterable[Rev] | None = None) -> Outgoing:
    """The ancestors of `heads` (None: all heads) that are no ancestors of `bases`, whatever their phase."""
    engine = repo.engine
    common = [rev for rev in bases if rev != NULL_REV]
    wanted = list(engine.heads()) if heads is None else [rev for rev in heads if rev != NULL_REV]
    return Outgoing(sorted(engine.missing(wanted, common)), common)


def to_repository(
    repo: Repository, other: Repository, heads: Sequence[Rev] | None = None, *, force: bool = False
) -> Outgoing:
    """What another repository on this machine lacks; secret changesets stay here.

    Raises:
        Abort: the repositories have nothing in common, without `force`.
    """
    from hydrargyrum.ops.discovery import find_outgoing

    missing, excluded = find_outgoing(repo, other, heads, force=force)
    sent, index = set(missing), repo.engine.changelog()
    parents = {parent for rev in missing for parent in index.parents(rev)}
    return Outgoing(missing, sorted(parents - sent - {NULL_REV}), excluded)


def bundle_parts(
    repo: Repository, outgoing: Outgoing, spec: BundleSpec, *, markers: bytes = b""
) -> Iterator[PartToWrite]:
    """The parts of a bundle with these changesets, and with obsolescence markers as they are stored."""
    from hydrargyrum.exchange.sansio.bundle2 import PartToWrite

    engine = repo.engine
    secret = spec.phases and any(engine.phase(rev) == "secret" for rev in outgoing.missing)
    yield PartToWrite(
        "CHANGEGROUP",
        engine.changegroup(outgoing.missing, outgoing.common, spec.changegroup),
        mandatory={"version": spec.changegroup},
        advisory={
            "nbchanges": str(len(outgoing.missing)),
            **({"targetphase": "2"} if secret else {}),
        },
    )
    if markers:
        yield PartToWrite("OBSMARKERS", [markers])
    if spec.phases:
        yield PartToWrite("PHASE-HEADS", [_phase_heads(repo, outgoing)])


_PHASES = ("public", "draft", "secret")


def _phase_heads(repo: Repository, outgoing: Outgoing) -> bytes:
    """The heads of each phase among the changesets: a number of four bytes and a node each."""
    engine, index = repo.engine, repo.engine.changelog()
    out = []
    for number, name in enumerate(_PHASES):
        revs = [rev for rev in outgoing.missing if engine.phase(rev) == name]
        parents = {parent for rev in revs for parent in index.parents(rev)}
        out += [number.to_bytes(4, "big") + index.node(rev) for rev in revs if rev not in parents]
    return b"".join(out)

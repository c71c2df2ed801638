"""Which changesets another repository lacks, and the parts of a bundle that carry them.

Other repositories are local ones so far; writing the bundle is `exchange.bundlefile`.
"""

from __future__ import annotations

from hydrargyrum import errors
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


def changegroup_versions(repo: Repository) -> Sequence[str]:
    """The versions of changegroups that can carry this repository."""
    from hydrargyrum.exchange.sansio.changegroup import VERSIONS

    return VERSIONS[2:] if "treemanifest" in repo.engine.requirements else VERSIONS


def bundle_parts(repo: Repository, outgoing: Outgoing, spec: BundleSpec) -> Iterator[PartToWrite]:
    """The parts of a bundle with these changesets.

    Raises:
        Abort: a copy of the store is asked for in a version that we cannot write, or others may not have one.
    """
    from hydrargyrum.exchange.sansio.bundle2 import PartToWrite

    if spec.stream:
        from hydrargyrum.ops.streaming import stream_part

        if spec.stream != "v2":
            raise errors.Abort(f"no common supported version with the client: v2; {spec.stream}")
        yield stream_part(repo, markers=spec.has("obsolescence"))
        return
    heads = repo.engine.heads_of(outgoing.missing)
    if spec.has("changegroup"):
        yield _changegroup(repo, outgoing, heads, spec)
    if spec.has("tagsfnodescache"):
        data = _tag_files(repo, heads)
        if data:
            yield PartToWrite("hgtagsfnodes", [data])
    if spec.has("revbranchcache"):
        yield PartToWrite("cache:rev-branch-cache", _branches(repo, outgoing.missing))
    if spec.has("obsolescence"):
        data = _markers(repo, outgoing.missing)
        if data:
            kind = "OBSMARKERS" if spec.has("obsolescence-mandatory") else "obsmarkers"
            yield PartToWrite(kind, [data])
    if spec.has("phases"):
        yield PartToWrite("PHASE-HEADS", [_phase_heads(repo, outgoing)])


_PHASES = ("public", "draft", "secret")


def _changegroup(repo: Repository, outgoing: Outgoing, heads: Sequence[Rev], spec: BundleSpec) -> PartToWrite:
    from hydrargyrum.exchange.sansio.bundle2 import PartToWrite

    engine = repo.engine
    secret = spec.has("phases") and any(engine.phase(rev) == "secret" for rev in heads)
    return PartToWrite(
        "CHANGEGROUP",
        _told(repo, engine.changegroup(outgoing.missing, outgoing.common, spec.changegroup)),
        mandatory={"version": spec.changegroup},
        advisory={
            "nbchanges": str(len(outgoing.missing)),
            **({"targetphase": "2"} if secret else {}),
        },
    )


def _told(repo: Repository, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of a changegroup, with word of how many bytes they are."""
    with repo.reporter.progress("bundle", "bytes") as steps:
        for piece in pieces:
            steps.increment(len(piece))
            yield piece


def _tag_files(repo: Repository, heads: Iterable[Rev]) -> bytes:
    """Node and revision of `.hgtags` of each head for which the cache knows it."""
    from hydrargyrum.repo.tagfiles import cached_tag_files

    index = repo.engine.changelog()
    known = cached_tag_files(repo, heads)
    return b"".join(index.node(rev) + known[rev] for rev in heads if rev in known)


def _branches(repo: Repository, revs: Sequence[Rev]) -> Iterator[bytes]:
    """For each branch its name and the nodes on it: those that leave it open, then those that close it."""
    index = repo.engine.changelog()
    found: dict[str, tuple[list[bytes], list[bytes]]] = {}
    for rev, name, closes in zip(revs, *repo.engine.branches(revs), strict=True):
        found.setdefault(name, ([], []))[closes].append(index.node(rev))
    for name, (going_on, closing) in sorted(found.items(), key=lambda item: _as_bytes(item[0])):
        data = _as_bytes(name)
        yield b"".join(number.to_bytes(4, "big") for number in (len(data), len(going_on), len(closing)))
        yield data + b"".join(sorted(going_on)) + b"".join(sorted(closing))


def _as_bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _markers(repo: Repository, revs: Iterable[Rev]) -> bytes:
    """Obsolescence markers that somebody with these changesets needs, as they are stored; b"" for none."""
    from hydrargyrum.repo.obsolescence import encode_markers, read_markers, relevant_markers

    index = repo.engine.changelog()
    found = relevant_markers(read_markers(repo), [index.node(rev) for rev in revs])
    return encode_markers(found) if found else b""


def _phase_heads(repo: Repository, outgoing: Outgoing) -> bytes:
    """The heads of each phase among the changesets: a number of four bytes and a node each."""
    engine, index = repo.engine, repo.engine.changelog()
    out = []
    for number, name in enumerate(_PHASES):
        revs = [rev for rev in outgoing.missing if engine.phase(rev) == name]
        out += [number.to_bytes(4, "big") + index.node(rev) for rev in engine.heads_of(revs)]
    return b"".join(out)

"""The formats that a repository can have, and the ways to store revlogs better: names, and what is said about them.

What a repository has, and what it is to get, is `plan`'s business.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

FILELOGS, MANIFEST, CHANGELOG = "all-filelogs", "manifest", "changelog"
ALL_REVLOGS = frozenset((FILELOGS, MANIFEST, CHANGELOG))


class Improvement:
    """A format, or a way to store revlogs better.

    Attributes:
        name: as it is called everywhere.
        lacking: what is said of a repository that lacks it; gain: what is said of getting it.
        requirement: what a repository that has it requires, "" where no requirement tells.
        is_default: new repositories have it unless configuration says otherwise.
        touches: the kinds of revlogs that are written anew.
        in_dirstate: the dirstate is written anew, or a file beside it.
        fits_shares: it can be changed in a repository that shares another one's store.
        said_after, said_after_removal: what is told when it is done, or "".
    """

    __slots__ = (
        "fits_shares",
        "gain",
        "in_dirstate",
        "is_default",
        "lacking",
        "name",
        "requirement",
        "said_after",
        "said_after_removal",
        "touches",
    )

    def __init__(
        self,
        name: str,
        lacking: str,
        gain: str,
        *,
        requirement: str = "",
        is_default: bool = False,
        touches: Iterable[str] = ALL_REVLOGS,
        in_dirstate: bool = False,
        said_after: str = "",
        said_after_removal: str = "",
    ) -> None:
        self.name = name
        self.lacking = lacking
        self.gain = gain
        self.requirement = requirement
        self.is_default = is_default
        self.touches = frozenset(touches)
        self.in_dirstate = self.fits_shares = in_dirstate
        self.said_after = said_after
        self.said_after_removal = said_after_removal


#: All formats, in the order in which they are shown.
FORMATS = (
    Improvement(
        "fncache",
        "long and reserved filenames may not work correctly; repository performance is sub-optimal",
        "repository will be more resilient to storing certain paths and performance of certain operations "
        "should be improved",
        requirement="fncache",
        is_default=True,
    ),
    Improvement(
        "fileindex-v1",
        "replaces the fncache with a more efficient and powerful storage format",
        "transactions that add files will be faster in large repos",
        requirement="fileindex-v1",
        touches=(),
    ),
    Improvement(
        "dirstate-v2",
        "version 1 of the dirstate file format requires reading and parsing it all at once.\n"
        "Version 2 has a better structure,better information and lighter update mechanism",
        '"hg status" will be faster',
        requirement="dirstate-v2",
        touches=(),
        in_dirstate=True,
    ),
    Improvement(
        "tracked-hint",
        "Add a small file to help external tooling that watch the tracked set",
        "external tools will be informated of potential change in the tracked set",
        requirement="dirstate-tracked-key-v1",
        touches=(),
        in_dirstate=True,
    ),
    Improvement(
        "dotencode",
        "storage of filenames beginning with a period or space may not work correctly",
        "repository will be better able to store files beginning with a space or period",
        requirement="dotencode",
        is_default=True,
        touches=(FILELOGS,),
    ),
    Improvement(
        "fragile-plain-encode",
        "using this option is dangerous and not recommended",
        "you will move to this dangerous format, are you sure?",
        requirement="exp-very-fragile-and-unsafe-plain-store-encoding",
        touches=(FILELOGS,),
    ),
    Improvement(
        "generaldelta",
        "deltas within internal storage are unable to choose optimal revisions; repository is larger and slower "
        "than it could be; interaction with other repositories may require extra network and CPU resources, "
        'making "hg push" and "hg pull" slower',
        "repository storage will be able to create optimal deltas; new repository data will be smaller and read "
        "times should decrease; interacting with other repositories using this storage model should require "
        'less network and CPU resources, making "hg push" and "hg pull" faster',
        requirement="generaldelta",
        is_default=True,
    ),
    Improvement(
        "share-safe",
        "old shared repositories do not share source repository requirements and config. This leads to various "
        "problems when the source repository format is upgraded or some new extensions are enabled.",
        "Upgrades a repository to share-safe format so that future shares of this repository share its "
        "requirements and configs.",
        requirement="share-safe",
        is_default=True,
        touches=(),
        said_after="repository upgraded to share safe mode, existing shares will still work in old non-safe mode. "
        "Re-share existing shares to use them in safe mode New shares will be created in safe mode.",
        said_after_removal="repository downgraded to not use share safe mode, existing shares will not work and need to "
        "be reshared.",
    ),
    Improvement(
        "sparserevlog",
        "in order to limit disk reading and memory usage on older versions, the span of a delta chain from its "
        "root to its end is limited, whatever the relevant data in this span. This can severely limit Mercurial's "
        "ability to build a good chain of delta resulting in much more storage space being taken, and limit "
        "reusability of on disk delta during exchange.",
        "Revlog supports delta chain with more unused data between payloads. These gaps will be skipped at read "
        "time. This allows for better delta chains, making a better compression and faster exchange with the "
        "server.",
        requirement="sparserevlog",
        is_default=True,
    ),
    Improvement(
        "delta-info-flags",
        "Store information about stored delta in the index to help optimize local and remote delta chain and stop "
        "using a fragile marking to signal copy metadata presence that requires copy metadata in filelog uses a "
        "fragile marking and some cases require unpacking file content to determine if copy information exists in "
        "some case.",
        "Using this format will improve local storage, speedup local operation and help to preserve storage "
        "quality and performance during exchanges with other repositories.",
        requirement="delta-info-revlog",
        touches=(FILELOGS, MANIFEST),
    ),
    Improvement(
        "persistent-nodemap",
        "persist the node -> rev mapping on disk to speedup lookup",
        "Speedup revision lookup by node id.",
        requirement="persistent-nodemap",
    ),
    Improvement(
        "copies-sdc",
        "Stores copies information alongside changesets.",
        "Allows to use more efficient algorithm to deal with copy tracing.",
        requirement="exp-copies-sidedata-changeset",
        touches=(CHANGELOG,),
    ),
    Improvement("revlog-v2", "Version 2 of the revlog.", "very experimental", requirement="exp-revlogv2.2"),
    Improvement(
        "changelog-v2",
        "An iteration of the revlog focussed on changelog needs.",
        "quite experimental",
        requirement="exp-changelog-v2",
        touches=(CHANGELOG,),
    ),
    Improvement(
        "plain-cl-delta",
        "changelog storage is using deltas instead of raw entries; changelog reading and any operation relying on "
        "changelog data are slower than they could be",
        "changelog storage will be reformated to store raw entries; changelog reading will be faster; changelog "
        "size may be reduced",
        is_default=True,
    ),
    Improvement(
        "compression",
        "Compresion algorithm used to compress data. Some engine are faster than other",
        "revlog content will be recompressed with the new algorithm.",
    ),
    Improvement("compression-level", "compression level", "revlog content will be recompressed"),
)

#: Ways to store revlogs better, in the order in which they are offered.
OPTIMISATIONS = (
    Improvement(
        "re-delta-quick",
        "deltas within internal storage will be reprocessed with minimal overhead, deltas already in store will be "
        "reused as often as possible. This provides a way to smooth out potential problematic deltas while avoiding "
        "deeper but slower optimization that might not be necessary",
        "deltas within internal storage will choose a new base revision when the previous one wasn't suitable",
    ),
    Improvement(
        "re-delta-parent",
        "deltas within internal storage will be recalculated to choose an optimal base revision where this was not "
        "already done; the size of the repository may shrink and various operations may become faster; the first "
        "time this optimization is performed could slow down upgrade execution considerably; subsequent invocations "
        "should not run noticeably slower",
        "deltas within internal storage will choose a new base revision if needed",
    ),
    Improvement(
        "re-delta-multibase",
        "deltas within internal storage will be recalculated against multiple base revision and the smallest "
        "difference will be used; the size of the repository may shrink significantly when there are many merges; "
        "this optimization will slow down execution in proportion to the number of merges in the repository and the "
        "amount of files in the repository; this slow down should not be significant unless there are tens of "
        "thousands of files and thousands of merges",
        "deltas within internal storage will choose an optimal delta by computing deltas against multiple parents; "
        "may slow down execution time significantly",
    ),
    Improvement(
        "re-delta-all",
        "deltas within internal storage will always be recalculated without reusing prior deltas; this will likely "
        "make execution run several times slower; this optimization is typically not needed",
        "deltas within internal storage will be fully recomputed; this will likely drastically slow down execution "
        "time",
    ),
    Improvement(
        "re-delta-fulladd",
        "every revision will be re-added as if it was new content. It will go through the full storage mechanism "
        'giving extensions a chance to process it (eg. lfs). This is similar to "re-delta-all" but even slower since '
        "more logic is involved.",
        "each revision will be added as new content to the internal storage; this will likely drastically slow down "
        "execution time, but some extensions might need it",
    ),
)

"""The built-in keywords about obsolete and unstable changesets: fates, successors, predecessors, reasons.

The facts are `repo.evolution`'s, the sentences those of `view.changesets.fate`.
"""

from __future__ import annotations

from hydrargyrum.view.templates.containers import Collection, MappingList
from hydrargyrum.view.templates.declare import Vocabulary
from hydrargyrum.view.templates.history_keywords import changeset_list, changeset_of, formatted_id
from hydrargyrum.view.templates.named_lists import named_list
from hydrargyrum.view.templates.values import Overlay, stringify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.markers import Marker
    from hydrargyrum.view.changesets.plain import Output
    from hydrargyrum.view.templates.scope import Scope

VOCABULARY = Vocabulary()
template_keyword = VOCABULARY.keyword


class _Verbosity:
    """The verbosity of the templates, for sentences."""

    def __init__(self, scope: Scope) -> None:
        settings = scope.environment.settings
        self.quiet, self.verbose, self.debugging = settings.quiet, settings.verbose, settings.debug

    def write(self, text: str | bytes, label: str = "") -> None:
        """Sentences are returned, not written."""

    def label(self, text: str, label: str) -> str:  # noqa: ARG002
        """Sentences have no labels."""
        return text


def _verbosity(scope: Scope) -> Output:
    return _Verbosity(scope)


@template_keyword("obsolete", requires=("changeset",))
def obsolete(scope: Scope) -> object:
    """The word "obsolete" for a changeset that is."""
    return "obsolete" if changeset_of(scope).is_obsolete else ""


@template_keyword("instabilities", requires=("changeset",))
def instabilities(scope: Scope) -> object:
    """What is unstable about the changeset."""
    return named_list("instability", changeset_of(scope).instabilities, "instabilities")


@template_keyword("obsfate", requires=("repo", "changeset"))
def obsfate(scope: Scope) -> object:
    """What became of an obsolete changeset, in sentences."""
    from hydrargyrum.view.changesets.fate import fate_lines

    return named_list("fate", list(fate_lines(changeset_of(scope), _verbosity(scope))))


@template_keyword("predecessors", requires=("repo", "changeset"))
def predecessors(scope: Scope) -> object:
    """The nearest predecessors that are shown."""
    changeset = changeset_of(scope)
    repo = changeset.repo
    nodes = sorted(repo.evolution.closest_predecessors(changeset.node))
    return changeset_list(scope, repo, [node.hex() for node in nodes])


@template_keyword("successorssets", requires=("repo", "changeset"))
def successorssets(scope: Scope) -> object:
    """The sets of nearest successors."""
    changeset = changeset_of(scope)
    repo, sets = changeset.repo, []
    if changeset.is_obsolete:
        for one in repo.evolution.successor_sets(changeset.node, closest=True):
            sets.append(changeset_list(scope, repo, [node.hex() for node in one.nodes]))
    return Collection(
        sets,
        lambda one: {"successorset": one},
        lambda one: stringify(scope, one),
        lambda inner: "; ".join(stringify(inner, one) for one in sets),
    )


@template_keyword("succsandmarkers", requires=("repo", "changeset"))
def succsandmarkers(scope: Scope) -> object:
    """The sets of nearest successors, each with the markers that say so."""
    changeset = changeset_of(scope)
    repo = changeset.repo
    fates = repo.evolution.fates(changeset.node) if changeset.is_obsolete else []
    return MappingList(
        Overlay(
            {
                "successors": changeset_list(scope, repo, [node.hex() for node in fate.nodes]),
                "markers": [MarkerValue(marker) for marker in fate.markers.values()],
            }
        )
        for fate in fates
    )


class MarkerValue:
    """A marker inside templates; serialised as a tuple."""

    __slots__ = ("marker",)

    def __init__(self, marker: Marker) -> None:
        self.marker = marker

    def __iter__(self) -> object:
        marker = self.marker
        parents = None if marker.parents is None else tuple(node.hex() for node in marker.parents)
        return iter(
            (
                marker.predecessor.hex(),
                tuple(node.hex() for node in marker.successors),
                marker.flags,
                marker.metadata,
                marker.date,
                parents,
            )
        )


@template_keyword("whyunstable", requires=("repo", "changeset"))
def whyunstable(scope: Scope) -> object:
    """The reasons of every instability."""
    changeset = changeset_of(scope)
    template = '{instability}:{if(divergentnodes, " ")}{divergentnodes} {reason} {node|short}'
    return MappingList([Overlay(row) for row in _reasons(scope)], template, "\n") if changeset else None


def _reasons(scope: Scope) -> list[dict[str, object]]:
    changeset = changeset_of(scope)
    evolution, repo, rows = changeset.repo.evolution, changeset.repo, []
    unstable = changeset.instabilities

    def add(kind: str, reason: str, node: str, divergent: object = None) -> None:
        row: dict[str, object] = {"instability": kind, "reason": reason, "node": node}
        if divergent is not None:
            row["divergentnodes"] = divergent
        rows.append(row)

    if "orphan" in unstable:
        for parent in changeset.parents:
            if parent.rev in evolution.orphan:
                add("orphan", "orphan parent", parent.node.hex())
            elif parent.rev in evolution.obsolete:
                add("orphan", "obsolete parent", parent.node.hex())
    if "phase-divergent" in unstable:
        for rev in evolution.immutable_predecessors(changeset.node):
            add("phase-divergent", "immutable predecessor", repo[rev].node.hex())
    if "content-divergent" in unstable:
        for nodes, common in evolution.divergent_sets(changeset.node):
            add("content-divergent", "predecessor", common.hex(), _divergent(scope, repo, nodes))
    return rows


def _divergent(scope: Scope, repo: Repository, nodes: tuple[bytes, ...]) -> Collection:
    listed = changeset_list(scope, repo, [node.hex() for node in nodes])

    def shown(key: object) -> str:
        changeset = repo[bytes.fromhex(str(key))]
        return f"{formatted_id(scope, changeset)} ({changeset.phase})"

    listed.item_text = shown
    return listed

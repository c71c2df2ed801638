"""What becomes of a file in each case of a merge, without a repository."""

from __future__ import annotations

import pytest

from hydrargyrum.merge import actions as kinds
from hydrargyrum.merge.copies import SideCopies, SideFacts, merge_copies, related
from hydrargyrum.merge.manifests import ADDED_NODE, Auction, Manner, Sides, merge_manifests
from hydrargyrum.types import Node

Entry = tuple[Node, str]
Manifest = dict[str, Entry]


def entry(text: str) -> Entry:
    """ "1x" is the content 1, executable."""
    return Node(text[0].encode().rjust(20, b"\1")), text[1:]


def manifest(**files: str) -> Manifest:
    return {path.replace("__", "/"): entry(text) for path, text in files.items()}


def sides(
    base: Manifest,
    local: Manifest,
    other: Manifest,
    ours: SideCopies | None = None,
    theirs: SideCopies | None = None,
) -> Sides:
    differing = [
        (path, *local.get(path, (None, "")), *other.get(path, (None, "")))
        for path in sorted({*local, *other})
        if local.get(path) != other.get(path)
    ]
    copies = (ours or SideCopies(), theirs or SideCopies(), dict[str, list[str]]())
    return Sides(local, other, base, base_rev=0, differing=differing, copies=copies)


CASES = [
    # base, local, other -> kind and flags (None: nothing differs)
    ("1", "2", "1", kinds.KEEP, ""),
    ("1", "1", "2", kinds.GET, ""),
    ("1", "1", "2x", kinds.GET, "x"),
    ("1", "1", "1x", kinds.FLAGS, "x"),
    ("1", "2", "1x", kinds.FLAGS, "x"),
    ("1", "1x", "2", kinds.GET, "x"),
    ("1", "2", "3", kinds.MERGE, ""),
    ("1", "2l", "1x", kinds.MERGE, ""),
    ("1l", "1l", "2l", kinds.GET, "l"),
    ("1", "1", None, kinds.REMOVE, ""),
    ("1", "2", None, kinds.CHANGED_DELETED, ""),
    ("1", None, "1", kinds.KEEP_ABSENT, ""),
    ("1", None, "2", kinds.DELETED_CHANGED, ""),
    (None, "1", None, kinds.KEEP_NEW, ""),
    (None, None, "1x", kinds.CREATED, "x"),
    (None, "1", "2", kinds.MERGE, ""),
]


@pytest.mark.parametrize(("base", "local", "other", "kind", "flags"), CASES)
def test_one_file(base: str | None, local: str | None, other: str | None, kind: str, flags: str) -> None:
    files = [{} if text is None else manifest(f=text) for text in (base, local, other)]
    plan = merge_manifests(sides(files[0], files[1], files[2]), Manner(is_merge=True))
    action = plan.get("f")
    assert action is not None
    assert (action.kind, action.flags) == (kind, flags)


def test_what_the_commit_of_a_merge_is_told() -> None:
    base = manifest(taken="1", gone="1", kept="1", fought="1")
    local = manifest(taken="1", gone="1", kept="1", fought="2")
    other = manifest(taken="2", kept="1")
    plan = merge_manifests(sides(base, local, other), Manner(is_merge=True))
    assert plan.commit_info == {
        "taken": {"filenode-source": "other"},
        "gone": {"merge-removal-candidate": "yes"},
        "fought": {"merge-removal-candidate": "yes"},
    }
    assert not merge_manifests(sides(base, local, other), Manner(is_merge=False)).commit_info


def test_a_file_that_was_only_added_is_forgotten() -> None:
    local = {"f": (ADDED_NODE, "")}
    plan = merge_manifests(sides({"f": (ADDED_NODE, "")}, local, {}), Manner(is_merge=False))
    assert [(path, action.kind) for path, action in plan.all()] == [("f", kinds.FORGET)]


def test_created_files_by_manner() -> None:
    other = manifest(f="1")
    for is_merge, force, kind in ((True, True, kinds.CREATED_MERGE), (False, True, kinds.CREATED)):
        plan = merge_manifests(sides({}, {}, other), Manner(is_merge=is_merge, force=force))
        assert plan.paths(kind) == ["f"]


def test_the_other_side_is_accepted() -> None:
    base = manifest(a="1", b="1")
    plan = merge_manifests(
        sides(base, manifest(a="2"), manifest(b="2")), Manner(is_merge=True, accept_other=True)
    )
    assert [(path, action.kind) for path, action in plan.all()] == [("a", "r"), ("b", "c")]


def facts(files: Manifest, base: Manifest, **copies: str) -> SideFacts:
    named = {new.replace("__", "/"): old for new, old in copies.items()}
    return SideFacts(
        files,
        named,
        added=lambda: [path for path in files if path not in base],
        has_directory=lambda name: any(path.startswith(f"{name}/") for path in files),
        ancestors=lambda path: [(0, path, files[path][0])],
    )


def test_a_renamed_file_is_merged_with_its_change() -> None:
    base, local, other = manifest(a="1"), manifest(b="1"), manifest(a="2")
    copies = merge_copies(facts(local, base, b="a"), facts(other, base), facts(base, base))
    assert copies[0].copy == {}  # another file of this name: nothing in common
    relatives = facts(base, base)
    same = SideFacts(
        other,
        {},
        added=list,
        has_directory=bool,
        ancestors=lambda _: [(3, "a", other["a"][0]), (0, "a", base["a"][0])],
    )
    relatives.ancestors = lambda _: [(0, "a", base["a"][0])]
    ours, theirs, diverging = merge_copies(facts(local, base, b="a"), same, relatives)
    assert (ours.copy, theirs.copy, diverging) == ({"b": "a"}, {}, {})
    plan = merge_manifests(sides(base, local, other, ours, theirs), Manner(is_merge=True))
    assert [(path, action.reason) for path, action in plan.all()] == [("b", "local copied/moved from a")]
    assert [action.move for _, action in plan.all()] == [False]
    plan = merge_manifests(sides(base, other, local, theirs, ours), Manner(is_merge=True))
    assert [(path, action.reason, action.move) for path, action in plan.all()] == [
        ("b", "remote moved from a", True)
    ]


def test_renames_that_diverge_and_renames_of_deleted_files() -> None:
    base = manifest(a="1", c="1")
    local, other = manifest(b="1", d="1"), manifest(e="1")
    ours, theirs, diverging = merge_copies(
        facts(local, base, b="a", d="c"), facts(other, base, e="a"), facts(base, base)
    )
    assert diverging == {"a": ["b", "e"]}
    assert (ours.renamed_deleted, theirs.renamed_deleted) == ({"c": ["d"]}, {})


def test_files_follow_a_renamed_directory() -> None:
    base = manifest(old__a="1", old__b="1")
    local = manifest(new__a="1", new__b="1")
    other = manifest(old__a="1", old__b="1", old__c="1")
    ours, theirs, _ = merge_copies(
        facts(local, base, new__a="old/a", new__b="old/b"), facts(other, base), facts(base, base)
    )
    assert ours.moved_directories == {"old/": "new/"}
    assert theirs.moved_files == {"old/c": "new/c"}
    plan = merge_manifests(sides(base, local, other, ours, theirs), Manner(is_merge=True))
    assert [(path, action.kind, action.source) for path, action in plan.of(kinds.RENAMED_DIRECTORY_GET)] == [
        ("new/c", "dg", "old/c")
    ]
    plan = merge_manifests(sides(base, other, local, theirs, ours), Manner(is_merge=True))
    assert plan.paths(kinds.RENAMED_DIRECTORY_MOVE) == ["new/c"]


def test_a_directory_of_which_something_stays_is_not_renamed() -> None:
    base = manifest(old__a="1", old__b="1")
    local = manifest(new__a="1", old__b="1")
    other = manifest(old__a="1", old__b="1", old__c="1")
    ours, theirs, _ = merge_copies(facts(local, base, new__a="old/a"), facts(other, base), facts(base, base))
    assert not ours.moved_directories
    assert not theirs.moved_files


def test_relation_of_files() -> None:
    node = Node(bytes(20))
    assert related([(5, "a", node), (2, "a", node)], [(4, "b", node), (2, "a", node)])
    assert not related([(5, "a", node), (2, "a", node)], [(4, "b", node), (2, "b", node)])
    assert not related([(5, "a", node)], [(4, "b", node)])


def test_bids_of_two_bases() -> None:
    local, other = manifest(f="2", g="2", h="1"), manifest(f="3", g="3", h="3")
    auction = Auction()
    for base in (manifest(f="3", g="1", h="1"), manifest(f="1", g="2", h="1")):
        auction.bid(merge_manifests(sides(base, local, other), Manner(is_merge=True)))
    plan = auction.close()
    assert [(path, action.kind) for path, action in plan.all()] == [("f", "k"), ("g", "g"), ("h", "g")]
    assert [text for level, text in auction.messages if level == "note"] == [
        " f: picking 'keep' action\n",
        " g: picking 'get' action\n",
        " h: consensus for g\n",
    ]
    assert auction.messages[:3] == [
        ("debug", " list of bids for f:\n"),
        ("debug", "   remote unchanged -> k\n"),
        ("debug", "   versions differ -> m\n"),
    ]
    assert not [text for level, text in auction.messages if level == "warn"]

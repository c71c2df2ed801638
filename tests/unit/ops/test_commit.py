"""What a commit records, decided without a repository; messages and names as they are stored."""

from __future__ import annotations

import pytest

from hydrargyrum import errors
from hydrargyrum.ops.commit_plan import (
    CommitRequest,
    WorkingFacts,
    plan_commit,
    stored_description,
    stored_user,
)
from hydrargyrum.ops.identity import check_new_name
from hydrargyrum.types import PatternSet

EVERYTHING = PatternSet("/repo")
ONE = (4, "default")
NONE = (-1, "default")


def test_nothing_is_recorded_where_nothing_changed() -> None:
    facts = WorkingFacts((ONE, NONE), "default", changed=False)
    assert plan_commit(facts, CommitRequest(EVERYTHING, "m")) is None
    assert plan_commit(facts, CommitRequest(EVERYTHING, "m", allow_empty=True)) is not None


@pytest.mark.parametrize(
    ("facts", "request_", "extra"),
    [
        (
            WorkingFacts((ONE, NONE), "default", changed=True),
            CommitRequest(EVERYTHING, "m"),
            {"branch": "default"},
        ),
        (
            WorkingFacts((ONE, NONE), "side", changed=False),
            CommitRequest(EVERYTHING, "m"),
            {"branch": "side"},
        ),
        (
            WorkingFacts((ONE, NONE), "default", changed=False),
            CommitRequest(EVERYTHING, "m", close=True, extra={"source": "x"}),
            {"branch": "default", "source": "x", "close": "1"},
        ),
    ],
)
def test_facts_of_the_changeset(facts: WorkingFacts, request_: CommitRequest, extra: dict[str, str]) -> None:
    plan = plan_commit(facts, request_)
    assert plan is not None
    assert (plan.parents, plan.extra) == ((4, -1), extra)


def test_a_merge_is_recorded_whole_and_resolved() -> None:
    both = (ONE, (7, "default"))
    plan = plan_commit(WorkingFacts(both, "default", changed=False), CommitRequest(EVERYTHING, "m"))
    assert plan is not None
    assert plan.parents == (4, 7)
    for facts, problem in (
        (WorkingFacts(both, "default", changed=True, partial=True), "partially commit a merge"),
        (WorkingFacts(both, "default", changed=True, unresolved=True), "unresolved merge conflicts"),
        (WorkingFacts(both, "default", changed=True, missing=1), "merge with missing files"),
    ):
        with pytest.raises(errors.Abort, match=problem):
            plan_commit(facts, CommitRequest(EVERYTHING, "m"))


def test_messages_and_users_as_stored() -> None:
    assert stored_description("\n a  \n\nb\t\r\n\n") == " a\n\nb"
    assert stored_user("  me ") == "me"
    with pytest.raises(errors.Abort, match="empty username"):
        stored_user("  ")


@pytest.mark.parametrize("name", ["tip", ".", "null", "a:b", "a\nb", "12", " x", "x "])
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(errors.InputError):
        check_new_name(name)


@pytest.mark.parametrize("name", ["x", "1_2", "a b", "-1x", "@"])
def test_names_that_can_be(name: str) -> None:
    check_new_name(name)

"""What section `committemplate` makes of a changeset that has no message yet, for the editor.

The text for those who configured nothing is in `commit_options`; templates themselves are `view.templates`.
"""

from __future__ import annotations

import os

from hydrargyrum.repo.workingcopy import WorkingCopy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.commit_plan import Draft
    from hydrargyrum.repo import Changeset, Repository


class _ChangedFiles:
    """Lists of paths, as changesets have them."""

    __slots__ = ("added", "modified", "removed")

    def __init__(self, draft: Draft) -> None:
        self.modified, self.added, self.removed = list(draft.modified), list(draft.added), list(draft.removed)


class _DraftChangeset(WorkingCopy):
    """The draft as templates see changesets."""

    __slots__ = ("_draft",)

    def __init__(self, repo: Repository, draft: Draft) -> None:
        super().__init__(repo)
        self._draft = draft

    @property
    def user(self) -> str:
        return self._draft.user

    @property
    def description(self) -> str:
        return self._draft.description

    @property
    def extra(self) -> dict[str, str]:
        return self._draft.extra

    @property
    def date(self) -> tuple[int, int]:
        return super().date if self._draft.date is None else self._draft.date

    @property
    def branch(self) -> str:
        return self._draft.branch

    @property
    def parents(self) -> tuple[Changeset, Changeset]:
        return super().parents if self._draft.parents is None else self._draft.parents

    @property
    def changed_files(self) -> _ChangedFiles:  # type: ignore[override]
        return _ChangedFiles(self._draft)

    @property
    def files(self) -> Sequence[str]:
        changed = self.changed_files
        return sorted((*changed.modified, *changed.added, *changed.removed), key=os.fsencode)


def template_text(context: CommandContext, draft: Draft, form: str) -> str | None:
    """The text that the section gives for a purpose, or None where it says nothing.

    Raises:
        ParseError: the template cannot be used.
    """
    config = context.config
    parts = ["changeset", *(part for part in form.split(".") if part)]
    while parts and not config.text("committemplate", ".".join(parts)):
        parts.pop()
    if not parts:
        return None
    from hydrargyrum.extension.output import environment_for
    from hydrargyrum.view.templates.selection import unquote

    texts = {name: unquote(value.text) for name, value in config.section("committemplate")}
    environment = environment_for(context, texts)
    changeset = _DraftChangeset(context.repo, draft)
    return environment.render(
        ".".join(parts),
        {"extramsg": "Leave message empty to abort commit."},
        {"changeset": changeset, "repo": context.repo, "changeset_cache": {"only": changeset.files}},
    )

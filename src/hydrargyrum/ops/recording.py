"""Tells the dirstate what a plan did: one rule for each kind of action.

Carrying plans out is `ops.applying`; how the dirstate is written is the engine's.
"""

from __future__ import annotations

from hydrargyrum.merge import actions as kinds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.writing import DirstateEditor
    from hydrargyrum.merge.actions import Action, Plan


def record_plan(editor: DirstateEditor, plan: Plan, *, is_merge: bool) -> None:
    """Record all actions of a plan. In a move, files that were written as stored are recorded by the caller."""
    recording = _Recording(editor, is_merge=is_merge)
    for kind, rule in (
        (kinds.REMOVE, recording.removed),
        (kinds.FORGET, recording.forgotten),
        (kinds.PATH_CONFLICT_RESOLVE, recording.renamed_away),
        (kinds.ADD, recording.added),
        (kinds.ADD_MODIFIED, recording.added_modified),
        (kinds.FLAGS, recording.looked_at),
        (kinds.GET, recording.taken),
        (kinds.MERGE, recording.merged),
        (kinds.RENAMED_DIRECTORY_MOVE, recording.moved),
        (kinds.RENAMED_DIRECTORY_GET, recording.taken_elsewhere),
    ):
        for path, action in plan.of(kind):
            rule(path, action)


class _Recording:
    """The rules."""

    __slots__ = ("_editor", "_is_merge")

    def __init__(self, editor: DirstateEditor, *, is_merge: bool) -> None:
        self._editor = editor
        self._is_merge = is_merge

    def removed(self, path: str, _action: Action) -> None:
        self._editor.place(path, tracked=False, in_first=self._is_merge)

    def forgotten(self, path: str, _action: Action) -> None:
        self._editor.place(path, tracked=False, in_first=False)

    def renamed_away(self, path: str, action: Action) -> None:
        self._editor.place(path, tracked=True, in_first=False)
        self._editor.copy(path, action.origin)
        self._editor.place(action.source, tracked=False, in_first=action.source == action.origin)

    def added(self, path: str, _action: Action) -> None:
        self._editor.place(path, tracked=True, in_first=False)

    def added_modified(self, path: str, _action: Action) -> None:
        self._editor.place(path, tracked=True, in_first=self._is_merge)

    def looked_at(self, path: str, _action: Action) -> None:
        self._editor.place(path, tracked=True, in_first=True)

    def taken(self, path: str, _action: Action) -> None:
        if self._is_merge:
            _, in_first, told = self._editor.facts(path)
            self._editor.place(path, tracked=True, in_first=in_first or told, p2_info=True)
        else:
            self._editor.place(path, tracked=True, in_first=True)

    def merged(self, path: str, action: Action) -> None:
        editor, local, other = self._editor, action.local or path, action.other or path
        if not self._is_merge:
            if other == path:
                editor.place(path, tracked=True, in_first=True)
            if action.move:
                editor.place(local, tracked=False, in_first=False)
            return
        editor.place(path, tracked=True, in_first=local == path, p2_info=True)
        if local != other:
            if action.move:
                editor.place(local, tracked=False, in_first=True)
            editor.copy(path, local if local != path else other)

    def moved(self, path: str, action: Action) -> None:
        self._editor.place(path, tracked=True, in_first=not self._is_merge)
        self._editor.place(action.source, tracked=False, in_first=self._is_merge)
        if self._is_merge:
            self._editor.copy(path, action.source)

    def taken_elsewhere(self, path: str, action: Action) -> None:
        self._editor.place(path, tracked=True, in_first=not self._is_merge)
        if self._is_merge:
            self._editor.copy(path, action.source)

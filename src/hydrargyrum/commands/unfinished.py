"""What `status -v` says of an operation that stopped half-way; what is recorded of it is read by `repo.unfinished`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.unfinished import MergeFacts, UnfinishedState
    from hydrargyrum.view.formatter import Formatter

_LABEL = "status.morestatus"


class UnfinishedView:
    """Lines and fields about an unfinished operation and unresolved files."""

    def __init__(self, repo: Repository, cwd: str, state: UnfinishedState | None, merge: MergeFacts) -> None:
        self._repo = repo
        self._cwd = cwd
        self._state = state
        self._merge = merge
        self._shown: set[str] = set()

    def file(self, path: str, formatter: Formatter) -> None:
        """Say of a listed file whether it is unresolved."""
        self._shown.add(path)
        if self._merge.active and path in self._merge.unresolved:
            formatter.data(unresolved=True)

    def footer(self, formatter: Formatter) -> None:
        """What follows the last file."""
        state = self._state
        if state is not None:
            formatter.start_item()
            formatter.data(itemtype="morestatus", unfinished=state.name)
            formatter.plain(
                _comment(f"The repository is in an unfinished *{state.name}* state.") + "\n", _LABEL
            )
            formatter.data(unfinishedmsg=state.advice)
        self._conflicts(formatter)
        if state is not None:
            formatter.plain(_comment(state.advice) + "\n", _LABEL)

    def _conflicts(self, formatter: Formatter) -> None:
        if not self._merge.active:
            return
        if not self._merge.unresolved:
            formatter.plain(_comment("No unresolved merge conflicts.") + "\n", _LABEL)
            return
        from hydrargyrum.repo.paths import relative_path

        paths = (relative_path(self._repo.root, self._cwd, path) for path in self._merge.unresolved)
        listed = "\n".join(f"    {path}" for path in paths)
        for path in self._merge.unresolved:
            if path not in self._shown:
                formatter.start_item()
                formatter.resources(repo=self._repo)
                formatter.data(itemtype="file", path=path, unresolved=True)
        text = (
            f"Unresolved merge conflicts:\n\n{listed}\n\nTo mark files as resolved:  hg resolve --mark FILE"
        )
        formatter.plain(_comment(text) + "\n", _LABEL)


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())


def read_unfinished(context: CommandContext) -> UnfinishedView | None:
    """The view, or None where everything is finished."""
    from hydrargyrum.repo.unfinished import merge_facts, unfinished_state

    state = unfinished_state(context.repo)
    merge = merge_facts(context.repo)
    if state is None and not merge.active:
        return None
    return UnfinishedView(context.repo, context.cwd, state, merge)

"""`debugmergestate`: what is recorded of a merge that goes on. The record itself is `merge.state`."""

from __future__ import annotations

from hydrargyrum.commands.log_options import TEMPLATE_OPTIONS
from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.merge.state import MergeState
    from hydrargyrum.view.formatter import Formatter

_TEMPLATE = (
    '{if(commits, "", "no merge state found\\n")}'
    '{commits % "{name}{if(label, " ({label})")}: {node}\\n"}'
    '{files % "file: {path} (state \\"{state}\\")\\n'
    '{if(local_path, "'
    '  local path: {local_path} (hash {local_key}, flags \\"{local_flags}\\")\\n'
    "  ancestor path: {ancestor_path} (node {ancestor_node})\\n"
    "  other path: {other_path} (node {other_node})\\n"
    '")}'
    '{if(rename_side, "'
    "  rename side: {rename_side}\\n"
    "  renamed path: {renamed_path}\\n"
    '")}'
    '{extras % "  extra: {key} = {value}\\n"}"}'
    '{extras % "extra: {file} ({key} = {value})\\n"}'
)
_SIDES = ("local", "other")


@command("debugmergestate", options=[*TEMPLATE_OPTIONS])
def debugmergestate(context: CommandContext) -> int:
    """print merge state

    Both changesets, each file of the merge with its state, and what else is noted about files. With -v it is told which
    form of the record counts.
    """
    from hydrargyrum.extension.output import formatter_for
    from hydrargyrum.merge.state import MergeState

    repo = context.repo
    if context.ui.verbose:
        from hydrargyrum.repo.merge_records import which_form

        told = which_form(repo.dot_hg)
        if told:
            context.ui.write(f"{told}\n")
    state = MergeState.read(repo)
    with formatter_for(context, "debugmergestate", usual=_TEMPLATE) as formatter:
        formatter.start_item()
        _sides(formatter, state)
        _files(formatter, state)
        rows = formatter.nested("extras")
        for path, facts in sorted(state.extras.items()):
            if path not in state:
                for key, value in facts.items():
                    rows.start_item()
                    rows.data(file=path, key=key, value=value)
        rows.end()
    return 0


def _sides(formatter: Formatter, state: MergeState) -> None:
    rows = formatter.nested("commits")
    if state.active:
        for place, (name, node) in enumerate(zip(_SIDES, (state.local, state.other), strict=True)):
            rows.start_item()
            rows.data(name=name)
            rows.data(node="" if node is None else node.hex())
            if state.labels and len(state.labels) > place:
                rows.data(label=state.labels[place])
    rows.end()


def _files(formatter: Formatter, state: MergeState) -> None:
    rows = formatter.nested("files")
    for path in state if state.active else ():
        file = state[path]
        rows.start_item()
        rows.data(path=path)
        rows.data(state=file.status)
        if file.is_path_conflict:
            rows.data(renamed_path=file.renamed_to)
            rows.data(rename_side=file.origin)
        elif file.status in ("u", "r"):
            rows.data(
                local_key=file.local_key,
                local_path=file.local_path,
                ancestor_path=file.ancestor_path,
                ancestor_node=file.fields[3],
                other_path=file.other_path,
                other_node=file.fields[5],
                local_flags=file.flags,
            )
        extras = rows.nested("extras")
        for key, value in sorted(state.extras.get(path, {}).items()):
            extras.start_item()
            extras.data(key=key)
            extras.data(value=value)
        extras.end()
    rows.end()

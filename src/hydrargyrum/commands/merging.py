"""What commands that merge files share: the option for a tool, and the merger with the user's terminal behind it."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.merge.contents import Contest, Version
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Node

MERGE_TOOL_OPTION = Option("t", "tool", "specify merge tool", default="", metavar="TOOL")


def merger_for(context: CommandContext, source: str) -> FileMerger:
    """A merger that uses the tool of `--tool`; `source` is the command, as configuration shows it."""
    from hydrargyrum.merge.filemerge import FileMerger

    tool = context.options.text("tool") if "tool" in context.options else ""
    if tool:
        context.repo.config.set("ui", "forcemerge", tool, source)
    return FileMerger(
        context.repo,
        context.ui,
        shown_paths(context),
        lambda *args: describe(context, *args),
        _Outside(context),
        within=lambda repo: _merger_within(context, repo, source),
    )


def _merger_within(context: CommandContext, repo: Repository, source: str) -> FileMerger:
    """The merger for a subrepository, with the same tool."""
    inner = context.for_subrepository(repo.root)
    inner.use(repo)
    tool = context.repo.config.text("ui", "forcemerge")
    if tool:
        repo.config.set("ui", "forcemerge", tool, source)
    return merger_for(inner, source)


class _Outside:
    """Implements `merge.external.Outside`."""

    __slots__ = ("_context",)

    def __init__(self, context: CommandContext) -> None:
        self._context = context

    def python_tool(self, name: str, script: tuple[str, str], arguments: Sequence[str]) -> int:
        """Calls a function with a `HookContext` whose fact "args" are the arguments."""
        from hydrargyrum.extension import HookContext
        from hydrargyrum.extension.loader import import_extension

        path, function_name = script
        try:
            module, _shipped = import_extension(f"hgmerge.{name}", path)
        except Exception:
            raise errors.Abort(f"loading python merge script failed: {path}") from None
        function = getattr(module, function_name, None)
        if function is None:
            raise errors.Abort(f"{path} does not have function: {function_name}")
        if function(HookContext("merge", self._context, {"args": list(arguments)})):
            raise errors.Abort("merge hook failed")
        return 0

    def announce(self, contest: Contest, command: str, arguments: str) -> None:
        """Shows what `command-templates.pre-merge-tool-output` makes of it."""
        context = self._context
        template = context.config.text("command-templates", "pre-merge-tool-output")
        if not template:
            return
        from hydrargyrum.extension.output import environment_for
        from hydrargyrum.view.templates.selection import unquote

        local = contest.local.changeset
        names: dict[str, object] = {
            "node": contest.my_node.hex(),
            "path": contest.path,
            "toolpath": command,
            "toolargs": arguments,
        }
        for role, version in zip(("local", "other", "base"), contest.versions, strict=True):
            names[role] = _side(context, role, version, contest.my_node)
        environment = environment_for(context, {"": unquote(template)})
        context.ui.status(environment.render("", names, {"changeset": local, "repo": context.repo}))


def _side(context: CommandContext, role: str, version: Version, my_node: Node) -> object:
    """One side of a merge, as templates take it apart."""
    from hydrargyrum.view.templates.containers import MappingValue
    from hydrargyrum.view.templates.values import Overlay

    facts: dict[str, object] = {
        "name": role,
        "islink": "l" in version.flags,
        "label": version.full_label,
    }
    if role == "local":
        facts["node"] = my_node.hex()
    changeset = version.changeset or context.repo["null"]
    return MappingValue(Overlay(facts, {"changeset": changeset, "repo": context.repo}))


def one_revision(context: CommandContext) -> str:
    """The revision of `--rev` or of the only argument; "" for none. Raises `InputError` for both."""
    named = context.options.text("rev")
    if named and context.args:
        raise errors.InputError("please specify just one revision")
    return named or (context.args[0] if context.args else "")


def shown_paths(context: CommandContext) -> Callable[[str], str]:
    """How paths are shown: from the root, or from the current directory (`ui.relative-paths`)."""
    from hydrargyrum.repo.paths import relative_path, wants_relative

    if not wants_relative(context.config, legacy=False):
        return str
    root, cwd = context.repo.root, context.cwd
    return lambda path: relative_path(root, cwd, path)


def describe(context: CommandContext, changeset: Changeset, template: str) -> str:
    """A changeset by a template, for conflict markers."""
    if template == context.config.default("command-templates", "mergemarker"):
        return _described(changeset)
    from hydrargyrum.extension.output import environment_for
    from hydrargyrum.view.templates.selection import unquote

    environment = environment_for(context, {"": unquote(template)})
    return environment.render("", {}, {"changeset": changeset, "repo": changeset.repo})


def _described(changeset: Changeset) -> str:
    """The default template: short node, tags but "tip", bookmarks, branch but "default", author, first line."""
    tags = " ".join(changeset.tags)
    words = [changeset.node.hex()[:12]]
    if tags not in ("", "tip"):
        words.append(tags)
    words += changeset.bookmarks
    if changeset.branch != "default":
        words.append(changeset.branch)
    summary = changeset.description.strip().partition("\n")[0]
    return f"{' '.join(words)} - {_user(changeset.user)}: {summary}"


def _user(author: str) -> str:
    """The short name of an author, as the template filter `user` has it."""
    name = author.partition("@")[0]
    name = name[name.find("<") + 1 :]
    return name.partition(" ")[0].partition(".")[0]

"""`extdiff`, and a command for each program of section `extdiff`: other programs compare; the peer's extension has them.

What they are given to compare is made by `ops.extdiff`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.commands.walk_options import SUBREPO_OPTION, WALK_OPTIONS, patterns_of
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from hydrargyrum.config import Config
    from hydrargyrum.extension import CommandContext, Registry
    from hydrargyrum.ops.extdiff import Layout, Sides

_OPTIONS = (
    Option("o", "option", "pass option to comparison program", default=[], metavar="OPT"),
    Option("r", "rev", "revision", default=[], metavar="REV", marks=["deprecated"]),
    Option("", "from", "revision to diff from", default="", metavar="REV1"),
    Option("", "to", "revision to diff to", default="", metavar="REV2"),
    Option("c", "change", "change made by revision", default="", metavar="REV"),
    Option("", "per-file", "compare each file instead of revision snapshots", default=False),
    Option("", "confirm", "prompt user before each external program invocation", default=False),
    Option("", "patch", "compare patches for two revisions"),
    *WALK_OPTIONS,
    SUBREPO_OPTION,
)


@command(
    "extdiff",
    options=[Option("p", "program", "comparison program to run", default="", metavar="CMD"), *_OPTIONS],
    synopsis="[OPT]... [FILE]...",
    category="contents",
    inferrepo=True,
)
def extdiff(context: CommandContext) -> int:
    """compare revisions with another program

    The program (`diff -Npru` unless --program names one) gets two directories with the files that differ, or two files
    where only one does. --option passes options to it. With --per-file it runs once for each file, and with --confirm it
    asks before each.

    --from, --to and --change choose what is compared, as they do for :hg:`diff`.
    """
    from shlex import quote

    program, given = context.options.text("program"), list(context.options.items("option"))
    if not program:
        program, given = "diff", given or ["-Npru"]
    return _compare(context, " ".join(map(quote, [program, *given])))


# -- commands of the configuration --------------------------------------------------------------------------------


def setup(registry: Registry) -> None:
    """Make a command of each program in section `extdiff`."""
    from hydrargyrum.extension import Command

    made = []
    config = registry.config
    for item, text in _items(config):
        if item.startswith(("opts.", "gui.")):
            continue
        tool = _Tool(config, item, text)
        help_text = f"compare revisions with another program\n\n    The program is::\n\n        {tool.path}\n"
        made.append(
            Command(
                tool.run,
                tool.name,
                options=_OPTIONS,
                synopsis="[OPTION]... [FILE]...",
                category="contents",
                inferrepo=True,
                help=help_text,
            )
        )
    registry.adopt("extdiff", made)


def _items(config: Config) -> list[tuple[str, str]]:
    return [(name, value.text or "") for name, value in config.section("extdiff")]


class _Tool:
    """A program that the configuration names."""

    __slots__ = ("is_graphical", "line", "name", "path")

    def __init__(self, config: Config, item: str, text: str) -> None:
        import shlex

        from hydrargyrum.config.parse import expand_path

        path = expand_path(text)
        short = item.startswith("cmd.")
        self.name = item.removeprefix("cmd.")
        found = path or _find_program(config, self.name)
        arguments = (config.text("extdiff", f"opts.{self.name}") or "") if short else ""
        if short or not path:
            self.line = shlex.quote(found) + (f" {arguments}" if arguments else "")
            has_arguments = bool(arguments)
        else:
            self.line = path
            has_arguments = len(shlex.split(path)) > 1
        self.path = found
        if not has_arguments:
            more = (
                config.text(section, f"{self.name}.diffargs") for section in ("diff-tools", "merge-tools")
            )
            chosen = next(filter(None, more), None) or _shipped(config, self.name, "diffargs")
            if chosen:
                self.line += f" {chosen}"
        self.is_graphical = self._graphical(config)

    def _graphical(self, config: Config) -> bool:
        places = (
            ("extdiff", f"gui.{self.name}"),
            ("diff-tools", f"{self.name}.gui"),
            ("merge-tools", f"{self.name}.gui"),
        )
        for section, item in places:
            if config.has(section, item):
                return config.boolean(section, item, False)
        return _shipped(config, self.name, "gui").lower() in ("1", "yes", "true", "on", "always")

    def run(self, context: CommandContext) -> int:
        """Compare with this program."""
        from shlex import quote

        if self.is_graphical and not context.config.environ.get("DISPLAY"):
            hint = f"to override, use: --config diff-tools.{self.name}.gui=False"
            raise errors.Abort(f"tool '{self.name}' requires a GUI", hint=hint)
        given = " ".join(map(quote, context.options.items("option")))
        line = f"{self.line} {given}" if given else self.line
        return _compare(context, line, graphical=self.is_graphical)


def _shipped(config: Config, tool: str, item: str) -> str:
    from hydrargyrum.merge.choice import shipped_settings

    return shipped_settings(config).get(tool, {}).get(item, "")


def _find_program(config: Config, name: str) -> str:
    from hydrargyrum.merge.choice import ToolSettings, find_program

    search = config.environ.get("PATH")
    executable = os.path.expanduser(os.path.expandvars(ToolSettings(config, name).text("executable", name)))
    return find_program(name, search) or find_program(executable, search) or name


# -- comparing ----------------------------------------------------------------------------------------------------


def _sides(context: CommandContext, *, three_way: bool) -> Sides:
    from hydrargyrum.ops.extdiff import Sides
    from hydrargyrum.ops.revisions import resolve_pair, resolve_revision

    options, repo = context.options, context.repo
    revisions, change = options.items("rev"), options.text("change")
    start, end = options.text("from"), options.text("to")
    if revisions and change:
        raise errors.InputError("cannot specify both --rev and --change")
    second = None
    if change:
        new = resolve_revision(repo, change, default=None)
        first, second = new.parents[0], new.parents[1]
    elif start or end:
        first = resolve_revision(repo, start, default=None)
        new = resolve_revision(repo, end, default=None)
    else:
        first, new = resolve_pair(repo, revisions)
        second = None if revisions else repo.working_copy.parents[1]
    if not three_way or second is None or second.rev < 0:
        second = None
    return Sides(first, new, second)


def _compare(context: CommandContext, line: str, *, graphical: bool = False) -> int:
    import shutil
    import tempfile

    from hydrargyrum.commands.walk_options import tell
    from hydrargyrum.ops.diff import missing_files
    from hydrargyrum.ops.extdiff import Layout

    options, ui = context.options, context.ui
    sides = _sides(context, three_way="$parent2" in line)
    if options.flag("subrepos"):
        if options.flag("patch"):
            raise errors.Abort("--patch cannot be used with --subrepos")
        if os.path.exists(os.path.join(context.repo.root, ".hgsub")):
            raise errors.Unsupported(feature="extdiff --subrepos is")
    if options.flag("patch"):
        if options.flag("per_file"):
            raise errors.Abort("--patch cannot be used with --per-file")
        if sides.new.is_working_copy:
            raise errors.Abort("--patch requires two revisions")
    directory = tempfile.mkdtemp(prefix="extdiff.")
    try:
        if options.flag("patch"):
            return _compare_patches(context, sides, line, directory)
        tell(context, missing_files(sides.first, sides.new, patterns_of(context)))
        layout = Layout(sides, patterns_of(context), directory)
        if not layout.common:
            return 0
        if options.flag("per_file"):
            _run_for_each(context, layout, line, graphical=graphical)
        else:
            _run_once(context, layout, line)
        for file in layout.copied:
            if file.bring_back():
                ui.debug(f"file changed while diffing. Overwriting: {file.original} (src: {file.copy})\n")
        return 1
    finally:
        ui.note("cleaning up temp directory\n")
        shutil.rmtree(directory)


def _compare_patches(context: CommandContext, sides: Sides, line: str, directory: str) -> int:
    from hydrargyrum.ops.extdiff import patch_file

    patterns = patterns_of(context)
    old = patch_file(sides.first, patterns, directory)
    new = patch_file(sides.new, patterns, directory)
    values = {"parent1": os.path.join(directory, old), "plabel1": old}
    values |= {"child": os.path.join(directory, new), "clabel": new}
    _run(context, _filled(line, context.repo.root, values), directory)
    return 1


def _run_once(context: CommandContext, layout: Layout, line: str) -> None:
    """One run for the directories, or for the files if only one differs."""
    sides = layout.sides
    first, second = layout.first, layout.second
    new = os.path.join(layout.new_root, layout.new)
    labels = _labels(sides)
    if len(layout.common) == 1:
        (path,) = layout.common
        first = _existing(os.path.join(layout.directory, first, path))
        if sides.second is not None:
            second = _existing(os.path.join(layout.directory, second, path))
        new = os.path.join(layout.new_root, layout.new, path)
        labels = [path + label for label in labels]
    values = dict(zip(("plabel1", "plabel2", "clabel"), labels, strict=True))
    values |= {"parent1": first, "child": new}
    if sides.second is not None:
        values["parent2"] = second
    _run(context, _filled(line, context.repo.root, values), layout.directory)


def _run_for_each(context: CommandContext, layout: Layout, line: str, *, graphical: bool) -> None:
    import subprocess

    from hydrargyrum.ui.process import child_environment

    sides, ui = layout.sides, context.ui
    confirm = context.options.flag("confirm")
    running = []
    labels = _labels(sides)
    paths = sorted(layout.common, key=os.fsencode)
    for number, path in enumerate(paths, 1):
        if confirm:
            answer = _ask(context, f"diff {path} ({number} of {len(paths)})")
            if answer == 2:
                break
            if answer == 1:
                continue
        values = {
            "parent1": _existing(os.path.join(layout.directory, layout.first, path)),
            "plabel1": path + labels[0],
            "plabel2": path + labels[1] if sides.second is not None else "",
            "child": os.path.join(layout.new_root, layout.new, path),
            "clabel": path + labels[2],
        }
        if sides.second is not None:
            values["parent2"] = _existing(os.path.join(layout.directory, layout.second, path))
        filled = _filled(line, context.repo.root, values)
        if confirm or not graphical:
            _run(context, filled, layout.directory)
            continue
        ui.debug(f"running {filled!r} in {layout.directory} (backgrounded)\n")
        running.append(
            subprocess.Popen(filled, shell=True, env=child_environment(ui, {}), cwd=layout.directory)
        )
    for process in running:
        process.wait()


_CHOICES = (("y", "yes, show diff"), ("n", "no, skip this diff"), ("s", "skip remaining diffs"))


def _ask(context: CommandContext, what: str) -> int:
    """Whether a file is to be shown (0), passed over (1), or all that are left (2)."""
    ui = context.ui
    question = (
        f"{what} [Yns?]$$ &Yes, show diff$$ &No, skip this diff$$ &Skip remaining diffs$$ &? (display help)"
    )
    while (answer := ui.choose(question)) == 3:
        for letter, text in (*_CHOICES, ("?", "? (display help)")):
            ui.write(f"{letter} - {text}\n")
    return answer


def _labels(sides: Sides) -> list[str]:
    """What stands behind file names: the numbers of the revisions."""
    first = "" if sides.first.is_working_copy else f"@{sides.first.rev}"
    second = "" if sides.second is None else f"@{sides.second.rev}"
    new = "" if sides.new.is_working_copy else f"@{sides.new.rev}"
    return [first, second, new]


def _existing(path: str) -> str:
    return path if os.path.isfile(path) else os.devnull


def _run(context: CommandContext, line: str, directory: str) -> None:
    context.ui.debug(f"running {line!r} in {directory}\n")
    context.ui.system(line, cwd=directory)


def _filled(line: str, root: str, values: dict[str, str]) -> str:
    """A command line with quoted names in the places of `$parent1`, `$child` and their like, behind it without any."""
    import re

    place = re.compile(r"""(['"]?)([^\s'"$]*)\$(parent2|parent1?|child|plabel1|plabel2|clabel|root)\1""")
    three_way = "parent2" in values
    if not three_way and not place.search(line):
        line += " $parent1 $child"
    return place.sub(_quoter({**values, "parent": values["parent1"], "root": root}), line)


def _quoter(values: dict[str, str]) -> Callable[[re.Match[str]], str]:
    from shlex import quote

    def put(found: re.Match[str]) -> str:
        if found[3] == "parent2" and "parent2" not in values:
            return found[2]
        return found[2] + quote(values.get(found[3], ""))

    return put

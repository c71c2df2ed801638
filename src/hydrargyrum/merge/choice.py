"""Which tool merges a file: what the user demands, what patterns and priorities in the configuration say.

The tools themselves are in `filemerge`. Shipped settings of known programs are `known_tools`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.config.values import parse_boolean, parse_list
from hydrargyrum.types import PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from hydrargyrum.config import Config
    from hydrargyrum.merge.conversation import Conversation
    from hydrargyrum.repo import Repository

#: How an internal tool goes about: it takes a side, merges only where lines do not conflict first, or merges at once.
TAKES_A_SIDE = "nomerge"
AT_ONCE = "mergeonly"
IN_TWO_STEPS = "fullmerge"

INTERNAL: dict[str, str] = {
    "prompt": TAKES_A_SIDE,
    "local": TAKES_A_SIDE,
    "other": TAKES_A_SIDE,
    "fail": TAKES_A_SIDE,
    "union": IN_TWO_STEPS,
    "union-other-first": IN_TWO_STEPS,
    "merge": IN_TWO_STEPS,
    "merge3": IN_TWO_STEPS,
    "merge3-lie-about-conflicts": IN_TWO_STEPS,
    "mergediff": IN_TWO_STEPS,
    "merge-local": AT_ONCE,
    "merge-other": AT_ONCE,
    "tagmerge": AT_ONCE,
    "dump": IN_TWO_STEPS,
    "forcedump": AT_ONCE,
}
_ANY_CONTENT = frozenset(("dump", "forcedump"))


def internal_name(tool: str) -> str | None:
    """The name of an internal tool (":merge" or "internal:merge") alone; None for another tool."""
    name = tool.removeprefix("internal") if tool.startswith("internal:") else tool
    return name[1:] if name.startswith(":") and name[1:] in INTERNAL else None


def shipped_settings(config: Config) -> Mapping[str, Mapping[str, str]]:
    """Settings of known programs; none where `HGRCPATH` says what the whole configuration is."""
    if "HGRCPATH" in config.environ:
        return {}
    from hydrargyrum.merge.known_tools import KNOWN_TOOLS

    return KNOWN_TOOLS


class ToolSettings:
    """Section `merge-tools` for one tool, above what is shipped for it."""

    __slots__ = ("_config", "_shipped", "tool")

    def __init__(self, config: Config, tool: str) -> None:
        self._config = config
        self._shipped = shipped_settings(config).get(tool, {})
        self.tool = tool

    def _shipped_text(self, part: str) -> str | None:
        if self._config.has("merge-tools", f"{self.tool}.{part}"):
            return None
        return self._shipped.get(part)

    def text(self, part: str, default: str | None = None) -> str:
        """A text; "" where there is none."""
        found = self._shipped_text(part) or self._config.text("merge-tools", f"{self.tool}.{part}")
        return (default or "") if found is None else found

    def flag(self, part: str, default: bool = False) -> bool:
        """A boolean."""
        shipped = self._shipped_text(part)
        if shipped is not None:
            known = parse_boolean(shipped)
            if known is None:
                name = f"{self.tool}.{part}"
                raise errors.ConfigValue(section="merge-tools", name=name, value=shipped, type="boolean")
            return known
        found = self._config.optional_boolean("merge-tools", f"{self.tool}.{part}")
        return default if found is None else found

    def words(self, part: str) -> list[str]:
        """A list."""
        shipped = self._shipped_text(part)
        if shipped is not None:
            return parse_list(shipped)
        return self._config.text_list("merge-tools", f"{self.tool}.{part}")

    def number(self, part: str) -> int:
        """A number."""
        shipped = self._shipped_text(part)
        if shipped is not None:
            return int(shipped)
        return self._config.integer("merge-tools", f"{self.tool}.{part}")


class ChosenTool:
    """A tool.

    Attributes:
        name: as it was asked for.
        command: how a program is started, quoted for the shell; "" for an internal tool.
    """

    __slots__ = ("command", "name")

    def __init__(self, name: str, command: str = "") -> None:
        self.name = name
        self.command = command


class ToolChoice:
    """Chooses tools for files of one repository."""

    __slots__ = ("_config", "_found", "_ranked", "_repo", "_strict", "_talk")

    def __init__(self, repo: Repository, talk: Conversation) -> None:
        self._repo = repo
        self._config = repo.config
        self._talk = talk
        self._strict = repo.config.boolean("merge", "strict-capability-check")
        self._found: dict[str, str | None] = {}
        self._ranked: tuple[Set[str], Sequence[str]] | None = None

    def choose(self, path: str, *, binary: bool, link: bool, change_delete: bool) -> ChosenTool:
        """The tool for a file with these properties."""
        needs = _Needs(binary=binary, link=link, change_delete=change_delete)
        demanded = self._demanded(change_delete)
        if demanded is None:
            demanded = self._by_pattern(path, needs)
        return demanded or self._by_priority(path, needs)

    def _demanded(self, change_delete: bool) -> ChosenTool | None:
        forced = self._config.text("ui", "forcemerge")
        if forced:
            found = self._find(forced)
            if change_delete and not _takes_a_side(found or ""):
                return ChosenTool(":prompt")
            return ChosenTool(forced, _quoted(found) if found else forced)
        named = self._config.environ.get("HGMERGE")
        if named:
            if change_delete and not _takes_a_side(named):
                return ChosenTool(":prompt")
            return ChosenTool(named, named)
        return None

    def _by_pattern(self, path: str, needs: _Needs) -> ChosenTool | None:
        for pattern, value in self._config.section("merge-patterns"):
            tool = value.text
            if not self._matches(pattern, path):
                continue
            if self._is_fit(tool, pattern, needs.for_pattern(strict=self._strict)):
                if needs.binary and not self._can(tool, "binary", strict=True):
                    self._talk.warn(
                        f"warning: check merge-patterns configurations, if {tool!r} for binary file"
                        f" {path!r} is unintentional\n"
                        "(see 'hg help merge-tools' for binary files capability)\n"
                    )
                return ChosenTool(tool, _quoted(self._find(tool) or tool))
        return None

    def _matches(self, pattern: str, path: str) -> bool:
        from hydrargyrum.types import NULL_REV

        patterns = PatternSet(
            self._repo.root, [f"path:{path}"], [pattern], default_kind="glob", warn_missing=False
        )
        first = self._repo.working_copy.parents[0].rev
        second = self._repo.working_copy.parents[1].rev
        engine = self._repo.engine
        revs = (None, first, second)
        return any(len(engine.files(rev, patterns)[0]) for rev in revs if rev != NULL_REV)

    def _known_tools(self) -> tuple[Set[str], Sequence[str]]:
        """All tools, and those that are not disabled from the most wanted one on; asked of the configuration once."""
        if self._ranked is None:
            known: dict[str, int] = {}
            disabled = set()
            named = [key.split(".")[0] for key, _ in self._config.section("merge-tools")]
            for tool in (*shipped_settings(self._config), *named):
                settings = ToolSettings(self._config, tool)
                known.setdefault(tool, settings.number("priority"))
                if settings.flag("disabled"):
                    disabled.add(tool)
            order = sorted(known, key=lambda tool: (-known[tool], tool))
            self._ranked = frozenset(known), [tool for tool in order if tool not in disabled]
        return self._ranked

    def _by_priority(self, path: str, needs: _Needs) -> ChosenTool:
        known, ranked = self._known_tools()
        candidates = list(ranked)
        wanted = self._config.text("ui", "merge")
        if wanted and self._is_fit(wanted, path, needs):
            if wanted not in known and not needs.change_delete:
                return ChosenTool(wanted, wanted)
            candidates.insert(0, wanted)
        candidates.append("hgmerge")
        for tool in candidates:
            if self._is_fit(tool, None, needs):
                return ChosenTool(tool, _quoted(self._find(tool) or tool))
        if needs.link or needs.binary or needs.change_delete:
            if not needs.change_delete:
                self._talk.warn(f"no tool found to merge {path}\n")
            return ChosenTool(":prompt")
        return ChosenTool(":merge")

    # -- one tool -------------------------------------------------------------------------------------------------

    def _is_fit(self, tool: str, pattern: str | None, needs: _Needs) -> bool:
        shown = f"{tool} (for pattern {pattern})" if pattern else tool
        if not self._find(tool):
            say = self._talk.warn if pattern else self._talk.note
            say(f"couldn't find merge tool {shown}\n")
        elif needs.link and not self._can(tool, "symlink", strict=self._strict):
            self._talk.warn(f"tool {shown} can't handle symlinks\n")
        elif needs.binary and not self._can(tool, "binary", strict=self._strict):
            self._talk.warn(f"tool {shown} can't handle binary\n")
        elif needs.change_delete and not _takes_a_side(tool):
            pass
        elif not self._has_display() and ToolSettings(self._config, tool).flag("gui"):
            self._talk.warn(f"tool {shown} requires a GUI\n")
        else:
            return True
        return False

    def _can(self, tool: str, capability: str, *, strict: bool) -> bool:
        name = internal_name(tool)
        if name is not None:
            return strict and (name in _ANY_CONTENT or INTERNAL[name] == TAKES_A_SIDE)
        return ToolSettings(self._config, tool).flag(capability)

    def _has_display(self) -> bool:
        return bool(self._config.environ.get("DISPLAY"))

    def _find(self, tool: str) -> str | None:
        """The tool itself where it is internal, else the path of its program, or None; looked for once."""
        if tool not in self._found:
            self._found[tool] = self._look_for(tool)
        return self._found[tool]

    def _look_for(self, tool: str) -> str | None:
        if internal_name(tool) is not None:
            return tool
        command = ToolSettings(self._config, tool).text("executable", tool)
        if command.startswith("python:"):
            return command
        return find_program(os.path.expanduser(os.path.expandvars(command)), self._config.environ.get("PATH"))


class _Needs:
    """What a tool must be able to handle."""

    __slots__ = ("binary", "change_delete", "link")

    def __init__(self, *, binary: bool, link: bool, change_delete: bool) -> None:
        self.binary = binary
        self.link = link
        self.change_delete = change_delete

    def for_pattern(self, *, strict: bool) -> _Needs:
        """For a tool that a pattern names: binary contents only count with strict checks."""
        return _Needs(binary=self.binary and strict, link=self.link, change_delete=self.change_delete)


def find_program(command: str, search_path: str | None) -> str | None:
    """The path of a program, looked for in `search_path` unless it has a slash."""
    candidates = (
        [command] if "/" in command else [os.path.join(d, command) for d in (search_path or "").split(":")]
    )
    for candidate in candidates:
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return None


def _takes_a_side(tool: str) -> bool:
    name = internal_name(tool)
    return name is not None and INTERNAL[name] == TAKES_A_SIDE


def _quoted(command: str) -> str:
    import shlex

    return command if command.startswith("python:") or internal_name(command) else shlex.quote(command)

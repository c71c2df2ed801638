"""Merges the contents of one file in the working copy: first without a tool, then with the chosen one, then checks.

Which tool is chosen is decided by `choice`; what is recorded of the result belongs to `resolve`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.merge import choice, contents
from hydrargyrum.merge.choice import ToolChoice, ToolSettings
from hydrargyrum.merge.contents import Tools
from hydrargyrum.merge.partial_tools import run_partial_tools
from hydrargyrum.merge.worktree import WorkingFiles
from hydrargyrum.text import conflict
from hydrargyrum.text.merge3 import is_binary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.merge.choice import ChosenTool
    from hydrargyrum.merge.contents import Contest, Version
    from hydrargyrum.merge.conversation import Conversation, ShowPath
    from hydrargyrum.merge.external import Outside
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Node

    #: A changeset in one line for a conflict marker, by a template.
    Describe = Callable[[Changeset, str], str]

_KEEPING = ("keep", "keep-merge3", "keep-mergediff")
_FAILED_LINES = "warning: conflicts while merging {}! (edit, then use 'hg resolve --mark')\n"
_STYLES = {
    "union": conflict.UNION,
    "union-other-first": conflict.UNION_OTHER_FIRST,
    "merge": conflict.MINIMIZED,
    "merge3": conflict.WITH_BASE,
    "merge3-lie-about-conflicts": conflict.WITH_BASE,
    "mergediff": conflict.AS_DIFF,
    "merge-local": conflict.LOCAL,
    "merge-other": conflict.OTHER,
}


class Halted(Exception):
    """The user (or `merge.on-failure`) wants no further files to be merged."""


class ConflictInMemory(Exception):
    """Files in memory cannot be merged without a person, or without files on disk; the argument says why."""

    def __init__(self, what: str = "merge conflicts") -> None:
        super().__init__(f"in-memory merge does not support {what}")


class Outcome:
    """What became of a file.

    Attributes:
        code: 0 where it is merged.
        deleted: the result is that the file is gone.
    """

    __slots__ = ("code", "deleted")

    def __init__(self, code: int, *, deleted: bool = False) -> None:
        self.code = code
        self.deleted = deleted


class FileMerger:
    """Merges files of one repository.

    Attributes:
        files: the working copy.
        repo: the repository.
        talk: messages and questions.
    """

    __slots__ = ("_choice", "_config", "_describe", "_outside", "_tools", "_within", "files", "repo", "talk")

    def __init__(
        self,
        repo: Repository,
        talk: Conversation,
        show: ShowPath,
        describe: Describe,
        outside: Outside | None = None,
        within: Callable[[Repository], FileMerger] | None = None,
        files: WorkingFiles | None = None,
    ) -> None:
        self.repo = repo
        self._within = within
        self._config = repo.config
        self._outside = outside
        self.files = WorkingFiles(repo) if files is None else files
        self.talk = talk
        self._choice = ToolChoice(repo, talk)
        self._describe = describe
        relaxed = repo.config.boolean("experimental", "relaxed-block-sync-merge")
        self._tools = Tools(talk, self.files, show, relaxed=relaxed)

    @property
    def show_path(self) -> ShowPath:
        """How paths are shown."""
        return self._tools.show

    def within(self, repo: Repository) -> FileMerger:
        """A merger for a subrepository."""
        if self._within is None:
            return FileMerger(repo, self.talk, self._tools.show, self._describe, self._outside)
        return self._within(repo)

    def over(self, files: WorkingFiles) -> FileMerger:
        """The same merger for other files."""
        return FileMerger(self.repo, self.talk, self._tools.show, self._describe, self._outside, files=files)

    def merge(self, contest: Contest, labels: tuple[str, ...] | None) -> Outcome:
        """Merge a file whose local version is on disk.

        Raises:
            Halted: no further files are to be merged; this one is not.
        """
        tool = self._choice.choose(
            contest.path,
            binary=contest.is_binary,
            link=contest.has_links,
            change_delete=contest.is_change_delete,
        )
        self.talk.debug(
            f"picked tool '{_public_name(tool)}' for {self._tools.show(contest.path)} (binary {contest.is_binary}"
            f" symlink {contest.has_links} changedelete {contest.is_change_delete})\n"
        )
        names = [*(labels or ("local", "other")), "base"][:3]
        for version, label in zip(contest.versions, names, strict=True):
            version.label = label
        internal = choice.internal_name(tool.name)
        if internal is not None and choice.INTERNAL[internal] == choice.TAKES_A_SIDE:
            return self._take_side(internal, contest)
        return self._merge_contents(tool, internal, contest)

    def _take_side(self, tool: str, contest: Contest) -> Outcome:
        if tool == "prompt":
            self._need_disk("file conflicts")
            tool = self._tools.ask(contest)
        if tool == "local":
            return Outcome(0, deleted=contest.local.is_absent)
        if tool == "other":
            return Outcome(0, deleted=self._tools.take_other(contest))
        self._need_disk("merge conflicts")
        self._tools.fail(contest)
        return Outcome(1)

    def _need_disk(self, what: str) -> None:
        """Raises `ConflictInMemory` where the files are in memory."""
        if self.files.is_in_memory:
            raise ConflictInMemory(what)

    # -- contents -------------------------------------------------------------------------------------------------

    def _merge_contents(self, tool: ChosenTool, internal: str | None, contest: Contest) -> Outcome:
        shown = self._tools.show(contest.path)
        if contest.original != contest.other.path:
            first, second = self._tools.show(contest.original), self._tools.show(contest.other.path)
            self.talk.status(f"merging {first} and {second} to {shown}\n")
        else:
            self.talk.status(f"merging {shown}\n")
        names = " ".join(
            f"{role} {_debug_name(version, contest.my_node)}"
            for role, version in zip(("my", "other", "ancestor"), contest.versions, strict=True)
        )
        self.talk.debug(f"{names}\n")
        failed = _failure_message(internal)
        if internal in _STYLES and not self._can_merge_lines(tool, contest):
            if internal != "merge3-lie-about-conflicts":
                self._need_disk("merge conflicts")
            if failed:
                self.talk.warn(failed.format(shown))
            return Outcome(1)
        backup = None if contest.local.is_absent else self.files.save_copy(contest.path)
        code = 1
        try:
            code = self._in_steps(tool, internal, contest, backup)
            if code:
                self._need_disk("merge conflicts")
                if failed:
                    self.talk.warn(failed.format(shown))
                self._halt_after_failure()
            return Outcome(code)
        finally:
            if backup is not None and (not code or self.files.is_in_memory):
                os.unlink(backup)

    def _can_merge_lines(self, tool: ChosenTool, contest: Contest) -> bool:
        shown, name = self._tools.show(contest.path), _public_name(tool)
        if contest.has_links:
            self.talk.warn(f"warning: internal {name} cannot merge symlinks for {shown}\n")
            return False
        if contest.is_change_delete:
            self.talk.warn(f"warning: internal {name} cannot merge change/delete conflict for {shown}\n")
            return False
        return True

    def _in_steps(self, tool: ChosenTool, internal: str | None, contest: Contest, backup: str | None) -> int:
        settings = ToolSettings(self._config, _public_name(tool))
        inner_style = self._config.text("ui", "mergemarkers") or "basic"
        style = inner_style if internal is not None else settings.text("mergemarkers", "basic")
        if internal is None or choice.INTERNAL[internal] == choice.IN_TWO_STEPS:
            run_partial_tools(self._config, self._tools, contest)
            if inner_style != "basic" or style != "basic":
                self._fill_details(contest, settings if style != "basic" else None)
            if self._merge_alone(contest, settings):
                return 0
            for version in contest.versions:
                version.detail = ""
        if style != "basic":
            self._fill_details(contest, settings)
        if internal is None:
            self._need_disk("external merge tools")
            from hydrargyrum.merge.external import run_program

            if contest.is_change_delete:
                shown = self._tools.show(contest.path)
                self.talk.warn(f"warning: {tool.name} cannot merge change/delete conflict for {shown}\n")
                return 1
            code = run_program(self._tools, tool, settings, contest, backup=backup, outside=self._outside)
        elif internal == "tagmerge":
            return self._merge_tags(contest)
        elif internal in ("dump", "forcedump"):
            self._need_disk("the :dump tool.")
            self._tools.dump(contest)
            return 1
        else:
            code = int(self._tools.merge_into_place(contest, _STYLES[internal]))
            if internal == "merge3-lie-about-conflicts":
                code = 0
        return self._check(code, settings, contest, backup)

    def _merge_alone(self, contest: Contest, settings: ToolSettings) -> bool:
        """Merge lines where that needs no decision; with "keep" leave markers for the tool."""
        if contest.has_links or contest.is_change_delete:
            return False
        keeping = ""
        try:
            wanted = settings.flag("premerge", not contest.is_binary)
        except errors.ConfigValue:
            keeping = settings.text("premerge").lower()
            wanted = True
            if keeping not in _KEEPING:
                valid = ", ".join(f"'{word}'" for word in _KEEPING)
                raise errors.ConfigError(
                    f"{settings.tool}.premerge not valid ('{keeping}' is neither boolean nor {valid})"
                ) from None
        if not wanted or any(is_binary(version.text) for version in contest.versions):
            return False
        style = {"keep-mergediff": conflict.AS_DIFF, "keep-merge3": conflict.WITH_BASE}.get(keeping)
        merged, conflicts = self._tools.merge(contest, style or conflict.MINIMIZED, relaxed=False)
        if not conflicts or keeping:
            self.files.write(contest.path, merged, contest.local.flags)
            contest.local.data = merged
        if not conflicts:
            self.talk.debug(" premerge successful\n")
        return not conflicts

    def _fill_details(self, contest: Contest, settings: ToolSettings | None) -> None:
        template = self._config.text("command-templates", "mergemarker") or ""
        if settings is not None:
            template = settings.text("mergemarkertemplate", template)
        for version in contest.versions:
            changeset = version.changeset
            if changeset is None:
                continue
            if changeset.is_working_copy:
                changeset = changeset.parents[0]
            version.detail = self._describe(changeset, template).partition("\n")[0]

    def _merge_tags(self, contest: Contest) -> int:
        from hydrargyrum.merge.tags import TagConflict, merge_tags

        try:
            merged = merge_tags(contest.local.text, contest.other.text, contest.base.text)
        except TagConflict as problem:
            tags = ", ".join(os.fsdecode(tag) for tag in problem.args[0])
            count = len(problem.args[0])
            self.talk.warn(
                f"automatic .hgtags merge failed\nthe following {count} tags are in conflict: {tags}\n"
            )
            return 1
        self.files.write(contest.path, merged, contest.local.flags)
        self.talk.note(".hgtags merged successfully\n")
        return 0

    # -- afterwards -----------------------------------------------------------------------------------------------

    def _check(self, code: int, settings: ToolSettings, contest: Contest, backup: str | None) -> int:
        shown = self._tools.show(contest.path)
        checks = settings.words("check")
        if not code and (settings.flag("checkconflicts") or "conflicts" in checks):
            code = int(contents.has_markers(self.files.read(contest.path)))
        if "prompt" in checks:
            if self.talk.choose(f"was merge of '{shown}' successful (yn)?$$ &Yes $$ &No", 1):
                code = 1
        elif not code and backup is not None and (settings.flag("checkchanged") or "changed" in checks):
            question = f" output file {shown} appears unchanged\nwas merge successful (yn)?$$ &Yes $$ &No"
            if self.files.read(contest.path) == _read(backup) and self.talk.choose(question, 1):
                code = 1
        if backup is not None and settings.flag("fixeol"):
            self._fix_line_ends(contest.path, backup)
        return code

    def _fix_line_ends(self, path: str, backup: str) -> None:
        wanted = contents.line_end(_read(backup))
        data = self.files.read(path)
        found = contents.line_end(data)
        if wanted and found and found != wanted:
            self.files.write(path, data.replace(found, wanted), self.files.flags(path))

    def _halt_after_failure(self) -> None:
        wish = self._config.text("merge", "on-failure")
        if wish == "halt":
            raise Halted
        if wish == "prompt" and self.talk.choose("continue merge operation (yn)?$$ &Yes $$ &No", 0) == 1:
            raise Halted


def _debug_name(version: Version, mine: Node) -> str:
    """A version as debug messages name it."""
    changeset = version.changeset
    if version.is_absent:
        side = "" if changeset is None else _short(changeset, mine)
        return f"absent file {version.path}@{side}"
    return f"{version.path}@{'0' * 12 if changeset is None else _short(changeset, mine)}"


def _short(changeset: Changeset, mine: Node) -> str:
    if changeset.is_working_copy:
        return f"{mine.hex()[:12]}+"
    return changeset.node.hex()[:12]


def _public_name(tool: ChosenTool) -> str:
    name = choice.internal_name(tool.name)
    return tool.name if name is None else f":{name}"


def _failure_message(internal: str | None) -> str:
    if internal is None:
        return "merging {} failed!\n"
    if internal == "tagmerge":
        return (
            "automatic tag merging of {} failed! "
            "(use 'hg resolve --tool :merge' or another merge tool of your choice)\n"
        )
    return _FAILED_LINES if internal in ("union", "union-other-first", "merge", "merge3", "mergediff") else ""


def _read(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()

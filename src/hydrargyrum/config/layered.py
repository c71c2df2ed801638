"""All layers of configuration, merged twice: with and without the files that are not trusted.

Reading order and typed values live here; the file format is in `parse`, file names in `sources`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.config import parse, plain, sources, values
from hydrargyrum.config.parse import Layer, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Final, TypeVar

    from hydrargyrum.config.item import ConfigItem, Default

    T = TypeVar("T")


class _Unset:
    """The default that nobody gave."""


UNSET: Final = _Unset()


class Config:
    """The configuration of one invocation.

    Attributes:
        environ: environment variables; the only ones that are looked at.
        warn: takes a warning (with its end of line); set by whoever owns the streams.
        debug: takes a debug message likewise.
        debugging: untrusted values that are ignored are reported.
        program: path of the program, for its installation prefix.
    """

    __slots__ = (
        "_extra_items",
        "_overlay",
        "_trusted",
        "_trusted_groups",
        "_trusted_users",
        "_tweaked",
        "_untrusted",
        "debug",
        "debugging",
        "environ",
        "program",
        "warn",
    )

    def __init__(self, environ: Mapping[str, str], *, program: str = "") -> None:
        self.environ = environ
        self.program = program
        self.warn: Callable[[str], object] = _ignore
        self.debug: Callable[[str], object] = _ignore
        self.debugging = False
        self._trusted = Layer()
        #: The merge that includes untrusted files; the same object until there is one.
        self._untrusted = self._trusted
        self._overlay = Layer()
        self._trusted_users: set[str] = set()
        self._trusted_groups: set[str] = set()
        self._tweaked = False
        self._extra_items: dict[tuple[str, str], ConfigItem] = {}

    # -- loading ----------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the layers that belong to no repository: `HGRCPATH`, or system, environment, user.

        Raises:
            ConfigParse: a file does not follow the format.
        """
        rcpath = self.environ.get("HGRCPATH")
        if rcpath is not None:
            self._set_environment_items()
            for path in sources.rcpath_files(rcpath):
                self.read_file(path, trusted=True)
        else:
            for path in sources.system_files(self.program):
                self.read_file(path, trusted=True)
            self._set_environment_items()
            for path in sources.user_files(self.environ):
                self.read_file(path, trusted=True)
        self._tweak()
        self._next_level()

    def read_repository(self, root: str) -> None:
        """Read the files of the repository at `root`, unless `HGRCSKIPREPO` is set.

        Raises:
            ConfigParse: a trusted file does not follow the format.
        """
        if "HGRCSKIPREPO" in self.environ:
            return
        for path, start in sources.repository_files(root):
            self.read_file(path, root=start)

    def read_file(self, path: str, *, root: str | None = None, trusted: bool = False) -> None:
        """Read one file; one that cannot be opened is passed over.

        Args:
            path: the file.
            root: directory that its relative `[paths]` start from; None is the home directory.
            trusted: do not look at its owner.
        """
        try:
            with open(path, "rb") as file:
                trusted = trusted or self._is_trusted(file.fileno(), path)
                data = file.read()
        except OSError:
            return
        base = os.path.expanduser("~") if root is None else root
        try:
            layer = parse.read_file(path, data, base)
        except errors.ConfigParse as problem:
            if trusted:
                raise
            facts = problem.facts
            self.warn(f"ignored {facts['path']}:{facts['line']}: {facts['text']}\n")
            return
        self._apply(layer, trusted)

    def copy(self) -> Config:
        """An independent copy, to which for example a repository's files are added."""
        new = Config(self.environ, program=self.program)
        new.warn = self.warn
        new.debug = self.debug
        new.debugging = self.debugging
        new._trusted = self._trusted.copy()
        new._untrusted = new._trusted if self._untrusted is self._trusted else self._untrusted.copy()
        new._overlay = self._overlay.copy()
        new._trusted_users = set(self._trusted_users)
        new._trusted_groups = set(self._trusted_groups)
        new._tweaked = self._tweaked
        new._extra_items = self._extra_items
        return new

    def for_subrepository(self, root: str) -> Config:
        """The configuration of a repository within another: without the files of that one."""
        new = Config(self.environ, program=self.program)
        new.warn, new.debug, new.debugging = self.warn, self.debug, self.debugging
        new._extra_items = self._extra_items
        new.load()
        new._overlay = self._overlay.copy()
        for layer in new._all_layers()[1:]:
            layer.lay_over(new._overlay)
        new.read_repository(root)
        commits = self.text("ui", "commitsubrepos")
        if commits:
            new.set("ui", "commitsubrepos", commits, "subrepo")
        return new

    def set(self, section: str, name: str, text: str, source: str) -> None:
        """Set a value above all files, for example from `--config`."""
        for layer in self._all_layers():
            layer.set(section, name, text, source, os.getcwd() if section == "paths" else None)
        self._after_change(section)
        self._tweak()

    def declare(self, item: ConfigItem) -> None:
        """Add an item that is not built in."""
        if self._extra_items:
            self._extra_items[item.section, item.name] = item
        else:
            self._extra_items = {(item.section, item.name): item}

    def is_plain(self, feature: str | None = None) -> bool:
        """See `plain.is_plain`."""
        return plain.is_plain(self.environ, feature)

    # -- looking up ---------------------------------------------------------------------------------------------

    def item(self, section: str, name: str) -> ConfigItem | None:
        """The declared item, if there is one."""
        extra = self._extra_items.get((section, name))
        if extra is not None:
            return extra
        from hydrargyrum.config import items

        return items.find(section, name)

    def find(self, section: str, name: str, *, untrusted: bool = False) -> Value | None:
        """The value that is set (aliases included), or None; defaults are not looked at."""
        item = self.item(section, name)
        layer = self._untrusted if untrusted else self._trusted
        best: Value | None = layer.find(section, name)
        aliases = () if item is None else item.aliases
        for alias in aliases:
            value = layer.find(*alias)
            if value is not None and (best is None or value.level > best.level):
                best = value
        if self.debugging and not untrusted and self._untrusted is not self._trusted:
            self._report_ignored(((section, name), *aliases), best)
        return best

    def source(self, section: str, name: str, *, untrusted: bool = False) -> str:
        """Where a value was set; "" where it is not."""
        value = (self._untrusted if untrusted else self._trusted).find(section, name)
        return "" if value is None else value.source

    def has(self, section: str, name: str, *, untrusted: bool = False) -> bool:
        """Whether a value is set under exactly this name."""
        return (self._untrusted if untrusted else self._trusted).find(section, name) is not None

    def sections(self, *, untrusted: bool = False) -> list[str]:
        """Names of all sections that were opened, sorted."""
        return sorted((self._untrusted if untrusted else self._trusted).sections)

    def section(
        self, name: str, *, untrusted: bool = False, suboptions: bool = True
    ) -> list[tuple[str, Value]]:
        """Names and values of a section in the order in which they were last set.

        Args:
            name: the section.
            untrusted: with what comes from untrusted files.
            suboptions: with names that contain a colon.
        """
        layer = self._untrusted if untrusted else self._trusted
        if self.debugging and not untrusted and self._untrusted is not self._trusted:
            for key, value in self._untrusted.sections.get(name, {}).items():
                trusted = self._trusted.find(name, key)
                if trusted is None or trusted.text != value.text:
                    self._say_ignored(name, key, value.text)
        found = layer.sections.get(name, {}).items()
        return [(key, value) for key, value in found if suboptions or ":" not in key]

    def sub_options(self, section: str, name: str, *, untrusted: bool = False) -> dict[str, str]:
        """Texts of `name:KEY` by KEY."""
        prefix = name + ":"
        layer = self._untrusted if untrusted else self._trusted
        return {
            key[len(prefix) :]: value.text
            for key, value in layer.sections.get(section, {}).items()
            if key.startswith(prefix)
        }

    # -- typed values -------------------------------------------------------------------------------------------

    def text(
        self, section: str, name: str, default: str | _Unset | None = UNSET, *, untrusted: bool = False
    ) -> str | None:
        """The text, else the given or declared default."""
        value = self.find(section, name, untrusted=untrusted)
        if value is not None:
            return value.text
        fallback = self._default(section, name, default)
        return None if fallback is None else str(fallback)

    def boolean(
        self, section: str, name: str, default: bool | _Unset = UNSET, *, untrusted: bool = False
    ) -> bool:
        """A boolean; False where there is neither value nor default. Raises `ConfigValue`."""
        return bool(self.optional_boolean(section, name, default, untrusted=untrusted))

    def optional_boolean(
        self, section: str, name: str, default: bool | _Unset | None = UNSET, *, untrusted: bool = False
    ) -> bool | None:
        """A boolean, or None where there is neither value nor default. Raises `ConfigValue`."""
        value = self.find(section, name, untrusted=untrusted)
        if value is None:
            fallback = self._default(section, name, default)
            return None if fallback is None else bool(fallback)
        parsed = values.parse_boolean(value.text)
        if parsed is None:
            raise _bad_value(section, name, value, "boolean")
        return parsed

    def integer(
        self, section: str, name: str, default: int | _Unset = UNSET, *, untrusted: bool = False
    ) -> int:
        """A number; 0 where there is neither value nor default. Raises `ConfigValue`."""
        return self._converted(
            values.parse_integer, "valid integer", section, name, default=default, last=0, untrusted=untrusted
        )

    def byte_size(
        self, section: str, name: str, default: int | _Unset = UNSET, *, untrusted: bool = False
    ) -> int:
        """A number of bytes; 0 where there is neither value nor default. Raises `ConfigValue`."""
        return self._converted(
            values.parse_size, "byte quantity", section, name, default=default, last=0, untrusted=untrusted
        )

    def number(
        self, section: str, name: str, default: float | _Unset = UNSET, *, untrusted: bool = False
    ) -> float:
        """A number with a fraction. Raises `ConfigValue`."""
        return self._converted(
            float, "valid float", section, name, default=default, last=0.0, untrusted=untrusted
        )

    def text_list(
        self, section: str, name: str, default: tuple[str, ...] | _Unset = UNSET, *, untrusted: bool = False
    ) -> list[str]:
        """Words separated by commas and white space; empty where there is neither value nor default."""
        value = self.find(section, name, untrusted=untrusted)
        if value is not None:
            return values.parse_list(value.text)
        fallback = self._default(section, name, default)
        if isinstance(fallback, str):
            return values.parse_list(fallback)
        return list(fallback) if isinstance(fallback, tuple) else []

    def path(
        self, section: str, name: str, default: str | _Unset | None = UNSET, *, untrusted: bool = False
    ) -> str | None:
        """A path: `~` is expanded, and a relative one starts from the directory of the file that sets it."""
        text = self.text(section, name, default, untrusted=untrusted)
        value = self.find(section, name, untrusted=untrusted)
        if text is None or value is None or ":" not in value.source:
            return text
        base = os.path.split(value.source.split(":", 1)[0])[0]
        return os.path.join(base, os.path.expanduser(text))

    def default(self, section: str, name: str) -> Default:
        """The declared default of an item, or None."""
        item = self.item(section, name)
        return None if item is None else item.default

    def walk(self, *, untrusted: bool = False) -> Iterator[tuple[str, str, Value]]:
        """(section, name, value) of all that is set: sections sorted, names in the order they were last set."""
        for section in self.sections(untrusted=untrusted):
            for name, value in self.section(section, untrusted=untrusted):
                yield section, name, value

    # -- inside -------------------------------------------------------------------------------------------------

    def _default(self, section: str, name: str, given: Default | float | _Unset) -> Default | float:
        return self.default(section, name) if isinstance(given, _Unset) else given

    def _converted(
        self,
        convert: Callable[[str], T],
        kind: str,
        section: str,
        name: str,
        *,
        default: T | _Unset,
        last: T,
        untrusted: bool,
    ) -> T:
        value = self.find(section, name, untrusted=untrusted)
        if value is None:
            fallback = default if not isinstance(default, _Unset) else self.default(section, name)
            if isinstance(fallback, str):
                return convert(fallback)
            return last if fallback is None else fallback  # type: ignore[return-value]
        try:
            return convert(value.text)
        except ValueError:
            raise _bad_value(section, name, value, kind) from None

    def _all_layers(self) -> tuple[Layer, ...]:
        if self._untrusted is self._trusted:
            return (self._overlay, self._trusted)
        return (self._overlay, self._trusted, self._untrusted)

    def _next_level(self) -> None:
        for layer in self._all_layers():
            layer.level += 1

    def _set_environment_items(self) -> None:
        self._next_level()
        for section, name, text, source in sources.environment_items(self.environ):
            self._trusted.set(section, name, text, source)

    def _apply(self, layer: Layer, trusted: bool) -> None:
        plain.strip(layer, self.environ)
        if not trusted and self._untrusted is self._trusted:
            self._untrusted = self._trusted.copy()
            self._untrusted.level = self._trusted.level
        targets = [self._untrusted]
        if trusted and self._untrusted is not self._trusted:
            targets.insert(0, self._trusted)
        for target in targets:
            target.lay_over(layer)
            target.lay_over(self._overlay)
        self._after_change(None)

    def _after_change(self, section: str | None) -> None:
        if section in (None, "trusted") and "trusted" in self._trusted.sections:
            self._trusted_users.update(self.text_list("trusted", "users"))
            self._trusted_groups.update(self.text_list("trusted", "groups"))
        if section in (None, "paths"):
            self._undouble_percent_signs()

    def _undouble_percent_signs(self) -> None:
        """`%%` in a path was once needed; it still works and is reported for either merge."""
        merges = [self._overlay, self._trusted]
        if self._untrusted is not self._trusted:
            merges.append(self._untrusted)
        for layer in merges:
            for name, value in list(layer.sections.get("paths", {}).items()):
                if ":" in name or "%%" not in value.text:
                    continue
                message = f"(deprecated '%' in path {name}={value.text} from {value.source or 'none'})\n"
                self.warn(message)
                if layer is self._untrusted:
                    self.warn(message)
                names = layer.sections["paths"]
                names.pop(name)
                text = value.text.replace("%%", "%")
                names[name] = Value(text, value.source, value.level, os.getcwd())

    def _is_trusted(self, descriptor: int, path: str) -> bool:
        from hydrargyrum.config import trust

        owner = trust.untrusted_owner(descriptor, self._trusted_users, self._trusted_groups)
        if owner is None:
            return True
        if self.debugging or self.boolean("ui", "report_untrusted"):
            self.warn(f"not trusting file {path} from untrusted user {owner.user}, group {owner.group}\n")
        return False

    def _report_ignored(self, names: tuple[tuple[str, str], ...], best: Value | None) -> None:
        for section, name in names:
            value = self._untrusted.find(section, name)
            if value is not None and (best is None or value.text != best.text):
                self._say_ignored(section, name, value.text)

    def _say_ignored(self, section: str, name: str, text: str) -> None:
        self.debug(f"ignoring untrusted configuration option {section}.{name} = {text}\n")

    def _tweak(self) -> None:
        if self._tweaked or not self.boolean("ui", "tweakdefaults") or self.is_plain("tweakdefaults"):
            return
        self._tweaked = True
        from hydrargyrum.config.items import TWEAKED_DEFAULTS

        for section, name, text in TWEAKED_DEFAULTS:
            if not self.has(section, name):
                self.set(section, name, text, "<tweakdefaults>")


def _ignore(message: str) -> None:
    pass


def _bad_value(section: str, name: str, value: Value, kind: str) -> errors.ConfigValue:
    return errors.ConfigValue(section=section, name=name, value=value.text, type=kind)

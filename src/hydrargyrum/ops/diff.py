"""What a diff is asked for: its style from options and configuration, and the request for two changesets.

The engine makes the patches; showing them, with labels or as a histogram, is `view.diffs`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.types import DiffRequest, DiffStyle, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hydrargyrum.config import Config
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.repo import Changeset

#: Option (by key) or config item of a kind of white space, and the letter that it has in a style.
_WHITE_SPACE = (
    ("ignore_all_space", "ignorews", "w"),
    ("ignore_space_change", "ignorewsamount", "b"),
    ("ignore_blank_lines", "ignoreblanklines", "B"),
    ("ignore_space_at_eol", "ignorewseol", "Z"),
)


class StyleChoice:
    """Decides about the style from options and a section of the configuration.

    Args:
        config: for `section` and `experimental`.
        options: of the command, by key; those it does not have are decided by the configuration.
        section: usually "diff"; prefix: of the items in it.
        warn: told about values that cannot be used.
    """

    def __init__(
        self,
        config: Config,
        options: Mapping[str, object] | None = None,
        *,
        section: str = "diff",
        prefix: str = "",
        warn: Callable[[str], object] | None = None,
    ) -> None:
        self._config = config
        self._options = options or {}
        self._section = section
        self._prefix = prefix
        self._warn = warn

    def _given(self, key: str) -> object:
        value = self._options.get(key)
        return value if value or isinstance(value, bool) else None

    def flag(self, key: str, item: str | None = None, *, plain: bool | None = None) -> bool:
        """An option, or the config item; `plain` is what HGPLAIN makes of an option that is not given."""
        given = self._given(key)
        if given is not None:
            return bool(given)
        if plain is not None and self._config.is_plain():
            return plain
        return self._config.boolean(self._section, self._prefix + (item or key))

    def context(self) -> int:
        """Lines of context."""
        value = self._given("unified")
        if value is None:
            value = self._config.text(self._section, f"{self._prefix}unified")
        if value is None or value == "":
            return 3
        try:
            return int(str(value))
        except ValueError:
            raise errors.InputError(f"diff context lines count must be an integer, not '{value}'") from None

    @property
    def words(self) -> bool:
        """Whether changed words are marked."""
        return self.flag("word_diff", "word-diff", plain=False)

    def style(self, *, git: bool = True, whitespace: bool = True, format: bool = True) -> DiffStyle:
        """The style; `git`, `whitespace` and `format` say which groups of options matter, others are at defaults."""
        ignore = ""
        if whitespace:
            ignore = "".join(letter for key, item, letter in _WHITE_SPACE if self.flag(key, item))
        no_binary = no_prefix = text = False
        if format:
            text = bool(self._options.get("text"))
            binary = self._options.get("binary")
            no_binary = self.flag("nobinary", plain=False) if binary is None else not binary
            no_prefix = self.flag("noprefix", plain=False)
        return DiffStyle(
            context=self.context(),
            git=git and self.flag("git"),
            ignore=ignore,
            index=self._index() if git else 0,
            no_binary=no_binary,
            no_dates=self.flag("nodates"),
            no_prefix=no_prefix,
            show_function=self.flag("show_function", "showfunc"),
            similarity=git and self._config.boolean("experimental", "extendedheader.similarity"),
            text=text,
            xdiff=self._config.boolean("experimental", "xdiff"),
        )

    def stat_style(self) -> DiffStyle:
        """The style of patches that are only counted."""
        style = self.style()
        style.context, style.no_prefix = 0, False
        return style

    def _index(self) -> int:
        """Digits of the hashes in `index` lines."""
        value = self._config.text("experimental", "extendedheader.index")
        if value is None or value == "none":
            return 0
        if value in ("short", ""):
            return 12
        if value == "full":
            return 40
        try:
            digits = int(value)
        except ValueError:
            self._complain(f"invalid value for extendedheader.index: '{value}'\n")
            return 0
        if not 0 <= digits <= 40:
            self._complain(f"invalid length for extendedheader.index: '{digits}'\n")
        return max(digits, 0)

    def _complain(self, text: str) -> None:
        if self._warn is not None:
            self._warn(text)


def patches(
    old: Changeset,
    new: Changeset,
    patterns: PatternSet,
    style: DiffStyle,
    *,
    root: str = "",
    full_nodes: bool = False,
) -> Iterator[bytes]:
    """The patch of each file that differs, that leads from `old` to `new`; either may be the working copy."""
    request = diff_request(old, new, patterns, style, root=root, full_nodes=full_nodes)
    return iter(()) if request is None else old.repo.engine.diff(request)


def merged_patches(
    merged: Changeset,
    new: Changeset,
    patterns: PatternSet,
    style: DiffStyle,
    *,
    root: str = "",
    full_nodes: bool = False,
    reverse: bool = False,
) -> Iterator[bytes]:
    """As `patches`, from (or, in reverse, to) a changeset that was only made for this and has neither name nor date."""
    from hydrargyrum.dates import format_date

    old, new = (new, merged) if reverse else (merged, new)
    request = diff_request(old, new, patterns, style, root=root, full_nodes=full_nodes)
    if request is None:
        return iter(())
    request.names = request.names[:1] if reverse else request.names[1:]
    dates = list(request.dates)
    dates[int(reverse)] = format_date(merged.repo.working_copy.date)
    request.dates = (dates[0], dates[1])
    return merged.repo.engine.diff(request)


def missing_files(old: Changeset, new: Changeset, patterns: PatternSet) -> list[EngineWarning]:
    """What is to be said about files that patterns name and the working copy lacks; of changesets, nothing is."""
    if not patterns.patterns:
        return []
    target = old if old.is_working_copy and not new.is_working_copy else new
    if target.engine_rev is None:
        from hydrargyrum.types import StatusRequest

        other = new if target is old else old
        base = None if other.engine_rev is None else other.rev
        request = StatusRequest(patterns, base=base, unknown=False)
        return list(target.repo.engine.status(request).warnings)
    return []


def diff_request(
    old: Changeset,
    new: Changeset,
    patterns: PatternSet,
    style: DiffStyle,
    *,
    root: str = "",
    full_nodes: bool = False,
) -> DiffRequest | None:
    """The question for the engine; None where both sides are the working copy."""
    from hydrargyrum.dates import format_date

    if old.is_working_copy and new.is_working_copy:
        return None
    reverse = old.is_working_copy
    base, target = (new, old) if reverse else (old, new)
    digits = 40 if full_nodes else 12
    quiet = PatternSet(
        patterns.cwd,
        patterns.patterns,
        patterns.include,
        patterns.exclude,
        default_kind=patterns.default_kind,
        warn_missing=False,
    )
    return DiffRequest(
        base.rev,
        target.engine_rev,
        quiet,
        style,
        names=[side.node.hex()[:digits] for side in (old, new) if not side.is_working_copy],
        dates=(format_date(old.date), format_date(new.date)),
        reverse=reverse,
        root=root,
    )

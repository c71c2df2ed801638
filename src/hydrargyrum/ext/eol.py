"""`eol`, as the peer's extension of that name has it: `.hgeol` says which ends of lines files have, here and stored.

Its filters are called by the engines, see `repo.contentfilters`. Format of `.hgeol`: docs/formats/hgeol.md.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.extension import config_item, register
from hydrargyrum.extension import hook as declare_hook
from hydrargyrum.text import lineends

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hydrargyrum.config import Config
    from hydrargyrum.extension import CommandContext, HookContext
    from hydrargyrum.matching.matcher import Matcher
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.repo.contentfilters import Filtering

config_item("eol", "fix-trailing-newline", default=False, kind="boolean")
config_item("eol", "native", default=os.linesep)
config_item("eol", "only-consistent", default=True, kind="boolean")

_FILE, _SOURCE, _CACHE = ".hgeol", "eol", "eol.cache"
_FILTERS = {"LF": "to-lf", "CRLF": "to-crlf", "BIN": "is-binary"}
#: What is wrong with a file that should go through a filter and does not look so.
_WRONG = {"to-lf": "CRLF", "to-crlf": "LF"}


# -- filters -----------------------------------------------------------------------------------------------------------


def _prepared(data: bytes, config: Config) -> bytes | None:
    """Text that is to be changed, None for what is to stay."""
    if b"\0" in data or (config.boolean("eol", "only-consistent") and lineends.are_mixed(data)):
        return None
    if config.boolean("eol", "fix-trailing-newline") and data and not data.endswith(b"\n"):
        return data + b"\n"
    return data


def tolf(data: bytes, filtering: Filtering) -> bytes:
    """Lines end in LF."""
    text = _prepared(data, filtering.config)
    return data if text is None else lineends.to_lf(text)


def tocrlf(data: bytes, filtering: Filtering) -> bytes:
    """Lines end in CR LF."""
    text = _prepared(data, filtering.config)
    return data if text is None else lineends.to_crlf(text)


def isbinary(data: bytes, _filtering: Filtering) -> bytes:
    """Nothing changes."""
    return data


register("data-filter", "to-lf", tolf)
register("data-filter", "to-crlf", tocrlf)
register("data-filter", "is-binary", isbinary)
register("data-filter", "cleverencode:", tolf)
register("data-filter", "cleverdecode:", tocrlf)


# -- .hgeol ------------------------------------------------------------------------------------------------------------


class _Rules:
    """What a `.hgeol` says.

    Attributes:
        patterns: (pattern, style in capitals), in order.
        settings: its section `eol`.
        encode: filter of each style on the way to the store; decode: on the way to the disk.
    """

    def __init__(self, config: Config, root: str, data: bytes) -> None:
        from hydrargyrum.config.parse import parse

        layer = parse(_FILE, data)
        values = layer.sections.get("patterns", {})
        found = {name: value.text for name, value in values.items()}
        self._sources = {name: value.source for name, value in values.items()}
        first = {} if ".hg*" in found else {".hg*": "BIN"}
        self.patterns = [(pattern, style.upper()) for pattern, style in {**first, **found}.items()]
        self.settings = {name: value.text for name, value in layer.sections.get("eol", {}).items()}
        stored = layer.sections.get("repository", {}).get("native")
        stored_lf = stored is None or stored.text != "CRLF"
        here_lf = config.text("eol", "native", os.linesep) in ("LF", "\n")
        self.encode = {**_FILTERS, "NATIVE": "to-lf" if stored_lf else "to-crlf"}
        self.decode = {**_FILTERS, "NATIVE": "to-lf" if here_lf else "to-crlf"}
        self._root = root
        self._matchers: list[Matcher] | None = None

    def configure(self, config: Config, warn: Callable[[str], object]) -> None:
        """Makes sections `encode` and `decode` say the same."""
        known = {pattern for pattern, _ in self.patterns}
        for section in ("decode", "encode"):
            for pattern, value in config.section(section):
                if pattern not in known and value.source == _SOURCE:
                    config.set(section, pattern, "!", _SOURCE)
        for pattern, style in self.patterns:
            if style in self.decode:
                config.set("decode", pattern, self.decode[style], _SOURCE)
                config.set("encode", pattern, self.encode[style], _SOURCE)
            else:
                warn(f"ignoring unknown EOL style '{style}' from {self._sources[pattern]}\n")
        for name, text in self.settings.items():
            config.set("eol", name, text, _SOURCE)

    def style(self, path: str) -> str | None:
        """The style of a file, None where nothing is said."""
        if self._matchers is None:
            from hydrargyrum.repo.contentfilters import matcher_of

            self._matchers = [matcher_of(self._root, pattern) for pattern, _ in self.patterns]
        encoded = os.fsencode(path)
        for matcher, (_, style) in zip(self._matchers, self.patterns, strict=True):
            if matcher.matches(encoded):
                return style
        return None

    def concerned(self) -> Matcher:
        """Which files have ends of lines that matter."""
        from hydrargyrum.matching.build import MatchRequest, build

        return build(
            MatchRequest(
                os.fsencode(self._root),
                include=[os.fsencode(pattern) for pattern, style in self.patterns if style != "BIN"],
                exclude=[os.fsencode(pattern) for pattern, style in self.patterns if style == "BIN"],
            )
        )

    def wrong_files(self, changeset: Changeset, paths: Iterable[str]) -> list[tuple[str, str]]:
        """Files of a changeset whose ends of lines are not as they should be, with those that they have."""
        found = []
        for path in paths:
            if path not in changeset.manifest:
                continue
            target = self.encode.get(self.style(path) or "")
            data = changeset.file(path).data
            if (target == "to-lf" and b"\r\n" in data) or (
                target == "to-crlf" and lineends.has_single_lf(data)
            ):
                found.append((path, _WRONG[target]))
        return found


def _rules_of(context: CommandContext, changeset: Changeset) -> _Rules | None:
    """The rules of a changeset or of the working copy, None where there are none."""
    repo = context.repo
    try:
        if changeset.is_working_copy:
            with open(os.path.join(repo.root, _FILE), "rb") as file:
                data = file.read()
        elif _FILE in changeset.manifest:
            data = changeset.file(_FILE).data
        else:
            return None
        return _Rules(context.config, repo.root, data)
    except OSError:
        return None
    except errors.ConfigParse as problem:
        place, line = f"{_FILE}:{problem.facts.get('line')}", problem.facts.get("text")
        context.ui.warn(f"warning: ignoring .hgeol file due to parse error at {place}: {line}\n")
        return None


def _load(context: CommandContext, changeset: Changeset) -> _Rules | None:
    rules = _rules_of(context, changeset)
    if rules is not None:
        rules.configure(context.config, context.ui.warn)
        if context.repo.filters is not None:
            context.repo.filters.forget()
    return rules


# -- around commands ---------------------------------------------------------------------------------------------------


def setup_repository(repo: Repository, context: CommandContext) -> None:
    """Reads `.hgeol`; where it changed, files are looked at again."""
    context.config.set("patch", "eol", "auto", _SOURCE)
    rules = _load(context, repo.working_copy)
    if rules is None or repo.filters is None:
        return
    concerned = rules.concerned()

    def check(paths: Sequence[str]) -> None:
        for path in sorted(paths):
            if concerned.matches(os.fsencode(path)):
                data = repo.working_copy.file(path).data
                if b"\0" not in data and lineends.are_mixed(data):
                    raise errors.Abort(f"inconsistent newline style in {path}\n")

    repo.filters.before_commit = check
    _look_again(context, repo, rules)


def _look_again(context: CommandContext, repo: Repository, rules: _Rules) -> None:
    """Lets the next status look at files whose style changed since it was last looked at."""
    path, cache = os.path.join(repo.root, _FILE), os.path.join(repo.dot_hg, _CACHE)
    before = None
    try:
        seen = os.path.getmtime(cache)
        with open(cache, "rb") as file:
            data = file.read()
        before = _Rules(context.config, repo.root, data) if data else None
    except OSError:
        seen = 0.0
    try:
        changed = os.path.getmtime(path)
    except OSError:
        return
    if changed < seen:
        return
    context.ui.debug("eol: detected change in .hgeol\n")
    with open(path, "rb") as file:
        data = file.read()
    try:
        with repo.lock_working_copy(wait=False):
            editor = repo.engine.edit_dirstate()
            editor.possibly_dirty(
                [
                    name
                    for name in repo.engine.dirstate()
                    if before is None or before.style(name) != rules.style(name)
                ]
            )
            editor.write()
            with open(cache, "wb") as file:
                file.write(data)
    except (errors.LockHeld, errors.LockUnavailable):
        pass


@declare_hook("preupdate")
def preupdate(event: HookContext) -> bool:
    """The rules of the changeset that is gone to count for what is written."""
    context = event.context
    _load(context, context.repo[str(event.facts["parent1"])])
    return False


def _check(event: HookContext, *, heads_only: bool) -> None:
    repo = event.context.repo
    first = repo[str(event.facts["node"])].rev
    revs = set(range(first, len(repo.engine.changelog())))
    files: set[str] = set()
    if heads_only:
        for rev in sorted(revs):
            files.update(repo[rev].record.files)
            revs -= {parent.rev for parent in repo[rev].parents}
    failed = []
    for rev in revs:
        rules = _rules_of(event.context, repo[rev])
        if rules is not None:
            digits = repo[rev].node.hex()[:12]
            paths = sorted(files) or repo[rev].record.files
            failed += [(path, digits, ends) for path, ends in rules.wrong_files(repo[rev], paths)]
    if failed:
        lines = [
            f"  {path} in {digits} should not have {ends} line endings"
            for path, digits, ends in sorted(failed)
        ]
        raise errors.Abort("end-of-line check failed:\n" + "\n".join(lines))


def checkallhook(event: HookContext) -> None:
    """A hook that refuses new changesets with wrong ends of lines."""
    _check(event, heads_only=False)


def checkheadshook(event: HookContext) -> None:
    """A hook that refuses new heads with wrong ends of lines."""
    _check(event, heads_only=True)


#: The name by which the peer's help names it.
hook = checkheadshook

"""A set of named templates with vocabulary, aliases and settings: what a row is rendered with.

Templates are compiled on first use and kept; choosing a template for a command is the business of `selection`.
"""

# ruff: noqa: ARG001 (evaluators have one signature)
from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.view.columns import Columns
from hydrargyrum.view.templates.aliases import expand_aliases, parse_aliases
from hydrargyrum.view.templates.compiler import Expression, compile_tree
from hydrargyrum.view.templates.declare import builtin_vocabulary
from hydrargyrum.view.templates.scope import Scope, on_demand
from hydrargyrum.view.templates.syntax import parse_template, symbol_name
from hydrargyrum.view.templates.values import Overlay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from hydrargyrum.view.templates.declare import Vocabulary
    from hydrargyrum.view.templates.syntax import Tree

#: Templates that keywords with items are shown by, unless the user has others.
DEFAULT_TEMPLATES = {
    "parent": "{rev}:{node|formatnode} ",
    "manifest": "{rev}:{node|formatnode}",
    "file_copy": "{name} ({source})",
    "filecopy": "{name} ({source})",
    "envvar": "{key}={value}",
    "extra": "{key}={value|stringescape}",
}


class TemplateNotFound(errors.Abort):
    """A template that is asked for by name does not exist."""


class Settings:
    """What rendering depends on besides values.

    Attributes:
        columns: the user's encoding and how wide characters are.
        debug, verbose, quiet: verbosity of the command.
        width: columns of the terminal.
        cwd: absolute current directory.
        label: gives text an effect by label name (colour); None leaves it as it is.
        relative: path as the user is to see it, from a repository path.
    """

    __slots__ = ("columns", "cwd", "debug", "label", "quiet", "relative", "verbose", "width")

    def __init__(
        self,
        *,
        columns: Columns | None = None,
        debug: bool = False,
        verbose: bool = False,
        quiet: bool = False,
        width: int = 80,
        cwd: str = "/",
        label: Callable[[str, str], str] | None = None,
        relative: Callable[[str], str] | None = None,
    ) -> None:
        self.columns = columns if columns is not None else Columns()
        self.debug = debug
        self.verbose = verbose
        self.quiet = quiet
        self.width = width
        self.cwd = cwd
        self.label = label
        self.relative = relative


class Environment:
    """Named templates, compiled on first use.

    Attributes:
        vocabulary: keywords, filters, functions.
        resources: what every row has: "repo", "config", and always "cache".
        settings: verbosity, encoding, terminal.
    """

    def __init__(
        self,
        templates: Mapping[str, str] | None = None,
        aliases: Iterable[tuple[str, str]] = (),
        *,
        vocabulary: Vocabulary | None = None,
        resources: Mapping[str, object] | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.vocabulary = vocabulary if vocabulary is not None else builtin_vocabulary()
        self.resources: dict[str, object] = {"cache": {}, **(resources or {})}
        self.settings = settings if settings is not None else Settings()
        self._sources: dict[str, str] = {**DEFAULT_TEMPLATES, **(templates or {})}
        self._aliases = parse_aliases(aliases)
        self._compiled: dict[str, Expression] = {}
        self._literals: dict[str, Expression] = {}

    def add_template(self, name: str, text: str) -> None:
        """Add or replace a template."""
        self._sources[name] = text
        self._compiled.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._sources

    def template(self, name: str) -> Expression | None:
        """The compiled template of that name, or None. Raises ParseError."""
        found = self._compiled.get(name)
        if found is not None or name not in self._sources:
            return found

        def refuse(scope: Scope) -> object:
            raise errors.InputError(f"recursive reference '{name}' in template")

        self._compiled[name] = Expression(refuse)
        try:
            compiled = compile_tree(self._tree(name), self)
        except BaseException:
            del self._compiled[name]
            raise
        self._compiled[name] = compiled
        return compiled

    def _tree(self, name: str) -> Tree:
        source = self._sources.get(name)
        if source is None:
            raise TemplateNotFound(f'"{name}" not in template map')
        tree = parse_template(source)
        return expand_aliases(tree, self._aliases) if self._aliases else tree

    def template_of(self, tree: Tree) -> Expression:
        """The template that a `%` operation names or spells out. Raises ParseError, TemplateNotFound."""
        if tree[0] in ("template", "string"):
            return compile_tree(tree, self)
        if tree[0] != "symbol":
            raise errors.ParseError("expected template specifier")
        return self._required(tree[1])

    def _required(self, name: str) -> Expression:
        found = self.template(name)
        if found is None:
            raise TemplateNotFound(f'"{name}" not in template map')
        return found

    def render(
        self, name: str, names: Mapping[str, object], resources: Mapping[str, object] | None = None
    ) -> str:
        """A row through the template called `name`."""
        template = self._required(name)
        overlay = Overlay(names, resources)
        return template.text(Scope(self, dict(names), {**overlay.resources, **on_demand(overlay)}))

    def expand(self, text: str, scope: Scope) -> str:
        """Literal template text in a scope; aliases are not used in it."""
        template = self._literals.get(text)
        if template is None:
            template = self._literals[text] = compile_tree(parse_template(text), self)
        return template.text(scope)

    def names_used(self, name: str) -> frozenset[str]:
        """Names that the template (with the templates it uses) takes values from."""
        found: set[str] = set()
        self._collect_names(self._tree(name), found)
        return frozenset(found)

    def functions_used(self, name: str) -> frozenset[str]:
        """Filters and functions that the template (with the templates it uses) calls. Raises ParseError."""
        found: set[str] = set()
        self._collect_functions(self._tree(name), found, set())
        return frozenset(found)

    def _collect_functions(self, tree: object, found: set[str], seen: set[str]) -> None:
        if not isinstance(tree, tuple) or not tree or tree[0] in ("integer", "string"):
            return
        if tree[0] == "symbol":
            if tree[1] in self._sources and tree[1] not in seen:
                seen.add(tree[1])
                self._collect_functions(self._tree(tree[1]), found, seen)
            return
        rest = tree[1:]
        if tree[0] in ("|", "func"):
            called, rest = (tree[2], tree[1:2]) if tree[0] == "|" else (tree[1], tree[2:])
            found.add(symbol_name(called))
        for part in rest:
            self._collect_functions(part, found, seen)

    def _collect_names(self, tree: object, found: set[str]) -> None:
        if not isinstance(tree, tuple) or not tree or tree[0] in ("integer", "string"):
            return
        operator = tree[0]
        if operator == "symbol":
            if tree[1] not in found:
                found.add(tree[1])
                if tree[1] in self._sources:
                    self._collect_names(self._tree(tree[1]), found)
        elif operator == "|":
            self._collect_names(tree[1], found)
        elif operator == "func":
            self._collect_names(tree[2], found)
        else:
            for part in tree[1:]:
                self._collect_names(part, found)

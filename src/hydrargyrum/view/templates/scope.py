"""The names and resources that are visible while a row is rendered.

Looking names up and finding resources on demand is all that happens here; expressions are evaluated in `compiler`.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from hydrargyrum.view.templates.environment import Environment
    from hydrargyrum.view.templates.values import Overlay

#: Names that patterns of `search` may not use for groups, because other implementations keep resources under them.
RESERVED_NAMES = frozenset(("cache", "ctx", "fctx", "repo", "revcache", "ui"))

#: Resources a row may have: Repository, Changeset, FileRevision, Config, a dict that lives as long as the
#: environment and one that lives as long as the changeset.
RESOURCES = frozenset(("repo", "changeset", "file", "config", "cache", "changeset_cache"))


class ResourceMissing(errors.Abort):
    """A keyword or function asked for a resource that the row does not have."""


class _OnDemand:
    """Stands for a resource that is looked up from the row's names when it is first used."""


_ON_DEMAND = _OnDemand()


class Recursion:
    """Stands for a name whose template is being rendered."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Scope:
    """What one row can see.

    Attributes:
        environment: templates, vocabulary and settings.
        names: values by name; a name may hide a keyword.
        resources: things that keywords and functions read.
    """

    __slots__ = ("environment", "names", "resources")

    def __init__(
        self, environment: Environment, names: dict[str, object], resources: dict[str, object]
    ) -> None:
        self.environment = environment
        self.names = names
        self.resources = resources

    # -- names --------------------------------------------------------------------------------------------------

    def symbol(self, name: str, default: object = "") -> object:
        """The value of a name: of the row, else of a keyword, else of a template of that name."""
        value = self.names.get(name)
        if value is None:
            keyword = self.environment.vocabulary.keywords.get(name)
            if keyword is not None:
                try:
                    return keyword.function(self)
                except ResourceMissing:
                    return None
            template = self.environment.template(name)
            if template is None:
                return default
            return template.text(
                Scope(self.environment, {**self.names, name: Recursion(name)}, self.resources)
            )
        if isinstance(value, Recursion):
            raise errors.Abort(f"recursive reference '{value.name}' in template")
        if callable(value):
            return value(self)
        return value

    # -- resources ----------------------------------------------------------------------------------------------

    def resource(self, name: str) -> object:
        """A resource. Raises ResourceMissing."""
        found = self.find_resource(name)
        if found is None:
            raise ResourceMissing(f"template resource not available: {name}")
        return found

    def find_resource(self, name: str) -> object:
        """A resource, or None."""
        found = self.resources.get(name)
        if found is None:
            return self.environment.resources.get(name)
        if found is _ON_DEMAND:
            found = self._load_changeset() if name == "changeset" else self._load_file()
            self.resources[name] = found
        return found

    def _load_changeset(self) -> object:
        repo, node = self.find_resource("repo"), self.names.get("node")
        if repo is None or not isinstance(node, str):
            return None
        try:
            return repo[node]  # type: ignore[index]
        except errors.HgError:
            return None

    def _load_file(self) -> object:
        changeset, path = self.find_resource("changeset"), self.names.get("path")
        if changeset is None or not isinstance(path, str):
            return None
        found: object = changeset.find_file(path)  # type: ignore[attr-defined]
        return found

    # -- other scopes -------------------------------------------------------------------------------------------

    def overlaid(self, overlay: Overlay) -> Scope:
        """This scope with an item's names and resources over it.

        Names that hide a keyword are dropped where the keyword would read a resource that the item brings.
        """
        brought = overlay.resources.keys()
        names, keywords = dict(self.names), self.environment.vocabulary.keywords
        if brought:
            for name in self.names:
                keyword = keywords.get(name)
                if keyword is not None and not keyword.requires.isdisjoint(brought):
                    del names[name]
        if _names_a_node(self.names, self.resources) and _names_a_node(overlay.names, brought):
            names["originalnode"] = lambda _inner: self.symbol("node")
        names.update(overlay.names)
        resources = {**self.resources, **overlay.resources, **on_demand(overlay)}
        return Scope(self.environment, names, resources)

    def overlaid_by_each(self, overlays: Iterable[Overlay]) -> Iterator[Scope]:
        """One scope for each item, numbered by the name `index`."""
        for index, overlay in enumerate(overlays):
            inner = self.overlaid(overlay)
            inner.names["index"] = index
            yield inner


def on_demand(overlay: Overlay) -> dict[str, object]:
    """Resources that follow from the names of a row: its changeset from `node`, its file from `path`."""
    names, resources = overlay.names, overlay.resources
    found: dict[str, object] = {}
    if ("node" in names or "changeset" in resources) and "changeset_cache" not in resources:
        found["changeset_cache"] = {}
    if "changeset" not in resources and _is_literal(names, "node"):
        found["changeset"] = _ON_DEMAND
    if "file" not in resources and _is_literal(names, "path"):
        found["file"] = _ON_DEMAND
    return found


def _names_a_node(names: Mapping[str, object], resources: Collection[str]) -> bool:
    """Whether a row is about a changeset."""
    return "node" in names or "changeset" in resources


def _is_literal(names: Mapping[str, object], name: str) -> bool:
    return name in names and not callable(names[name])

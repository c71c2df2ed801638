"""Topics of help: their names, their texts, and the lists that registries put into them.

The texts are files in `topics/`; how they look on a terminal is `view.prose`, what `help` shows is in `help`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hydrargyrum.extension import Registry
    from hydrargyrum.view.prose import Block

#: Headings of the list of topics, with the topics below each: name, further names.
CATEGORIES: dict[str, tuple[tuple[str, ...], ...]] = {
    "Naming things": (
        ("filesets", "fileset"),
        ("hgignore", "ignore"),
        ("patterns",),
        ("revisions", "revs", "revsets", "revset", "multirevs", "mrevs"),
        ("urls",),
    ),
    "Output": (
        ("color",),
        ("dates",),
        ("diffs",),
        ("sql",),
        ("templating", "templates", "template", "style"),
    ),
    "Configuration": (
        ("config", "hgrc"),
        ("environment", "env"),
        ("extensions",),
        ("flags",),
        ("hgweb",),
        ("merge-tools", "mergetools", "mergetool"),
        ("pager",),
        ("rust", "rustext", "rhg"),
    ),
    "Concepts": (
        ("bundlespec",),
        ("evolution",),
        ("glossary",),
        ("phases",),
        ("subrepos", "subrepo"),
    ),
    "Further topics": (
        ("deprecated",),
        ("internals",),
        ("scripting",),
    ),
}


#: What is behind a dot after `internals`.
INTERNALS = (
    "bid-merge",
    "bundle2",
    "bundles",
    "cbor",
    "censor",
    "changegroups",
    "config",
    "dirstate-v2",
    "extensions",
    "file-index",
    "mergestate",
    "requirements",
    "revlogs",
    "wireprotocol",
    "wireprotocolrpc",
    "wireprotocolv2",
)


class Topic:
    """A topic.

    Attributes:
        names: the first one is listed.
        title: one line.
    """

    __slots__ = ("_source", "names", "title")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self._source = _read(names[0])
        self.title = self._source.split("\n", 1)[0].removeprefix("# ")

    def text(self, registry: Registry) -> str:
        """Its text, with lists of what is there."""
        lines: list[str] = []
        for line in self._source.split("\n"):
            if line.startswith("{{") and line.endswith("}}"):
                lines.extend(_LISTS[line[2:-2]](registry))
            else:
                lines.append(line)
        return "\n".join(lines)

    def blocks(self, registry: Registry) -> list[Block]:
        """Its text in blocks."""
        from hydrargyrum.view.prose import parse

        return parse(self.text(registry))


def all_topics() -> Iterator[tuple[str, Topic]]:
    """(heading, topic) in the order in which they are listed."""
    for heading, topics in CATEGORIES.items():
        for names in topics:
            yield heading, Topic(names)


def find_topic(name: str) -> Topic | None:
    """The topic of a name, which may be `internals.SUBTOPIC`, or None."""
    above, dot, below = name.partition(".")
    if dot and above == "internals" and below in INTERNALS:
        return Topic((f"internals-{below}",))
    for topics in CATEGORIES.values():
        for names in topics:
            if name in names:
                return Topic(names)
    return None


def _read(name: str) -> str:
    import os

    path = os.path.join(os.path.dirname(__file__), "topics", f"{name}.md")
    with open(path, encoding="utf-8") as stream:
        return stream.read()


# -- lists ------------------------------------------------------------------------------------------------------------


def _item(term: str, text: str) -> str:
    words = " ".join(text.replace("\n\n", " ").split())
    return f"- `{term}`: {words}" if words else f"- `{term}`"


def _revsets(registry: Registry) -> Iterable[str]:
    from hydrargyrum.query.revset.declare import KIND, all_predicates

    known = all_predicates(registry.registered(KIND))
    return [_item(entry.synopsis, entry.help) for name, entry in sorted(known.items()) if entry.help]


def _filesets(registry: Registry) -> Iterable[str]:
    from hydrargyrum.query.fileset.declare import KIND, all_predicates

    known = all_predicates(registry.registered(KIND))
    return [_item(entry.synopsis, entry.help) for name, entry in sorted(known.items()) if entry.help]


def _documented(entries: dict[str, Callable[..., object]]) -> Iterable[str]:
    import inspect

    for name, function in sorted(entries.items()):
        text = inspect.getdoc(function) or ""
        if not text and not name.startswith("_"):
            text = "A date in that notation."
        synopsis, colon, rest = text.partition("): ")
        if synopsis.startswith(f"{name}(") and "\n" not in synopsis:
            yield (
                _item(f"{synopsis})", rest[:1].upper() + rest[1:])
                if colon
                else _item(synopsis.rstrip("."), "")
            )
        elif text:
            yield _item(name, text.split("\n\n")[0])


def _vocabulary(kind: str) -> Callable[[Registry], Iterable[str]]:
    def listed(registry: Registry) -> Iterable[str]:
        from hydrargyrum.extension.templates import active_vocabulary
        from hydrargyrum.view.templates.declare import builtin_vocabulary

        vocabulary = active_vocabulary(registry) or builtin_vocabulary()
        return _documented({name: entry.function for name, entry in getattr(vocabulary, kind).items()})

    return listed


def _config_items(registry: Registry) -> Iterable[str]:  # noqa: ARG001
    from hydrargyrum.config import items

    for item in items.walk():
        if item.experimental or item.section in ("experimental", "devel"):
            continue
        default = item.default
        if isinstance(default, tuple):
            default = ", ".join(default)
        shown = "" if item.dynamic or default in (None, "", False) else f"`{default}`"
        yield _item(f"{item.section}.{item.name}", "on" if default is True else shown)


def _extensions(registry: Registry) -> Iterable[str]:
    from hydrargyrum.commands.help_search import describe
    from hydrargyrum.extension.loader import shipped_extensions

    loaded = {extension.name for extension in registry.extensions}
    for name, module in shipped_extensions().items():
        yield _item(name, describe(module) + (" (enabled)" if name in loaded else ""))


def _tables(registry: Registry) -> Iterable[str]:  # noqa: ARG001
    from hydrargyrum.ops.sql import TABLES

    return [_item(name, ", ".join(columns)) for name, columns in TABLES.items()]


def _internals(registry: Registry) -> Iterable[str]:  # noqa: ARG001
    return [_item(name, Topic((f"internals-{name}",)).title) for name in INTERNALS]


_LISTS: dict[str, Callable[[Registry], Iterable[str]]] = {
    "revsets": _revsets,
    "filesets": _filesets,
    "keywords": _vocabulary("keywords"),
    "filters": _vocabulary("filters"),
    "functions": _vocabulary("functions"),
    "config": _config_items,
    "extensions": _extensions,
    "internals": _internals,
    "tables": _tables,
}

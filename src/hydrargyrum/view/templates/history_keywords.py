"""The built-in keywords about history: files, copies, parents, children, tags before, names, graph nodes.

What became of obsolete changesets is in `fate_keywords`; facts about changesets come from `repo/`.
"""

from __future__ import annotations

from hydrargyrum.text.local import to_local
from hydrargyrum.types import NULL_REV, WDIR_NODE, WDIR_REV
from hydrargyrum.view.templates.containers import Collection, Item
from hydrargyrum.view.templates.declare import Vocabulary
from hydrargyrum.view.templates.named_lists import named_list, render_named, show_list
from hydrargyrum.view.templates.values import Boolean, Overlay, plain_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.view.templates.scope import Scope

VOCABULARY = Vocabulary()
template_keyword = VOCABULARY.keyword


def changeset_of(scope: Scope) -> Changeset:
    """The changeset of the row. Raises ResourceMissing."""
    return scope.resource("changeset")  # type: ignore[return-value]


def short_id(changeset: Changeset) -> str:
    """Number and short hash."""
    return f"{changeset.rev}:{changeset.node.hex()[:12]}"


def formatted_id(scope: Scope, changeset: Changeset) -> str:
    """Number and hash, which is whole when debugging."""
    node = changeset.node.hex()
    return f"{changeset.rev}:{node if scope.environment.settings.debug else node[:12]}"


def changeset_list(scope: Scope, repo: Repository, keys: Sequence[Any], shown: Any = None) -> Collection:
    """Changesets by number or hash, which `%` maps as changesets."""

    def resources(key: object) -> Any:
        return Overlay({}, {"changeset": repo[_key(key)], "repo": repo})

    return Collection(keys, resources, lambda key: formatted_id(scope, repo[_key(key)]), shown)


def _key(key: Any) -> Any:
    return bytes.fromhex(key) if isinstance(key, str) else key


# ---- files ------------------------------------------------------------------------------------------------------


def _file_list(name: str, paths: Sequence[str]) -> Collection:
    return named_list(name, list(paths), make_overlay=lambda path: {"file": path, "path": path})


@template_keyword("files", requires=("changeset",))
def files(scope: Scope) -> object:
    """All files that it touches."""
    return _file_list("file", changeset_of(scope).files)


@template_keyword("file_adds", requires=("changeset", "changeset_cache"))
def file_adds(scope: Scope) -> object:
    """Files that it adds."""
    return _file_list("file_add", changeset_of(scope).changed_files.added)


@template_keyword("file_mods", requires=("changeset", "changeset_cache"))
def file_mods(scope: Scope) -> object:
    """Files that it modifies."""
    return _file_list("file_mod", changeset_of(scope).changed_files.modified)


@template_keyword("file_dels", requires=("changeset", "changeset_cache"))
def file_dels(scope: Scope) -> object:
    """Files that it removes."""
    return _file_list("file_del", changeset_of(scope).changed_files.removed)


def _copies(copies: Sequence[tuple[str, str]]) -> Collection:
    rows = [{"name": path, "source": source} for path, source in copies]
    sources: dict[str, object] = dict(copies)

    def names(path: object) -> Mapping[str, object]:
        return {"name": path, "path": path, "source": sources[str(path)]}

    return Collection(
        sources,
        names,
        lambda path: f"{path} ({sources[str(path)]})",
        lambda scope: show_list(scope, "file_copy", rows, "file_copies"),
    )


@template_keyword("file_copies", requires=("repo", "changeset", "cache", "changeset_cache"))
def file_copies(scope: Scope) -> object:
    """Files that it copies or renames, with their sources."""
    known: Any = scope.find_resource("changeset_cache") or {}
    copies = known.get("copies")
    return _copies(changeset_of(scope).copies if copies is None else copies)


@template_keyword("file_copies_switch", requires=("changeset_cache",))
def file_copies_switch(scope: Scope) -> object:
    """Like `file_copies`, but only where the command was asked for copies."""
    known: Any = scope.resource("changeset_cache")
    return _copies(known.get("copies") or ())


@template_keyword("path", requires=("file",))
def path(scope: Scope) -> object:
    """The path of the file."""
    file: Any = scope.resource("file")
    return file.path


@template_keyword("size", requires=("file",))
def size(scope: Scope) -> object:
    """Bytes of the file."""
    file: Any = scope.resource("file")
    return file.size


@template_keyword("status", requires=("changeset", "file", "changeset_cache"))
def status(scope: Scope) -> object:
    """The letter of what happened to the file."""
    name = str(scope.symbol("path") or "")
    if not name:
        return None
    cache: Any = scope.resource("changeset_cache")
    letters = cache.get("letters")
    if letters is None:
        letters = cache["letters"] = _letters(changeset_of(scope))
    return letters.get(name)


def _letters(changeset: Changeset) -> dict[str, str]:
    from hydrargyrum.types import PatternSet, StatusRequest

    everything = PatternSet(changeset.repo.root, warn_missing=False)
    target = changeset.engine_rev
    base = changeset.parents[0].rev
    report = changeset.repo.engine.status(
        StatusRequest(
            everything,
            base=base,
            target=target,
            clean=True,
            ignored=target is None,
            unknown=target is None,
        )
    )
    return {name: letter for letter, name in report.rows()}


def changeset_patches(
    scope: Scope, include: Sequence[str] = (), exclude: Sequence[str] = (), *, prefixes: bool = False
) -> list[bytes]:
    """The patches of the changeset against its first parent; with `prefixes`, names have them whatever is configured."""
    from hydrargyrum.ops.diff import StyleChoice, patches
    from hydrargyrum.types import PatternSet

    config: Any = scope.resource("config")
    changeset, settings = changeset_of(scope), scope.environment.settings
    style = StyleChoice(config).style()
    if prefixes:
        style.no_prefix = False
    known: Any = scope.find_resource("changeset_cache") or {}
    # of a changeset that is being made, only what goes in
    only = [f"path:{path}" for path in known.get("only", ())]
    files = PatternSet(settings.cwd, only, include, exclude, warn_missing=False)
    return list(patches(changeset.parents[0], changeset, files, style, full_nodes=settings.debug))


@template_keyword("diffstat", requires=("config", "changeset"))
def diffstat(scope: Scope) -> object:
    """How many files, and how many lines of them, it changes."""
    from hydrargyrum.view.diffs import file_stats

    stats = list(file_stats(changeset_patches(scope, prefixes=True)))
    added, removed = sum(stat.added for stat in stats), sum(stat.removed for stat in stats)
    return f"{len(stats)}: +{added}/-{removed}"


@template_keyword("subrepos", requires=("changeset",))
def subrepos(scope: Scope) -> object:
    """Subrepositories that it changes."""
    from hydrargyrum.repo.substates import subrepos_of

    changeset = changeset_of(scope)
    now, before = subrepos_of(changeset), subrepos_of(changeset.parents[0])
    changed = [place for place in {**now, **before} if now.get(place) != before.get(place)] if now else []
    return named_list("subrepo", sorted(changed))


# ---- relatives --------------------------------------------------------------------------------------------------


@template_keyword("branches", requires=("changeset",))
def branches(scope: Scope) -> object:
    """Its branch where that is not the default."""
    branch = to_local(changeset_of(scope).branch)
    return named_list("branch", [] if branch == "default" else [branch], "branches")


@template_keyword("children", requires=("changeset",))
def children(scope: Scope) -> object:
    """Changesets that are based on it."""
    found = [short_id(child) for child in changeset_of(scope).children]
    return named_list("children", found, element="child", plural="childrens")


@template_keyword("closesbranch", requires=("changeset",))
def closesbranch(scope: Scope) -> object:
    """Whether it closes its branch."""
    return Boolean(changeset_of(scope).closes_branch)


@template_keyword("parents", requires=("repo", "changeset"))
def parents(scope: Scope) -> object:
    """Its parents, unless the only one is the changeset before."""
    changeset = changeset_of(scope)
    found = list(changeset.parents)
    if found[1].rev == NULL_REV and not scope.environment.settings.debug:
        found = [] if found[0].rev >= changeset.rev - 1 else found[:1]
    rows = [{"rev": parent.rev, "node": parent.node.hex(), "phase": parent.phase} for parent in found]
    collection = changeset_list(
        scope,
        changeset.repo,
        [parent.rev for parent in found],
        lambda inner: show_list(inner, "parent", rows, "parents"),
    )
    collection.key_type = "integer"
    return collection


@template_keyword("manifest", requires=("repo", "changeset"))
def manifest(scope: Scope) -> object:
    """The manifest of the changeset."""
    changeset = changeset_of(scope)
    if changeset.is_working_copy:
        names: dict[str, object] = {"rev": WDIR_REV, "node": WDIR_NODE.hex()}
    else:
        found = changeset.record.manifest
        names = {"rev": changeset.repo.engine.manifest_rev(found), "node": found.hex()}
    text = render_named(scope, "manifest", names)
    return Item(None, text, lambda _: names)


@template_keyword("negrev", requires=("repo", "changeset"))
def negrev(scope: Scope) -> object:
    """Its number counted from the end."""
    changeset = changeset_of(scope)
    if changeset.is_working_copy or changeset.rev == NULL_REV:
        return None
    return changeset.rev - len(changeset.repo.engine.changelog())


# ---- tags before ------------------------------------------------------------------------------------------------


def latest_tags(scope: Scope, pattern: str | None = None) -> tuple[float, int, list[str]]:
    """Date of the tagged changeset, distance and tags of the nearest tagged ancestor."""
    from hydrargyrum.view.templates.latest_tags import LatestTags

    cache: Any = scope.resource("cache")
    key = "latesttags" if pattern is None else f"latesttags-{pattern}"
    changeset = changeset_of(scope)
    finder = cache.get(key)
    if finder is None:
        finder = cache[key] = LatestTags(changeset.repo, pattern)
    found: tuple[float, int, list[str]] = finder.find(changeset)
    return found


def changes_since(scope: Scope) -> object:
    """How many ancestors are not ancestors of the tag that the scope names."""
    from hydrargyrum.view.templates.latest_tags import count_since

    return count_since(changeset_of(scope), str(scope.symbol("tag")))


def latest_tag_list(scope: Scope, pattern: str | None) -> Collection:
    """The tags of the nearest tagged ancestor."""
    _, distance, tags = latest_tags(scope, pattern)

    def names(tag: object) -> Mapping[str, object]:
        return {"changes": changes_since, "distance": distance, "latesttag": tag, "tag": tag}

    return named_list("latesttag", tags, separator=":", make_overlay=names)


@template_keyword("latesttag", requires=("repo", "changeset", "cache"))
def latesttag(scope: Scope) -> object:
    """The tags of the nearest tagged ancestor, "null" where there is none."""
    return latest_tag_list(scope, None)


@template_keyword("latesttagdistance", requires=("repo", "changeset", "cache"))
def latesttagdistance(scope: Scope) -> object:
    """The longest path to that ancestor."""
    return latest_tags(scope)[1]


@template_keyword("changessincelatesttag", requires=("repo", "changeset", "cache"))
def changessincelatesttag(scope: Scope) -> object:
    """How many ancestors there are that the ancestor has not."""
    tag = latest_tags(scope)[2][0]
    return changes_since(scope.overlaid(Overlay({"tag": tag})))


# ---- names ------------------------------------------------------------------------------------------------------


@template_keyword("namespaces", requires=("repo", "changeset"))
def namespaces(scope: Scope) -> object:
    """Its names by sort: bookmarks, tags, branches."""
    changeset = changeset_of(scope)
    branch = [] if changeset.is_working_copy else [to_local(changeset.branch)]
    spaces = {
        "bookmarks": ("bookmark", changeset.bookmarks),
        "tags": ("tag", changeset.tags),
        "branches": ("branch", branch),
    }

    def listed(single: str, names: Sequence[str]) -> Collection:
        return named_list("name", list(names), make_overlay=lambda name: {"name": name, single: name})

    lists: dict[str, object] = {space: listed(single, names) for space, (single, names) in spaces.items()}

    def names_of(space: object) -> Mapping[str, object]:
        return {
            "namespace": space,
            "names": lists[str(space)],
            "builtin": True,
            "colorname": spaces[str(space)][0],
        }

    return Collection(
        lists,
        names_of,
        plain_text,
        lambda inner: show_list(inner, "namespace", list(lists), "namespaces"),
    )


@template_keyword("peerurls", requires=("repo",))
def peerurls(scope: Scope) -> object:
    """The places of other repositories, by name."""
    from hydrargyrum.config.locations import named_locations

    repo: Repository = scope.resource("repo")  # type: ignore[assignment]
    known = {name: found for name, found in sorted(named_locations(repo.config).items()) if found}
    urls: dict[str, object] = {name: found[-1].raw for name, found in known.items()}

    def names_of(name: object) -> Mapping[str, object]:
        places = [{"url": place.raw, **dict(sorted(place.options.items()))} for place in known[str(name)]]
        single = places[0] if len(places) == 1 else {}
        return {"name": name, **single, "urls": places[-1:]}

    return Collection(urls, names_of, lambda name: f"{name}={urls[str(name)]}")


@template_keyword("envvars", requires=("config",))
def envvars(scope: Scope) -> object:
    """What of the environment may be shown: `experimental.exportableenviron` names it, "*" for all."""
    config: Any = scope.resource("config")
    environ = {"HG": "hg", **config.environ}
    allowed = config.text_list("experimental", "exportableenviron")
    names = sorted(environ) if "*" in allowed else [name for name in sorted(allowed) if name in environ]
    entries: dict[str, object] = {name: environ[name] for name in names}
    rows = [{"key": key, "value": value} for key, value in sorted(entries.items())]
    return Collection(
        entries,
        lambda key: {"key": key, "value": entries[str(key)]},
        lambda key: f"{key}={entries[str(key)]}",
        lambda inner: show_list(inner, "envvar", rows, "envvars"),
    )


@template_keyword("verbosity")
def verbosity(scope: Scope) -> object:
    """ "debug", "quiet", "verbose" or nothing."""
    settings = scope.environment.settings
    if settings.debug:
        return "debug"
    return "quiet" if settings.quiet else "verbose" if settings.verbose else ""


@template_keyword("onelinesummary", requires=("changeset",))
def onelinesummary(scope: Scope) -> object:
    """The changeset in one line, as `command-templates.oneline-summary` says."""
    from hydrargyrum.view.changesets.oneline import one_line

    return one_line(changeset_of(scope))


# ---- graphs -----------------------------------------------------------------------------------------------------


@template_keyword("graphwidth")
def graphwidth(_scope: Scope) -> object:
    """Columns that a graph takes to the left."""
    return 0


@template_keyword("graphnode", requires=("repo", "changeset", "cache"))
def graphnode(scope: Scope) -> object:
    """The character of the changeset in a graph."""
    from hydrargyrum.view.changesets.nodes import graph_node

    return graph_node(changeset_of(scope), scope.resource("cache"))  # type: ignore[arg-type]


@template_keyword("bisect", requires=("repo", "changeset"))
def bisect(scope: Scope) -> object:
    """What bisecting knows about the changeset."""
    from hydrargyrum.view.changesets.nodes import bisect_mark

    cache: Any = scope.resource("cache")
    return bisect_mark(changeset_of(scope), cache)


@template_keyword("index")
def index(_scope: Scope) -> object:
    """The number of the row; only inside a list."""
    from hydrargyrum import errors

    raise errors.Abort("can't use index in this context")

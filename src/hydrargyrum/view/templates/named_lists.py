"""Lists of a changeset that templates of certain names give a form: `tag`, `start_tags`, `last_tag`, `no_tags` and so on.

Used by keywords; values themselves are in `containers`.
"""

from __future__ import annotations

from hydrargyrum.view.templates.containers import Collection
from hydrargyrum.view.templates.values import Overlay, plain_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hydrargyrum.view.templates.scope import Scope


def render_named(scope: Scope, name: str, names: Mapping[str, object] | None = None) -> str:
    """The template called `name` with names over those of the scope."""
    inner = scope.overlaid(Overlay(names or {}))
    template = scope.environment.template(name)
    return "" if template is None else template.text(inner)


def show_list(scope: Scope, name: str, items: Sequence[object], plural: str, separator: str = " ") -> str:
    """A list as a whole.

    Args:
        scope: what the templates see besides.
        name: the template of an item; without one, plain items are joined.
        items: texts (known to the template as `name`), or mappings.
        plural: in the names of the templates before, after, and for none.
        separator: between plain items.
    """
    environment = scope.environment
    if not items:
        return render_named(scope, f"no_{plural}") if f"no_{plural}" in environment else ""
    if name not in environment:
        return separator.join(map(plain_text, items))
    parts = []
    if f"start_{plural}" in environment:
        parts.append(render_named(scope, f"start_{plural}"))
    last = len(items) - 1
    for place, item in enumerate(items):
        chosen = f"last_{name}" if place == last and f"last_{name}" in environment else name
        parts.append(render_named(scope, chosen, item if isinstance(item, dict) else {name: item}))
    if f"end_{plural}" in environment:
        parts.append(render_named(scope, f"end_{plural}"))
    return "".join(parts)


def named_list(
    name: str,
    items: Sequence[object],
    plural: str = "",
    *,
    element: str = "",
    separator: str = " ",
    make_overlay: Callable[[object], Mapping[str, object]] | None = None,
) -> Collection:
    """A list value that templates can give a form.

    Args:
        name: the template of an item.
        items: texts.
        plural: see `show_list`; `name` with an s where it is not given.
        element: what `%` knows an item by, where that is not `name`.
        separator: between plain items.
        make_overlay: names that `%` gives to an item, where there are more.
    """
    known = element or name
    several = plural or f"{name}s"
    return Collection(
        items,
        make_overlay or (lambda item: {known: item}),
        plain_text,
        lambda scope: show_list(scope, name, items, several, separator),
    )

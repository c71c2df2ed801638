"""`debugtemplate`: a template taken apart and applied. The language is `view.templates`'."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.view.templates.environment import Environment
    from hydrargyrum.view.templates.syntax import Tree

#: Nodes of a tree that have no nodes below them.
_LEAVES = frozenset(("integer", "string", "symbol"))


@command(
    "debugtemplate",
    options=[
        Option("r", "rev", "apply template on changesets", default=[], metavar="REV"),
        Option("D", "define", "define template keyword", default=[], metavar="KEY=VALUE"),
    ],
    synopsis="[-r REV]... [-D KEY=VALUE]... TEMPLATE",
    optionalrepo=True,
    min_args=1,
    max_args=1,
)
def debugtemplate(context: CommandContext) -> int:
    """parse and apply a template

    With -r, the template is applied to changesets as `log` does it. With --verbose, the parsed tree is printed, and
    the names that are used.
    """
    from hydrargyrum.ops.revisions import resolve_revisions
    from hydrargyrum.view.templates.declare import Vocabulary

    options, ui = context.options, context.ui
    text = context.args[0]
    if options.items("rev") and context.repo_root is None:
        raise errors.Abort("there is no Mercurial repository here (.hg not found)")
    revs = resolve_revisions(context.repo, options.items("rev")) if options.items("rev") else None
    names = dict(_definition(each) for each in options.items("define"))
    if ui.verbose:
        _show_tree(context, text)
    if not text:
        raise errors.Abort('"" not in template map')
    environment = _environment(context, text)
    if revs is None:
        bare = Vocabulary()
        bare.filters, bare.functions = environment.vocabulary.filters, environment.vocabulary.functions
        environment.vocabulary = bare
    if ui.verbose:
        functions, keywords = environment.functions_used(""), environment.names_used("")
        ui.write(f"* keywords: {', '.join(sorted(keywords))}\n")
        ui.write(f"* functions: {', '.join(sorted(functions))}\n")
    if revs is None:
        ui.write(environment.render("", names))
        return 0
    for place, changeset in enumerate(context.repo.changesets(revs)):
        resources = {"changeset": changeset, "repo": context.repo}
        ui.write(environment.render("", {"index": place, **names}, resources))
    return 0


def _environment(context: CommandContext, text: str) -> Environment:
    from hydrargyrum.extension.output import environment_for

    return environment_for(context, {"": text})


def _definition(text: str) -> tuple[str, str]:
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not key or key == "ui":
        raise errors.Abort(f"malformed keyword definition: {text}")
    return key, value


def _show_tree(context: CommandContext, text: str) -> None:
    from hydrargyrum.view.templates.aliases import expand_aliases, parse_aliases
    from hydrargyrum.view.templates.syntax import parse_template

    tree = parse_template(text)
    context.ui.note("\n".join(_lines(tree, 0)) + "\n")
    aliases = parse_aliases([(name, value.text) for name, value in context.config.section("templatealias")])
    expanded = expand_aliases(tree, aliases) if aliases else tree
    if expanded != tree:
        context.ui.note("* expanded:\n" + "\n".join(_lines(expanded, 0)) + "\n")


def _lines(tree: Tree | object, level: int) -> list[str]:
    """A tree, one node a line."""
    margin = "  " * level
    if not isinstance(tree, tuple):
        return [margin + _literal(tree)]
    if tree[0] in _LEAVES:
        return [f"{margin}({tree[0]} {' '.join(map(_literal, tree[1:]))})"]
    lines = [f"{margin}({tree[0]}"]
    for part in tree[1:]:
        lines += _lines(part, level + 1)
    lines[-1] += ")"
    return lines


def _literal(value: object) -> str:
    from hydrargyrum.view.codec import to_bytes
    from hydrargyrum.view.encoders import escape_bytes

    return "None" if value is None else f"'{escape_bytes(to_bytes(str(value)))}'"

"""`debugrevspec`: what becomes of an expression for revisions, stage by stage. The language is `query.revset`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.query.parsing import Tree


@command(
    "debugrevspec",
    options=[
        Option("", "optimize", "print parsed tree after optimizing", marks=["deprecated"]),
        Option("", "show-revs", "print list of result revisions (default)", default=True),
        Option("s", "show-set", "print internal representation of result set"),
        Option("p", "show-stage", "print parsed tree at the given stage", default=[], metavar="NAME"),
        Option("", "no-optimized", "evaluate tree without optimization", default=False),
        Option("", "verify-optimized", "verify optimized result", default=False),
    ],
    synopsis="REVSPEC",
    min_args=1,
    max_args=1,
)
def debugrevspec(context: CommandContext) -> int:
    """parse and apply a revision specification

    Use -p/--show-stage option to print the parsed tree at the given stages. Use -p all to print tree at every stage.

    Use --no-show-revs option with -s or -p to print only the set representation or the parsed tree respectively.

    Use --verify-optimized to compare the optimized result with the unoptimized one. Returns 1 if the optimized result
    differs.
    """
    from hydrargyrum.query.revset.stages import evaluate_as_is

    options = context.options
    plain = options.flag("no_optimized")
    verify = options.flag("verify_optimized")
    if verify and plain:
        raise errors.Abort("cannot use --verify-optimized with --no-optimized")
    trees = _show_stages(context, plain=plain)
    if verify:
        analyzed, optimized = (
            evaluate_as_is(context.repo, trees[name]) for name in ("analyzed", "optimized")
        )
        _show_set(context, "analyzed set", trees["analyzed"])
        _show_set(context, "optimized set", trees["optimized"])
        return _compare(context, list(analyzed), list(optimized))
    tree = trees["analyzed" if plain else "optimized"]
    found = evaluate_as_is(context.repo, tree)
    _show_set(context, "set", tree)
    if options.flag("show_revs"):
        for rev in found:
            context.ui.write(f"{rev}\n")
    return 0


def _show_stages(context: CommandContext, *, plain: bool) -> dict[str, Tree]:
    from hydrargyrum.query.parsing import show_tree
    from hydrargyrum.query.revset.stages import NAMES, stages

    options, ui = context.options, context.ui
    names = NAMES[:-1] if plain else NAMES
    wanted = options.items("show_stage")
    always: set[str] = set()
    changed: set[str] = set()
    if ui.verbose and not wanted:
        always.add("parsed")
        changed.update(("expanded", "concatenated"))
        if options.flag("optimize"):
            always.add("optimized")
    if wanted and options.flag("optimize"):
        raise errors.Abort("cannot use --optimize with --show-stage")
    if wanted == ["all"]:
        always.update(names)
    else:
        for name in wanted:
            if name not in names:
                raise errors.Abort(f"invalid stage name: {name}")
        always.update(wanted)
    found: dict[str, Tree] = {}
    printed: Tree | None = None
    for name, tree in stages(context.repo, context.args[0]):
        if name not in names:
            continue
        found[name] = tree
        if name in always or (name in changed and tree != printed):
            if wanted or name != "parsed":
                ui.write(f"* {name}:\n")
            ui.write(f"{show_tree(tree)}\n")
            printed = tree
    return found


def _show_set(context: CommandContext, title: str, tree: Tree) -> None:
    shown = context.options["show_set"]
    if shown or (shown is None and context.ui.verbose):
        from hydrargyrum.query.revset.stages import show_as_is

        context.ui.write(f"* {title}:\n{show_as_is(context.repo, tree)}\n")


def _compare(context: CommandContext, analyzed: list[int], optimized: list[int]) -> int:
    """Print both lists as a patch where they differ."""
    import difflib

    if analyzed == optimized:
        return 0
    ui = context.ui
    ui.write("--- analyzed\n", "diff.file_a")
    ui.write("+++ optimized\n", "diff.file_b")
    for tag, low, high, begin, end in difflib.SequenceMatcher(None, analyzed, optimized).get_opcodes():
        if tag == "equal":
            ui.write("".join(f" {rev}\n" for rev in analyzed[low:high]))
            continue
        for rev in analyzed[low:high]:
            ui.write(f"-{rev}\n", "diff.deleted")
        for rev in optimized[begin:end]:
            ui.write(f"+{rev}\n", "diff.inserted")
    return 1

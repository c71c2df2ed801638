"""`diff`: what differs between changesets, or the working copy and one. The patches are the engine's."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.commands.diff_options import DIFF_DETAIL_OPTIONS, DIFF_OPTIONS, show_patches, show_stat
from hydrargyrum.commands.walk_options import SUBREPO_OPTION, WALK_OPTIONS, path_shower, patterns_of, tell
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import PatternSet


@command(
    "diff",
    options=[
        Option("r", "rev", "revision", default=[], metavar="REV", marks=["deprecated"]),
        Option("", "from", "revision to start from", default="", metavar="REV1"),
        Option("", "to", "revision to arrive at", default="", metavar="REV2"),
        Option("c", "change", "changes that a revision made", default="", metavar="REV"),
        Option(
            "",
            "ignore-changes-from-ancestors",
            "only show the changes that the revisions themselves made",
            marks=["experimental"],
        ),
        *DIFF_OPTIONS,
        *DIFF_DETAIL_OPTIONS,
        *WALK_OPTIONS,
        SUBREPO_OPTION,
    ],
    synopsis="[OPTION]... ([-c REV] | [--from REV1] [--to REV2]) [FILE]...",
    category="files",
    basic=True,
    inferrepo=True,
    intents=["readonly"],
)
def diff(context: CommandContext) -> int:
    """show changes line by line

    Without revisions, the working copy is compared with its first parent. --from names another revision to start
    from, --to one to arrive at, and --change shows what one revision changed in its first parent.

    Patches have the unified format; --git makes headers that know of modes, copies and binary files. Files that look
    binary are only named unless --text asks for their lines.

    Returns 0 on success.
    """
    from hydrargyrum.ops.diff import StyleChoice, missing_files, patches

    options, ui = context.options, context.ui
    old, new = _sides(context)
    change = bool(options.text("change"))
    is_merge = change and context.config.boolean("diff", "merge") and new.parents[1].rev >= 0
    moves = options.flag("ignore_changes_from_ancestors") and old.parents[0].rev != new.parents[0].rev
    if is_merge or moves:
        return _compare_with_merge(context, old, new, moves=moves)
    if options.flag("reverse"):
        old, new = new, old
    choice = StyleChoice(context.config, options.as_dict(), warn=ui.warn)
    style = choice.stat_style() if options.flag("stat") else choice.style()
    patterns = patterns_of(context)
    root, patterns = _relative_root(context, patterns)
    ui.pager("diff")
    outer = patterns if root else _outside(context, old, new, patterns)
    if outer is not None:
        tell(context, missing_files(old, new, outer))
        found = patches(old, new, outer, style, root=root, full_nodes=ui.debugging)
        _show(context, found, words=choice.words, rooted=bool(root))
    if not root and _has_subrepositories(old, new):
        from hydrargyrum.ops.nested.patches import with_prefix
        from hydrargyrum.ops.nested.walking import compared_changesets

        for path, first, second, below in compared_changesets(
            old, new, patterns, wanted=options.flag("subrepos")
        ):
            found = patches(first, second, below, style, full_nodes=ui.debugging)
            revisions = sum(not side.is_working_copy for side in (first, second))
            named = with_prefix(
                found, os.fsencode(f"{path}/"), letters=not style.no_prefix, revisions=revisions
            )
            _show(context, named, words=choice.words)
    return 0


def _show(context: CommandContext, found: Iterator[bytes], *, words: bool, rooted: bool = False) -> None:
    if context.options.flag("stat"):
        show_stat(context, found, rooted=rooted)
    else:
        show_patches(context, found, words=words)


def _compare_with_merge(context: CommandContext, old: Changeset, new: Changeset, *, moves: bool) -> int:
    """A changeset beside what its parents merge to (or what another one becomes next to it)."""
    from hydrargyrum.commands.merging import describe
    from hydrargyrum.ops.diff import StyleChoice, merged_patches
    from hydrargyrum.ops.remerge import with_changes_moved, with_merged_parents

    if old.is_working_copy or new.is_working_copy:
        raise errors.Unsupported(feature="comparing the working copy with a merge in memory is")
    options, ui = context.options, context.ui
    choice = StyleChoice(context.config, options.as_dict(), warn=ui.warn)
    style = choice.stat_style() if options.flag("stat") else choice.style()
    root, patterns = _relative_root(context, patterns_of(context))

    def described(changeset: Changeset, template: str) -> str:
        return describe(context, changeset, template)

    ui.pager("diff")
    merge = with_changes_moved(old, new, described) if moves else with_merged_parents(new, described)
    with merge as (base, target):
        found = merged_patches(
            base,
            target,
            _seen_from(patterns, context.repo.root, base.repo.root),
            style,
            root=root,
            full_nodes=ui.debugging,
            reverse=options.flag("reverse"),
        )
        _show(context, found, words=choice.words)
    return 0


def _outside(
    context: CommandContext, old: Changeset, new: Changeset, patterns: PatternSet
) -> PatternSet | None:
    """The patterns without names that lead into subrepositories; None where none is left."""
    if patterns.everything or not _has_subrepositories(old, new):
        return patterns
    from hydrargyrum.ops.subrepos import patterns_outside, subrepo_states

    return patterns_outside(patterns, context.repo.root, subrepo_states(old, new))


def _seen_from(patterns: PatternSet, root: str, other: str) -> PatternSet:
    """Patterns for another repository with the same files."""
    from hydrargyrum.types import PatternSet

    return PatternSet(
        os.path.normpath(os.path.join(other, os.path.relpath(patterns.cwd, root))),
        patterns.patterns,
        patterns.include,
        patterns.exclude,
        default_kind=patterns.default_kind,
        warn_missing=False,
    )


def _sides(context: CommandContext) -> tuple[Changeset, Changeset]:
    from hydrargyrum.ops.revisions import resolve_pair, resolve_revision

    options, repo = context.options, context.repo
    revisions, change = options.items("rev"), options.text("change")
    start, end = options.text("from"), options.text("to")
    if revisions and change:
        raise errors.InputError("cannot specify both --rev and --change")
    for name, given in (("from", start), ("to", end)):
        for other, value in (("rev", revisions), ("change", change)):
            if given and value:
                raise errors.InputError(f"cannot specify both --{name} and --{other}")
    if change:
        new = resolve_revision(repo, change, default=None)
        return new.parents[0], new
    if start or end:
        return resolve_revision(repo, start, default=None), resolve_revision(repo, end, default=None)
    return resolve_pair(repo, revisions)


def _relative_root(context: CommandContext, patterns: PatternSet) -> tuple[str, PatternSet]:
    """The directory of --root from the repository's root with a slash, and the patterns within it."""
    from hydrargyrum.types import PatternSet

    given = context.options.text("root")
    if not given:
        return "", patterns
    full = os.path.normpath(os.path.join(context.cwd, given))
    path = os.path.relpath(full, context.repo.root)
    if path.startswith(".."):
        raise errors.PathOutsideRepository(path=given, root=context.repo.root)
    if path == ".":
        return "", patterns
    for pattern in patterns.patterns:
        _warn_outside(context, pattern, path)
    inside = [f"path:{path}"] if not patterns.patterns else list(patterns.patterns)
    return f"{path}/", PatternSet(patterns.cwd, inside, patterns.include, patterns.exclude)


def _warn_outside(context: CommandContext, pattern: str, root: str) -> None:
    kind, colon, name = pattern.partition(":")
    if not colon:
        kind, name = "relpath", pattern
    if kind not in ("path", "relpath"):
        return
    start = context.repo.root if kind == "path" else context.cwd
    path = os.path.relpath(os.path.join(start, name), context.repo.root)
    if path != root and not path.startswith(f"{root}/"):
        show = path_shower(context)
        context.ui.warn(f"warning: {show(path)} not inside relative root {show(root)}\n")


def _has_subrepositories(old: Changeset, new: Changeset) -> bool:
    from hydrargyrum.repo.substates import names_subrepos

    # cheapest first: what is on disk
    return any(names_subrepos(side) for side in (new, old))

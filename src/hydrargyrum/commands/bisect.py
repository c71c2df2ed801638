"""`bisect`: finds the changeset that brought a change by testing few. What to test next is decided in `ops.bisect`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.bisect import Marks, Step
    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import Rev

_ACTIONS = ("bad", "command", "extend", "good", "reset", "skip")
#: What the first argument meant before there were options.
_OLD_ACTIONS = {"good": "good", "bad": "bad", "reset": "reset", "init": "reset"}
#: Exit codes of a test that say more than good or bad.
_CANNOT_TEST, _NO_SUCH_COMMAND = 125, 127


@command(
    "bisect",
    options=[
        Option("r", "reset", "reset bisect state"),
        Option("g", "good", "mark changeset good"),
        Option("b", "bad", "mark changeset bad"),
        Option("s", "skip", "skip testing changeset"),
        Option("e", "extend", "extend the bisect range"),
        Option("c", "command", "use command to check changeset state", default="", metavar="CMD"),
        Option("U", "noupdate", "do not update to target"),
    ],
    synopsis="[-gbsr] [-U] [-c CMD] [REV]",
    category="navigation",
    max_args=2,
)
def bisect(context: CommandContext) -> int:
    """subdivision search of changesets

    Find out which changeset brought a problem. Mark a changeset that has it with -b and an older one that does not have
    it with -g; the working directory is updated to one half-way between. Test that one and mark it in the same way,
    until the first bad changeset is announced. A changeset that cannot be tested is marked with -s. Without a revision
    the working directory's parent is marked. It works the other way round as well: a problem that went away leads to
    the first good changeset.

    With -c, a shell command tests and all steps are done at once. HG_NODE tells it the changeset. Its exit code 0
    means good, 125 skips the changeset, 127 ends the bisection, and any other one means bad.

    With -U the working directory stays where it is. With -e the search goes on where a merge was found and only one of
    its sides has been tested. Forget everything with -r.

    What is known can be asked for with the predicate bisect() of revision sets: :hg:`log -r "bisect(range)"`.

    Returns 0 on success.
    """
    from hydrargyrum.ops.bisect import Marks, forget, narrowed

    action, names = _action(context)
    if action == "reset":
        forget(context.repo)
        return 0
    repo = context.repo
    marks = Marks.read(repo)
    if names is None:
        revs = [repo["."].rev]
    else:
        from hydrargyrum.ops.revisions import resolve_revisions

        revs = narrowed(repo, marks, resolve_revisions(repo, names))
    if action in ("good", "bad", "skip"):
        marks.of(action).extend(revs)
        marks.write(repo)
        if not (marks.good and marks.bad):
            return 0
    if action == "command":
        return _test_all(context, marks, _first_to_test(context, marks, None if names is None else revs))
    return _go_on(context, marks, extend=action == "extend")


def _action(context: CommandContext) -> tuple[str, list[str] | None]:
    """What is to be done ("" only goes on), and the revisions that are named; None where nobody names any.

    Raises:
        InputError: options or arguments that exclude each other.
    """
    options, args = context.options, context.args
    given = [name for name in _ACTIONS if options[name]]
    names: list[str] | None = None
    if args and args[0] in _OLD_ACTIONS:
        context.ui.warn("(use of 'hg bisect <cmd>' is deprecated)\n")
        given = sorted({*given, _OLD_ACTIONS[args[0]]})
        names = [args[1] if len(args) > 1 else ""]
    elif len(args) > 1 and args[1]:
        raise errors.InputError("incompatible arguments")
    elif args:
        names = [args[0]]
    if len(given) > 1:
        raise errors.InputError(f"--{given[0]} and --{given[1]} are incompatible")
    return (given[0] if given else ""), names


def _go_on(context: CommandContext, marks: Marks, *, extend: bool) -> int:
    """Say what was found or what to test, and go there."""
    from hydrargyrum.ops.bisect import next_step, unchecked_ancestor

    repo, ui = context.repo, context.ui
    marks.require_both()
    step = next_step(repo, marks)
    if extend:
        target = None if step.remaining else unchecked_ancestor(repo, marks, step)
        if target is None:
            raise errors.StateError("nothing to extend")
        ui.write(f"Extending search to changeset {_described(context, target)}\n")
    elif not step.remaining:
        _show_result(context, marks, step)
        return 0
    else:
        target = repo[step.revs[0]]
        ui.write(
            f"Testing changeset {_described(context, target)} "
            f"({step.remaining} changesets remaining, ~{step.tests} tests)\n"
        )
    marks.current = [target.rev]
    marks.write(repo)
    _move_to(context, target)
    return 0


def _first_to_test(context: CommandContext, marks: Marks, revs: list[Rev] | None) -> Rev:
    """The changeset that a command tests first.

    Raises:
        StateError: the working copy is a merge, or with --noupdate nobody knows where the bisection is.
        InputError: the revisions that were named are none.
    """
    if context.options.flag("noupdate"):
        if not marks.current:
            raise errors.StateError("current bisect revision is unknown - start a new bisect to fix")
        rev = marks.current[0]
    else:
        first, second = context.repo.working_copy.parents
        if second.rev >= 0:
            raise errors.StateError("current bisect revision is a merge")
        rev = first.rev
    if revs is None:
        return rev
    if not revs:
        raise errors.InputError("empty revision set")
    return revs[-1]


def _test_all(context: CommandContext, marks: Marks, first: Rev) -> int:
    """Run the command for one changeset after the other until nothing is left to test."""
    from hydrargyrum.ops.bisect import next_step

    repo, rev = context.repo, first
    try:
        while True:
            marks.current = [rev]
            marks.write(repo)
            mark = _verdict(context, repo[rev])
            marks.of(mark).append(rev)
            context.ui.status(f"changeset {_described(context, repo[rev])}: {mark}\n")
            marks.require_both()
            step = next_step(repo, marks)
            rev = step.revs[0]
            _move_to(context, repo[rev], tell=False)
            if not step.remaining:
                break
    finally:
        # what has been learnt is kept, whatever stopped it; that it began here is kept too
        marks.current = [first]
        marks.write(repo)
    _show_result(context, marks, step)
    return 0


def _verdict(context: CommandContext, changeset: Changeset) -> str:
    """The mark that the test command gives. Raises `Abort` where it cannot be run or was killed."""
    text = context.options.text("command")
    code = context.ui.system(text, {"HG_NODE": changeset.node.hex()})
    if code == _NO_SUCH_COMMAND:
        raise errors.Abort(f"failed to execute {text}")
    if code < 0:
        raise errors.Abort(f"{text} killed")
    if code == _CANNOT_TEST:
        return "skip"
    return "bad" if code else "good"


def _move_to(context: CommandContext, target: Changeset, *, tell: bool = True) -> None:
    """Update the working copy, unless --noupdate. Raises `StateError` for uncommitted changes."""
    if context.options.flag("noupdate"):
        return
    from hydrargyrum.commands.merging import merger_for
    from hydrargyrum.ops import moving
    from hydrargyrum.ops.update import require_clean, show_stats
    from hydrargyrum.repo.unfinished import check_unfinished

    repo = context.repo
    check_unfinished(repo)
    require_clean(repo)
    merger = merger_for(context, "bisect")
    stats = moving.move(repo, moving.clean_update_to(target), merger)
    repo.invalidate()
    if tell:
        show_stats(merger.talk, stats)


def _show_result(context: CommandContext, marks: Marks, step: Step) -> None:
    from hydrargyrum.extension.output import changesets_for
    from hydrargyrum.ops.bisect import unchecked_ancestor

    repo, ui = context.repo, context.ui
    kind = "good" if step.finds_good else "bad"
    printer = changesets_for(context)
    if len(step.revs) > 1:
        ui.write(f"Due to skipped revisions, the first {kind} revision could be any of:\n")
        for rev in step.revs:
            printer.show(repo[rev])
    else:
        ui.write(f"The first {kind} revision is:\n")
        printer.show(repo[step.revs[0]])
        ancestor = unchecked_ancestor(repo, marks, step)
        if ancestor is not None:
            ui.write(
                "Not all ancestors of this changeset have been checked.\n"
                "Use bisect --extend to continue the bisection from\n"
                f"the common ancestor, {ancestor.node.hex()[:12]}.\n"
            )
    printer.close()


def _described(context: CommandContext, changeset: Changeset) -> str:
    from hydrargyrum.extension.output import settings_for
    from hydrargyrum.view.changesets.oneline import one_line

    return one_line(changeset, "bisect", settings=settings_for(context))

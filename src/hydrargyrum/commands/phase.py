"""`phase`: shows and moves the phases of changesets."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.phase import PhaseOutcome
    from hydrargyrum.types import Rev


@command(
    "phase",
    options=[
        Option("p", "public", "set changeset phase to public"),
        Option("d", "draft", "set changeset phase to draft"),
        Option("s", "secret", "set changeset phase to secret"),
        Option("f", "force", "allow to move boundary backward"),
        Option("r", "rev", "target revision", default=[], metavar="REV"),
    ],
    synopsis="[-p|-d|-s] [-f] [-r] [REV...]",
    category="organization",
)
def phase(context: CommandContext) -> int:
    """set or show the current phase name

    Without an option, the phases of the given revisions are shown, or that of the working directory's parents.

    With -p, -d or -s, the phase of the revisions is lowered to public, draft or secret (public is the lowest, secret
    the highest). Only -f raises a phase.

    Returns 0 on success, 1 if some phases could not be changed.
    """
    options, repo, ui = context.options, context.repo, context.ui
    given = [name for name in ("public", "draft", "secret") if options.flag(name)]
    if len(given) > 1:
        raise errors.InputError("only one phase can be specified")
    texts = [*context.args, *options.items("rev")]
    revs = _revisions(context, texts)
    if not given:
        for rev in revs:
            ui.write(f"{rev}: {repo[rev].phase}\n")
        return 0
    from hydrargyrum.ops.phase import move_phases

    with repo.lock_store():
        outcome = move_phases(repo, given[0], revs, force=options.flag("force"))
    return _tell(context, outcome)


def _revisions(context: CommandContext, texts: list[str]) -> list[Rev]:
    from hydrargyrum.ops.revisions import resolve_revisions

    repo = context.repo
    if texts:
        return resolve_revisions(repo, texts)
    first, second = repo.working_copy.parents
    return [first.rev] if second.rev < 0 else [first.rev, second.rev]


def _tell(context: CommandContext, outcome: PhaseOutcome) -> int:
    ui = context.ui
    if outcome.rejected:
        ui.warn(f"cannot move {outcome.rejected} changesets to a higher phase, use --force\n")
    if outcome.changed:
        tell = ui.status if outcome.rejected else ui.note
        tell(f"phase changed for {outcome.changed} changesets\n")
    else:
        ui.warn("no phases changed\n")
    return 1 if outcome.rejected else 0

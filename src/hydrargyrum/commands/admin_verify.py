"""`admin::verify`: single checks of a repository by name. What they look at is `ops.verify`'s."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext

#: Other names of checks.
_ALIASES = {"dirstate": "working-copy.dirstate"}
_CHECKS = ("working-copy.dirstate",)
#: How alike a name has to be to be suggested.
_ALIKE = 0.6


@command(
    "admin::verify",
    options=[
        Option("c", "check", "add a check", default=[], metavar="CHECK"),
        Option("o", "option", "pass an option to a check", default=[], metavar="OPTION"),
    ],
    category="maintenance",
    max_args=0,
)
def admin_verify(context: CommandContext) -> int:
    """verify the integrity of the repository

    Runs the checks that are named, by their whole name, a part of it up to a dot, another name of it, or ``full`` for
    all. There is one check: ``working-copy.dirstate`` (``dirstate``) compares the dirstate with the manifests of the
    working copy's parents.

    Returns 0 on success.
    """
    from hydrargyrum.ops.verify import check_dirstate
    from hydrargyrum.repo.journal import is_abandoned

    ui, repo = context.ui, context.repo
    if is_abandoned(repo):
        ui.warn("abandoned transaction found - run hg recover\n")
    chosen = {check for name in context.options.items("check") for check in _find(name)}
    if not chosen:
        raise errors.Abort("`checks` required")
    for option in sorted(context.options.items("option")):
        _refuse_option(option, chosen)
    ui.status(f"running {len(chosen)} checks\n")
    for name in sorted(chosen):
        ui.status(f"running {name}\n")
        found = check_dirstate(repo)
        if found:
            ui.warn(f"found {found} errors\n")
    return 0


def _find(name: str) -> list[str]:
    """The checks of that name."""
    if name == "full":
        return list(_CHECKS)
    full = _ALIASES.get(name, name)
    found = [check for check in _CHECKS if check == full or check.startswith(f"{full}.")]
    if found:
        return found
    from difflib import SequenceMatcher

    known = [*_ALIASES, *_CHECKS]
    similar = sorted(one for one in known if SequenceMatcher(None, name, one).ratio() > _ALIKE)
    hint = None
    if similar:
        hint = f"did you mean {'one of ' if len(similar) > 1 else ''}{', '.join(similar)}?"
    raise errors.InputError(f"unknown check {name}", hint=hint)


def _refuse_option(option: str, chosen: set[str]) -> None:
    """No check takes any: says what is wrong with this one."""
    name, colon, rest = option.partition(":")
    key, equals, value = rest.partition("=")
    if not (colon and rest and equals and value) or ":" in rest or "=" in value:
        raise errors.InputError(
            f"invalid option '{option}'",
            hint="syntax is 'check:option=value', eg. revlogs.changelog:copies=yes",
        )
    for check in _find(name):
        if check not in chosen:
            raise errors.InputError(f"specified option '{check}' for unselected check '{key}'\n")
        raise errors.InputError(f"check '{check}' has no option '{key}'")

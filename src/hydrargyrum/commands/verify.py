"""`verify`: whether the history can be read and fits together. The checks are `ops.verify`'s."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "verify",
    options=[Option("", "full", "perform more checks", marks=["experimental"])],
    category="maintenance",
    max_args=0,
)
def verify(context: CommandContext) -> int:
    """verify the integrity of the repository

    Reads every revision of every file, manifest and changeset, compares it with its hash, and checks that they refer to
    each other as they should; then compares the dirstate with the working copy's parents.

    Returns 0 on success, 1 if errors are encountered.
    """
    from hydrargyrum.ops.nested.checking import check_links
    from hydrargyrum.ops.verify import verify_repository

    if context.repo.bundled is not None:
        raise errors.Abort("cannot verify bundle or remote repos")
    sound = verify_repository(context.repo, full=context.options.flag("full"))
    check_links(context.repo)
    return 0 if sound else 1

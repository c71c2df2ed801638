"""A share and its source that disagree about `share-safe`: the share is made what the source is, or read as if it were.

What configuration says decides (`share.safe-mismatch.*`); by default such a share is refused.
"""

from __future__ import annotations

import os

from hydrargyrum import errors, lockfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.config import Config

_HINT = "see `hg help config.format.use-share-safe` for more information"


def settle_mismatch(
    root: str,
    problem: errors.ShareSafeMismatch,
    config: Config,
    warn: Callable[[str], object],
    read: Callable[[], frozenset[str]],
) -> bool:
    """Does what is configured for the share with the working copy `root`; whether it is still to be read leniently.

    `read` answers what the share requires where it is read as what its source is.

    Raises:
        ShareSafeMismatch: it is to be refused.
        Abort: it was to be changed and cannot be; the setting is unknown.
    """
    upwards = problem.facts.get("unsafe") == "share"
    item = "safe-mismatch.source-safe" if upwards else "safe-mismatch.source-not-safe"
    word = "upgrade" if upwards else "downgrade"
    choice = config.text("share", item)
    if choice == "abort":
        raise problem
    if choice == "allow":
        return True
    if choice not in (f"{word}-allow", f"{word}-abort"):
        raise errors.Abort(
            f"share-safe mismatch with source.\nUnrecognized value '{choice}' of `share.{item}` set.",
            hint=_HINT,
        )
    failure = _change(root, read, upwards=upwards)
    if not failure:
        if config.boolean("share", f"{item}:verbose-upgrade"):
            change = "upgraded to use" if upwards else "downgraded to not use"
            warn(f"repository {change} share-safe mode\n")
        return False
    text = f"failed to upgrade share, got error: {failure}"
    if not upwards:
        text = f"failed to downgrade share, got error: {failure}"
    if choice == f"{word}-abort":
        raise errors.Abort(text, hint=_HINT)
    if config.boolean("share", f"{item}.warn"):
        warn(f"{text}\n")
    return True


def _change(root: str, read: Callable[[], frozenset[str]], *, upwards: bool) -> str:
    """Writes what the share requires from now on; "" or why that is not possible."""
    from hydrargyrum.ops.init import OF_THE_WORKING_COPY, write_requirements

    dot_hg = os.path.join(root, ".hg")
    try:
        held = lockfile.try_lock(os.fsencode(dot_hg), b"wlock")
    except OSError as problem:
        return problem.strerror or ""
    if held is None:
        return "Lock held"
    with held:
        requirements = read()
        write_requirements(dot_hg, requirements & OF_THE_WORKING_COPY if upwards else requirements)
    return ""

"""Who makes a changeset and how names of branches, tags and bookmarks may look.

Nothing is asked or printed here: both are done by callbacks.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.config import Config

_RESERVED = ("tip", ".", "null")
#: What a name may not contain, as the message shows it.
_FORBIDDEN = ((":", "':'"), ("\0", "'\\x00'"), ("\n", "'\\n'"), ("\r", "'\\r'"))


class Asking:
    """How a missing user name is found.

    Attributes:
        ask: asks a question, None where nothing was answered.
        interactive: whether somebody is there.
        warn: tells that a name was made up.
    """

    __slots__ = ("ask", "interactive", "warn")

    def __init__(
        self, ask: Callable[[str], str | None], *, interactive: bool, warn: Callable[[str], object]
    ) -> None:
        self.ask = ask
        self.interactive = interactive
        self.warn = warn


def user_name(config: Config, asking: Asking) -> str:
    """The user's name: of `HGUSER`, `ui.username`, `EMAIL`, an answer, or of the account where nobody can be asked.

    Raises:
        Abort: there is none, or it has a line break.
    """
    environ = config.environ
    user = environ.get("HGUSER")
    if user is None:
        configured = config.text("ui", "username")
        user = environ.get("EMAIL") if configured is None else os.path.expandvars(configured)
    if user is None and config.boolean("ui", "askusername"):
        user = asking.ask("enter a commit username:")
    if user is None and not asking.interactive:
        import getpass
        import socket

        try:
            user = f"{getpass.getuser()}@{socket.getfqdn()}"
        except (KeyError, OSError):
            pass
        else:
            asking.warn(f"no username found, using '{user}' instead\n")
    if not user:
        raise errors.Abort("no username supplied", hint="use 'hg config --edit' to set your username")
    if "\n" in user:
        raise errors.Abort(f"username {errors.quoted(user)} contains a newline\n")
    return user


def check_new_name(name: str) -> None:
    """Raises InputError for what cannot name a branch, a tag or a bookmark."""
    if name in _RESERVED:
        raise errors.InputError(f"the name '{name}' is reserved")
    for character, shown in _FORBIDDEN:
        if character in name:
            raise errors.InputError(f"{shown} cannot be used in a name")
    if "_" not in name:
        try:
            int(name)
        except ValueError:
            pass
        else:
            raise errors.InputError("cannot use an integer as a name")
    if os.fsencode(name).strip() != os.fsencode(name):
        raise errors.InputError(f"leading or trailing whitespace in name {errors.quoted(name)}")

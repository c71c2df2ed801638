"""Whether a configuration file may be acted on, by its owner. What is done with an untrusted one: `layered`."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set


class Owner:
    """Who owns a file, by name (a number where the system has no name)."""

    __slots__ = ("group", "user")

    def __init__(self, uid: int, gid: int) -> None:
        self.user = user_name(uid)
        self.group = group_name(gid)


def untrusted_owner(descriptor: int, users: Set[str], groups: Set[str]) -> Owner | None:
    """None where the open file is to be trusted, else who owns it.

    Trusted are the current user's files, and those of the named users and groups ("*" being everybody).
    """
    status = os.fstat(descriptor)
    if status.st_uid == os.getuid() or "*" in users or "*" in groups:
        return None
    owner = Owner(status.st_uid, status.st_gid)
    if owner.user in users or owner.group in groups or owner.user == user_name(os.getuid()):
        return None
    return owner


def user_name(uid: int) -> str:
    """The name of a user."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def group_name(gid: int) -> str:
    """The name of a group."""
    import grp

    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)

"""One entry of the dirstate, as both formats are read into it: flags, mode, size and modification time.

Entries are plain tuples because there are hundreds of thousands of them; where they lie on disk is not known here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    #: flags, mode, size, seconds, nanoseconds
    Entry: TypeAlias = tuple[int, int, int, int, int]

WC_TRACKED = 1 << 0
P1_TRACKED = 1 << 1
P2_INFO = 1 << 2
MODE_EXEC = 1 << 3
MODE_SYMLINK = 1 << 4
HAS_FALLBACK_EXEC = 1 << 5
HAS_FALLBACK_SYMLINK = 1 << 7
EXPECTED_MODIFIED = 1 << 9
HAS_MODE_AND_SIZE = 1 << 10
HAS_MTIME = 1 << 11
SECOND_AMBIGUOUS = 1 << 12
DIRECTORY = 1 << 13
ALL_UNKNOWN_RECORDED = 1 << 14
ALL_IGNORED_RECORDED = 1 << 15

#: Any of these makes a node an entry; the first two alone are a file that may be clean.
ANY_TRACKED = WC_TRACKED | P1_TRACKED | P2_INFO
MAYBE_CLEAN = WC_TRACKED | P1_TRACKED

SIZE_MASK = 0x7FFFFFFF
SIZE_UNKNOWN = -1
SIZE_FROM_P2 = -2
MTIME_UNKNOWN = -1

EXEC_BIT = 0o100
_TYPE_BITS = 0o170000
_SYMLINK = 0o120000
_REGULAR = 0o100000


def state(entry: Entry) -> str:
    """The letter of the first format."""
    tracked = entry[0] & ANY_TRACKED
    if not tracked & WC_TRACKED:
        return "r"
    if tracked & P1_TRACKED and tracked & P2_INFO:
        return "m"
    return "a" if tracked == WC_TRACKED else "n"


def v1_size(entry: Entry) -> int:
    """Size in the terms of the first format."""
    flags, _, size, _, _ = entry
    removed = not flags & WC_TRACKED
    if flags & P2_INFO:
        return SIZE_UNKNOWN if removed and flags & P1_TRACKED else SIZE_FROM_P2
    if removed:
        return 0
    return size if flags & HAS_MODE_AND_SIZE and flags & P1_TRACKED else SIZE_UNKNOWN


def v1_mtime(entry: Entry) -> int:
    """Modification time in the terms of the first format."""
    flags = entry[0]
    if not flags & WC_TRACKED:
        return 0
    usable = flags & HAS_MTIME and not flags & SECOND_AMBIGUOUS and flags & ANY_TRACKED == MAYBE_CLEAN
    return entry[3] if usable else MTIME_UNKNOWN


def from_v1(letter: bytes, mode: int, size: int, mtime: int) -> Entry | None:
    """The entry that the numbers of the first format stand for; None for an unknown letter."""
    if letter == b"n":
        if size == SIZE_FROM_P2:
            return WC_TRACKED | P2_INFO, 0, 0, 0, 0
        if size == SIZE_UNKNOWN:
            return MAYBE_CLEAN, 0, 0, 0, 0
        flags = MAYBE_CLEAN | mode_flags(mode) if size >= 0 else MAYBE_CLEAN
        # Negative times never equal a time seen on disk.
        return (flags | HAS_MTIME if mtime >= 0 else flags), mode, max(size, 0), max(mtime, 0), 0
    if letter == b"m":
        return ANY_TRACKED, 0, 0, 0, 0
    if letter == b"a":
        return WC_TRACKED, 0, 0, 0, 0
    if letter == b"r":
        flags = {SIZE_UNKNOWN: P1_TRACKED | P2_INFO, SIZE_FROM_P2: P2_INFO}.get(size, P1_TRACKED)
        return flags, 0, 0, 0, 0
    return None


def mode_flags(mode: int) -> int:
    """The flags that say what a mode says."""
    flags = HAS_MODE_AND_SIZE
    if mode & EXEC_BIT:
        flags |= MODE_EXEC
    if mode & _TYPE_BITS == _SYMLINK:
        flags |= MODE_SYMLINK
    return flags


def mode_of(flags: int) -> int:
    """The mode that the flags of the second format stand for (0 where they say nothing)."""
    if not flags & HAS_MODE_AND_SIZE:
        return 0
    kind = _SYMLINK if flags & MODE_SYMLINK else _REGULAR
    return kind | (0o755 if flags & MODE_EXEC else 0o644)


def clean_entry(old: Entry, mode: int, size: int, time: tuple[int, int, bool]) -> Entry:
    """The entry after its file was found clean, with what `lstat` said of it."""
    seconds, nanoseconds, ambiguous = time
    kept = HAS_FALLBACK_EXEC | HAS_FALLBACK_EXEC << 1 | HAS_FALLBACK_SYMLINK | HAS_FALLBACK_SYMLINK << 1
    flags = old[0] & (kept | P2_INFO | DIRECTORY) | MAYBE_CLEAN | mode_flags(mode) | HAS_MTIME
    if ambiguous:
        flags |= SECOND_AMBIGUOUS
    return flags, mode, size & SIZE_MASK, seconds, nanoseconds


# -- times ------------------------------------------------------------------------------------------------------

_BILLION = 1_000_000_000
#: Times further ahead of the clock are taken as a wrong clock, not as a race.
_FAR_FUTURE = 24 * 3600


def split_time(nanoseconds: int) -> tuple[int, int]:
    """Seconds (31 bits of them) and nanoseconds of a `stat` time."""
    seconds, rest = divmod(nanoseconds, _BILLION)
    return seconds & SIZE_MASK, rest


def reliable_time(seen: tuple[int, int], boundary: tuple[int, int]) -> tuple[int, int, bool] | None:
    """`seen` as it may be recorded, given the file system's clock before the file was looked at.

    None where a change after the look could carry the very same time; the last item says that the seconds alone
    would be ambiguous.
    """
    if seen[0] == boundary[0]:
        return (*seen, True) if 0 < seen[1] < boundary[1] else None
    if seen[0] < boundary[0] or seen[0] >= boundary[0] + _FAR_FUTURE:
        return (*seen, False)
    return None


def same_time(entry: Entry, seen: tuple[int, int]) -> bool:
    """Whether the recorded time and a time just seen are, as far as both are known, the same."""
    flags, _, _, seconds, nanoseconds = entry
    if not flags & HAS_MTIME or flags & EXPECTED_MODIFIED or seconds != seen[0]:
        return False
    if not nanoseconds or not seen[1]:
        return not flags & SECOND_AMBIGUOUS
    return nanoseconds == seen[1]

"""Programs that may do less than we may: change no file, read no file that is not theirs to read, be somebody else.

The kernel refuses, whatever library or language a program asks through, and nobody has to be root for it (seccomp; of
root, two capabilities are taken away). What is refused then is the business of the tests.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import subprocess
from collections.abc import Callable
from pathlib import Path
from struct import pack

from peer import Answer, clean_environment

Confine = Callable[[], None]

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 22, 38, 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
#: instructions of the kernel's filters
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

#: Calls that change files, and (with the place of their flags) those that do so with some flags.
CALLS: dict[str, tuple[list[int], dict[int, tuple[int, int]], list[int]]] = {
    "x86_64": (
        # truncate; rename to symlink; chmod to lchown; mknod, utime(s); the *at calls; fallocate; newer ones
        [
            *(76, 77, *range(82, 89), *range(90, 95), 132, 133, 235),
            *(*range(258, 262), *range(263, 267), 268, 280, 285, 316, 452, 437),
        ],
        # open, openat; access, faccessat, faccessat2 for writing
        {2: (1, WRITING), 257: (2, WRITING), 21: (1, os.W_OK), 269: (2, os.W_OK), 439: (2, os.W_OK)},
        [102, 107],
    ),
    "aarch64": (
        [33, 34, 35, 36, 37, 38, 45, 46, 47, 52, 53, 54, 55, 88, 276, 452, 437],
        {56: (2, WRITING), 48: (2, os.W_OK), 439: (2, os.W_OK)},
        [174, 175],
    ),
}


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return pack("HBBI", code, if_true, if_false, value)


def _filtered(refused: list[int], flagged: dict[int, tuple[int, int]], answer: int) -> Confine:
    """Puts a filter before all system calls of the process, for good."""
    program = _instruction(LOAD, 0)
    for number in refused:
        program += _instruction(EQUAL, number, 0, 1) + _instruction(RETURN, REFUSE | answer)
    for number, (place, bits) in flagged.items():
        program += _instruction(EQUAL, number, 0, 4) + _instruction(LOAD, 16 + 8 * place)
        program += _instruction(ANY_BIT, bits, 0, 1) + _instruction(RETURN, REFUSE | answer)
        program += _instruction(RETURN, ALLOW)
    program += _instruction(RETURN, ALLOW)
    instructions = ctypes.create_string_buffer(program, len(program))
    head = pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    whole = ctypes.create_string_buffer(head, len(head))

    def confine() -> None:
        assert instructions
        if LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or LIBC.prctl(PR_SET_SECCOMP, 2, whole):
            raise OSError(ctypes.get_errno(), "seccomp")

    return confine


def read_only() -> Confine:
    """Every change of any file meets a file system that is mounted read-only."""
    refused, flagged, _ = CALLS[platform.machine()]
    return _filtered(refused, flagged, errno.EROFS)


def given_away(*paths: Path) -> Confine:
    """The files are somebody else's: theirs changes owner, or who is not allowed to do that becomes root by name."""
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, 65534, 65534, follow_symlinks=False)
        return lambda: None
    return _filtered(CALLS[platform.machine()][2], {}, 0)


def without_privileges() -> None:
    """Permissions count, for root too."""
    if os.geteuid() == 0:
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            if LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "capabilities")


def run_confined(
    program: Path, confine: Confine, cwd: Path, args: tuple[str, ...], env: dict[str, str] | None = None
) -> Answer:
    """One command of a program that is confined."""
    done = subprocess.run(
        [str(program), *args],
        cwd=cwd,
        env=clean_environment(**(env or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
        preexec_fn=confine,
    )
    return Answer(done.returncode, done.stdout, done.stderr)

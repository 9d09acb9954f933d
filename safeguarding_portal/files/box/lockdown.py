"""Take from this process whatever reading one file does not need, before it reads a byte of it."""

from __future__ import annotations

import ctypes
import platform
import resource
import struct
import sys

# linux/audit.h, and the numbers of the calls of each processor that are refused from here on:
# socket, connect, execve, execveat, ptrace, io_uring_setup.
ARCHITECTURES = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117, 425)),
}
# linux/prctl.h, linux/filter.h, linux/seccomp.h
NO_NEW_PRIVILEGES, SET_SECCOMP, MODE_FILTER = 38, 22, 2
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000
AT_NUMBER, AT_ARCHITECTURE = 0, 4
# Calls of another bit width, by which the numbers above could be gone round.
OTHER_WIDTH = 0x40000000


def lock_down(memory: int, seconds: int) -> None:
    """Limit memory (bytes), processor time and files, then shut the network for good.

    Raises `OSError` where the system cannot: the file then stays unread. On anything but Linux only
    the limits hold.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        _refuse_calls()


def _refuse_calls() -> None:
    architecture, refused = ARCHITECTURES.get(platform.machine(), (None, ()))
    if architecture is None:
        raise OSError(f"No list of calls for {platform.machine()}.")
    program = _program(architecture, refused)
    filters = b"".join(struct.pack("=HBBI", *line) for line in program)
    held = ctypes.create_string_buffer(filters, len(filters))
    described = struct.pack("@HxxxxxxP", len(program), ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    for call in (
        (NO_NEW_PRIVILEGES, 1, 0, 0, 0),
        (SET_SECCOMP, MODE_FILTER, ctypes.c_char_p(described), 0, 0),
    ):
        if libc.prctl(*call):
            raise OSError(ctypes.get_errno(), "The process could not be shut in.")


def _program(architecture: int, refused: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Return the filter: (code, jump if true, jump if false, value) for each step."""
    count = len(refused)
    return [
        (LOAD, 0, 0, AT_ARCHITECTURE),
        (JUMP_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, AT_NUMBER),
        (JUMP_AT_LEAST, count + 1, 0, OTHER_WIDTH),
        *((JUMP_EQUAL, count - place, 0, number) for place, number in enumerate(refused)),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]

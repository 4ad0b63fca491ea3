"""What a process gives up before it looks at a stranger's bytes. Linux only.

The strongest part needs no new kernel: with every allowed descriptor in use, nothing can be opened, no
file and no socket. Landlock, where it exists, says the same again, by path and port.
"""

import ctypes
import os
import resource
import struct

import msgspec

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CREATE_RULESET, RESTRICT_SELF, RULESET_VERSION = 444, 446, 1  # system calls, the same on x86-64 and arm64
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # rights by version; 16 since 5
DESCRIPTORS = 3  # the photo, the answer, /dev/null
NOBODY = 65534
SIGKILL = 9

libc = ctypes.CDLL(None, use_errno=True)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """For one photo. 64 MP of progressive JPEG holds 384 MB of coefficients; 12 MP of PNG takes 2 s."""

    memory_bytes: int = 700_000_000
    cpu_s: int = 10
    wall_s: float = 20.0


def landlock_version() -> int:
    """0 where the kernel has none."""
    return max(0, int(libc.syscall(CREATE_RULESET, None, 0, RULESET_VERSION)))


def become_nobody() -> None:
    """Root only, and as far as the container lets it: a decoder needs no rights at all."""
    if os.geteuid() == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        except PermissionError:
            return


def confine(limits: Limits, *, may_have_threads: bool = False) -> None:
    """For ever, for this process. Descriptors 0, 1 and 2 must be in use and the only ones."""
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _restrict_by_landlock()
    for kind, limit in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
    ):
        lower(kind, limit)
    if not may_have_threads:
        lower(resource.RLIMIT_NPROC, 0)


def lower(kind: int, limit: int) -> None:
    """To `limit`, or less where the machine allows less."""
    allowed = resource.getrlimit(kind)[1]
    if allowed != resource.RLIM_INFINITY:
        limit = min(limit, allowed)
    resource.setrlimit(kind, (limit, limit))


def _restrict_by_landlock() -> None:
    """Every right that the kernel's version knows is governed, and none is granted."""
    version = landlock_version()
    if not version:
        return
    files, ports, scopes = (1 << FILE_RIGHTS.get(version, 16)) - 1, 3, 3
    fields = (files, ports, scopes)[: 1 if version < 4 else 2 if version < 6 else 3]
    attributes = struct.pack(f"{len(fields)}Q", *fields)
    rules = libc.syscall(CREATE_RULESET, attributes, len(attributes), 0)
    if rules >= 0:
        libc.syscall(RESTRICT_SELF, rules, 0)
        os.close(rules)

"""Children that cannot outlive their parent, not even one that is killed with kill -9.

`tied(argv)` gives the command to start instead of `argv`. It runs this file as a script (some 20 ms), which asks the
kernel for a SIGKILL at the parent's death (Linux) or forks a guard that holds a pipe of the parent's (elsewhere), and
then becomes `argv`: the process id and the standard streams stay the same. There is no `preexec_fn`, so it is safe in a
process with threads.

On Linux the "parent" is the thread that starts the child: start it from one that lives as long as the child shall.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
BY_KERNEL = sys.platform == "linux"
GUARD_LOOKS_EVERY = 1.0  # seconds between a guard's looks at whether its charge still lives
NO_PIPE = -1


class Tied(NamedTuple):
    """What to give to `subprocess`: the command, and the descriptors it inherits."""

    argv: list[str]
    pass_fds: tuple[int, ...]


def tied(argv: Sequence[str], *, by_kernel: bool = BY_KERNEL) -> Tied:
    """Give the command that runs `argv` and dies with the calling process."""
    pipe = NO_PIPE if by_kernel else _pipe()[0]
    launcher = [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(pipe)]
    return Tied([*launcher, *argv], () if by_kernel else (pipe,))


def die_with_parent() -> None:
    """Tie this process to its parent from within, for one that was forked and not started (a web server's worker).

    Does nothing where the kernel does not offer it.
    """
    if BY_KERNEL:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")


@cache
def _pipe() -> tuple[int, int]:
    """Open the pipe whose writing end only this process holds: at its death the guards read the end of file."""
    return os.pipe()


def _guard(pipe: int, charge: int) -> None:
    """Kill the charge (our parent, hence never a reused id) and its group once the pipe's other end has gone."""
    while os.getppid() == charge:
        readable, _, _ = select.select([pipe], [], [], GUARD_LOOKS_EVERY)
        if readable and os.getppid() == charge:
            kill = os.killpg if os.getpgid(charge) == charge else os.kill
            kill(charge, signal.SIGKILL)
            return


def _main(parent: int, pipe: int, argv: list[str]) -> None:
    """Tie this process to its parent, then become the command."""
    if pipe == NO_PIPE:
        die_with_parent()
    else:
        charge = os.getpid()
        if os.fork() == 0:
            _guard(pipe, charge)
            os._exit(0)
        os.set_inheritable(pipe, False)  # noqa: FBT003 - positional only
    if os.getppid() != parent:  # it died before we were tied
        sys.exit(1)
    try:
        os.execvp(argv[0], argv)  # noqa: S606 - no shell is the point
    except OSError as error:
        sys.exit(f"{argv[0]}: {error.strerror}")


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])

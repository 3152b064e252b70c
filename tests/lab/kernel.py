"""The few Linux calls that Python 3.11 does not offer; failures are OSError."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

NEWTIME = 0x00000080
NEWNS = 0x00020000
NEWCGROUP = 0x02000000
NEWUTS = 0x04000000
NEWIPC = 0x08000000
NEWPID = 0x20000000
NEWNET = 0x40000000

RDONLY = 1
NOSUID = 2
NODEV = 4
NOEXEC = 8
REMOUNT = 32
BIND = 4096
RECURSIVE = 16384
PRIVATE = 1 << 18

_DETACH = 2
_PR_SET_PDEATHSIG = 1
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), "unshare")


def mount(source: str | Path, target: str | Path, kind: str = "none", flags: int = 0, data: str = "") -> None:
    args = (os.fsencode(source), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), data.encode())
    _check(_libc.mount(*args), f"mount {kind} {target}")


def detach(target: str | Path) -> None:
    _check(_libc.umount2(os.fsencode(target), _DETACH), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    _check(_libc.pivot_root(new.encode(), old.encode()), f"pivot_root {new}")


def drop_from_bounding_set(capability: int) -> None:
    _check(_libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0), "drop capability")


def adopt_orphans() -> None:
    """Descendants whose parent dies become children of this process, so that it can wait for all of them."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "subreaper")


def die_with_parent() -> None:
    """SIGKILL for this process when the thread that forked it ends."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0), "parent death signal")


def fork(body: Callable[[], None]) -> int:
    """Run `body` in a child that dies with this process, and return its process id."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _child(body, parent)
    return pid


def _child(body: Callable[[], None], parent: int) -> NoReturn:
    status = 1
    try:
        die_with_parent()
        # The parent may have died before the line above; getppid() is 0 when it lives in an outer PID namespace.
        if os.getppid() in (parent, 0):
            body()
            status = 0
    except SystemExit as exit_:
        status = exit_.code if isinstance(exit_.code, int) else 1
    except BaseException:  # noqa: BLE001 - nothing may return into the parent's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def as_if_fresh() -> None:
    """Undo what the Python interpreter changed for itself and exec would hand on.

    Python ignores SIGPIPE; a host started so would have it ignored in every process.
    """
    for name in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.umask(0o022)

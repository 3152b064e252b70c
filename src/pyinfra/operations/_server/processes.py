"""``server.kill``: a signal for a process."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from pyinfra._core.suggestions import did_you_mean
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand, operation
from pyinfra.operations._public import public_in

_SIGNALS = (
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "IOT", "BUS", "EMT", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
    "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
    "WINCH", "INFO", "IO", "POLL", "PWR", "SYS", "THR",
)  # fmt: skip
_REAL_TIME = re.compile(r"RTMIN(?:\+[0-9]{1,2})?|RTMAX(?:-[0-9]{1,2})?", re.ASCII)
_LAST_SIGNAL = 64


@operation(is_idempotent=False)
@public_in("server")
def kill(pid: int, signal: str = "TERM") -> Generator[StringCommand, None, None]:
    """Send a signal to a process, every time.

    Args:
        pid: number of the process.
        signal: name of the signal, with or without ``SIG``, or its number.

    Raises:
        OperationValueError: there can be no such process, or no such signal.

    Example:
        server.kill(pid=4711, signal="HUP")
    """
    # What ends with the process, and what others make of the signal, nobody knows.
    yield StringCommand("kill", f"-{_checked_signal(signal)}", str(_checked_pid(pid)))


def _checked_pid(pid: Any) -> int:
    if isinstance(pid, str) and pid.isascii() and pid.isdigit():
        pid = int(pid)
    if not isinstance(pid, int) or isinstance(pid, bool):
        raise OperationTypeError(f"pid must be the number of a process, not {pid!r}", argument="pid")
    if pid < 1:
        raise OperationValueError(
            f"pid {pid} is no process: what is not above 0 means many", argument="pid", hint="server.shell can do that"
        )
    return pid


def _checked_signal(signal: Any) -> str:
    if isinstance(signal, bool) or not isinstance(signal, (str, int)):
        raise OperationTypeError(f"signal must be the name of a signal, not {signal!r}", argument="signal")
    name = str(signal).upper().removeprefix("SIG")
    if name.isascii() and name.isdigit() and int(name) <= _LAST_SIGNAL:
        return str(int(name))
    if name not in _SIGNALS and not _REAL_TIME.fullmatch(name):
        hint = did_you_mean(name, _SIGNALS)
        raise OperationValueError(f"signal {signal!r} is none{hint}", argument="signal")
    return name

"""With which status the command ends, and why."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyinfra.api import State


class ExitCode(IntEnum):
    """Exit statuses of the command."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    DEPLOY = 4
    PENDING = 5
    TERMINATED = 143
    INTERRUPTED = 130


MEANINGS: dict[ExitCode, str] = {
    ExitCode.OK: "everything went well; also when the question whether to run was answered with no",
    ExitCode.FAILED: "an operation or a fact failed on a host, or pyinfra itself did",
    ExitCode.USAGE: "the command line makes no sense: options, inventory, or no host is meant",
    ExitCode.UNREACHABLE: "a host could not be connected to; nothing else failed",
    ExitCode.DEPLOY: "code of a deploy, an inventory or a configuration is wrong",
    ExitCode.PENDING: "with --dry --detailed-exitcode: there is something to change",
    ExitCode.INTERRUPTED: "ended by Ctrl-C",
    ExitCode.TERMINATED: "ended by a signal",
}


def exit_code_of(state: State) -> ExitCode:
    """What became of the hosts of a run, as an exit status: the worst first."""
    from pyinfra._core.events import Phase

    failed = {host.name for host in state.failed_hosts}
    phases = {failure.phase for failure in state.failures if failure.host in failed}
    if not failed:
        return ExitCode.OK
    if Phase.DEPLOY in phases:
        return ExitCode.DEPLOY
    if phases and phases <= {Phase.CONNECT}:
        return ExitCode.UNREACHABLE
    return ExitCode.FAILED

"""What has to be done about a service, given what is wanted and what is. Pure."""

from __future__ import annotations

import shlex
from typing import Any

from pyinfra._core.records import Record
from pyinfra.api import OperationTypeError, OperationValueError


class Wanted(Record):
    """How a service shall be.

    Attributes:
        running: whether it shall run; None to leave that as it is.
        restarted: restart it if it runs, and go on to run.
        reloaded: have it read its configuration again if it runs, and goes on to run.
        command: something else to tell it, in any case.
        enabled: whether it shall be started with the system; None to leave that as it is.
    """

    running: bool | None = True
    restarted: bool = False
    reloaded: bool = False
    command: str | None = None
    enabled: bool | None = None

    @classmethod
    def checked(
        cls, running: Any, restarted: Any = False, reloaded: Any = False, command: Any = None, enabled: Any = None
    ) -> Wanted:
        """Make one of the arguments of an operation.

        Raises:
            OperationTypeError: an argument has the wrong type.
            OperationValueError: ``command`` is no command.
        """
        for name, value in (("running", running), ("enabled", enabled)):
            if value is not None and not isinstance(value, bool):
                raise OperationTypeError(f"{name} must be True, False or None, not {value!r}", argument=name)
        if command is not None:
            _check_command(command)
        return cls(running, bool(restarted), bool(reloaded), command, enabled)


def _check_command(command: Any) -> None:
    if not isinstance(command, str):
        raise OperationTypeError(f"command must be a text, not {type(command).__name__}", argument="command")
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise OperationValueError(f"command {command!r}: {error}", argument="command") from None
    if not words or "\0" in command:
        raise OperationValueError(f"command {command!r} is no command", argument="command")


class Step(Record):
    """One thing to do.

    Attributes:
        verb: ``start``, ``stop``, ``restart``, ``reload``, ``enable``, ``disable``; or a command of the user's.
        attribute: what of the service is different afterwards.
        before: that now.
        after: that then.
    """

    verb: str
    attribute: str
    before: Any
    after: Any


def decide(wanted: Wanted, running: bool | None, enabled: bool | None = None) -> list[Step]:
    """Return what has to be done, in order.

    Args:
        wanted: how the service shall be.
        running: whether it runs; None when the host does not know it.
        enabled: whether it is started with the system; None when the host does not know.

    Example:
        >>> [step.verb for step in decide(Wanted(running=True, enabled=True), False, False)]
        ['start', 'enable']
        >>> [step.verb for step in decide(Wanted(running=True, restarted=True), True)]
        ['restart']
    """
    steps = _control(wanted, bool(running))
    if wanted.command is not None:
        steps.append(Step(wanted.command, "command", None, wanted.command))
    if wanted.enabled is not None and wanted.enabled != bool(enabled):
        steps.append(Step("enable" if wanted.enabled else "disable", "enabled", bool(enabled), wanted.enabled))
    return steps


def _control(wanted: Wanted, running: bool) -> list[Step]:
    """What is started needs no restart, and what is stopped shall not come back by one."""
    if not running:
        return [Step("start", "running", False, True)] if wanted.running else []
    if wanted.running is False:
        return [Step("stop", "running", True, False)]
    steps = []
    if wanted.restarted:
        steps.append(Step("restart", "restarted", False, True))
    if wanted.reloaded:
        steps.append(Step("reload", "reloaded", False, True))
    return steps

"""Every exception that the package raises on purpose, with the fields that a view needs to explain it.

The public names live in ``pyinfra.api.exceptions``. Text is made from the fields (``details``), so that a
terminal, a JSON stream and a test can each show what they need.

Example:
    >>> error = ConnectError("connection refused", host="web1", hint="is sshd running?")
    >>> str(error)
    'connection refused'
    >>> error.details.host
    'web1'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class ErrorDetails:
    """Where an error belongs. Every field may be unknown (``None``)."""

    host: str | None = None
    operation: str | None = None
    argument: str | None = None
    place: str | None = None  # "deploy.py:12", in the user's own code
    command: str | None = None  # masked
    exit_status: int | None = None
    last_lines: tuple[str, ...] = ()
    hint: str | None = None


class PyinfraError(Exception):
    """Root of everything raised on purpose.

    Args:
        args: as for ``Exception``; the first is the message.
        details: keyword fields of :class:`ErrorDetails`.
    """

    def __init__(self, *args: object, **details: Any) -> None:
        super().__init__(*args)
        self.details = ErrorDetails(**details)
        self._notes: list[str] = []

    def __str__(self) -> str:
        return str(self.args[0]) if len(self.args) == 1 else Exception.__str__(self)

    @property
    def __notes__(self) -> list[str]:  # type: ignore[override]
        """What tracebacks show below the message."""
        details = self.details
        fields = (("host", details.host), ("at", details.place), ("command", details.command), ("hint", details.hint))
        return [f"{name}: {value}" for name, value in fields if value] + self._notes

    def add_note(self, note: str) -> None:
        """Add a line to what tracebacks show below the message."""
        self._notes.append(note)

    def locate(self, **details: Any) -> PyinfraError:
        """Fill in fields that are still unknown and return the error itself."""
        for name, value in details.items():
            if getattr(self.details, name) in (None, ()):
                setattr(self.details, name, value)
        return self


class RunStoppedError(PyinfraError):
    """So many hosts failed that the run does not go on. Why they did was said when it happened."""


class ConnectError(PyinfraError):
    """A host could not be connected to."""


class ConnectionLostError(ConnectError):
    """The connection to a host ended while something was still to be done on it."""


class HostKeyError(ConnectError):
    """The key that a host showed is not the one that is trusted."""


class AuthenticationError(ConnectError):
    """A host refused every key and password that was offered."""


class PrivilegeError(PyinfraError):
    """sudo, su, doas or dzdo did not give the shell that was asked for."""


class TransferError(PyinfraError, OSError):
    """A file could not be sent or fetched."""


class FactError(PyinfraError):
    """A fact could not be read."""


class FactTypeError(FactError, TypeError):
    """A fact was asked for with wrong arguments."""


class FactValueError(FactError, ValueError):
    """A fact was asked for with an impossible value."""


class FactProcessError(FactError, RuntimeError):
    """The output of a fact's command could not be understood."""


class FactNotCollected(FactError):
    """A fact was not read because the host cannot provide it."""


class MissingCommandError(FactNotCollected):
    """The program that a fact needs is not on the host."""

    def __init__(self, command: str) -> None:
        super().__init__(f"the command {command!r} is not installed")
        self.command = command


class FactPreconditionError(FactNotCollected):
    """The host does not meet what a fact needs."""

    def __init__(self, fact_cls: type, reason: str) -> None:
        super().__init__(f"{fact_cls.__name__}: {reason}")
        self.fact_cls = fact_cls
        self.reason = reason


class OperationError(PyinfraError):
    """An operation cannot do what it was asked to."""


class OperationTypeError(OperationError, TypeError):
    """An operation was called with an argument of the wrong type, or a wrong set of arguments."""


class OperationValueError(OperationError, ValueError):
    """An operation was called with an impossible value."""


class NestedOperationError(OperationError):
    """An operation that was called inside another one failed."""


class DeployError(PyinfraError):
    """A deploy cannot do what it was asked to."""


class ArgumentTypeError(PyinfraError, TypeError):
    """A global argument (``_sudo`` and the like) is unknown or has the wrong type."""


class InventoryError(PyinfraError):
    """An inventory cannot be made from what was given."""


class NoConnectorError(PyinfraError, ValueError):
    """No connector of that name is installed."""


class NoHostError(PyinfraError, KeyError):
    """The inventory has no such host."""


class NoGroupError(PyinfraError, KeyError):
    """The inventory has no such group."""


class ConnectorDataTypeError(PyinfraError, TypeError):
    """A data key of a connector has a value of the wrong type."""

"""What an init system is to the engine, and what their specs share."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import Any, ClassVar, Protocol

from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand
from pyinfra.api.planning import Resource, named

# What every fact about services looks at: stopping one may stop others, enabling one may enable others. Whoever may
# start or stop services by the way, as package managers do, says so with ``affects(SERVICES)``.
SERVICES: Resource = named("services")

_SERVICE = re.compile(r"[A-Za-z0-9_@.+:][A-Za-z0-9_@.+:\\-]*\Z", re.ASCII)


class InitSystem(Protocol):
    """How services are controlled. Yields commands and decides nothing.

    Attributes:
        definitions: directories of what says which services there are.
        links: directories of what says which of them are started with the system.
    """

    definitions: ClassVar[tuple[str, ...]]
    links: ClassVar[tuple[str, ...]]

    def control(self, service: str, verb: str) -> Iterable[StringCommand]:
        """Tell a service to ``start``, ``stop``, ``restart``, ``reload``, or whatever the user's command is."""

    def enable(self, service: str, enabled: bool) -> Iterable[StringCommand]:
        """Have a service started with the system, or not."""


def verb_words(verb: str) -> list[QuoteString]:
    """Return the words of a verb, each quoted: a command of the user's may have options."""
    return [QuoteString(word) for word in shlex.split(verb)]


def checked_service(value: Any, argument: str = "service") -> str:
    """Return the name of a service.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: it cannot be the name of a script or of a directory of services.
    """
    if not isinstance(value, str):
        raise OperationTypeError(f"{argument} must be a name, not {type(value).__name__}: {value!r}", argument=argument)
    if not _SERVICE.match(value) or value in (".", ".."):
        raise OperationValueError(f"{argument} {value!r} is no name that a service can have", argument=argument)
    return value

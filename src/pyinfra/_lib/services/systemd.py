"""systemd: units of the system, of a user, or of a container."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand

from .systems import verb_words

UNIT_TYPES = (
    "service", "socket", "device", "mount", "automount", "swap", "target", "path", "timer", "slice", "scope",
)  # fmt: skip
UNIT_NAME = rf"[A-Za-z0-9:_.\\@-]+\.(?:{'|'.join(UNIT_TYPES)})"
_UNIT = re.compile(rf"{UNIT_NAME}\Z", re.ASCII)
# Where the login is not one of its own, nothing says where the user's manager is.
_USERS_MANAGER = 'XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"'


def unit_name(service: Any) -> str:
    """Return the full name of a unit: ``nginx`` means ``nginx.service``.

    Example:
        >>> unit_name("nginx"), unit_name("backup.timer"), unit_name("php8.2-fpm")
        ('nginx.service', 'backup.timer', 'php8.2-fpm.service')
    """
    name = str(service)
    return name if name.rpartition(".")[2] in UNIT_TYPES and "." in name else f"{name}.service"


def checked_unit(service: Any) -> str:
    """Return the full name of a unit that may exist.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: no unit can have that name.
    """
    if not isinstance(service, str):
        kind = type(service).__name__
        raise OperationTypeError(f"service must be the name of a unit, not {kind}: {service!r}", argument="service")
    name = unit_name(service)
    if not _UNIT.match(name) or len(name) > 255 or service == "":
        hint = "systemd-escape(1) makes names of units of other texts"
        raise OperationValueError(f"service {service!r} is no name of a unit", argument="service", hint=hint)
    return name


@dataclass(frozen=True, slots=True)
class Systemd:
    """One manager of units.

    Attributes:
        user_mode: that of a user instead of that of the system.
        machine: name of the container that it is in.
        user_name: whose it is; that of who asks by default.
    """

    user_mode: bool = False
    machine: str | None = None
    user_name: str | None = None

    def systemctl(self, *words: str | QuoteString) -> StringCommand:
        """Return a command of this manager."""
        place = self.machine
        if self.user_name is not None:
            place = f"{self.user_name}@{'.host' if self.machine is None else self.machine}"
        options: list[Any] = ["--user"] if self.user_mode else []
        if place is not None:
            options.append(StringCommand("--machine=", QuoteString(place), _separator=""))
        found = [_USERS_MANAGER] if self.user_mode and place is None else []
        return StringCommand(*found, "systemctl", *options, *words)

    def control(self, service: str, verb: str) -> Iterator[StringCommand]:
        """Tell a unit to do something."""
        yield self.systemctl(*verb_words(verb), *unit_words([service]))

    def enable(self, service: str, enabled: bool) -> Iterator[StringCommand]:
        """Have a unit started with the system, or not."""
        yield self.systemctl("enable" if enabled else "disable", *unit_words([service]))


def unit_words(units: list[str]) -> list[str | QuoteString]:
    """Return names of units as words that are not taken for options: the root's mount is called ``-.mount``."""
    ends_options = ["--"] if any(unit.startswith("-") for unit in units) else []
    return [*ends_options, *map(QuoteString, units)]

"""Names of units of systemd."""

from __future__ import annotations

import re
from typing import Any

from pyinfra.api import OperationTypeError, OperationValueError, QuoteString

UNIT_TYPES = (
    "service", "socket", "device", "mount", "automount", "swap", "target", "path", "timer", "slice", "scope",
)  # fmt: skip
UNIT_NAME = rf"[A-Za-z0-9:_.\\@-]+\.(?:{'|'.join(UNIT_TYPES)})"
_UNIT = re.compile(rf"{UNIT_NAME}\Z", re.ASCII)


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


def unit_words(units: list[str]) -> list[str | QuoteString]:
    """Return names of units as words that are not taken for options: the root's mount is called ``-.mount``."""
    ends_options = ["--"] if any(unit.startswith("-") for unit in units) else []
    return [*ends_options, *map(QuoteString, units)]

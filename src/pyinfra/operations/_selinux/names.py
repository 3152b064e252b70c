"""Names and values of SELinux."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from pyinfra.api import OperationTypeError, OperationValueError

_NAME = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*")


class Boolean(Enum):
    """The value of a boolean."""

    ON = "on"
    OFF = "off"


class Protocol(Enum):
    """A protocol with ports."""

    UDP = "udp"
    TCP = "tcp"
    SCTP = "sctp"
    DCCP = "dccp"


for _public in (Boolean, Protocol):
    _public.__module__ = "pyinfra.operations.selinux"


def checked_name(value: Any, argument: str, what: str) -> str:
    """Return the name of a boolean or type.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: it cannot be one.
    """
    if not isinstance(value, str):
        kind = type(value).__name__
        raise OperationTypeError(f"{argument} must be a text, not {kind}: {value!r}", argument=argument)
    if not _NAME.fullmatch(value):
        raise OperationValueError(f"{argument} {value!r} is no name of {what}", argument=argument)
    return value


def checked_choice(value: Any, kind: type[Enum], argument: str) -> str:
    """Return the text of one of the values of an enumeration, given as such or as that text.

    Raises:
        OperationValueError: it is none of them.
    """
    text = value.value if isinstance(value, kind) else value
    choices = [one.value for one in kind]
    if text not in choices:
        raise OperationValueError(f"{argument} is {' or '.join(choices)}, not {value!r}", argument=argument)
    return str(text)

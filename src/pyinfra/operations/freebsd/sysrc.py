"""Settings in ``rc.conf`` of FreeBSD, of the host or of one of its jails.

Example:
    from pyinfra.operations import freebsd

    freebsd.sysrc.sysrc(parameter="nginx_enable", value="YES", overwrite=True)
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._lib.packages.freebsd import checked_jail, checked_word, option
from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, change, path, promise, tree
from pyinfra.facts._freebsd.state import RcSetting, Setting
from pyinfra.facts.freebsd import Sysrc

__all__ = ["SYSRC_ADD", "SYSRC_DEL", "SYSRC_SET", "SYSRC_SUB", "sysrc"]

SYSRC_ADD = "add"
SYSRC_SUB = "sub"
SYSRC_SET = "set"
SYSRC_DEL = "del"

_SIGNS = {SYSRC_SET: "=", SYSRC_ADD: "+=", SYSRC_SUB: "-="}
_UNSAFE = re.compile(r"[\"$`\\\n\0]")


@operation()
def sysrc(
    parameter: str,
    value: str,
    jail: str | None = None,
    command: str = SYSRC_SET,
    overwrite: bool = False,
) -> Generator[StringCommand, None, None]:
    """Ensure that ``rc.conf`` has a setting, or that it does not.

    Args:
        parameter: name of the setting.
        value: its value; for ``add`` and ``sub`` words that it shall have among others, or shall not have. They are
            separated by blanks, or by the first character of it where that is no letter and no digit.
        jail: name or number of a jail; None for the host.
        command: ``set``, ``add``, ``sub``, or ``del`` to leave it to the system.
        overwrite: replace what somebody else set, too.

    Raises:
        OperationValueError: ``parameter`` cannot be the name of a setting, ``command`` is none of these, or the shell
            that reads ``rc.conf`` would make something else of ``value``.

    Example:
        from pyinfra.operations import freebsd

        freebsd.sysrc.sysrc(parameter="nginx_enable", value="YES", jail="www", overwrite=True)
    """
    name, value, jail = _checked(parameter, value), _checked_value(value), checked_jail(jail)
    if command != SYSRC_DEL and command not in _SIGNS:
        known = ", ".join([*_SIGNS, SYSRC_DEL])
        raise OperationValueError(f"command {command!r} is none of {known}", argument="command")
    found: Setting = host.get_fact(RcSetting, parameter=name, jail=jail)
    noted = _nothing_to_do(found, value, command, overwrite)
    if noted:
        host.noop(f"{name} {noted}")
        return
    deletes = command == SYSRC_DEL
    what = name if deletes else f"{name}{_SIGNS[command]}{value}"
    yield StringCommand("sysrc -i", *(["-x"] if deletes else []), *option("-j", jail), "--", QuoteString(what))
    then = None if deletes else _after(found.value, value, command)
    change(f"rc.conf {name}" if jail is None else f"rc.conf {name} of jail {jail}", "value", found.value, then)
    promise(RcSetting, None if deletes else Setting(then, True), exact=False, parameter=name, jail=jail)
    if not deletes:
        promise(Sysrc, then, exact=False, parameter=name, jail=jail)
    affects(path("/etc/rc.conf"), tree("/etc/rc.conf.d"), *([] if jail is None else [tree("/")]))


def _checked(parameter: Any, value: Any) -> str:
    name = checked_word(parameter, "parameter")
    if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
        raise OperationValueError(f"{name!r} cannot be the name of a setting", argument="parameter")
    if not isinstance(value, str):
        raise OperationTypeError(f"value must be a text, not {value!r}", argument="value")
    return name


def _checked_value(value: str) -> str:
    """sysrc puts a value between double quotes, and nothing else; everything that starts with the host reads it."""
    if _UNSAFE.search(value):
        raise OperationValueError(
            'a value of rc.conf cannot have any of " $ ` \\ in it: the shell that reads it would obey', argument="value"
        )
    return value


def _words(value: str) -> tuple[str, list[str]]:
    """What separates the words of a value, and the words."""
    separator = value[0] if value and not value[0].isalnum() else " "
    return separator, [word for word in value.split(separator) if word]


def _nothing_to_do(found: Setting, value: str, command: str, overwrite: bool) -> str | None:
    """Why there is nothing to do, or None."""
    if command == SYSRC_DEL:
        return None if found.own else "is not set"
    if command == SYSRC_SET:
        if found.value == value:
            return f"is {value}"
        return f"is {found.value}, which somebody set" if found.own and not overwrite else None
    separator, words = _words(value)
    there = (found.value or "").split(separator)
    if command == SYSRC_ADD:
        return f"has {value}" if all(word in there for word in words) else None
    return None if any(word in there for word in words) else f"does not have {value}"


def _after(before: str | None, value: str, command: str) -> str:
    if command == SYSRC_SET:
        return value
    separator, words = _words(value)
    there = [word for word in (before or "").split(separator) if word]
    if command == SYSRC_SUB:
        return separator.join(word for word in there if word not in words)
    return separator.join([*there, *(word for word in words if word not in there)])

"""Facts about scripts in ``/etc/rc.d``.

Example:
    >>> host.get_fact(RcdStatus)
    {'sshd': True, 'ntpd': False}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._lib.services.bsdinit import DIRECTORIES, BsdInit
from pyinfra.facts._shell import script, word

from .sysvinit import InitdStatus, names_of

__all__ = ["InitdStatus", "RcdStatus"]


class RcdStatus(InitdStatus):
    """Whether each service runs that has a script; ``None`` when the script cannot tell.

    Example:
        >>> host.get_fact(RcdStatus, services=["sshd", "ntpd"])
        {'sshd': True, 'ntpd': False}
    """

    system = BsdInit

    def command(self, services: str | Sequence[str] | None = None) -> StringCommand:
        asked = [] if services is None else names_of(services)
        names = [StringCommand("/", word(name), _separator="") for name in asked]
        scripts: list[Any] = []
        for directory in DIRECTORIES:
            scripts += [f" {directory}/*"] if services is None else [f" {directory}{name}" for name in names]
        return script(
            "[ \"$(uname -s)\" = OpenBSD ] && how=check || how=status\n",
            "for f in", scripts, '; do [ ! -f "$f" ] || [ ! -x "$f" ] || ',
            '{ "$f" $how </dev/null >/dev/null 2>&1; echo "${f##*/}=$?"; }; done',
        )  # fmt: skip

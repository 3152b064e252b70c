"""What somebody set in ``rc.conf``, and packages that nothing needs any more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._shell import Part, script, word
from pyinfra.facts.freebsd import PkgPackage, Sysrc

_MARK = "== set"
_REMOVED = re.compile(r"\t([^\s:]+): (\S+)\s*\Z")  # "	libfoo: 1.2_1"


class Setting(NamedTuple):
    """A setting.

    Attributes:
        value: what counts; None when there is none.
        own: whether somebody set it, so that it is not only what the system has without it.
    """

    value: str | None
    own: bool


class RcSetting(FactBase[Setting]):
    """A setting of ``rc.conf``, and whether somebody set it.

    Args:
        parameter: name of the setting.
        jail: name or number of a jail; None for the host.
    """

    in_plans = False

    @staticmethod
    def default() -> Setting:
        return Setting(None, False)

    def command(self, parameter: str, jail: str | None = None) -> StringCommand:
        where: list[Part] = [] if jail is None else ["-j ", word(jail), " "]
        asked = script("sysrc -i -n ", where, "-- ", word(parameter))
        own = script("sysrc -a -N ", where, "| grep -Fx -e ", word(parameter), " || :")
        return script(asked, f" || exit 1; echo '{_MARK}'; ", own)

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "sysrc"

    def resources(self, parameter: str, jail: str | None = None) -> Iterable[Resource]:
        return Sysrc().resources(parameter, jail)

    def process(self, output: list[str]) -> Setting:
        if _MARK not in output:
            raise FactProcessError("sysrc did not tell everything")
        at = len(output) - 1 - output[::-1].index(_MARK)
        return Setting("\n".join(output[:at]) if at else None, bool(output[at + 1 :]))


class PkgOrphans(FactBase[dict[str, str]]):
    """Packages that were installed for others, and that none needs any more, with their versions.

    Args:
        jail: name or number of a jail; None for the host.
    """

    in_plans = False
    default = dict

    def command(self, jail: str | None = None) -> StringCommand:
        where: list[Part] = [] if jail is None else ["-j ", word(jail), " "]
        return script("pkg ", where, "-N autoremove -n 2>/dev/null || :")

    def requires_command(self, jail: str | None = None) -> str:
        return "pkg"

    def resources(self, jail: str | None = None) -> Iterable[Resource]:
        return PkgPackage().resources("", jail)

    def process(self, output: list[str]) -> dict[str, str]:
        return {row[1]: row[2] for row in map(_REMOVED.match, output) if row is not None}

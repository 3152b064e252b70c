"""Settings of the system that are kept in files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypedDict

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, named, path, tree
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._shell import path_resources, path_word, script

from .lines import first_line, without_comment


class EtcHosts(FactBase[dict[str, list[str]]]):
    """Names by address.

    Example:
        >>> host.get_fact(EtcHosts, path="/etc/hosts")
        {'127.0.0.1': ['localhost']}
    """

    @staticmethod
    def default() -> dict[str, list[str]]:
        return {}

    def command(self, path: str = "/etc/hosts") -> StringCommand:
        return script("f=", path_word(path), '; [ ! -e "$f" ] || cat -- "$f"')

    def resources(self, path: str = "/etc/hosts") -> Iterable[Resource] | None:
        return path_resources(path)

    def describe(self, path: str = "/etc/hosts") -> str:
        return f"names in {path}"

    def process(self, output: list[str]) -> dict[str, list[str]]:
        hosts: dict[str, list[str]] = {}
        for line in output:
            address, *names = without_comment(line).split() or [""]
            if address and names:
                known = hosts.setdefault(address, [])
                known += [name for name in names if name not in known]
        return hosts


class UnreadableLimit(FactProcessError, ValueError):
    """A line of ``limits.conf`` that has not the four words of a limit."""


class SecurityLimits(FactBase[list[dict[str, str]]]):
    """Limits in ``/etc/security/limits.conf``."""

    @staticmethod
    def default() -> list[dict[str, str]]:
        return []

    def command(self) -> str:
        return "[ ! -e /etc/security/limits.conf ] || cat /etc/security/limits.conf"

    def resources(self) -> Iterable[Resource] | None:
        return (path("/etc/security/limits.conf"),)

    def describe(self) -> str:
        return "security limits"

    def process(self, output: list[str]) -> list[dict[str, str]]:
        limits: list[dict[str, str]] = []
        for line in filter(None, map(without_comment, output)):
            fields = line.split()
            if len(fields) != 4:
                raise UnreadableLimit(f"security limits: not understood: {line!r}")
            limits.append(dict(zip(("domain", "limit_type", "item", "value"), fields, strict=True)))
        return limits


class Locales(FactBase[list[str]]):
    """Names of the installed locales."""

    @staticmethod
    def default() -> list[str]:
        return []

    def requires_command(self) -> str:
        return "locale"

    def command(self) -> str:
        return "LC_ALL=C locale -a"

    def resources(self) -> Iterable[Resource] | None:
        return (named("locales"), named("packages"), tree("/usr/lib/locale"), path("/etc/locale.gen"))

    def process(self, output: list[str]) -> list[str]:
        names = (line.strip() for line in output)
        return [re.sub(r"\.utf-?8(?=@|\Z)", ".UTF-8", name, flags=re.IGNORECASE) for name in names if name]


class SelinuxDict(TypedDict):
    """``mode`` is ``"enabled"`` or ``"disabled"``, ``None`` when it is not known."""

    mode: str | None


class Selinux(FactBase[SelinuxDict]):
    """Whether SELinux is on."""

    @staticmethod
    def default() -> SelinuxDict:
        return {"mode": None}

    def requires_command(self) -> str:
        return "sestatus"

    def command(self) -> str:
        return "sestatus"

    def resources(self) -> Iterable[Resource] | None:
        return (named("selinux"), path("/etc/selinux/config"))

    def process(self, output: list[str]) -> SelinuxDict:
        for line in output:
            match = re.match(r"SELinux status:\s+(\S+)", line)
            if match is not None:
                return {"mode": match[1]}
        return {"mode": None}


class RebootRequired(FactBase[bool]):
    """Whether the host waits for a restart: it said so (Debian), or runs another kernel than is installed."""

    def command(self) -> str:
        # Alpine removes the modules of a kernel with its package.
        return """r=no
if [ -e /run/reboot-required ] || [ -e /var/run/reboot-required ]; then r=yes
elif [ -e /etc/alpine-release ]; then
read -r v </proc/sys/kernel/osrelease
for d in /lib/modules/*/; do [ ! -d "$d" ] || r=yes; done
[ ! -d "/lib/modules/$v" ] || r=no
elif command -v freebsd-version >/dev/null 2>&1; then
[ "$(freebsd-version -k)" = "$(uname -r)" ] || r=yes
fi
echo "$r\""""

    def resources(self) -> Iterable[Resource] | None:
        flags = (path("/run/reboot-required"), path("/var/run/reboot-required"))
        return (*flags, named("packages"), tree("/lib/modules"), tree("/boot"))

    def describe(self) -> str:
        return "need of a restart"

    def process(self, output: list[str]) -> bool:
        answer = first_line("need of a restart", output)
        if answer not in ("yes", "no"):
            raise FactProcessError(f"need of a restart: not understood: {answer!r}")
        return answer == "yes"

"""Facts about SELinux.

Example:
    >>> host.get_fact(SEBoolean, boolean="httpd_can_network_connect")
    'off'
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase

from ._faces import publish
from ._selinux.listing import BOOLEANS, FILE_CONTEXTS, PORTS, context_parts, file_rows, narrowest, port_rows
from ._shell import path_resources, path_word, script, word

__all__ = ["FIELDS", "FileContext", "FileContextMapping", "SEBoolean", "SEPort", "SEPorts"]

FIELDS = ["user", "role", "type", "level"]

_CONTEXT = re.compile(r"[^:\s]+:[^:\s]+:[^:\s]+(?::\S+)?")
_STATES = {"on": "on", "off": "off", "active": "on", "inactive": "off"}


class SEBoolean(FactBase[str]):
    """The present value of a boolean: ``on`` or ``off``; empty when there is none of that name.

    Example:
        >>> host.get_fact(SEBoolean, boolean="httpd_can_network_connect")
        'off'
    """

    default = str

    def command(self, boolean: str) -> StringCommand:
        return StringCommand("getsebool --", word(boolean), "2>/dev/null || :")

    def requires_command(self, boolean: str) -> str:
        return "getsebool"

    def resources(self, boolean: str) -> Iterable[Resource]:
        return [BOOLEANS]

    def describe(self, boolean: str) -> str:
        return f"selinux boolean {boolean}"

    def process(self, output: list[str]) -> str:
        match = re.match(r"\S+ --> (\w+)", output[0]) if output else None
        return _STATES.get(match[1], "") if match else ""


class FileContext(FactBase["dict[str, str] | None"]):
    """The context of a file; ``None`` where it has none. Of a link that of the file which it leads to.

    Example:
        >>> host.get_fact(FileContext, path="/etc/passwd")
        {'user': 'system_u', 'role': 'object_r', 'type': 'passwd_file_t', 'level': 's0'}
    """

    def command(self, path: str) -> StringCommand:
        file = path_word(path)
        return script("stat -L -c %C ", file, " 2>/dev/null || ls -dLZ ", file, " 2>/dev/null || :")

    def resources(self, path: str) -> Iterable[Resource] | None:
        return path_resources(path)

    def describe(self, path: str) -> str:
        return f"context of {path}"

    def process(self, output: list[str]) -> dict[str, str] | None:
        # ls of old shows permissions and owner in front
        found = (_CONTEXT.fullmatch(part) for part in (output[0].split() if output else ()))
        context = next((match[0] for match in found if match), None)
        return context_parts(context) if context else None


class FileContextMapping(FactBase[dict[str, str]]):
    """The context that is set for files by the pattern of their paths; empty unless there is just one.

    Example:
        >>> host.get_fact(FileContextMapping, target="/srv/www(/.*)?")
        {'user': 'system_u', 'role': 'object_r', 'type': 'httpd_sys_content_t', 'level': 's0'}
    """

    default = dict

    def command(self, target: str) -> StringCommand:
        rows = """awk '$1 == ENVIRON["target"]'"""
        return script("o=$(semanage fcontext -l -n) && printf '%s\\n' \"$o\" | target=", word(target), f" {rows}")

    def requires_command(self, target: str) -> str:
        return "semanage"

    def resources(self, target: str) -> Iterable[Resource]:
        return [FILE_CONTEXTS]

    def describe(self, target: str) -> str:
        return f"selinux file context of {target}"

    def process(self, output: list[str]) -> dict[str, str]:
        rows = list(file_rows(output))
        if len(rows) > 1:
            rows = [row for row in rows if row.kind == "all files"]
        return (context_parts(rows[0].context) or {}) if len(rows) == 1 else {}


class SEPorts(FactBase[dict[str, dict[int, str]]]):
    """The types of ports, by protocol. Ports that are nobody's are left out.

    Example:
        >>> host.get_fact(SEPorts)
        {'tcp': {22: 'ssh_port_t', 53: 'dns_port_t'}, 'udp': {53: 'dns_port_t'}}
    """

    default = dict

    def command(self) -> str:
        return "semanage port -l -n"

    def requires_command(self) -> str:
        return "semanage"

    def resources(self) -> Iterable[Resource]:
        return [PORTS]

    def process(self, output: list[str]) -> dict[str, dict[int, str]]:
        found: dict[str, dict[int, str]] = {}
        # those with fewer ports last: they count
        for row in sorted(port_rows(output), key=lambda row: row.first - row.last):
            if not row.type.startswith("unreserved"):
                span = range(row.first, min(row.last, 65535) + 1)
                found.setdefault(row.protocol, {}).update(dict.fromkeys(span, row.type))
        return found


class SEPort(FactBase[str]):
    """The type of a port; empty when it has none.

    Example:
        >>> host.get_fact(SEPort, protocol="tcp", port=22)
        'ssh_port_t'
    """

    default = str

    def command(self, protocol: str, port: int) -> StringCommand:
        rows = """awk '$2 == ENVIRON["protocol"]'"""
        text = getattr(protocol, "value", protocol)
        return script("o=$(sepolicy network -p ", word(port), " 2>/dev/null) && printf '%s\\n' \"$o\" | protocol=",
                      word(text), f" {rows} || :")  # fmt: skip

    def requires_command(self, protocol: str, port: int) -> str:
        return "sepolicy"

    def resources(self, protocol: str, port: int) -> Iterable[Resource]:
        return [PORTS]

    def describe(self, protocol: str, port: int) -> str:
        return f"selinux type of port {port}"

    def process(self, output: list[str]) -> str:
        # 22: tcp ssh_port_t 22
        rows = []
        for line in output:
            number, colon, rest = line.strip().partition(":")
            words = rest.split(maxsplit=2)
            if colon and number.isdecimal() and len(words) == 3:
                listed = port_rows([f"{words[1]} {words[0]} {words[2]}"])
                rows += [row for row in listed if row.first <= int(number) <= row.last]
        found = narrowest(rows)
        return found.type if found else ""


publish(globals(), __all__)

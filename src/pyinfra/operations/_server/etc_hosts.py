"""``server.etc_hosts``: names that the host knows addresses by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from pyinfra import host
from pyinfra.api import OperationTypeError, OperationValueError, operation
from pyinfra.api.planning import promise
from pyinfra.facts.server import EtcHosts
from pyinfra.operations._files.paths import host_path
from pyinfra.operations._files.uploading import Commands
from pyinfra.operations._public import public_in

from .whole_files import checked_word, present_text, with_line, write


@operation()
@public_in("server")
def etc_hosts(
    ip: str, hostnames: str | list[str] | None = None, present: bool = True, path: str = "/etc/hosts"
) -> Commands:
    """Ensure that an address has exactly these names in ``/etc/hosts``, or that it does not have them.

    Comments and the lines of other addresses stay as they are.

    Args:
        ip: the address.
        hostnames: its names, the most important first. Not needed to remove all of them.
        present: False to remove these names of the address, or all when none are given.
        path: of the file, on the host.

    Raises:
        OperationValueError: ``ip`` is no address, or a name is none.

    Example:
        server.etc_hosts(ip="10.0.0.7", hostnames=["db.example.org", "db"])
    """
    names = _checked_names(hostnames)
    if present and not names:
        raise OperationValueError("an address needs a name", argument="hostnames", hint="present=False removes it")
    entry = Entry(_checked_address(ip), str(ip).strip())
    there = present_text(host_path(path))
    text = entry.named(there.text, names) if present else entry.unnamed(there.text, names)
    if text == there.text:
        host.noop(f"{entry.written} {'has these names' if present else 'does not have these names'} in {there.path}")
        return
    yield from write(there, text)
    promise(EtcHosts, EtcHosts().process(text.split("\n")), path=path)


def _checked_address(ip: Any) -> IPv4Address | IPv6Address:
    if not isinstance(ip, (str, IPv4Address, IPv6Address)):
        raise OperationTypeError(f"ip must be an address, not {ip!r}", argument="ip")
    try:
        return ip_address(ip.strip() if isinstance(ip, str) else ip)
    except ValueError:
        raise OperationValueError(f"ip {ip!r} is no address", argument="ip") from None


def _checked_names(hostnames: Any) -> list[str]:
    given = [hostnames] if isinstance(hostnames, str) else hostnames or []
    if not isinstance(given, (list, tuple)):
        raise OperationTypeError(f"hostnames must be names, not {hostnames!r}", argument="hostnames")
    names = [checked_word(name, "hostnames") for name in given]
    for name in names:
        if name.startswith("-"):
            raise OperationValueError(f"hostnames: {name!r} is no name that a host can have", argument="hostnames")
    return list(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, of an address: what is before the names, the names, what is behind."""

    start: str
    names: Sequence[str]
    comment: str

    def __str__(self) -> str:
        return f"{self.start}{' '.join(self.names)}{self.comment}"


@dataclass(frozen=True, slots=True)
class Entry:
    """The lines of an address."""

    address: IPv4Address | IPv6Address
    written: str

    def named(self, text: str, names: Sequence[str]) -> str:
        """Return the text with exactly these names for the address."""
        lines = text.split("\n")
        own = self._own(lines)
        if list(dict.fromkeys(name for line in own.values() for name in line.names)) == list(names):
            return text
        if not own:
            return with_line(text, f"{self.written} {' '.join(names)}")
        first, *others = own
        lines[first] = str(Line(own[first].start, names, own[first].comment))
        return _without(lines, {number: own[number].comment for number in others})

    def unnamed(self, text: str, names: Sequence[str]) -> str:
        """Return the text without these names for the address, or without any."""
        lines = text.split("\n")
        gone: dict[int, str] = {}
        for number, line in self._own(lines).items():
            kept = [name for name in line.names if names and name not in names]
            if not kept:
                gone[number] = line.comment
            elif len(kept) < len(line.names):
                lines[number] = str(Line(line.start, kept, line.comment))
        return _without(lines, gone)

    def _own(self, lines: Iterable[str]) -> dict[int, Line]:
        """Those of the lines that are of the address, by their numbers."""
        found = enumerate(map(_parsed, lines))
        return {number: line for number, line in found if line and self._is_of(line.start.strip())}

    def _is_of(self, written: str) -> bool:
        try:
            return ip_address(written) == self.address
        except ValueError:
            return False


_LINE = re.compile(r"(\s*[^\s#]+\s+)([^#]*?)(\s*(?:#.*)?)\Z", re.DOTALL)


def _parsed(line: str) -> Line | None:
    match = _LINE.match(line)
    return Line(match[1], match[2].split(), match[3]) if match else None


def _without(lines: Iterable[str], gone: dict[int, str]) -> str:
    """The lines but these, of which only the comments stay."""
    kept = [gone.get(number, line).lstrip() if number in gone else line for number, line in enumerate(lines)]
    return "\n".join(line for number, line in enumerate(kept) if line or number not in gone)

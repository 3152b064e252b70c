"""Which servers the user's ``known_hosts`` has keys of."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, named
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._shell import script, word

FILE = "~/.ssh/known_hosts"
RESOURCE = named("known hosts")


def name_of(hostname: str, port: int = 22) -> str:
    """Return what a server is called in ``known_hosts``."""
    return hostname if port == 22 else f"[{hostname}]:{port}"


class KnowsServer(FactBase[bool]):
    """Whether ``known_hosts`` has a key of a server."""

    default = bool
    in_plans = False

    def command(self, hostname: str, port: int = 22) -> StringCommand:
        return script("ssh-keygen -F ", word(name_of(hostname, port)), f" -f {FILE} 2>/dev/null || :")

    def resources(self, hostname: str, port: int = 22) -> Iterable[Resource]:
        return [RESOURCE]

    def process(self, output: list[str]) -> bool:
        return bool(_keys(output))


class ShownKeysAreKnown(FactBase[bool]):
    """Whether ``known_hosts`` has those keys of a server that it shows, and no others."""

    default = bool
    in_plans = False
    cacheable = False  # the server is another machine

    def command(self, hostname: str, port: int = 22) -> StringCommand:
        return script(
            "ssh-keygen -F ", word(name_of(hostname, port)), f" -f {FILE} 2>/dev/null; echo =; ",
            "ssh-keyscan -p ", word(port), " -- ", word(hostname), " 2>/dev/null || :",
        )  # fmt: skip

    def resources(self, hostname: str, port: int = 22) -> Iterable[Resource]:
        return [RESOURCE]

    def process(self, output: list[str]) -> bool:
        if "=" not in output:
            return False
        middle = output.index("=")
        shown = _keys(output[middle + 1 :])
        return bool(shown) and shown == _keys(output[:middle])


def _keys(lines: list[str]) -> set[tuple[str, str]]:
    """Kinds and keys of lines of ``known_hosts``, but for those that are revoked."""
    found = (line.split() for line in lines if not line.startswith(("#", "@revoked")))
    parts = (fields[1:] if fields and fields[0].startswith("@") else fields for fields in found)
    return {(fields[1], fields[2]) for fields in parts if len(fields) > 2}

"""snap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyinfra._lib.services import SERVICES
from pyinfra.api import QuoteString, StringCommand
from pyinfra.api.planning import named, tree

from .managers import PackageManager, Words

SNAPS = named("snaps")
_THINGS = ("groups", "kernel modules", "programs", "users")
_TREES = ("/etc", "/home", "/root", "/run", "/snap", "/var")
_RISKS = ("stable", "candidate", "beta", "edge")


def whole_channel(channel: str) -> str:
    """Return the name of a channel with all its parts: ``edge`` gives ``latest/edge``, ``5.0`` gives ``5.0/stable``."""
    parts = channel.split("/")
    if parts[0] in _RISKS:
        parts.insert(0, "latest")
    return "/".join(parts if len(parts) > 1 else [*parts, "stable"])


@dataclass(frozen=True, slots=True)
class Snap(PackageManager):
    """snap takes one package at a time where a channel is told.

    Attributes:
        channel: where packages come from.
    """

    channel: str = "latest/stable"

    def commands(self, command: Words, packages: Sequence[str]) -> Iterator[StringCommand]:
        """Yield what does something with packages."""
        channel = StringCommand("--channel=", QuoteString(self.channel), _separator="")
        if command == self.remove:
            yield StringCommand(command, *map(QuoteString, packages))
            return
        for name in packages:
            yield StringCommand(command, QuoteString(name), channel)


def snap(channel: str, classic: bool = False) -> Snap:
    """Return how packages are managed with snap.

    Args:
        channel: where they come from.
        classic: they may do what they like on the host.
    """
    install = "snap install --classic" if classic else "snap install"
    touches = (SNAPS, SERVICES, *map(named, _THINGS), *map(tree, _TREES))
    return Snap(program="snap", install=install, upgrade="snap refresh", remove="snap remove", channel=channel,
                resource=SNAPS, touches=touches)  # fmt: skip

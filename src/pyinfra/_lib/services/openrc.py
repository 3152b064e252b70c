"""OpenRC, as on Alpine and Gentoo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pyinfra.api import QuoteString, StringCommand

from .systems import verb_words


@dataclass(frozen=True, slots=True)
class OpenRc:
    """Services with the runlevel that enabled ones are added to."""

    definitions: ClassVar[tuple[str, ...]] = ("/etc/init.d",)
    links: ClassVar[tuple[str, ...]] = ("/etc/runlevels",)

    runlevel: str = "default"

    def control(self, service: str, verb: str) -> Iterator[StringCommand]:
        """Tell a service to do something."""
        yield StringCommand("rc-service", QuoteString(service), *verb_words(verb))

    def enable(self, service: str, enabled: bool) -> Iterator[StringCommand]:
        """Add a service to the runlevel, or take it from there."""
        yield StringCommand("rc-update", "add" if enabled else "del", QuoteString(service), QuoteString(self.runlevel))

"""Upstart, of old releases of Ubuntu and RHEL 6."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pyinfra.api import QuoteString, StringCommand

from .systems import verb_words


class Upstart:
    """Jobs. One that has an override file with ``manual`` is not started by itself."""

    definitions: ClassVar[tuple[str, ...]] = ("/etc/init",)
    links: ClassVar[tuple[str, ...]] = ("/etc/init",)

    def control(self, service: str, verb: str) -> Iterator[StringCommand]:
        """Tell a job to do something."""
        yield StringCommand("initctl", *verb_words(verb), QuoteString(service))

    def enable(self, service: str, enabled: bool) -> Iterator[StringCommand]:
        """Leave the start of a job to its own conditions, or to people."""
        override = QuoteString(f"/etc/init/{service}.override")
        yield StringCommand("rm -f", override) if enabled else StringCommand("echo manual >", override)

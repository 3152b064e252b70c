"""Scripts in ``/etc/rc.d``, of the BSDs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pyinfra.api import OperationError, QuoteString, StringCommand

from .systems import verb_words

DIRECTORIES = ("/etc/rc.d", "/usr/local/etc/rc.d")


class BsdInit:
    """Scripts of the system, or else of its ports."""

    definitions: ClassVar[tuple[str, ...]] = DIRECTORIES
    links: ClassVar[tuple[str, ...]] = ("/etc/rc.conf.local",)

    def control(self, service: str, verb: str) -> Iterator[StringCommand]:
        """Tell a service to do something."""
        own, ports = (QuoteString(f"{directory}/{service}") for directory in DIRECTORIES)
        words = verb_words(verb)
        yield StringCommand("if [ -e", own, "]; then", own, *words, "; else", ports, *words, "; fi")

    def enable(self, service: str, enabled: bool) -> Iterator[StringCommand]:
        """A line of a file, which the operation sees to."""
        raise OperationError("rc.conf.local says what is started")

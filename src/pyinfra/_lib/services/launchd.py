"""launchd, of macOS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pyinfra.api import OperationError, QuoteString, StringCommand

from .systems import verb_words


class Launchd:
    """Jobs by label. It has no restart of its own."""

    definitions: ClassVar[tuple[str, ...]] = (
        "/Library/LaunchAgents", "/Library/LaunchDaemons", "/System/Library/LaunchDaemons",
    )  # fmt: skip
    links: ClassVar[tuple[str, ...]] = ()

    def control(self, service: str, verb: str) -> Iterator[StringCommand]:
        """Tell a job to do something."""
        for word in ("stop", "start") if verb == "restart" else (verb,):
            yield StringCommand("launchctl", *verb_words(word), QuoteString(service))

    def enable(self, service: str, enabled: bool) -> Iterator[StringCommand]:
        """Nothing that a label is enough for."""
        raise OperationError("what launchd starts by itself is said by the job's own property list")

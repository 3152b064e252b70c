"""runit, as on Void Linux."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pyinfra.api import QuoteString, StringCommand

from .systems import verb_words


@dataclass(frozen=True, slots=True)
class Runit:
    """Services that are linked into a directory, and defined in another one."""

    definitions: ClassVar[tuple[str, ...]] = ("/etc/sv",)
    links: ClassVar[tuple[str, ...]] = ("/etc/sv",)

    svdir: str = "/var/service"
    sourcedir: str = "/etc/sv"

    def sv(self, service: str, *words: str | QuoteString) -> StringCommand:
        """Return a command of ``sv``."""
        directory = StringCommand("SVDIR=", QuoteString(self.svdir), _separator="")
        return StringCommand(directory, "sv", *words, QuoteString(service))

    def down_file(self, service: str) -> str:
        """The file that keeps a service from being started by itself."""
        return f"{self.sourcedir}/{service}/down"

    def control(self, service: str, verb: str) -> Iterator[StringCommand]:
        """Tell a service to do something."""
        yield self.sv(service, *verb_words(verb))

    def enable(self, service: str, enabled: bool) -> Iterator[StringCommand]:
        """Have a service started as soon as it is managed, or not."""
        yield StringCommand("rm -f" if enabled else "touch", QuoteString(self.down_file(service)))

    def wait(self, service: str, seconds: int) -> StringCommand:
        """Return a command that waits until a service is looked after."""
        status = self.sv(service, "status")
        return StringCommand(
            "n=0; until", status, ">/dev/null 2>&1; do",
            f"[ $n -lt {seconds} ] || {{", status, "; exit 1; }; n=$((n+1)); sleep 1; done",
        )  # fmt: skip

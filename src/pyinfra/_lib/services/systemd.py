"""systemd: units of the system, of a user, or of a container."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from pyinfra.api import QuoteString, StringCommand

from .systems import verb_words
from .unit_names import unit_words

# Where the login is not one of its own, nothing says where the user's manager is.
_USERS_MANAGER = 'XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"'


@dataclass(frozen=True, slots=True)
class Systemd:
    """One manager of units.

    Attributes:
        user_mode: that of a user instead of that of the system.
        machine: name of the container that it is in.
        user_name: whose it is; that of who asks by default.
    """

    definitions: ClassVar[tuple[str, ...]] = (
        "/etc/systemd", "/etc/init.d", "/lib/systemd", "/usr/lib/systemd", "/usr/local/lib/systemd", "/run/systemd",
    )  # fmt: skip
    links: ClassVar[tuple[str, ...]] = ("/etc/systemd",)

    user_mode: bool = False
    machine: str | None = None
    user_name: str | None = None

    def systemctl(self, *words: str | QuoteString) -> StringCommand:
        """Return a command of this manager."""
        place = self.machine
        if self.user_name is not None:
            place = f"{self.user_name}@{'.host' if self.machine is None else self.machine}"
        options: list[Any] = ["--user"] if self.user_mode else []
        if place is not None:
            options.append(StringCommand("--machine=", QuoteString(place), _separator=""))
        found = [_USERS_MANAGER] if self.user_mode and place is None else []
        return StringCommand(*found, "systemctl", *options, *words)

    def control(self, service: str, verb: str) -> Iterator[StringCommand]:
        """Tell a unit to do something."""
        yield self.systemctl(*verb_words(verb), *unit_words([service]))

    def enable(self, service: str, enabled: bool) -> Iterator[StringCommand]:
        """Have a unit started with the system, or not."""
        yield self.systemctl("enable" if enabled else "disable", *unit_words([service]))

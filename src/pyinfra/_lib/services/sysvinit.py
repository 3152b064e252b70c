"""Scripts in ``/etc/init.d``, whatever starts them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pyinfra._core.records import Record
from pyinfra.api import OperationError, QuoteString, StringCommand

from .systems import verb_words

# Programs that link scripts into the runlevels, the first that there is.
_ENABLE = {
    "update-rc.d": ("update-rc.d {0} defaults",),
    "chkconfig": ("chkconfig {0} --add", "chkconfig {0} on"),
    "rc-update": ("rc-update add {0} default",),
}
RUNLEVELS = "/etc/rc[0-9S].d"


class SysvInit(Record):
    """Init scripts.

    Attributes:
        programs: those for runlevels that the host has.
        start_links: the links that start the service now.
        stop_links: those that stop it.
    """

    definitions: ClassVar[tuple[str, ...]] = ("/etc/init.d",)
    links: ClassVar[tuple[str, ...]] = tuple(f"/etc/rc{level}.d" for level in "0123456S")

    programs: frozenset[str] = frozenset()
    start_links: tuple[str, ...] = ()
    stop_links: tuple[str, ...] = ()

    def control(self, service: str, verb: str) -> Iterator[StringCommand]:
        """Tell a service to do something."""
        yield StringCommand(QuoteString(f"/etc/init.d/{service}"), *verb_words(verb))

    def enable(self, service: str, enabled: bool) -> Iterator[StringCommand]:
        """Have a service started in its runlevels, or not."""
        if not enabled:
            yield StringCommand("rm -f", *map(QuoteString, self.start_links))
            return
        tool = next((name for name in _ENABLE if name in self.programs), None)
        if tool is None:
            raise OperationError("the host has no program that enables services (update-rc.d, chkconfig, rc-update)")
        if tool == "update-rc.d" and self.stop_links:  # it leaves what has any links as it is
            yield StringCommand("update-rc.d -f", QuoteString(service), "remove")
        for text in _ENABLE[tool]:
            yield StringCommand(*(QuoteString(service) if word == "{0}" else word for word in text.split()))

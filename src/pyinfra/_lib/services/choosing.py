"""Which init system a host has."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra.api import FactBase
from pyinfra.api.planning import Resource, named, path

# What tells of each, the most telling first: a system that runs, then programs that are only installed.
_SIGNS = (
    ("systemd", "[ -d /run/systemd/system ]"),
    ("openrc", "[ -d /run/openrc ]"),
    ("systemd", "command -v systemctl"),
    ("openrc", "command -v rc-service"),
    ("upstart", "command -v initctl"),
    ("runit", "command -v sv"),
    ("bsdinit", "[ -d /etc/rc.d ] && [ ! -h /etc/rc.d ]"),  # RHEL 6 has a link, and init scripts
    ("sysvinit", "[ -d /etc/init.d ]"),
)


class InitSystemName(FactBase[str | None]):
    """Name of the init system, that of the module of its operations; ``None`` when none is known. No process."""

    in_plans = False

    def command(self) -> str:
        tests = [f"if {test} >/dev/null 2>&1; then echo {name}" for name, test in _SIGNS]
        return "\nel".join(tests) + "\nfi"

    def resources(self) -> Iterable[Resource]:
        return (named("packages"), named("programs"), path("/run/systemd/system"), path("/run/openrc"))

    def process(self, output: list[str]) -> str | None:
        return output[0] if output else None

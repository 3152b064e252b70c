"""Which package manager looks after a host."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra.api import FactBase
from pyinfra.api.planning import Resource, named, path

# What tells of each, the most telling first: Debian has packages of most of the others.
_SIGNS = (
    ("apt", "[ -e /etc/debian_version ] && command -v apt-get"),
    ("zypper", "command -v zypper"),
    ("apk", "command -v apk"),
    ("apt", "command -v apt-get"),
    ("brew", "command -v brew"),
    ("dnf", "command -v dnf"),
    ("pacman", "command -v pacman"),
    ("xbps", "command -v xbps-install"),
    ("yum", "command -v yum"),
    ("opkg", "command -v opkg"),
    ("pkgin", "command -v pkgin"),
    ("pkg", "command -v pkg || command -v pkg_add"),
)
KNOWN = tuple(dict.fromkeys(name for name, _ in _SIGNS))


class PackageManagerName(FactBase[str | None]):
    """Name of the package manager, that of the module of its operations; ``None`` when none is known. No process."""

    in_plans = False

    def command(self) -> str:
        tests = [f"if {{ {test}; }} >/dev/null 2>&1; then echo {name}" for name, test in _SIGNS]
        return "\nel".join(tests) + "\nfi"

    def resources(self) -> Iterable[Resource]:
        return (named("packages"), named("programs"), path("/etc/debian_version"))

    def process(self, output: list[str]) -> str | None:
        return output[0] if output and output[0] in KNOWN else None

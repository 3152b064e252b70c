"""What has to be known of a package manager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pyinfra._lib.services import SERVICES
from pyinfra.api import StringCommand
from pyinfra.api.planning import Resource, named, tree

PACKAGES: Resource = named("packages")

# Packages bring files and accounts, start services, and leave alone what belongs to people: /home, /root, /srv.
_THINGS = ("groups", "kernel modules", "locales", "programs", "sysctl", "users")
_TREES = ("/bin", "/boot", "/etc", "/lib", "/opt", "/run", "/sbin", "/usr", "/var")
TOUCHED: tuple[Resource, ...] = (PACKAGES, SERVICES, *map(named, _THINGS), *map(tree, _TREES))


class PackageManager(Protocol):
    """Makes the commands of a package manager; all names are quoted there, and nobody is asked anything."""

    @property
    def version_join(self) -> str | None:
        """What stands between name and version; None where there are no versions."""

    def install(self, packages: Sequence[str]) -> StringCommand:
        """Install packages, or other versions of them."""

    def upgrade(self, packages: Sequence[str]) -> StringCommand:
        """Install the newest versions of packages."""

    def remove(self, packages: Sequence[str]) -> StringCommand:
        """Remove packages."""

"""What is known of a package."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["PackageInfo", "PackageStatus", "build_package_map"]


class PackageStatus(Enum):
    """The state of an installed package."""

    INSTALLED = "installed"
    UPGRADEABLE = "upgradeable"
    HELD = "held"


@dataclass(frozen=True)
class PackageInfo:
    """An installed package.

    Attributes:
        name: its name.
        installed_versions: all of them; most managers allow just one.
        available_version: what an upgrade would bring, or None.
        status: whether it can be upgraded, or is held back.
    """

    name: str
    installed_versions: tuple[str, ...] = ()
    available_version: str | None = None
    status: PackageStatus = PackageStatus.INSTALLED

    @property
    def installed_version(self) -> str | None:
        """The installed version; of several the first."""
        return self.installed_versions[0] if self.installed_versions else None


def build_package_map(
    installed: dict[str, set[str]], upgradeable: dict[str, str] | None = None, held: set[str] | None = None
) -> dict[str, PackageInfo]:
    """Join what several commands say about packages.

    Args:
        installed: versions by name.
        upgradeable: available version by name.
        held: names that are held back; held is shown rather than upgradeable.
    """
    upgradeable = upgradeable or {}
    held = held or set()

    def status(name: str) -> PackageStatus:
        if name in held:
            return PackageStatus.HELD
        return PackageStatus.UPGRADEABLE if name in upgradeable else PackageStatus.INSTALLED

    return {
        name: PackageInfo(name, tuple(sorted(versions)), upgradeable.get(name), status(name))
        for name, versions in installed.items()
    }

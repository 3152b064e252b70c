"""apt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyinfra.api import QuoteString, StringCommand

# Changed configuration files are kept; somebody else who installs something is waited for, and apt says so.
_OPTIONS = '-o Dpkg::Options::="--force-confdef" -o Dpkg::Options::="--force-confold" -o DPkg::Lock::Timeout=600'


def apt_get(*words: str | QuoteString, force: bool = False) -> StringCommand:
    """Return a command of ``apt-get`` that asks nobody anything."""
    forced = ("--force-yes",) if force else ()
    return StringCommand("DEBIAN_FRONTEND=noninteractive apt-get -y", *forced, _OPTIONS, *words)


@dataclass(frozen=True, slots=True)
class Apt:
    """How packages are installed with apt.

    Attributes:
        force: install what is not authenticated.
        no_recommends: without the packages that are only recommended.
        allow_downgrades: older versions, too.
        purge: remove configuration files, too.
        extra_install_args: more options for installing, as they are.
        extra_uninstall_args: more options for removing, as they are.
    """

    force: bool = False
    no_recommends: bool = False
    allow_downgrades: bool = False
    purge: bool = False
    extra_install_args: str | None = None
    extra_uninstall_args: str | None = None

    @property
    def version_join(self) -> str | None:
        return "="

    def install(self, packages: Sequence[str]) -> StringCommand:
        options = ["--no-install-recommends"] if self.no_recommends else []
        options += ["--allow-downgrades"] if self.allow_downgrades else []
        options += [self.extra_install_args] if self.extra_install_args else []
        return apt_get("install", *options, *map(QuoteString, packages), force=self.force)

    def upgrade(self, packages: Sequence[str]) -> StringCommand:
        return apt_get("install", "--only-upgrade", *map(QuoteString, packages), force=self.force)

    def remove(self, packages: Sequence[str]) -> StringCommand:
        extra = [self.extra_uninstall_args] if self.extra_uninstall_args else []
        return apt_get("purge" if self.purge else "remove", *extra, *map(QuoteString, packages), force=self.force)

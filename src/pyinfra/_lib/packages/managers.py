"""What has to be known of a package manager."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import eq
from typing import Self

from pyinfra._lib.services import SERVICES
from pyinfra.api import QuoteString, StringCommand
from pyinfra.api.planning import Resource, named, tree

from .listing import PackageVersions

PACKAGES: Resource = named("packages")  # what is installed
AVAILABLE: Resource = named("available packages")  # what could be

# Packages bring files and accounts, start services, and leave alone what belongs to people: /home, /root, /srv.
_THINGS = ("groups", "kernel modules", "locales", "programs", "sysctl", "users")
_TREES = ("/bin", "/boot", "/etc", "/lib", "/opt", "/run", "/sbin", "/usr", "/var")
TOUCHED: tuple[Resource, ...] = (PACKAGES, SERVICES, *map(named, _THINGS), *map(tree, _TREES))

Words = str | StringCommand


@dataclass(frozen=True, slots=True)
class PackageManager:
    """How packages are managed with a program. Commands ask nobody anything; quoted names are put at their end.

    Attributes:
        program: what has to be on the host.
        listing: command that lists what is installed; of no interest where a fact does without it.
        parse: reads the lines of that, see ``by_pattern``.
        install: command that installs packages, or other versions of them.
        remove: command that removes packages.
        upgrade: command that installs the newest versions of packages; None where there is no such thing.
        update: command that fetches the lists of what could be installed.
        upgrade_all: command that upgrades everything.
        version_join: what stands between name and version; None where there are no versions.
        same_version: whether an installed version is the wanted one: ``same_version(wanted, installed)``.
        key: under which name a package is listed: pip has one for ``A_b`` and ``a-b``.
        remove_versions: versions are told to ``remove``, too.
        one_by_one: a command takes one package only.
        resource: what the list of installed packages tells of.
        touches: what may be different once packages were installed or removed.
    """

    program: str
    install: Words
    remove: Words
    listing: Words = ""
    parse: Callable[[Iterable[str]], PackageVersions] = lambda lines: {}
    upgrade: Words | None = None
    update: Words | None = None
    upgrade_all: Words | None = None
    version_join: str | None = None
    same_version: Callable[[str, str], bool] = eq
    key: Callable[[str], str] = str
    remove_versions: bool = False
    one_by_one: bool = False
    resource: Resource = PACKAGES
    touches: tuple[Resource, ...] = TOUCHED

    def with_flags(self, *, install: str | None = None, remove: str | None = None) -> Self:
        """Return one with more options, which are given as they are.

        Args:
            install: for installing and upgrading.
            remove: for removing.
        """
        return replace(
            self,
            install=_joined(self.install, install),
            upgrade=self.upgrade and _joined(self.upgrade, install),
            remove=_joined(self.remove, remove),
        )

    def commands(self, command: Words, packages: Sequence[str]) -> Iterator[StringCommand]:
        """Yield what does something with packages."""
        for names in [[name] for name in packages] if self.one_by_one else [packages]:
            yield StringCommand(command, *map(QuoteString, names))


def _joined(command: Words, options: str | None) -> Words:
    return StringCommand(command, options) if options else command

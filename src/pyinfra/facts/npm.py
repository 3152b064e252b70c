"""Facts about packages of npm.

Example:
    >>> host.get_fact(NpmPackages, directory="/srv/app")
    {'express': {'4.18.2'}}
"""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError
from pyinfra._lib.packages.listing import PackageVersions
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra._lib.packages.npm import NPM_REGEX, npm

from ._packages import InstalledPackages
from ._shell import path_word, script

__all__ = ["NPM_REGEX", "NpmPackages"]


class NpmPackages(InstalledPackages):
    """The installed packages with their versions, without those that others brought.

    Args:
        directory: the project whose packages these are; those of everybody without it.

    Example:
        >>> host.get_fact(NpmPackages, directory="/srv/app")
        {'express': {'4.18.2'}}
    """

    manager = npm()

    def command(self, directory: str | None = None) -> str | StringCommand:
        # Status 1 says that something is missing or too much, which is in the list.
        listing = "npm list --depth=0 --json || [ $? -eq 1 ]"
        if directory is None:
            return listing.replace("list", "list -g")
        return script("cd ", path_word(directory), f" 2>/dev/null || exit 0\n{listing}")

    def resources(self, directory: str | None = None) -> Iterable[Resource]:
        return [npm(directory).resource, PACKAGES]

    def process(self, output: list[str]) -> PackageVersions:
        try:
            return self.manager.parse(output)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise FactProcessError(f"npm list: not understood: {error}") from error

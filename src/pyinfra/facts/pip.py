"""Facts about packages of Python.

Example:
    >>> host.get_fact(PipPackages, pip="/srv/app/venv/bin/pip")
    {'Flask': {'3.0.2'}}
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError
from pyinfra._lib.packages.listing import PackageVersions
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra._lib.packages.pip import pip, pip_words

from ._packages import InstalledPackages
from ._shell import script

PIP_REGEX = r"^([A-Za-z0-9._-]+)==(\S+)$"  # a line of "pip freeze", for facts of other people

__all__ = ["PIP_REGEX", "Pip3Packages", "PipPackages"]


class PipPackages(InstalledPackages):
    """The installed packages with their versions.

    Args:
        pip: name or path of the pip whose packages these are.

    Example:
        >>> host.get_fact(PipPackages, pip="/srv/app/venv/bin/pip")
        {'Flask': {'3.0.2'}}
    """

    manager = pip()
    program: ClassVar[str] = "pip"

    def command(self, pip: str | None = None) -> str | StringCommand:
        words = pip_words(pip or self.program)
        listing = script(words, " --disable-pip-version-check list --format json")
        return script("[ -x ", words, " ] || exit 0\n", listing) if (pip or "").startswith("~/") else listing

    def requires_command(self, pip: str | None = None) -> str | None:
        program = pip or self.program
        return None if program.startswith("~/") else program.removesuffix(" -m pip")

    def resources(self, pip: str | None = None) -> Iterable[Resource]:
        return [*_manager(pip or self.program).touches[:2], PACKAGES]

    def process(self, output: list[str]) -> PackageVersions:
        try:
            return self.manager.parse(output)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise FactProcessError(f"pip list: not understood: {error}") from error


class Pip3Packages(PipPackages):
    """The same of ``pip3``."""

    program = "pip3"


_manager = pip

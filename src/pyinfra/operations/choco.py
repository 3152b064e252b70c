"""Packages of Windows, with Chocolatey.

Example:
    from pyinfra.operations import choco

    choco.packages(packages=["git", "nodejs:20.10.0"])
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra._lib.packages import parse_items
from pyinfra._lib.packages.choco import CHOCO
from pyinfra._lib.packages.managers import TOUCHED
from pyinfra._lib.packages.newest import Newest, settle
from pyinfra.api import QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, change, prefetch
from pyinfra.facts._choco.packages import InstalledChoco, OutdatedChoco
from pyinfra.facts.choco import ChocoVersion

__all__ = ["install", "packages"]

# As its makers advise: TLS 1.2 is not in use by itself on older systems.
_INSTALLER = (
    "[System.Net.ServicePointManager]::SecurityProtocol = "
    "[System.Net.ServicePointManager]::SecurityProtocol -bor 3072; "
    "iex ((New-Object System.Net.WebClient).DownloadString('https://community.chocolatey.org/install.ps1'))"
)


@operation()
def packages(
    packages: str | list[str] | None = None, present: bool = True, latest: bool = False
) -> Generator[StringCommand, None, None]:
    """Ensure that packages are installed, or that they are not.

    Removing one removes what only it needs, too. Names are the same in upper and lower case.

    Args:
        packages: names, with a version where that matters: ``git``, ``nodejs:20.10.0``.
        present: whether they shall be installed.
        latest: the newest versions of those that are named without one, and are not pinned.

    Raises:
        OperationValueError: something cannot be the name of a package.

    Example:
        choco.packages(packages=["git", "nodejs:20.10.0"])
    """
    items = parse_items(packages, CHOCO.version_join, CHOCO.key)
    if not items:
        return
    asked = present and latest
    prefetch(InstalledChoco)
    if asked:
        prefetch(OutdatedChoco)
    installed = host.get_fact(InstalledChoco)
    yield from settle(
        CHOCO, InstalledChoco, items, installed, present=present, newest=Newest.of(OutdatedChoco, asked),
        is_exact=lambda version: version.count(".") > 1,
    )  # fmt: skip


@operation(is_idempotent=False)
def install() -> Generator[StringCommand, None, None]:
    """Install Chocolatey where it is not.

    Example:
        choco.install()
    """
    if host.get_fact(ChocoVersion) is not None:
        host.noop("Chocolatey is installed")
        return
    yield StringCommand(
        "powershell.exe -NoProfile -NonInteractive -InputFormat None -ExecutionPolicy Bypass -Command",
        QuoteString(_INSTALLER),
    )
    change("package chocolatey", "version", None, "installed")
    affects(*TOUCHED)

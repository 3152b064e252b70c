"""``server.packages``: packages, whatever manages them."""

from __future__ import annotations

from collections.abc import Generator
from importlib import import_module
from typing import Any

from pyinfra import host
from pyinfra._lib.packages.choosing import KNOWN, PackageManagerName
from pyinfra.api import OperationError, StringCommand, WriteFileCommand, operation
from pyinfra.operations._public import public_in


@operation()
@public_in("server")
def packages(
    packages: str | list[str], present: bool = True
) -> Generator[StringCommand | WriteFileCommand, None, None]:
    """Ensure that packages are installed, or that they are not, with the package manager of the system.

    Args:
        packages: names, as that package manager knows them.
        present: whether they shall be installed.

    Raises:
        OperationError: the host has no package manager that we know.

    Example:
        server.packages(packages=["curl", "git"])
    """
    name = host.get_fact(PackageManagerName)
    if name is None:
        raise OperationError(f"the host has no package manager that we know ({', '.join(KNOWN)})")
    module: Any = import_module(f"pyinfra.operations.{name}")  # only the one that the host needs
    yield from module.packages._inner(packages=packages, present=present)

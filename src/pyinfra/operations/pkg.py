"""Packages of the BSDs, with pkg or pkg_add.

Example:
    from pyinfra.operations import pkg

    pkg.packages(packages=["nginx", "curl"])
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import Any

from pyinfra import host
from pyinfra._lib.packages import Installed, Item, PackageManager, parse_items
from pyinfra._lib.packages.newest import settle
from pyinfra._lib.packages.pkg import PKG, PKG_ADD, pkg_add
from pyinfra._lib.packages.systems import named_as_listed
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand, operation
from pyinfra.api.planning import prefetch
from pyinfra.facts._pkg.tools import PkgOrigins, PkgTool
from pyinfra.facts.pkg import PkgPackages

__all__ = ["packages"]

# Where OpenBSD has its packages; pkg_add puts in the version and the architecture.
_MIRROR = "https://cdn.openbsd.org/pub/OpenBSD/%v/packages/%a/"
_FLAVOR = re.compile(r"(.+?)--([^%]*)(?:%.*)?\Z|(.+)%[^%]+\Z")  # "vim--no_x11", "vim--", "python%3.11"


@operation()
def packages(
    packages: str | list[str] | None = None,
    present: bool = True,
    pkg_path: str | None = None,
) -> Generator[StringCommand, None, None]:
    """Ensure that packages are installed, or that they are not.

    Args:
        packages: names, with more where that matters: ``nginx``, ``www/nginx``, ``nginx-1.24.0_3,3``; on OpenBSD with
            a flavor or a branch: ``vim--no_x11``, ``python%3.11``.
        present: whether they shall be installed.
        pkg_path: where ``pkg_add`` finds them; what the host says when it is not given. ``pkg`` has its own
            repositories, and takes no notice of this.

    Raises:
        OperationValueError: something cannot be the name of a package, or ``pkg_path`` is empty.

    Example:
        pkg.packages(packages=["nginx", "curl"], pkg_path="https://cdn.openbsd.org/pub/OpenBSD/7.5/packages/amd64/")
    """
    items = parse_items(packages, None)
    path = _checked_path(pkg_path)
    if not items:
        return
    prefetch(PkgPackages)
    tool: str = host.get_fact(PkgTool)
    manager = _manager(tool, path)
    installed: Installed = host.get_fact(PkgPackages)
    items = named_as_listed(items, installed)
    if tool == "pkg":
        items = _by_origin(items, installed)
    else:
        items = [one for item in items for one in _by_flavor(item, installed, present)]
    yield from settle(manager, PkgPackages, items, installed, present=present)


def _checked_path(pkg_path: Any) -> str | None:
    if pkg_path is not None and not isinstance(pkg_path, str):
        raise OperationTypeError(f"pkg_path must be an address or a path, not {pkg_path!r}", argument="pkg_path")
    if pkg_path is not None and (not pkg_path or "\0" in pkg_path):
        raise OperationValueError("pkg_path is empty: where packages are", argument="pkg_path")
    return pkg_path


def _manager(tool: str, path: str | None) -> PackageManager:
    if tool == "pkg":
        return PKG
    path = path or (_MIRROR if tool != "pkg_add" else None)
    return PKG_ADD if path is None else pkg_add(path)


def _by_origin(items: list[Item], installed: Installed) -> list[Item]:
    """``www/nginx`` is where the package comes from that is called nginx; not all of them have such a name."""
    origins = [item.text for item in items if "/" in item.text and item.name not in installed]
    if not origins:
        return items
    names = host.get_fact(PkgOrigins, origins=origins)
    return [Item(names.get(item.text, item.name), None, item.text) for item in items]


def _by_flavor(item: Item, installed: Installed, present: bool) -> Iterator[Item]:
    """``vim--no_x11`` is vim with that flavor, ``vim--`` is the one without, ``python%3.11`` is of that branch."""
    match = _FLAVOR.match(item.text)
    if item.name in installed or match is None:
        yield item
        return
    name = match[1] or match[3]
    versions = installed.get(name) or ()
    if match[3] is not None:
        there = _has_branch(item.text, versions)
    else:
        there = any(match[2] == version.partition("-")[2] for version in versions)
    yield Item(name if there else item.text, None, item.text if present else name)


def _has_branch(text: str, versions: Any) -> bool:
    branch = text.rpartition("%")[2]
    return any(version == branch or version.startswith(f"{branch}.") for version in versions)

"""Packages of Node.js, with npm.

Example:
    from pyinfra.operations import npm

    npm.packages(packages=["express@4"], directory="/srv/app")
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._lib.packages import Item, parse_items
from pyinfra._lib.packages.newest import NO_NEWER, Newest, settle
from pyinfra._lib.packages.npm import npm
from pyinfra._lib.packages.semver import version_of
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand, operation
from pyinfra.api.planning import prefetch
from pyinfra.facts._npm.outdated import OutdatedNpm
from pyinfra.facts.npm import NpmPackages

__all__ = ["packages"]

_NEWEST = "latest"  # the tag that every package has


@operation()
def packages(
    packages: str | list[str] | None = None,
    present: bool = True,
    latest: bool = False,
    directory: str | None = None,
) -> Generator[StringCommand, None, None]:
    """Ensure that packages are installed, or that they are not.

    Args:
        packages: names, with a version where that matters: ``express``, ``express@4.18.2``, ``express@^4``,
            ``@angular/cli@latest``. Of ``toy@file:../toy``, and whatever comes from elsewhere, only the name counts.
        present: whether they shall be installed.
        latest: the newest versions of those that are named without one; in a project, the newest that it takes.
        directory: the project to install them in, which has to exist; for everybody without it.

    Raises:
        OperationValueError: something cannot be the name of a package, or of a directory.

    Example:
        npm.packages(packages=["express@4", "@types/node"], directory="/srv/app")
    """
    _check(directory)
    manager = npm(directory)
    items = [_from_elsewhere(item, present) for item in parse_items(packages, manager.version_join)]
    if not items:
        return
    names = [item.name for item in items if present and item.version in (None, _NEWEST)]
    asked = bool(names) and (latest or any(item.version == _NEWEST for item in items))
    prefetch(NpmPackages, directory=directory)
    if asked:
        prefetch(OutdatedNpm, packages=names, directory=directory)
    installed = host.get_fact(NpmPackages, directory=directory)
    outdated = host.get_fact(OutdatedNpm, packages=names, directory=directory) if asked else {}
    tagged = _newest(outdated, installed, _NEWEST)
    yield from settle(
        manager, NpmPackages, [tagged.meant(item, installed) for item in items], installed, present=present,
        newest=_newest(outdated, installed, "wanted" if directory else _NEWEST) if latest else NO_NEWER,
        is_exact=_is_exact, arguments={"directory": directory},
    )  # fmt: skip


def _check(directory: Any) -> None:
    if directory is not None and not isinstance(directory, str):
        raise OperationTypeError(f"directory must be a path, not {directory!r}", argument="directory")
    if directory is not None and (not directory or "\0" in directory):
        raise OperationValueError(f"{directory!r} cannot be a directory", argument="directory")


def _from_elsewhere(item: Item, present: bool) -> Item:
    """``NAME@https://...``, ``NAME@file:...``: whether that is what is installed nobody can tell from a version."""
    name, _, where = item.text[1:].partition("@")
    if not any(character in where for character in ":/"):
        return item
    return Item(item.text[0] + name, None, item.text if present else item.text[0] + name)


def _newest(outdated: dict[str, dict[str, str]] | None, installed: dict[str, set[str]], which: str) -> Newest:
    if outdated is None:
        return Newest()
    versions = {name: told[which] for name, told in outdated.items() if which in told}
    return Newest({name: one for name, one in versions.items() if one not in (installed.get(name) or ())})


def _is_exact(version: str) -> bool:
    return version_of(version) is not None

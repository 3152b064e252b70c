"""Programs written in Go, with ``go install``.

Example:
    from pyinfra.operations import go

    go.packages(packages=["golang.org/x/tools/cmd/stringer@v0.1.12"])
"""

from __future__ import annotations

from collections.abc import Generator, Mapping

from pyinfra import host
from pyinfra._lib.packages import Installed, Item, parse_items
from pyinfra._lib.packages.go import GO
from pyinfra._lib.packages.newest import NO_NEWER, Newest, settle
from pyinfra._lib.packages.semver import version_of
from pyinfra.api import OperationValueError, StringCommand, operation
from pyinfra.api.planning import prefetch
from pyinfra.facts._go.programs import InstalledPrograms, NewestModules
from pyinfra.facts.go import GoPackages

__all__ = ["packages"]

_NEWEST = "latest"


@operation()
def packages(
    packages: str | list[str] | None = None, present: bool = True, latest: bool = False
) -> Generator[StringCommand, None, None]:
    """Ensure that programs are built and installed, or that they are not.

    They are those of the user as whom this runs, in ``GOBIN``, or in the ``bin`` directory of the first ``GOPATH``.

    Args:
        packages: paths of packages, with a version where that matters: ``golang.org/x/tools/cmd/stringer``,
            ``golang.org/x/tools/cmd/stringer@v0.1.12``, ``github.com/mikefarah/yq/v4@v4.35``.
        present: whether they shall be installed.
        latest: the newest versions of those that are named without one.

    Raises:
        OperationValueError: something cannot be the path of a package.

    Example:
        go.packages(packages=["golang.org/x/tools/cmd/stringer@v0.1.12"])
    """
    items = parse_items(packages, GO.version_join)
    for item in items:
        _check(item)
    if not items:
        return
    prefetch(InstalledPrograms)
    prefetch(GoPackages)
    installed = host.get_fact(InstalledPrograms)
    tags = any(item.version == _NEWEST for item in items)
    newest = _newest(items, installed) if present and (latest or tags) else NO_NEWER
    yield from settle(
        GO, InstalledPrograms, [newest.meant(item, installed) for item in items], installed, present=present,
        newest=newest if latest else NO_NEWER, is_exact=_is_exact,
    )  # fmt: skip


def _check(item: Item) -> None:
    if item.name.startswith((".", "/")) or item.name.endswith("/") or "\\" in item.name:
        raise OperationValueError(f"{item.text!r} is no path of a package that go could fetch", argument="packages")


def _newest(items: list[Item], installed: Installed) -> Newest:
    """What is newer than installed programs; the version of a program is that of its module."""
    modules = host.get_fact(GoPackages)
    of = {item.name: _module(item.name, modules) for item in items if item.version in (None, _NEWEST)}
    asked = sorted({module for name, module in of.items() if module is not None and name in installed})
    if not asked:
        return NO_NEWER
    known = host.get_fact(NewestModules, modules=asked) or {}
    # An empty text is a version that nobody knows, which go is to find out.
    versions = {name: known.get(module, "") for name, module in of.items() if module is not None}
    return Newest({name: one for name, one in versions.items() if one not in (installed.get(name) or ())})


def _module(path: str, modules: Mapping[str, object]) -> str | None:
    """The module that a package belongs to."""
    above = [module for module in modules if path == module or path.startswith(f"{module}/")]
    return max(above, key=len, default=None)


def _is_exact(version: str) -> bool:
    return version_of(version) is not None

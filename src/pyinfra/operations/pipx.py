"""Programs written in Python, each in an environment of its own, with pipx.

Example:
    from pyinfra.operations import pipx

    pipx.packages(packages=["black==24.2.0", "httpie"])
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from pyinfra import host
from pyinfra._lib.packages import Decision, Installed, carry_out
from pyinfra._lib.packages.ensuring import upgrade_commands
from pyinfra._lib.packages.newest import Newest
from pyinfra._lib.packages.pipx import PIPX
from pyinfra._lib.packages.requirements import as_listed, decided, parse_requirements
from pyinfra.api import StringCommand, operation
from pyinfra.api.planning import prefetch
from pyinfra.facts._python.outdated import OutdatedPipx
from pyinfra.facts.pipx import PipxEnvironment, PipxPackages

from ._python.packages import promise_packages
from ._python.profiles import found_at_login

__all__ = ["ensure_path", "packages", "upgrade_all"]

Commands = Generator[StringCommand, None, None]


@operation()
def packages(
    packages: str | list[str] | None = None,
    present: bool = True,
    latest: bool = False,
    extra_args: str | None = None,
) -> Commands:
    """Ensure that programs are installed, or that they are not.

    They are those of the user as whom this runs.

    Args:
        packages: requirements: ``black``, ``black==24.2.0``, ``black>=24``.
        present: whether they shall be installed.
        latest: the newest versions of those that are named without one.
        extra_args: more options for ``pipx install``, as they are.

    Raises:
        OperationValueError: something is no requirement.

    Example:
        pipx.packages(packages=["black==24.2.0", "httpie"])
    """
    items = parse_requirements(packages)
    if not items:
        return
    installed = host.get_fact(PipxPackages)
    names = [item.name for item in as_listed(items, installed) if item.version is None and item.name in installed]
    newest = Newest.of(OutdatedPipx, bool(present and latest and names), packages=names)
    decision = decided(items, installed, present, newest.names(installed))
    yield from _carry_out(decision, installed, newest, extra_args)
    promise_packages(PipxPackages, decision, installed, newest)


def _carry_out(
    decision: Decision, installed: Installed, newest: Newest, options: str | None
) -> Iterator[StringCommand]:
    """pipx leaves alone what is installed, whatever version it is asked for, unless it is forced."""
    manager = PIPX.with_flags(install=options)
    other = tuple(item for item in decision.install if item.name in installed)
    missing = tuple(item for item in decision.install if item.name not in installed)
    # Its own upgrade takes none of the options of its install.
    manager = replace(manager, upgrade=PIPX.upgrade)
    yield from carry_out(manager, replace(decision, install=missing), installed, newest.versions)
    yield from carry_out(manager.with_flags(install="--force"), Decision(install=other), installed)


@operation()
def upgrade_all() -> Commands:
    """Upgrade everything that was installed, unless nothing is newer.

    Example:
        pipx.upgrade_all()
    """
    installed = host.get_fact(PipxPackages)
    newest = Newest.of(OutdatedPipx, bool(installed), packages=sorted(installed))
    if newest.versions == {}:
        host.noop("all programs are the newest")
        return
    yield from upgrade_commands(PIPX)


@operation()
def ensure_path() -> Commands:
    """Ensure that the installed programs are found at the next login.

    Example:
        pipx.ensure_path()
    """
    prefetch(PipxEnvironment)
    directory = host.get_fact(PipxEnvironment).get("PIPX_BIN_DIR")
    if directory is None:
        yield StringCommand("pipx ensurepath")  # which says what is wrong
    else:
        yield from found_at_login(directory, "pipx ensurepath")

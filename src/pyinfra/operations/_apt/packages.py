"""``apt.packages``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._lib.packages import decide, ensure, parse_items
from pyinfra._lib.packages.apt import Apt
from pyinfra._lib.packages.ensuring import after
from pyinfra.api import StringCommand, operation
from pyinfra.api.planning import prefetch, promise
from pyinfra.facts._apt.installed import InstalledDebs, with_provided
from pyinfra.facts._apt.updates import Upgradeable
from pyinfra.operations._apt.update import update_commands, upgrade_commands
from pyinfra.operations._public import public_in


@operation()
@public_in("apt")
def packages(
    packages: str | list[str] | None = None,
    present: bool = True,
    latest: bool = False,
    update: bool = False,
    cache_time: int | None = None,
    upgrade: bool = False,
    force: bool = False,
    no_recommends: bool = False,
    allow_downgrades: bool = False,
    purge: bool = False,
    extra_install_args: str | None = None,
    extra_uninstall_args: str | None = None,
) -> Generator[StringCommand, None, None]:
    """Ensure that packages are installed, or that they are not.

    Somebody else who is installing something is waited for, ten minutes at most.

    Args:
        packages: names, with a version where that matters: ``nginx``, ``nginx=1.22.1-9``, ``libc6:i386``.
        present: whether they shall be installed.
        latest: the newest versions of them.
        update: fetch the lists of packages before.
        cache_time: seconds for which lists that were fetched are good enough.
        upgrade: upgrade all packages before.
        force: install what is not authenticated.
        no_recommends: without the packages that are only recommended.
        allow_downgrades: older versions, too.
        purge: remove configuration files, too.
        extra_install_args: more options for installing.
        extra_uninstall_args: more options for removing.

    Raises:
        OperationValueError: something cannot be the name of a package.

    Example:
        apt.packages(packages=["nginx", "git"], update=True, cache_time=3600)
    """
    manager = Apt(force, no_recommends, allow_downgrades, purge, extra_install_args, extra_uninstall_args)
    items = parse_items(packages, manager.version_join)
    prefetch(InstalledDebs)
    installed = host.get_fact(InstalledDebs)
    if update:
        yield from update_commands(cache_time)
    if upgrade:
        yield from upgrade_commands("upgrade")
    asked = [item.name for item in items if latest and present and item.version is None and item.name in installed]
    newer: Any = host.get_fact(Upgradeable, packages=asked) if asked else []
    decision = decide(items, with_provided(installed) if present else installed, present, newer)
    yield from ensure(manager, decision, installed)
    if decision.install or decision.remove:
        promise(InstalledDebs, after(decision, installed), exact=False)

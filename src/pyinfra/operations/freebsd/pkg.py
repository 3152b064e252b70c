"""Packages of FreeBSD, with pkg, of the host or of one of its jails.

Example:
    from pyinfra.operations import freebsd

    freebsd.pkg.install(package="nginx")
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from pyinfra import host
from pyinfra._lib.packages.deciding import check_name
from pyinfra._lib.packages.freebsd import Words, checked_jail, checked_word, option
from pyinfra._lib.packages.freebsd import pkg as _pkg
from pyinfra._lib.packages.managers import AVAILABLE, TOUCHED
from pyinfra.api import QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, change, path, promise, tree
from pyinfra.facts._freebsd.state import PkgOrphans
from pyinfra.facts.freebsd import PkgPackage

__all__ = ["autoremove", "clean", "install", "remove", "update", "upgrade"]

Commands = Generator[StringCommand, None, None]


@operation()
def update(jail: str | None = None, force: bool = False, reponame: str | None = None) -> Commands:
    """Fetch the lists of packages.

    Args:
        jail: name or number of a jail; None for the host.
        force: fetch them even if they are new.
        reponame: of this repository only.

    Example:
        from pyinfra.operations import freebsd

        freebsd.pkg.update(jail="www", force=True, reponame="FreeBSD")
    """
    yield _pkg(checked_jail(jail), "update", *_flag("-f", force), *_repository(reponame))
    change(_place(jail), "lists of packages", None, "fetched")
    affects(AVAILABLE)


@operation()
def upgrade(jail: str | None = None, force: bool = False, reponame: str | None = None) -> Commands:
    """Upgrade all packages. What there is to upgrade is only known once newer lists were fetched, which this does.

    Args:
        jail: name or number of a jail; None for the host.
        force: install those again that are the newest.
        reponame: from this repository only.

    Example:
        from pyinfra.operations import freebsd

        freebsd.pkg.upgrade(jail="www", reponame="FreeBSD")
    """
    yield _pkg(checked_jail(jail), "upgrade -y", *_flag("-f", force), *_repository(reponame))
    change(_place(jail), "upgraded", None, "all")
    _touch(jail)
    affects(AVAILABLE)


@operation()
def install(package: str, jail: str | None = None, reponame: str | None = None) -> Commands:
    """Ensure that a package is installed.

    Args:
        package: its name, with its version where that matters: ``nginx``, ``nginx-1.24.0_3,3``.
        jail: name or number of a jail; None for the host.
        reponame: from this repository.

    Raises:
        OperationValueError: something cannot be the name of a package, a jail or a repository.

    Example:
        from pyinfra.operations import freebsd

        freebsd.pkg.install(package="nginx", jail="www", reponame="FreeBSD")
    """
    check_name(package)
    jail, repository = checked_jail(jail), _repository(reponame)
    found: str | None = host.get_fact(PkgPackage, package=package, jail=jail)
    if found:
        host.noop(f"package {package} is installed ({found})")
        return
    yield _pkg(jail, "install -y", *repository, "--", QuoteString(package))
    _tell(package, jail, None, "installed")


@operation()
def remove(package: str, jail: str | None = None) -> Commands:
    """Ensure that a package is not installed.

    Args:
        package: its name.
        jail: name or number of a jail; None for the host.

    Raises:
        OperationValueError: something cannot be the name of a package or a jail.

    Example:
        from pyinfra.operations import freebsd

        freebsd.pkg.remove(package="nginx", jail="www")
    """
    check_name(package)
    jail = checked_jail(jail)
    found: str | None = host.get_fact(PkgPackage, package=package, jail=jail)
    if not found:
        host.noop(f"package {package} is not installed")
        return
    yield _pkg(jail, "remove -y", "--", QuoteString(package))
    _tell(package, jail, found, None)


@operation()
def autoremove(jail: str | None = None) -> Commands:
    """Remove the packages that were installed for others, and that none needs any more.

    Args:
        jail: name or number of a jail; None for the host.

    Example:
        from pyinfra.operations import freebsd

        freebsd.pkg.autoremove(jail="www")
    """
    jail = checked_jail(jail)
    orphans = host.get_fact(PkgOrphans, jail=jail)
    if not orphans:
        host.noop("every package is needed")
        return
    yield _pkg(jail, "autoremove -y")
    for name, version in orphans.items():
        change(f"package {name}", "version", version, None)
    promise(PkgOrphans, {}, exact=False, jail=jail)
    _touch(jail)


@operation()
def clean(all_pkg: bool = False, jail: str | None = None) -> Commands:
    """Remove the files of packages that were fetched and are outdated.

    Args:
        all_pkg: all that were fetched.
        jail: name or number of a jail; None for the host.

    Example:
        from pyinfra.operations import freebsd

        freebsd.pkg.clean(all_pkg=True, jail="www")
    """
    yield _pkg(checked_jail(jail), "clean -y", *_flag("-a", all_pkg))
    change(_place(jail), "fetched files", None, "removed")
    affects(tree("/var/cache/pkg"), *([] if jail is None else [tree("/")]))


def _repository(reponame: str | None) -> list[Words]:
    return [] if reponame is None else option("-r", checked_word(reponame, "reponame"))


def _flag(letter: str, wanted: bool) -> Iterator[str]:
    if wanted:
        yield letter


def _place(jail: str | None) -> str:
    return "packages" if jail is None else f"packages of jail {jail}"


def _tell(package: str, jail: str | None, before: str | None, then: str | None) -> None:
    change(f"package {package}" if jail is None else f"package {package} of jail {jail}", "version", before, then)
    if then is None:
        promise(PkgPackage, None, package=package, jail=jail)
    else:
        promise(PkgPackage, package, exact=False, package=package, jail=jail)
    _touch(jail)


def _touch(jail: str | None) -> None:
    """A jail can be anywhere."""
    affects(*TOUCHED, *([path("/etc/rc.conf")] if jail is None else [tree("/")]))

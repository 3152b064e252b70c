"""Packages of SUSE and openSUSE, with zypper.

Example:
    from pyinfra.operations import zypper

    zypper.packages(packages=["nginx"], update=True, _sudo=True)
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra._lib.packages.zypper import zypper as _zypper_manager
from pyinfra.api import StringCommand, WriteFileCommand, operation

from ._rpm.archive import ensure_archive
from ._rpm.key import ensure_key
from ._rpm.packages import Way, check_options, ensure_packages, upgrade_everything
from ._rpm.repo import ZYPPER_DIRECTORY, ensure_repository
from .yum import key as yum_key  # noqa: F401 - a name that people may use

__all__ = ["key", "packages", "repo", "rpm", "update"]

Commands = Generator[StringCommand | WriteFileCommand, None, None]


@operation(is_idempotent=False)
def key(src: str) -> Generator[StringCommand, None, None]:
    """Ensure that packages signed with the keys in a file are trusted.

    Keys that are known already are not imported again.

    Args:
        src: path of the file on the host, or an address. rpm takes keys as text only.

    Example:
        zypper.key(src="https://example.org/RPM-GPG-KEY-example")
    """
    yield from ensure_key(src)


@operation()
def repo(
    src: str,
    baseurl: str | None = None,
    present: bool = True,
    description: str | None = None,
    enabled: bool = True,
    gpgcheck: bool = True,
    gpgkey: str | None = None,
    type: str | None = "rpm-md",
) -> Commands:
    """Ensure that a repository is there as told, or that it is not.

    A ``.repo`` file at an address is fetched when there is no file of that name yet.

    Args:
        src: its name, or the address of a ``.repo`` file.
        baseurl: where it is.
        present: whether it shall be there.
        description: what people call it.
        enabled: whether packages come from it.
        gpgcheck: whether packages have to be signed.
        gpgkey: addresses or paths of the keys that they are signed with.
        type: how it is made: ``rpm-md``, ``yast2``, ``plaindir``.

    Raises:
        OperationValueError: ``baseurl`` is missing, a name cannot be one, or a key or an address is none.

    Example:
        zypper.repo(src="example", baseurl="https://example.org/leap", gpgkey="https://example.org/KEY")
    """
    yield from ensure_repository(
        src, present, baseurl=baseurl, description=description, enabled=enabled, gpgcheck=gpgcheck, gpgkey=gpgkey,
        directory=ZYPPER_DIRECTORY, type_=type,
    )  # fmt: skip


@operation()
def rpm(src: str, present: bool = True) -> Generator[StringCommand, None, None]:
    """Ensure that the package in a ``.rpm`` file is installed in that version, or that it is not installed.

    What it depends on has to be there. Of a file at an address only the beginning is fetched to find out which package
    that is.

    Args:
        src: path of the file on the host, or an address.
        present: whether the package shall be installed.

    Raises:
        OperationValueError: ``src`` is neither a path nor an address.
        OperationError: it cannot be found out which package shall not be there.

    Example:
        zypper.rpm(src="https://example.org/app-1.2-1.x86_64.rpm")
    """
    yield from ensure_archive(_zypper_manager(), src, present)


@operation(is_idempotent=False)
def update() -> Generator[StringCommand, None, None]:
    """Upgrade all packages, when there are newer ones.

    Example:
        zypper.update()
    """
    yield from upgrade_everything(_zypper_manager())


@operation()
def packages(
    packages: str | list[str] | None = None,
    present: bool = True,
    latest: bool = False,
    update: bool = False,
    clean: bool = False,
    extra_global_install_args: str | None = None,
    extra_install_args: str | None = None,
    extra_global_uninstall_args: str | None = None,
    extra_uninstall_args: str | None = None,
) -> Generator[StringCommand, None, None]:
    """Ensure that packages are installed, or that they are not.

    What an installed package provides is there: ``vi`` where ``vim`` is installed.

    Args:
        packages: names, with a version or an architecture where that matters: ``nginx``, ``nginx-1.22``,
            ``nginx=1.22``, ``nginx>=1.22``; files and addresses of packages, groups such as
            ``pattern:devel_basis``, patterns such as ``php8-*``. A list among them has names of which any will do.
        present: whether they shall be installed.
        latest: the newest versions of them.
        update: upgrade all packages before.
        clean: empty the cache before.
        extra_global_install_args: options before the verb, for installing.
        extra_install_args: more options for installing.
        extra_global_uninstall_args: options before the verb, for removing.
        extra_uninstall_args: more options for removing.

    Raises:
        OperationValueError: something cannot be the name of a package.

    Example:
        zypper.packages(packages=["vim", "nginx=1.22.1"], latest=True)
    """
    check_options(
        extra_global_install_args=extra_global_install_args, extra_global_uninstall_args=extra_global_uninstall_args
    )
    before = (extra_global_install_args, extra_global_uninstall_args)
    way = Way(_zypper_manager(*before), "zypper clean --all", older=_zypper_manager(*before, older=True))
    yield from ensure_packages(
        way, packages, present, latest=latest, update=update, clean=clean, extra_install_args=extra_install_args,
        extra_uninstall_args=extra_uninstall_args,
    )  # fmt: skip

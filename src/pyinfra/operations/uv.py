"""Packages, tools, Pythons and virtual environments, with uv.

Example:
    from pyinfra.operations import uv

    uv.venv("/srv/app/.venv")
    uv.packages(["flask==3.0.2"], extra_args="--python /srv/app/.venv")
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Literal, get_args

from pyinfra import host
from pyinfra._lib.packages.ensuring import upgrade_commands
from pyinfra._lib.packages.newest import Newest
from pyinfra._lib.packages.requirements import parse_requirements
from pyinfra._lib.packages.uv import PYTHONS, TOOLS, UV_CMD, uv
from pyinfra.api import OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, change, prefetch
from pyinfra.facts._python.outdated import OutdatedTools, OutdatedUv
from pyinfra.facts._python.pythons import MANAGED_PYTHON
from pyinfra.facts._python.tools import UvProgramDir
from pyinfra.facts._python.uv_packages import UvPackagesOf
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import FileContents
from pyinfra.facts.uv import UvInstalledPythonsByImplementation, UvTools

from ._python.environments import checked_environment, environment
from ._python.options import PLACE, PLACE_WITH_VALUE, SEARCHING, SEARCHING_WITH_VALUE, options_among
from ._python.packages import checked_requirements, from_file, settled
from ._python.profiles import found_at_login
from ._python.pythons import checked_versions, is_installed
from ._python.words import addable_extras

__all__ = [
    "MANAGED_PYTHON",
    "UV_CMD",
    "VENV",
    "VENV_INDICATOR",
    "addable_extras",
    "packages",
    "pythons",
    "tools",
    "tools_update_shell",
    "tools_upgrade_all",
    "venv",
]

VENV = ".venv"
VENV_INDICATOR = "bin/activate"

Commands = Generator[StringCommand, None, None]
LinkMode = Literal["clone", "copy", "hardlink", "symlink"]


@operation()
def packages(
    packages: str | list[str],
    *,
    requirements: str | None = None,
    present: bool = True,
    latest: bool = False,
    extra_args: str | list[str] | None = None,
) -> Commands:
    """Ensure that packages are installed in an environment, or that they are not.

    The environment is the one that uv finds: the active one, ``.venv`` in the working directory (``_chdir``) or above
    it, or what ``extra_args`` say.

    Args:
        packages: requirements: ``flask``, ``flask==3.0.2``, ``flask[async]>=3,<4``, ``flask @ https://...``, the path
            of a wheel.
        requirements: a file of requirements, on the host. Nothing is done when all it asks for is there; where that
            takes more than the file to know (another file, an address) uv is asked every time.
        present: whether they shall be installed.
        latest: the newest versions of those that are named without one.
        extra_args: more options for ``uv pip install``, as they are: ``--python /srv/app/.venv``, ``--system``.

    Raises:
        OperationValueError: something is no requirement, or no path.

    Example:
        uv.packages(["flask==3.0.2", "gunicorn"], extra_args="--python /srv/app/.venv")
    """
    checked_requirements(requirements)
    items = parse_requirements(packages)
    if not items and requirements is None:
        return
    extra = addable_extras(extra_args)
    place = options_among(extra, PLACE, PLACE_WITH_VALUE)
    where = {"options": (*place, *options_among(extra, SEARCHING, SEARCHING_WITH_VALUE))}
    manager = uv(extra, [*map(QuoteString, place)])
    asked = present and latest and any(item.version is None for item in items)
    prefetch(UvPackagesOf, options=place)
    if requirements is not None:
        prefetch(FileContents, path=requirements)
    if asked:
        prefetch(OutdatedUv, **where)
    installed = host.get_fact(UvPackagesOf, options=place)
    if requirements is not None:
        yield from from_file(manager, requirements, installed, present=present, latest=latest)
    newest = Newest.of(OutdatedUv, asked, **where)
    yield from settled(
        manager, UvPackagesOf, items, installed, present=present, newest=newest, arguments={"options": place}
    )


@operation()
def tools(
    tools: str | list[str],
    *,
    present: bool = True,
    latest: bool = False,
    extra_args: str | list[str] | None = None,
) -> Commands:
    """Ensure that tools are installed, each in an environment of its own, or that they are not.

    They are those of the user as whom this runs.

    Args:
        tools: requirements: ``ruff``, ``ruff==0.6.1``, ``ruff>=0.6``.
        present: whether they shall be installed.
        latest: the newest versions of those that are named without one.
        extra_args: more options for ``uv tool install``, as they are.

    Raises:
        OperationValueError: something is no requirement.

    Example:
        uv.tools(["ruff==0.6.1", "httpie"])
    """
    items = parse_requirements(tools)
    if not items:
        return
    asked = present and latest and any(item.version is None for item in items)
    prefetch(UvTools)
    if asked:
        prefetch(OutdatedTools)
    installed = host.get_fact(UvTools)
    newest = Newest.of(OutdatedTools, asked)
    manager = TOOLS.with_flags(install=addable_extras(extra_args) or None)
    yield from settled(manager, UvTools, items, installed, present=present, newest=newest, arguments={})


@operation()
def tools_upgrade_all(*, extra_args: str | list[str] | None = None) -> Commands:
    """Upgrade all tools, unless nothing is newer.

    Args:
        extra_args: more options for ``uv tool upgrade``, as they are.

    Example:
        uv.tools_upgrade_all()
    """
    extra = addable_extras(extra_args)
    if not extra and Newest.of(OutdatedTools, pinned=False).versions == {}:
        host.noop("all tools are the newest")
        return
    yield from upgrade_commands(replace(TOOLS, upgrade_all=StringCommand(TOOLS.upgrade_all or "", *_given(extra))))


@operation()
def tools_update_shell() -> Commands:
    """Ensure that programs of tools are found at the next login.

    Example:
        uv.tools_update_shell()
    """
    yield from found_at_login(host.get_fact(UvProgramDir), "uv tool update-shell")


@operation()
def pythons(
    versions: str | list[str],
    *,
    present: bool = True,
    managed: bool = True,
    extra_args: str | list[str] | None = None,
) -> Commands:
    """Ensure that Pythons are installed, or that they are not.

    Args:
        versions: ``3.12``, ``3.12.1``, ``pypy3.10``, ``>=3.11,<3.13``; for removing, what uv takes for one of them.
        present: whether they shall be installed.
        managed: only those that uv looks after count; otherwise one that the host has will do.
        extra_args: more options for ``uv python install`` or ``uninstall``, as they are.

    Raises:
        OperationValueError: something cannot be a version.

    Example:
        uv.pythons(["3.12", "3.11.9"])
    """
    extra = _given(addable_extras(extra_args))
    wanted = checked_versions(versions)
    if not wanted:
        return
    installed = host.get_fact(UvInstalledPythonsByImplementation, is_managed=managed or not present)
    for version in wanted:
        there = is_installed(version, installed)
        if there == present:
            host.noop(f"Python {version} {'is' if there else 'is not'} installed")
            continue
        verb = ["install --no-progress"] if present else ["uninstall --no-progress"]
        only = [MANAGED_PYTHON] if managed and present else []
        yield StringCommand("uv python", *verb, *only, *extra, QuoteString(version))
        change(f"Python {version}", "installed", *((None, "yes") if present else ("yes", None)))
        affects(PYTHONS)


@operation()
def venv(
    path: str,
    *,
    present: bool = True,
    python: str | None = None,
    allow_existing: bool = False,
    clear_existing: bool = False,
    link_mode: LinkMode | None = None,
    seed: bool = False,
    site_packages: bool = False,
    extra_args: str | list[str] | None = None,
) -> Commands:
    """Ensure that there is a virtual environment, or none.

    Args:
        path: where.
        present: whether it shall be there; without it all that is in it goes, too.
        python: the interpreter: a version, a name or a path.
        allow_existing: what is there, but is no environment, stays, and the environment is made around it.
        clear_existing: what is there, but is no environment, is removed first.
        link_mode: how packages get into it from the cache.
        seed: with pip in it.
        site_packages: the packages of the system can be used in it.
        extra_args: more options for ``uv venv``, as they are.

    Raises:
        OperationValueError: the path names no directory, or nothing that may be removed; or it is both to be cleared
            and to be kept.

    Example:
        uv.venv("/srv/app/.venv", python="3.11", seed=True)
    """
    if allow_existing and clear_existing:
        raise OperationValueError("allow_existing and clear_existing exclude one another", argument="clear_existing")
    if link_mode is not None and link_mode not in get_args(LinkMode):
        known = ", ".join(get_args(LinkMode))
        raise OperationValueError(f"link_mode cannot be {link_mode!r}", argument="link_mode", hint=f"one of {known}")
    path = checked_environment(path, python)
    flags = {"--allow-existing": allow_existing, "--clear": clear_existing, "--seed": seed,
             "--system-site-packages": site_packages}  # fmt: skip
    options: list[str | QuoteString] = [flag for flag, wanted in flags.items() if wanted]
    if link_mode is not None:
        options += ["--link-mode", link_mode]
    if python is not None:
        options += ["--python", QuoteString(python)]
    make = StringCommand("uv venv", *options, *_given(addable_extras(extra_args)), path_word(path))
    commands = list(environment(path, make, present))
    yield from commands
    if commands:
        affects(uv().resource)


def _given(options: str) -> list[str]:
    return [options] if options else []

"""Packages of Python and virtual environments, with pip.

Example:
    from pyinfra.operations import pip

    pip.packages(packages=["flask==3.0.2", "gunicorn"], virtualenv="/srv/app/venv")
"""

from __future__ import annotations

import inspect
from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._core.suggestions import did_you_mean
from pyinfra._lib.packages.newest import NO_NEWER, Newest
from pyinfra._lib.packages.pip import pip as manager_of
from pyinfra._lib.packages.requirements import parse_requirements
from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import prefetch
from pyinfra.facts._python.outdated import OutdatedPip
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import FileContents
from pyinfra.facts.pip import PipPackages

from ._python.environments import checked_environment, environment, words_of_python
from ._python.options import SEARCHING, SEARCHING_WITH_VALUE, options_among
from ._python.packages import checked_requirements, from_file, settled

__all__ = ["packages", "venv", "virtualenv"]

Commands = Generator[StringCommand, None, None]


@operation()
def packages(
    packages: str | list[str] | None = None,
    present: bool = True,
    latest: bool = False,
    requirements: str | None = None,
    pip: str = "pip",
    virtualenv: str | None = None,
    virtualenv_kwargs: dict[str, Any] | None = None,
    extra_install_args: str | None = None,
) -> Commands:
    """Ensure that packages of Python are installed, or that they are not.

    Args:
        packages: requirements: ``flask``, ``flask==3.0.2``, ``flask[async]>=3,<4``, ``flask @ https://...``, the path
            of a wheel. Of what is fetched from elsewhere only the name counts, where it has one.
        present: whether they shall be installed.
        latest: the newest versions of those that are named without one.
        requirements: a file of requirements, on the host. Nothing is done when all it asks for is there; where that
            takes more than the file to know (another file, an address) pip is asked every time.
        pip: name or path of the pip.
        virtualenv: the virtual environment to install them in, made when it is missing.
        virtualenv_kwargs: arguments of ``pip.virtualenv`` for making it.
        extra_install_args: more options for ``pip install``, as they are: ``--break-system-packages``.

    Raises:
        OperationValueError: something is no requirement, or no path.

    Example:
        pip.packages(packages=["flask==3.0.2", "gunicorn"], virtualenv="/srv/app/venv")
    """
    checked_requirements(requirements)
    items = parse_requirements(packages)
    if virtualenv is not None:
        virtualenv = checked_environment(virtualenv, None)
        if present:
            yield from _make(virtualenv, virtualenv_kwargs or {})
        pip = f"{virtualenv}/bin/pip"
    elif not isinstance(pip, str) or not pip or "\0" in pip:
        raise OperationValueError(f"{pip!r} cannot be a program", argument="pip")
    manager = manager_of(pip, extra_install_args)
    asked = present and latest and any(item.version is None for item in items)
    newer: dict[str, Any] = {"pip": pip, "options": options_among(extra_install_args, SEARCHING, SEARCHING_WITH_VALUE)}
    prefetch(PipPackages, pip=pip)
    if requirements is not None:
        prefetch(FileContents, path=requirements)
    if asked:
        prefetch(OutdatedPip, **newer)
    installed = host.get_fact(PipPackages, pip=pip)
    if requirements is not None:
        yield from from_file(manager, requirements, installed, present=present, latest=latest)
    newest = Newest.of(OutdatedPip, **newer) if asked else NO_NEWER
    yield from settled(
        manager, PipPackages, items, installed, present=present, newest=newest, arguments={"pip": pip}
    )  # fmt: skip


def _make(path: str, arguments: dict[str, Any]) -> Commands:
    known = set(inspect.signature(virtualenv._inner).parameters) - {"path", "present"}
    for name in arguments:
        if name not in known:
            raise OperationTypeError(
                f"pip.virtualenv has no argument {name!r}{did_you_mean(name, known)}", argument="virtualenv_kwargs"
            )
    yield from virtualenv._inner(path=path, **arguments)


@operation()
def virtualenv(
    path: str,
    python: str | None = None,
    venv: bool = False,
    site_packages: bool = False,
    always_copy: bool = False,
    present: bool = True,
) -> Commands:
    """Ensure that there is a virtual environment, or none.

    Args:
        path: where.
        python: the interpreter: a name, a path, or for the program ``virtualenv`` a version.
        venv: make it with Python's own module ``venv``, not with the program ``virtualenv``.
        site_packages: the packages of the system can be used in it.
        always_copy: copy programs, do not link to them.
        present: whether it shall be there; without it all that is in it goes, too.

    Raises:
        OperationValueError: the path names no directory, or nothing that may be removed.

    Example:
        pip.virtualenv(path="/srv/app/venv", python="python3", venv=True)
    """
    path = checked_environment(path, python)
    options = ["--system-site-packages"] if site_packages else []
    if venv:
        options += ["--copies"] if always_copy else []
        make = StringCommand(words_of_python(python), "-m venv", *options, path_word(path))
    else:
        options += ["--always-copy"] if always_copy else []
        which = ["-p", QuoteString(python)] if python is not None else []
        make = StringCommand("virtualenv", *which, *options, path_word(path))
    yield from environment(path, make, present)


@operation()
def venv(
    path: str,
    python: str | None = None,
    site_packages: bool = False,
    always_copy: bool = False,
    present: bool = True,
) -> Commands:
    """Ensure that there is a virtual environment, or none, with Python's own module ``venv``.

    Args:
        path: where.
        python: the interpreter; ``python3`` without it.
        site_packages: the packages of the system can be used in it.
        always_copy: copy programs, do not link to them.
        present: whether it shall be there; without it all that is in it goes, too.

    Raises:
        OperationValueError: the path names no directory, or nothing that may be removed.

    Example:
        pip.venv(path="/srv/app/venv", python="python3")
    """
    yield from virtualenv._inner(
        path=path, python=python, venv=True, site_packages=site_packages, always_copy=always_copy, present=present
    )

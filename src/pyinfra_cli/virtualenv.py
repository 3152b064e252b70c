"""Makes the packages of an active virtual environment importable when pyinfra itself lives outside of it."""

from __future__ import annotations

import os
import site
import sys
from pathlib import Path

from pyinfra import logger

__all__ = ["init_virtualenv", "logger"]


def init_virtualenv() -> None:
    """Add the packages of the environment that ``VIRTUAL_ENV`` names, after those that pyinfra itself comes with."""
    named = os.environ.get("VIRTUAL_ENV")
    if not named:
        return
    environment = Path(named)
    if _is_same(environment, Path(sys.prefix)):
        return
    folder = _packages_of(environment)
    if folder.is_dir():
        if str(folder) in sys.path:
            return
        logger.warning("pyinfra is not installed in the active virtual environment %s: its packages are added", named)
        site.addsitedir(str(folder))
    elif environment.is_dir():
        version = ".".join(map(str, sys.version_info[:2]))
        logger.warning(
            "the packages of the active virtual environment %s are not used: pyinfra runs with Python %s",
            named, version,
        )  # fmt: skip
    else:
        logger.warning("VIRTUAL_ENV names a directory that is not there: %s", named)


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _packages_of(environment: Path) -> Path:
    if os.name == "nt":
        return environment / "Lib" / "site-packages"
    return environment / "lib" / "python{}.{}".format(*sys.version_info) / "site-packages"

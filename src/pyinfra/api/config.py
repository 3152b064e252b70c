"""Settings of a run."""

from collections.abc import Sequence
from typing import Any

from pyinfra._core.context import state
from pyinfra._engine.model.config import Config, ConfigDefaults
from pyinfra._engine.model.requirements import check_pyinfra_version as _check_version
from pyinfra._engine.model.requirements import check_require_packages as _check_packages

from ._public import publish
from .exceptions import PyinfraError

__all__ = [
    "Config",
    "ConfigDefaults",
    "PyinfraError",
    "Sequence",
    "check_pyinfra_version",
    "check_require_packages",
    "state",
]

publish(__name__, Config, ConfigDefaults)


def check_pyinfra_version(version: str) -> None:
    """Raise ``PyinfraError`` unless this version meets a version specifier.

    Args:
        version: specifier, such as ``">=3,<4"``.
    """
    _check_version(version)


def check_require_packages(requirements_config: Any) -> None:
    """Raise ``PyinfraError`` unless packages are installed in the versions asked for.

    Args:
        requirements_config: list of requirements, or path of a requirements file relative to ``state.cwd``.
    """
    _check_packages(requirements_config, state.cwd if state else None)

"""Facts about what uv looks after: packages, tools, Pythons.

Example:
    >>> host.get_fact(UvTools)
    {'ruff': {'0.6.1'}}
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.listing import PackageVersions
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra._lib.packages.uv import PYTHONS, TOOLS, UV_CMD, uv

from ._newest import OwnPackages
from ._python.listing import packages_of
from ._python.pythons import MANAGED_PYTHON, ONLY_INSTALLED, process_json

__all__ = [
    "MANAGED_PYTHON",
    "ONLY_INSTALLED",
    "UV_CMD",
    "UvAvailablePythonsByImplementation",
    "UvAvailablePythonsByVersion",
    "UvInstalledPythonsByImplementation",
    "UvInstalledPythonsByVersion",
    "UvPipPackages",
    "UvPythonDir",
    "UvToolDir",
    "UvTools",
    "UvVersion",
    "process_json",
]

_ByName = dict[str, set[str]]


class UvPipPackages(OwnPackages):
    """The packages of the environment that uv finds: the active one, or ``.venv`` in the directory or above it.

    Example:
        >>> host.get_fact(UvPipPackages)
        {'flask': {'3.0.2'}}
    """

    manager = uv()

    def command(self) -> StringCommand:
        return packages_of()

    def process(self, output: list[str]) -> PackageVersions:
        try:
            return self.manager.parse(output) if output else {}
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise FactProcessError(f"uv pip list: not understood: {error}") from error


class UvTools(OwnPackages):
    """The installed tools with their versions.

    Example:
        >>> host.get_fact(UvTools)
        {'ruff': {'0.6.1'}}
    """

    manager = TOOLS


class UvAvailablePythonsByImplementation(FactBase[_ByName]):
    """Versions of the Pythons that uv knows, by their names.

    Args:
        is_managed: only those that uv looks after.

    Example:
        >>> host.get_fact(UvAvailablePythonsByImplementation, is_managed=True)
        {'cpython-3.12.1-linux-x86_64-gnu': {'3.12.1'}, ...}
    """

    default = dict
    options: Sequence[str] = ()
    by = ("key", "version")

    def command(self, is_managed: bool = True) -> StringCommand:
        managed = [MANAGED_PYTHON] if is_managed else []
        return StringCommand("uv python list --output-format json", *self.options, *managed)

    def requires_command(self, is_managed: bool = True) -> str:
        return UV_CMD

    def resources(self, is_managed: bool = True) -> Iterable[Resource]:
        return [PYTHONS, PACKAGES]

    def process(self, output: list[str]) -> _ByName:
        key, value = self.by
        return process_json("uv python list", output, key, value)


class UvAvailablePythonsByVersion(UvAvailablePythonsByImplementation):
    """Names of the Pythons that uv knows, by their versions.

    Args:
        is_managed: only those that uv looks after.

    Example:
        >>> host.get_fact(UvAvailablePythonsByVersion, is_managed=True)
        {'3.12.1': {'cpython-3.12.1-linux-x86_64-gnu'}, ...}
    """

    by = ("version", "key")


class UvInstalledPythonsByImplementation(UvAvailablePythonsByImplementation):
    """Versions of the Pythons that are installed, by their names.

    Args:
        is_managed: only those that uv looks after.

    Example:
        >>> host.get_fact(UvInstalledPythonsByImplementation, is_managed=False)
        {'cpython-3.11.2-linux-x86_64-gnu': {'3.11.2'}}
    """

    options = (ONLY_INSTALLED,)


class UvInstalledPythonsByVersion(UvInstalledPythonsByImplementation):
    """Names of the Pythons that are installed, by their versions.

    Args:
        is_managed: only those that uv looks after.

    Example:
        >>> host.get_fact(UvInstalledPythonsByVersion, is_managed=False)
        {'3.11.2': {'cpython-3.11.2-linux-x86_64-gnu'}}
    """

    by = ("version", "key")


class UvPythonDir(FactBase[str]):
    """The directory that uv keeps its Pythons in.

    Example:
        >>> host.get_fact(UvPythonDir)
        '/home/me/.local/share/uv/python'
    """

    default = str
    words = "python dir"

    def command(self) -> str:
        return f"{UV_CMD} {self.words}"

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return UV_CMD

    def resources(self) -> Iterable[Resource]:
        return [PACKAGES]

    def process(self, output: list[str]) -> str:
        if len(output) != 1:
            raise FactProcessError(f"uv {self.words}: one line was expected, not {len(output)}")
        return output[0]


class UvToolDir(UvPythonDir):
    """The directory that uv keeps the environments of its tools in.

    Example:
        >>> host.get_fact(UvToolDir)
        '/home/me/.local/share/uv/tools'
    """

    words = "tool dir"


class UvVersion(UvPythonDir):
    """What uv says of its version.

    Example:
        >>> host.get_fact(UvVersion)
        'uv 0.6.1'
    """

    words = "--version"

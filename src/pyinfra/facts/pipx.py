"""Facts about programs that pipx installed, each in an environment of its own.

Example:
    >>> host.get_fact(PipxPackages)
    {'black': {'24.2.0'}}
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra._lib.packages.pipx import PIPX, PIPX_REGEX

from ._newest import OwnPackages

__all__ = ["PIPX_REGEX", "PipxEnvironment", "PipxPackages", "parse_environment"]

_VARIABLE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)\Z")


class PipxPackages(OwnPackages):
    """The installed programs with their versions.

    Example:
        >>> host.get_fact(PipxPackages)
        {'black': {'24.2.0'}}
    """

    manager = PIPX


class PipxEnvironment(FactBase[dict[str, str]]):
    """Where pipx puts things, as ``pipx environment`` tells.

    Example:
        >>> host.get_fact(PipxEnvironment)
        {'PIPX_BIN_DIR': '/home/me/.local/bin', ...}
    """

    default = dict

    def command(self) -> str:
        return "pipx environment"

    def requires_command(self) -> str:
        return "pipx"

    def resources(self) -> Iterable[Resource]:
        return [PACKAGES]

    def process(self, output: list[str]) -> dict[str, str]:
        return parse_environment(output)


def parse_environment(output: Iterable[str]) -> dict[str, str]:
    """Read ``NAME=value`` lines; the last value of a name counts, which is the one that pipx uses."""
    found = (_VARIABLE.match(line.strip()) for line in output)
    return {one[1]: one[2] for one in found if one}

"""Facts about flatpaks.

Example:
    >>> host.get_fact(FlatpakPackages)
    ['org.gnome.Calculator']
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.flatpak import FLATPAKS
from pyinfra._lib.packages.managers import PACKAGES

from ._shell import script, word

__all__ = ["FlatpakBaseFact", "FlatpakPackage", "FlatpakPackages"]

T = TypeVar("T")

_FIELD = re.compile(r"\s*(ID|Ref|Version):\s+(\S.*?)\s*\Z", re.IGNORECASE)


class FlatpakBaseFact(FactBase[T]):
    """Base of facts about flatpaks."""

    abstract = True
    in_plans = False  # operations say what becomes of which package

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "flatpak"

    def resources(self, *args: Any, **kwargs: Any) -> Iterable[Resource]:
        return [FLATPAKS, PACKAGES]


class FlatpakPackages(FlatpakBaseFact[list[str]]):
    """The ids of what is installed, applications and runtimes.

    Example:
        >>> host.get_fact(FlatpakPackages)
        ['org.gnome.Calculator']
    """

    default = list

    def command(self) -> str:
        return "flatpak list --columns=application"

    def process(self, output: list[str]) -> list[str]:
        ids = [line.strip() for line in output]
        return list(dict.fromkeys(name for name in ids if "." in name))  # some versions put a heading above them


class FlatpakPackage(FlatpakBaseFact[dict[str, str]]):
    """What is known of an installed flatpak: ``id``, ``ref`` and ``version``, as far as it tells them.

    Args:
        package: its id, or another name that flatpak takes.

    Example:
        >>> host.get_fact(FlatpakPackage, package="org.gnome.Calculator")
        {'id': 'org.gnome.Calculator', 'ref': 'app/org.gnome.Calculator/x86_64/stable', 'version': '44.0'}
    """

    default = dict

    def command(self, package: str) -> StringCommand:
        return script("LC_ALL=C flatpak info -- ", word(package), " 2>/dev/null || :")

    def process(self, output: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for match in filter(None, map(_FIELD.match, output)):
            found.setdefault(match[1].lower(), match[2])
        return found

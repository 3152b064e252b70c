"""Facts about snaps.

Example:
    >>> host.get_fact(SnapPackage, package="lxd")["channel"]
    'latest/stable'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra._lib.packages.snap import SNAPS

from ._shell import script, word, words
from ._snap.listing import SNAP_LIST, rows

__all__ = ["SnapBaseFact", "SnapPackage", "SnapPackages"]

T = TypeVar("T")

_FIELD = re.compile(r"(name|publisher|snap-id|tracking|installed):\s+(\S.*?)\s*\Z")
_NAMES = {"tracking": "channel", "installed": "version"}


class SnapBaseFact(FactBase[T]):
    """Base of facts about snaps."""

    abstract = True
    in_plans = False  # operations say what becomes of which package

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "snap"

    def resources(self, *args: Any, **kwargs: Any) -> Iterable[Resource]:
        return [SNAPS, PACKAGES]


class SnapPackages(SnapBaseFact[list[str]]):
    """The names of the installed snaps.

    Example:
        >>> host.get_fact(SnapPackages)
        ['core20', 'lxd']
    """

    default = list

    def command(self) -> str:
        return SNAP_LIST

    def process(self, output: list[str]) -> list[str]:
        return [row.name for row in rows(output)]


class SnapPackage(SnapBaseFact[dict[str, str]]):
    """What is known of a snap: ``name``, ``publisher``, ``snap-id``, and ``channel`` and ``version`` when installed.

    Args:
        package: its name.

    Example:
        >>> host.get_fact(SnapPackage, package="lxd")["channel"]
        'latest/stable'
    """

    default = dict
    batch_family: ClassVar[str] = ""

    def command(self, package: str) -> StringCommand:
        return self.batch_command([{"package": package}])

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        names = words(word(call["package"]) for call in calls)
        # Status 1 says that there is no such snap; there is a document for each that there is.
        return script("command -v snap >/dev/null 2>&1 || exit 0\nsnap info -- ", names, " 2>/dev/null || :")

    def process(self, output: list[str]) -> dict[str, str]:
        return next(iter(_documents(output)), {})

    def batch_process(
        self, calls: Sequence[Mapping[str, Any]], output: list[str]
    ) -> list[dict[str, str] | FactProcessError]:
        found = {document.get("name", ""): document for document in _documents(output)}
        return [found.get(call["package"], {}) for call in calls]


def _documents(output: Iterable[str]) -> list[dict[str, str]]:
    """Read ``snap info``: a document for each snap, with lines of three dashes between them."""
    documents: list[dict[str, str]] = [{}]
    for line in output:
        match = _FIELD.match(line)
        if line == "---":
            documents.append({})
        elif match is not None:
            value = match[2].split()[0] if match[1] == "installed" else match[2]
            documents[-1].setdefault(_NAMES.get(match[1], match[1]), value)
    return [document for document in documents if document]

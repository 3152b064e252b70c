"""Pythons that uv looks after: which of them are meant by ``3.12``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from pyinfra._lib.packages.requirements import same_version
from pyinfra.api import OperationTypeError, OperationValueError

_WANTED = re.compile(r"(?:(?P<kind>[a-z]+)[-@]?)?(?P<version>[0-9]+(?:\.[0-9]+)*(?:(?:a|b|rc)[0-9]+)?)\Z")
_SPECIFIERS = re.compile(r"[<>=!~][0-9<>=!~.,* ]+\Z")


def checked_versions(versions: Any) -> list[str]:
    """Return what is asked for; every version once.

    Raises:
        OperationTypeError: something is no text.
        OperationValueError: something cannot be a Python.
    """
    if not isinstance(versions, (str, Iterable)):
        raise OperationTypeError(f"versions must be texts, not {versions!r}", argument="versions")
    given = [versions] if isinstance(versions, str) else list(versions)
    for version in given:
        if not isinstance(version, str):
            raise OperationTypeError(f"a version is a text, not {version!r}", argument="versions")
        if not version.strip() or version.startswith("-") or any(character in version for character in "\0\r\n"):
            raise OperationValueError(f"{version!r} cannot be a Python", argument="versions")
    return list(dict.fromkeys(given))


def is_installed(wanted: str, installed: Mapping[str, AbstractSet[str]]) -> bool:
    """Return whether a Python that is asked for is among those that are installed.

    Args:
        wanted: ``3.12``, ``3.12.1``, ``pypy3.10``, ``cpython-3.12.1-linux-x86_64-gnu``, ``>=3.11,<3.13``.
        installed: versions by their full names.

    Example:
        >>> is_installed("3.12", {"cpython-3.12.1-linux-x86_64-gnu": {"3.12.1"}})
        True
    """
    if wanted in installed:
        return True
    found = _WANTED.match(wanted)
    if found is not None:
        kind = {None: "cpython", "python": "cpython"}.get(found["kind"], found["kind"])
        names = {name: versions for name, versions in installed.items() if name.startswith(f"{kind}-")}
        return any(_begins(version, found["version"]) for versions in names.values() for version in versions)
    if _SPECIFIERS.match(wanted):
        return any(same_version(wanted, version) for versions in installed.values() for version in versions)
    return False


def _begins(version: str, wanted: str) -> bool:
    return version == wanted or version.startswith((f"{wanted}.", f"{wanted}+"))

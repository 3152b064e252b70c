"""Giving classes that live in private modules their public home."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any

from pyinfra._engine.facts.base import FactBase, ShortFactBase


def publish(namespace: MutableMapping[str, Any], names: Iterable[str]) -> None:
    """Make classes say that they come from the module that exports them.

    Args:
        namespace: ``globals()`` of the public module.
        names: what it exports; anything but classes is left alone.
    """
    home = namespace["__name__"]
    noun = home.removeprefix("pyinfra.facts.")
    for name in names:
        exported = namespace[name]
        if not isinstance(exported, type):
            continue
        exported.__module__ = home
        if issubclass(exported, (FactBase, ShortFactBase)):
            exported.name = f"{noun}.{name}"

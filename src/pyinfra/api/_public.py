"""Makes public classes say where they are public."""

from __future__ import annotations


def publish(module: str, *things: type) -> None:
    """Have classes that are implemented elsewhere name their public module in reprs, tracebacks and references."""
    for thing in things:
        thing.__module__ = module

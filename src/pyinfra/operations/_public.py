"""Giving operations that are written in private modules their public home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def public_in(noun: str) -> Callable[[F], F]:
    """Have a function say that it comes from a module of ``pyinfra.operations``. Goes below ``@operation()``.

    Args:
        noun: name of the public module: ``"files"``.
    """

    def place(function: F) -> F:
        function.__module__ = f"pyinfra.operations.{noun}"
        return function

    return place

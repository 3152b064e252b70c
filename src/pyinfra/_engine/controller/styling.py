"""Hooks by which a program that prints gives text its style and its way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _plain(text: str, *args: Any, **kwargs: Any) -> str:
    return text


_formatter: Callable[..., str] = _plain
_echo: Callable[..., None] | None = None


def set_formatter(func: Callable[..., str]) -> None:
    """Have ``format_text`` use this function."""
    global _formatter
    _formatter = func


def format_text(text: str, *args: Any, **kwargs: Any) -> str:
    """Style a text with whatever formatter is installed; as it is when there is none."""
    return _formatter(text, *args, **kwargs)


def set_echo(func: Callable[..., None]) -> None:
    """Have ``echo`` use this function."""
    global _echo
    _echo = func


def echo(message: Any = None, **kwargs: Any) -> None:
    """Print a message when the program that runs us prints."""
    if _echo is not None:
        _echo(message, **kwargs)


def is_output_active() -> bool:
    """Whether anybody prints."""
    return _echo is not None

"""Sizes as people write them."""

from __future__ import annotations

import re

__all__ = ["parse_human_readable_size", "parse_size"]

_SIZE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(?:([kmgtpe])(i?))?b?\s*\Z", re.IGNORECASE)
_LETTERS = "kmgtpe"


def parse_human_readable_size(size: str) -> int:
    """Return a number of bytes.

    Args:
        size: such as ``"10MB"`` (powers of 1000), ``"1GiB"`` (powers of 1024), ``"1.5 kB"`` or ``"512"``.

    Raises:
        ValueError: when it is not a size.

    Example:
        >>> parse_human_readable_size("1KiB")
        1024
    """
    match = _SIZE.match(size)
    if match is None:
        raise ValueError(f"{size!r} is not a size: try 10MB or 1GiB")
    number, letter, binary = match.groups()
    power = _LETTERS.index(letter.lower()) + 1 if letter else 0
    factor: int = (1024 if binary else 1000) ** power
    whole, _, fraction = number.partition(".")
    return int(whole) * factor + (int(fraction) * factor // 10 ** len(fraction) if fraction else 0)


def parse_size(size: str | int) -> int:
    """Return a number of bytes.

    Args:
        size: bytes, or text for :func:`parse_human_readable_size`.

    Raises:
        ValueError: when it is not a size.
    """
    if isinstance(size, str):
        return parse_human_readable_size(size)
    if size < 0:
        raise ValueError(f"{size} is not a size")
    return int(size)

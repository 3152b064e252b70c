"""Permissions as ``ls`` writes them, as numbers."""

from __future__ import annotations

# Of one triple: read, write, execute, each with its octal value.
CHAR_TO_PERMISSION: tuple[tuple[str, int], ...] = (("r", 4), ("w", 2), ("x", 1))

_EXECUTABLE = "xst"  # s and t: executable, and a special bit
_SPECIAL = "sStT"


def octal_mode(symbols: str) -> int:
    """Return the permissions as an integer of octal digits.

    Args:
        symbols: nine characters such as ``rwsr-xr-x``.

    Raises:
        ValueError: when a character is none of those that permissions have.

    Example:
        >>> octal_mode("rwsr-xr-x")
        4755
    """
    special, digits = 0, 0
    for place, triple in enumerate((symbols[0:3], symbols[3:6], symbols[6:9])):
        digits = digits * 10 + _triple(triple)
        if triple[2] in _SPECIAL:
            special += 4 >> place
    return special * 1000 + digits


def _triple(symbols: str) -> int:
    value = 0
    for symbol, (letter, number) in zip(symbols, CHAR_TO_PERMISSION, strict=True):
        if symbol == letter or (letter == "x" and symbol in _EXECUTABLE):
            value += number
        elif symbol != "-" and not (letter == "x" and symbol in _SPECIAL):
            raise ValueError(f"{symbol!r} is no permission")
    return value

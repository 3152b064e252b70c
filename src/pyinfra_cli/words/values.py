"""Turns words of the command line into values: ``true``, ``80``, ``["a", "b"]``, or the text itself.

Example:
    >>> parse_cli_arg("80"), parse_cli_arg("true"), parse_cli_arg('{"a": 1}'), parse_cli_arg("web")
    (80, True, {'a': 1}, 'web')
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

__all__ = ["parse_cli_arg", "split_keyword"]

_WHOLE_NUMBER = re.compile(r"-?[0-9]+")
# 0644 and 01777 are modes, and 644 means the same there. Other leading zeros are a part of the text: 007, 0800.
_MODE = re.compile(r"0[0-7]{3,4}")
_JSON = re.compile(r"\s*[\[{\"].*|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.DOTALL)


def parse_cli_arg(arg: str) -> Any:
    """Return the value that a word stands for.

    Args:
        arg: ``true`` and ``false`` in any case, a whole number, JSON; everything else stays text. So does a number
            that would not be the same text again (``007``), unless it looks like the mode of a file (``0644``: 644).

    Example:
        >>> parse_cli_arg("1.5"), parse_cli_arg('"80"'), parse_cli_arg("007"), parse_cli_arg("0644")
        (1.5, '80', '007', 644)
    """
    folded = arg.lower()
    if folded in ("true", "false"):
        return folded == "true"
    if _WHOLE_NUMBER.fullmatch(arg):
        return _number(arg)
    return _json(arg) if _JSON.fullmatch(arg) else arg


def split_keyword(word: str) -> tuple[str, str] | None:
    """Part ``key=value``; None for text that has no name before its first ``=``.

    Example:
        >>> split_keyword("shell=/bin/sh"), split_keyword("echo a=b"), split_keyword('"a=b"')
        (('shell', '/bin/sh'), None, None)
    """
    key, separator, value = word.partition("=")
    return (key, value) if separator and key.isidentifier() else None


def _number(text: str) -> Any:
    if _MODE.fullmatch(text):
        return int(text)
    try:
        number = int(text)
        return number if str(number) == text else text
    except ValueError:  # thousands of digits
        return text


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return text


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number

"""What ``uv python list`` tells."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pyinfra._core.errors import FactProcessError

MANAGED_PYTHON = "--managed-python"
ONLY_INSTALLED = "--only-installed"


def process_json(command: str, output: Iterable[str], key: str, value: str) -> dict[str, set[str]]:
    """Read a list of objects.

    Args:
        command: what printed it, for messages.
        output: lines.
        key: which of their members to sort by.
        value: which of their members to collect.

    Raises:
        FactProcessError: it is something else.

    Example:
        >>> process_json("uv python list", ['[{"key": "cpython-3.12.1", "version": "3.12.1"}]'], "version", "key")
        {'3.12.1': {'cpython-3.12.1'}}
    """
    found: dict[str, set[str]] = {}
    try:
        rows = json.loads("\n".join(output))
        if not isinstance(rows, list):
            raise TypeError("no list")
        for row in rows:
            found.setdefault(str(row[key]), set()).add(str(row[value]))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise FactProcessError(f"{command}: not understood: {error}") from error
    return found

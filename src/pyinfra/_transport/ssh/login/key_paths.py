"""Where private keys are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pyinfra._core.errors import ConnectError

if TYPE_CHECKING:
    from collections.abc import Sequence


class UnusableKeyError(ConnectError):
    """A private key cannot be used."""


def find_key(name: str, folders: Sequence[Path]) -> str:
    """Return the path of a key file that a user named: ``~``, then relative to each folder.

    Raises:
        UnusableKeyError: when there is none.
    """
    path = Path(name).expanduser()
    candidates = [path] if path.is_absolute() else [folder / path for folder in (Path.cwd(), *folders)]
    for candidate in candidates:
        if candidate.is_file() or os.access(candidate, os.R_OK):
            return str(candidate)
    raise UnusableKeyError(f"SSH error (there is no private key file {name})", hint="check ssh_key")

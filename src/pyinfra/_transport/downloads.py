"""Reading a file: small ones through the shared shell, large ones on a channel of their own. Never by way of a copy."""

from __future__ import annotations

import shlex

from .base import Download
from .framing import Script
from .scripts import plain_path, setup_text

SMALL = 1024 * 1024  # bytes that travel through the shared shell
TOO_LARGE = 97  # status of the script when the file is larger

_CHECK = r"""
if [ -d "$f" ]; then echo "$f: Is a directory" >&2; exit 1; fi
"""
_LIMIT = r"""
if [ -f "$f" ] && [ -r "$f" ] && n=$(wc -c <"$f") && [ "$n" -gt {limit} ]; then exit {status}; fi
"""
_READ = r"""
exec cat "$f"
"""


def download_script(request: Download, *, limited: bool) -> Script:
    """Return what prints a file.

    Args:
        request: the download.
        limited: print nothing of a file larger than ``SMALL``, and fail with ``TOO_LARGE``, so that what follows in
            the batch is not begun.
    """
    limit = _LIMIT.format(limit=SMALL, status=TOO_LARGE) if limited else ""
    return Script(
        f"f={shlex.quote(plain_path(request.path))}" + _CHECK + limit + _READ,
        setup=setup_text(request.options, environment=False),
    )

"""Fetching something from an address, on the host, with whatever program it has for that."""

from __future__ import annotations

import re

from pyinfra.api import QuoteString, StringCommand

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def is_url(text: str) -> bool:
    """Whether a text is an address rather than a path."""
    return _URL.match(text) is not None


def fetch(url: str, target: str) -> StringCommand:
    """Return a command that fetches something as a whole.

    The last resort is apt's own helper, which every Debian has.

    Args:
        url: where it is.
        target: variable with the path of the file that gets it: ``$t``.

    Example:
        >>> print(fetch("https://example.org/key.asc", "$t"))
        if command -v curl >/dev/null 2>&1; then curl -sSLf https://example.org/key.asc -o "$t"
        elif command -v wget >/dev/null 2>&1; then wget -q https://example.org/key.asc -O "$t"
        else /usr/lib/apt/apt-helper -qq download-file https://example.org/key.asc "$t"
        fi
    """
    word = QuoteString(url)
    return StringCommand(
        "if command -v curl >/dev/null 2>&1; then curl -sSLf ", word, f' -o "{target}"\n',
        "elif command -v wget >/dev/null 2>&1; then wget -q ", word, f' -O "{target}"\n',
        "else /usr/lib/apt/apt-helper -qq download-file ", word, f' "{target}"\nfi',
        _separator="",
    )  # fmt: skip


def fetch_beginning(url: str, target: str, size: int) -> StringCommand:
    """Return a command that fetches at least the first bytes of something, if it can be had.

    Args:
        url: where it is.
        target: variable with the path of the file that gets it: ``$t``.
        size: in bytes.
    """
    word = QuoteString(url)
    return StringCommand(
        f"if command -v curl >/dev/null 2>&1; then curl -sLf -m 60 -r 0-{size - 1} ", word,
        f' 2>/dev/null | head -c {size} >"{target}"\n',
        "elif command -v wget >/dev/null 2>&1; then wget -q -T 60 -O - ", word,
        f' 2>/dev/null | head -c {size} >"{target}"\n',
        "else /usr/lib/apt/apt-helper -qq download-file ", word, f' "{target}" >/dev/null 2>&1\nfi',
        _separator="",
    )  # fmt: skip

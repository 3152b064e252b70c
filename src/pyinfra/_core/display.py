"""Text from hosts, made safe to print."""

from __future__ import annotations

import re

# Control characters, and those that turn the direction of writing, would act on the terminal.
# Surrogates stand for bytes that are not UTF-8.
_UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(line: str) -> str:
    """Return one line of output with everything that could act on a terminal written as an escape.

    Example:
        >>> visible("\\x1b[31mred")
        '\\\\x1b[31mred'
    """
    return _UNSAFE.sub(_escape, line)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if 0xDC80 <= code <= 0xDCFF:  # the byte itself
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"

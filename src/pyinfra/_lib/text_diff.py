"""What a change of a file's content looks like to people: a short unified diff, or sizes and digests."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Sequence

MASK = "***"
_DIFFED_BYTES = 256 * 1024  # comparing takes longer than anybody wants to wait for beyond this
_SHOWN_LINES = 200
_SHOWN_LINE = 500


def summary(data: bytes | None) -> str | None:
    """Describe a content by size and digest; None when there is none.

    Example:
        >>> summary(b"hello")
        '5 bytes, sha1 aaf4c61ddcc5'
    """
    if data is None:
        return None
    return f"{len(data)} bytes, sha1 {hashlib.sha1(data, usedforsecurity=False).hexdigest()[:12]}"


def unified(before: bytes | None, after: bytes | None, secrets: Iterable[str] = ()) -> str | None:
    """Return the differing lines of two texts as a unified diff, at most 200 of them; None when they are no texts.

    Args:
        before: content now, None when there is none.
        after: content then, None when there will be none.
        secrets: texts that must not be seen. Lines that go where one of them comes are not shown either: they may
            hold the old one.

    Example:
        >>> print(unified(b"a\\nb\\n", b"a\\nc\\n"))
        @@ -1,2 +1,2 @@
         a
        -b
        +c
    """
    old, new = before or b"", after or b""
    if b"\0" in old or b"\0" in new or len(old) + len(new) > _DIFFED_BYTES:
        return None
    lines = list(
        difflib.unified_diff(_lines(old), _lines(new), n=2, lineterm=""),
    )[2:]
    hidden = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
    if hidden:
        lines = _masked(lines, re.compile("|".join(map(re.escape, hidden))))
    if len(lines) > _SHOWN_LINES:
        lines[_SHOWN_LINES:] = [f"... {len(lines) - _SHOWN_LINES} more lines"]
    return "\n".join(line if len(line) <= _SHOWN_LINE else f"{line[:_SHOWN_LINE]}..." for line in lines)


def _lines(data: bytes) -> list[str]:
    text = data.decode("utf-8", "replace")
    lines = text.split("\n")
    if lines[-1] == "":
        return lines[:-1]
    return [*lines[:-1], f"{lines[-1]}\n\\ No newline at end of file"]


def _masked(lines: Sequence[str], hidden: re.Pattern[str]) -> list[str]:
    shown: list[str] = []
    block: list[str] = []
    for following in [*lines, "@@"]:
        if following[:1] in ("-", "+"):
            block.append(following)
            continue
        secret = any(hidden.search(changed) for changed in block)
        shown += [f"-{MASK}" if secret and line[0] == "-" else hidden.sub(MASK, line) for line in block]
        block.clear()
        shown.append(hidden.sub(MASK, following))
    return shown[:-1]

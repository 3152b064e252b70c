"""What ``gpg --with-colons`` prints."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

Key = dict[str, Any]
Keys = dict[str, Key]

_PRIMARY = frozenset({"pub", "sec"})
_SUBKEY = frozenset({"sub", "ssb"})
_FIELDS = 10  # at least so many of a key, a fingerprint, a name


def read_keys(lines: Iterable[str]) -> Keys:
    """Return keys by their long id; records of other kinds, and lines that are none, are skipped.

    Example:
        >>> read_keys(["pub:-:255:22:F8D2585B8783D481:1674492243:::-:::scSC:"])
        {'F8D2585B8783D481': {'validity': '-', 'length': 255, 'subkeys': {}}}
    """
    keys: Keys = {}
    primary: Key | None = None
    current: Key | None = None
    for line in lines:
        record = line.split(":")
        if len(record) < _FIELDS:
            continue
        if record[0] in _PRIMARY:
            current = primary = keys.setdefault(record[4], _key(record) | {"subkeys": {}})
        elif record[0] in _SUBKEY and primary is not None:
            current = primary["subkeys"].setdefault(record[4], _key(record))
        elif record[0] == "fpr" and current is not None:
            current.setdefault("fingerprint", record[9])
        elif record[0] == "uid" and primary is not None:  # the first is the main one
            primary.setdefault("uid_hash", record[7])
            primary.setdefault("uid", _unescaped(record[9]))
    return keys


def _key(record: list[str]) -> Key:
    return {"validity": record[1], "length": int(record[2]) if record[2].isdecimal() else 0}


def _unescaped(text: str) -> str:
    """Colons, and whatever would break lines, are written as in C; characters are bytes of UTF-8."""
    if "\\x" not in text:
        return text
    raw = re.sub(rb"\\x([0-9a-fA-F]{2})", lambda found: bytes.fromhex(found[1].decode()),
                 text.encode("utf-8", "surrogateescape"))  # fmt: skip
    return raw.decode("utf-8", "replace")

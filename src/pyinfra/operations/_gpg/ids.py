"""Ids of keys: short, long, whole fingerprints, in any case, with or without ``0x``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pyinfra.api import OperationTypeError, OperationValueError

_ID = re.compile(r"[0-9A-F]{8,64}\Z")


def checked_ids(keyid: Any) -> list[str]:
    """Return ids in one form.

    Args:
        keyid: an id, several, or None.

    Raises:
        OperationTypeError: something is no text.
        OperationValueError: something is no id.
    """
    if keyid is None:
        return []
    given = [keyid] if isinstance(keyid, str) else keyid
    if not isinstance(given, (list, tuple, set)) or not all(isinstance(one, str) for one in given):
        raise OperationTypeError(f"keyid must be ids of keys, not {keyid!r}", argument="keyid")
    return list(dict.fromkeys(_normal(one) for one in given))


def _normal(text: str) -> str:
    found = text.replace(" ", "").upper().removeprefix("0X")
    if not _ID.match(found):
        raise OperationValueError(f"{text!r} is no id of a key", argument="keyid",
                                  hint="8, 16 or 40 hexadecimal digits")  # fmt: skip
    return found


def is_in(keyid: str, keys: Mapping[str, Any]) -> bool:
    """Whether a key, or one of their subkeys, has this id."""
    return any(_has(keyid, name, key) for name, key in _with_subkeys(keys))


def matching(keyids: Iterable[str], keys: Mapping[str, Any]) -> list[str]:
    """Return the fingerprints of the keys that have these ids, subkeys not counted."""
    wanted = list(keyids)
    return [str(key.get("fingerprint", name)) for name, key in keys.items()
            if any(_has(keyid, name, key) for keyid in wanted)]  # fmt: skip


def _has(keyid: str, name: str, key: Mapping[str, Any]) -> bool:
    return str(key.get("fingerprint", "")).endswith(keyid) or name.endswith(keyid)


def _with_subkeys(keys: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, key in keys.items():
        yield name, key
        yield from key.get("subkeys", {}).items()

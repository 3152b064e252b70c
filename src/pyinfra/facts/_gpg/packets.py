"""Keys in the bytes of a file, for hosts without gpg: just what it takes to tell one key from another."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator

# Armor is base64 between a line that begins it, headers, an empty line, and a checksum or the end.
_ARMORED = re.compile(
    rb"^-----BEGIN PGP[^\n]*\n(?:[^\n]*[^ \t\n][^\n]*\n)*[ \t]*\n(?P<body>.*?)(?=^=|^-----END PGP|\Z)",
    re.DOTALL | re.MULTILINE,
)
_KINDS = {6: "pub", 14: "sub"}


def listed_keys(data: bytes) -> Iterator[str]:
    """Yield the keys and subkeys of version 4 as ``gpg --with-colons`` tells them, as far as they are understood.

    Example:
        >>> list(listed_keys(b"no key"))
        []
    """
    if re.search(rb"^-----BEGIN PGP", data, re.MULTILINE):
        text = data.replace(b"\r", b"")
        data = b"".join(_decoded(found["body"]) for found in _ARMORED.finditer(text))
    for number, body in _packets(data):
        if number in _KINDS and body[:1] == b"\x04":
            # A fingerprint is the SHA-1 of the packet, with a beginning of its own.
            beginning = b"\x99" + (len(body) & 0xFFFF).to_bytes(2, "big")
            fingerprint = hashlib.sha1(beginning + body, usedforsecurity=False).hexdigest().upper()
            yield f"{_KINDS[number]}:-:0::{fingerprint[-16:]}:::::::"
            yield f"fpr:::::::::{fingerprint}:"


def _decoded(body: bytes) -> bytes:
    try:
        return base64.b64decode(body)
    except binascii.Error:
        return b""


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """A byte with what it is, its length in one of two forms, so many bytes; up to the first one of another kind."""
    at = 0
    while at < len(data) and data[at] >= 0x80:
        first = data[at]
        found = _new_length(data, at + 1) if first >= 0xC0 else _old_length(data, at + 1, first & 3)
        if found is None:
            return
        begin, size = found
        if begin + size > len(data):
            return
        yield (first & 0x3F if first >= 0xC0 else first >> 2 & 0xF), data[begin : begin + size]
        at = begin + size


def _old_length(data: bytes, at: int, kind: int) -> tuple[int, int] | None:
    width = (1, 2, 4, 0)[kind]
    return (at + width, int.from_bytes(data[at : at + width], "big")) if width else None


def _new_length(data: bytes, at: int) -> tuple[int, int] | None:
    first = data[at] if at < len(data) else 0xE0
    if first < 0xC0:
        return at + 1, first
    if first < 0xE0:
        return at + 2, (first - 0xC0 << 8) + int.from_bytes(data[at + 1 : at + 2], "big") + 0xC0
    return (at + 5, int.from_bytes(data[at + 1 : at + 5], "big")) if first == 0xFF else None

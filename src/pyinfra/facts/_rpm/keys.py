"""``RpmKeyFile``: which keys are in a file, without gpg, as rpm names them."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.fetching import fetch_beginning, is_url
from pyinfra.facts._frames import EXISTS, answered, header
from pyinfra.facts._shell import path_resources, path_word, script

_MOST = 1024 * 1024  # bytes
_BEGIN, _END = "-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----END PGP PUBLIC KEY BLOCK-----"
_PUBLIC_KEY = 6

Key = list[str]  # its fingerprint, when it was made: both in hexadecimal digits


class RpmKeyFile(FactBase[list[Key]]):
    """Fingerprints of the keys in a file on the host or at an address, and when they were made.

    Empty when it cannot be had, or holds anything else. rpm takes keys as text only.
    """

    in_plans = False
    default = list

    def command(self, src: str) -> StringCommand:
        return self.batch_command([{"src": src}])

    def resources(self, src: str) -> Iterable[Resource] | None:
        return [] if is_url(src) else path_resources(src)

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        parts: list[Any] = ['show() { [ ! -f "$1" ] || awk \'{ print " " $0 }\' <"$1"; }\n']
        for number, call in enumerate(calls, start=1):
            src = call["src"]
            parts.append(f"echo '= {number}'\n")
            if is_url(src):
                parts += ["t=$(mktemp) || exit 1\n", fetch_beginning(src, "$t", _MOST), '\nshow "$t"; rm -f "$t"\n']
            else:
                parts += ["show ", path_word(src), "\n"]
        return script(parts)

    def process(self, output: list[str]) -> list[Key]:
        return self.batch_process([{}], output)[0]

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[list[Key]]:
        texts: dict[int, list[str]] = {}
        number = 0
        for line in output:
            found = header(line)
            if found is not None and found[0] == EXISTS and len(found[1]) == 1:
                (number,) = found[1]
                texts[number] = []
            elif line.startswith(" ") and number:
                texts[number].append(line[1:])
        return answered("keys", {number: keys_in(lines) for number, lines in texts.items()}, len(calls))


def keys_in(lines: Iterable[str]) -> list[Key]:
    """Return the keys in a text, not those that belong to them; none if anything in it is not understood."""
    try:
        return [_named(body) for data in _blocks(lines) for tag, body in _packets(data) if tag == _PUBLIC_KEY]
    except (ValueError, IndexError, binascii.Error):
        return []


def _blocks(lines: Iterable[str]) -> Iterator[bytes]:
    inside: list[str] | None = None
    for line in map(str.strip, lines):
        if line == _BEGIN:
            inside = []
        elif line == _END and inside is not None:
            # headers end at an empty line; the checksum begins with "="
            start = inside.index("") + 1
            yield base64.b64decode("".join(one for one in inside[start:] if not one.startswith("=")), validate=True)
            inside = None
        elif inside is not None:
            inside.append(line)


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Parts of a key (RFC 9580, 4.2): what they are, and what they hold."""
    position = 0
    while position < len(data):
        first = data[position]
        if first & 0x40:
            tag, (size, start) = first & 0x3F, _new_size(data, position + 1)
        else:
            tag, width = first >> 2 & 0xF, 1 << (first & 3)
            if width == 8:
                raise ValueError("a part without a size")
            size, start = int.from_bytes(data[position + 1 : position + 1 + width], "big"), position + 1 + width
        if not first & 0x80 or start + size > len(data):
            raise ValueError("not a key, or only the beginning of one")
        yield tag, data[start : start + size]
        position = start + size


def _new_size(data: bytes, position: int) -> tuple[int, int]:
    first = data[position]
    if first < 192:
        return first, position + 1
    if first < 224:
        return (first - 192 << 8) + data[position + 1] + 192, position + 2
    if first == 255:
        return int.from_bytes(data[position + 1 : position + 5], "big"), position + 5
    raise ValueError("a key in pieces")


def _named(body: bytes) -> Key:
    if body[0] != 4:
        raise ValueError("a key of another kind")
    digest = hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False)
    return [digest.hexdigest(), body[1:5].hex().lstrip("0")]

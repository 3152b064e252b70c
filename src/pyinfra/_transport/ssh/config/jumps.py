"""``ProxyJump``: a list of hops, each ``[user@]host[:port]`` or ``ssh://[user@]host[:port]``."""

from __future__ import annotations

import re
from urllib.parse import unquote

from pyinfra._core.errors import ConnectError
from pyinfra._core.records import Record

_HOP = re.compile(r"(?:(?P<user>.*)@)?(?:\[(?P<bracketed>[^\[\]]+)\]|(?P<host>[^\[\]:@]+))(?::(?P<port>\d{1,5}))?")
_URI = "ssh://"


class Hop(Record):
    """A host to go through."""

    host: str
    user: str | None = None
    port: int | None = None


def parse_jumps(text: str) -> tuple[Hop, ...]:
    """Return the hops from the nearest to the farthest.

    Raises:
        ConnectError: when one of them cannot be understood.
    """
    return tuple(_hop(piece.strip()) for piece in text.split(","))


def _hop(text: str) -> Hop:
    is_uri = text.lower().startswith(_URI)
    found = _HOP.fullmatch(text[len(_URI) :].rstrip("/") if is_uri else text)
    if found is None:
        raise ConnectError(f"SSH config error (ProxyJump {text!r} is not user@host:port)")
    user = found["user"]
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 0 < port < 65536:
        raise ConnectError(f"SSH config error (ProxyJump {text!r}: there is no such port)")
    return Hop(found["bracketed"] or found["host"], unquote(user) if user and is_uri else user or None, port)

"""What goes over the wire of a connection: fewer and larger packets than the SSH library sends by itself.

It hands every SSH message to the kernel alone, and puts an empty message before each that is encrypted. That was a
defence for ciphers in CBC mode, whose next IV can be seen; others gain nothing by it. Every message was a TCP packet
for the network, and one more time for the host to wake up.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Any

from asyncssh.constants import MSG_IGNORE
from asyncssh.packet import String

if TYPE_CHECKING:
    from collections.abc import Callable

    import asyncssh

# What is more than this is not collected any further.
LARGE = 64 * 1024
_EMPTY = (String(b""),)


class Gathering:
    """A transport that writes at once whatever is written in the same turn of the loop.

    Args:
        transport: which does the work.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._waiting: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Take bytes; they leave when ``flush`` is called, before the loop waits for anything at the latest."""
        if not self._waiting:
            self._loop.call_soon(self.flush)
        self._waiting.append(data)
        self._size += len(data)
        if self._size > LARGE:
            self.flush()

    def flush(self) -> None:
        """Write what was taken."""
        if self._waiting:
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._size = 0
            self._transport.write(data)

    def close(self) -> None:
        """End it, once all is written."""
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """End it. What was taken leaves if the kernel has room for it, as if it had been written at once."""
        self.flush()
        self._transport.abort()


class Dialled:
    """A connected socket in the place of a tunnel: what asyncssh asks for a way to the host.

    Args:
        connected: the socket.
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    async def create_connection(
        self, factory: Callable[[], asyncssh.SSHClientConnection], host: str, port: int
    ) -> tuple[Any, asyncssh.SSHClientConnection]:
        """Begin the connection on the socket."""
        loop = asyncio.get_running_loop()
        return await loop.create_connection(lambda: _gathered(factory()), sock=self._socket)


def _gathered(connection: asyncssh.SSHClientConnection) -> asyncssh.SSHClientConnection:
    """Have a connection answer with one write to whatever arrives in one piece."""
    begin, receive = connection.connection_made, connection.data_received
    flush: Callable[[], None] = lambda: None  # noqa: E731 - until there is something to write to

    def connection_made(transport: asyncio.Transport) -> None:
        nonlocal flush
        gathering = Gathering(transport)
        flush = gathering.flush
        begin(gathering)  # type: ignore[arg-type]
        flush()

    def data_received(data: bytes, datatype: Any = None) -> None:
        receive(data, datatype)
        flush()

    connection.connection_made = connection_made  # type: ignore[assignment,method-assign]
    connection.data_received = data_received  # type: ignore[method-assign]
    return connection


def without_padding_messages(connection: asyncssh.SSHClientConnection) -> None:
    """Leave out the empty messages, unless the cipher is in CBC mode."""
    send = connection.send_packet

    def send_packet(kind: int, *parts: bytes, handler: Any = None) -> None:
        if kind == MSG_IGNORE and parts == _EMPTY and "cbc" not in connection.get_extra_info("send_cipher", "cbc"):
            return
        send(kind, *parts, handler=handler)

    connection.send_packet = send_packet  # type: ignore[method-assign,assignment]


def acknowledge(connection: asyncssh.SSHClientConnection) -> None:
    """Acknowledge at once what has arrived, where the system can be asked to.

    A kernel waits 40 ms for something to send along. Until a session runs, OpenSSH's server holds its next packet back
    for as long.
    """
    quickly = getattr(socket, "TCP_QUICKACK", None)
    connected = connection.get_extra_info("socket")
    if quickly is not None and connected is not None:
        with contextlib.suppress(OSError):  # it is no TCP connection, or has just ended
            connected.setsockopt(socket.IPPROTO_TCP, quickly, 1)

"""What leaves for the host, and in how many pieces."""

from __future__ import annotations

import asyncio
import socket

import pytest
from asyncssh.constants import MSG_CHANNEL_DATA, MSG_IGNORE
from asyncssh.packet import String

from pyinfra._transport.ssh.wire import LARGE, Gathering, acknowledge, without_padding_messages


class Wire:
    """A transport that remembers."""

    def __init__(self):
        self.done = []

    def write(self, data):
        self.done.append(data)

    def close(self):
        self.done.append("closed")

    def abort(self):
        self.done.append("aborted")

    def is_closing(self):
        return False


async def _turns():
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def test_what_is_written_in_one_turn_leaves_at_once() -> None:
    async def work():
        wire = Wire()
        gathering = Gathering(wire)
        gathering.write(b"one ")
        gathering.write(b"two")
        assert wire.done == []
        await _turns()
        gathering.write(b"three")
        await _turns()
        return wire.done

    assert asyncio.run(work()) == [b"one two", b"three"]


def test_large_data_is_not_collected() -> None:
    async def work():
        wire = Wire()
        Gathering(wire).write(bytes(LARGE + 1))
        return len(wire.done)

    assert asyncio.run(work()) == 1


@pytest.mark.parametrize(("how", "end"), [("close", "closed"), ("abort", "aborted")])
def test_nothing_is_lost_at_the_end(how: str, end: str) -> None:
    async def work():
        wire = Wire()
        gathering = Gathering(wire)
        gathering.write(b"goodbye")
        getattr(gathering, how)()
        await _turns()
        return wire.done

    assert asyncio.run(work()) == [b"goodbye", end]


def test_it_is_a_transport_otherwise() -> None:
    async def work():
        return Gathering(Wire()).is_closing()

    assert asyncio.run(work()) is False


class Connection:
    """The part of a connection that sends."""

    def __init__(self, cipher):
        self.cipher = cipher
        self.sent = []

    def get_extra_info(self, name, default=None):
        return {"send_cipher": self.cipher}.get(name) or default

    def send_packet(self, kind, *parts, handler=None):
        self.sent.append(kind)


@pytest.mark.parametrize(
    ("cipher", "kept"), [("aes128-gcm@openssh.com", False), ("aes256-ctr", False), ("aes256-cbc", True), (None, True)]
)
def test_padding_messages_are_for_cbc_only(cipher: str | None, kept: bool) -> None:
    connection = Connection(cipher)
    without_padding_messages(connection)
    connection.send_packet(MSG_IGNORE, String(b""))
    connection.send_packet(MSG_IGNORE, String(b"meant"))
    connection.send_packet(MSG_CHANNEL_DATA, b"data")
    assert connection.sent == [*[MSG_IGNORE] * kept, MSG_IGNORE, MSG_CHANNEL_DATA]


class Connected:
    """The part of a connection that knows its socket."""

    def __init__(self, own):
        self.own = own

    def get_extra_info(self, name, default=None):
        return {"socket": self.own}.get(name, default)


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="the system cannot be asked to")
def test_what_has_arrived_is_acknowledged() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as own:
        own.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
        acknowledge(Connected(own))
        assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK) == 1


def test_nothing_is_acknowledged_where_that_is_impossible() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    acknowledge(Connected(ours))
    ours.close()
    acknowledge(Connected(ours))
    acknowledge(Connected(None))

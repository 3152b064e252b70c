"""Hosts are dialled before the SSH library is there: whatever comes of it, no socket is left."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from pyinfra._transport.ssh import route
from pyinfra._transport.ssh.config.jumps import Hop
from pyinfra._transport.ssh.config.settings import Settings
from pyinfra._transport.ssh.route import Dialling

from .servers import USER, link_to, run_script, serving

if TYPE_CHECKING:
    import pytest


class Listener:
    """A server that counts who is connected to it."""

    def __init__(self) -> None:
        self.arrived, self.left = 0, asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.arrived += 1
        await reader.read()
        self.left.set()
        writer.close()


def settings(port: int, **more: Any) -> Settings:
    return Settings("web1", "127.0.0.1", port, USER, **more)


async def listening(listener: Listener) -> tuple[asyncio.Server, int]:
    server = await asyncio.start_server(listener.serve, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


def test_what_nobody_takes_is_closed() -> None:
    async def scenario() -> None:
        listener = Listener()
        server, port = await listening(listener)
        dialling = Dialling(settings(port))
        while not listener.arrived:
            await asyncio.sleep(0.01)
        dialling.drop()
        await asyncio.wait_for(listener.left.wait(), 5)
        assert dialling.take() is None
        server.close()

    asyncio.run(scenario())


def test_it_is_taken_once() -> None:
    async def scenario() -> None:
        listener = Listener()
        server, port = await listening(listener)
        dialling = Dialling(settings(port))
        task = dialling.take()
        assert task is not None
        assert dialling.take() is None
        dialling.drop()  # belongs to whoever took it
        (await task).close()
        await asyncio.wait_for(listener.left.wait(), 5)
        server.close()

    asyncio.run(scenario())


def test_what_is_old_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may have typed a passphrase meanwhile, and a server does not wait for ever."""
    monkeypatch.setattr(route, "_FRESH", -1)

    async def scenario() -> None:
        listener = Listener()
        server, port = await listening(listener)
        dialling = Dialling(settings(port))
        while not listener.arrived:
            await asyncio.sleep(0.01)
        assert dialling.take() is None
        await asyncio.wait_for(listener.left.wait(), 5)
        server.close()

    asyncio.run(scenario())


def test_a_host_that_refuses_is_nobodys_error_until_it_is_taken() -> None:
    async def scenario() -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            dialling = Dialling(settings(free.getsockname()[1]))
            await asyncio.sleep(0.05)
            dialling.drop()
            await asyncio.sleep(0.05)

    asyncio.run(scenario(), debug=True)


def test_only_hosts_that_are_reached_directly_are_dialled() -> None:
    assert Dialling.possible(settings(22))
    assert not Dialling.possible(settings(22, jumps=(Hop("bastion"),)))
    assert not Dialling.possible(settings(22, proxy_command="nc web1 22"))


def test_a_program_that_has_not_imported_the_library(places: Any) -> None:
    """The first connection of a process, whose host is dialled while asyncssh is imported."""
    script = (
        "import asyncio, sys\n"
        "from pyinfra._transport.ssh import route, libraries\n"
        "from pyinfra._transport.ssh.link import SSHLink\n"
        "from pyinfra._transport.ssh.options import SSHOptions\n"
        "from pyinfra._transport.ssh.shared import SSHShared\n"
        "assert 'asyncssh' not in sys.modules\n"
        "dialled, take = [], route.Dialling.take\n"
        "def took(self):\n"
        "    task = take(self)\n"
        "    dialled.append(task is not None)\n"
        "    return task\n"
        "route.Dialling.take = took\n"
        "async def main():\n"
        "    options = SSHOptions('127.0.0.1', int(sys.argv[1]), sys.argv[2], key=sys.argv[3],\n"
        "                         strict_host_key_checking='no', config_file='/dev/null')\n"
        "    link = SSHLink('web1', options, SSHShared())\n"
        "    await link.connect()\n"
        "    await link.close()\n"
        "asyncio.run(main())\n"
        "assert dialled == [True] and libraries.loaded(), dialled\n"
    )

    async def scenario() -> tuple[int, bytes]:
        async with serving() as server:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-W", "error", "-c", script, str(server.port), USER, places.key_file(),
                stderr=subprocess.PIPE,
            )  # fmt: skip
            _, complaints = await process.communicate()
            assert process.returncode is not None
            return process.returncode, complaints

    assert asyncio.run(scenario()) == (0, b"")


def test_a_link_that_is_closed_can_be_connected_again(places: Any) -> None:
    async def scenario() -> tuple[bytes, str]:
        async with serving() as server:
            link = link_to(server, key=places.key_file())
            await link.connect()
            await link.close()
            try:
                link.tunnel()
            except Exception as error:  # noqa: BLE001 - what it says is the point
                said = str(error)
            await link.connect()
            answer = (await run_script(link, b"echo x"))[1]
            await link.close()
            return answer, said

    assert asyncio.run(scenario()) == (b"x\n", "connection lost: it was closed on this side")

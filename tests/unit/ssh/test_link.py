from __future__ import annotations

import asyncio
import io
import socket

import asyncssh
import pytest

from pyinfra._core.errors import AuthenticationError, ConnectError, ConnectionLostError, HostKeyError, TransferError
from pyinfra._core.output import STDOUT
from pyinfra._core.secrets import HiddenValue
from pyinfra._transport.base import Command
from pyinfra._transport.session import ShellSession
from pyinfra._transport.ssh import channels, connection, sessions
from pyinfra._transport.ssh.shared import SSHShared

from .servers import USER, Policy, Receiver, Stingy, key, link_to, run_script, serving
from .shells import Shell


def test_runs_a_shell_on_a_pipe(places):
    async def scenario():
        async with serving() as server:
            link = link_to(server, key=places.key_file())
            await link.connect()
            assert link.connected
            answer = await run_script(link, b"printf 'a\\0\\377'; echo oops >&2; exit 7\n")
            await link.close()
            assert not link.connected
            return answer

    assert asyncio.run(scenario()) == (7, b"a\0\xff", b"oops\n")


def test_pipes_are_independent_and_tell_how_they_ended(places):
    async def scenario():
        async with serving() as server:
            link = link_to(server, key=places.key_file())
            await link.connect()
            first, second = Receiver(), Receiver()
            one, two = await link.open_pipe(first), await link.open_pipe(second)
            one.write(b"kill -9 $$\n")
            assert await first.closed == (137, None)
            one.write(b"into the void")  # harmless
            two.write(b"echo still here\n")
            two.write_eof()
            assert await second.closed == (0, None)
            assert second.out == b"still here\n"
            third = Receiver()
            (await link.open_pipe(third)).abort()
            assert await third.closed == (None, None)
            await link.close()

    asyncio.run(scenario())


def test_much_data_both_ways(places):
    async def scenario():
        async with serving() as server:
            link = link_to(server, key=places.key_file())
            await link.connect()
            receiver = Receiver()
            pipe = await link.open_pipe(receiver)
            pipe.write(b"echo ready; exec cat\n")
            while receiver.out != b"ready\n":  # a shell reads ahead
                await asyncio.sleep(0.01)
            piece = bytes(range(256)) * 256
            for _ in range(64):
                pipe.write(piece)
                await pipe.drain()
            pipe.write_eof()
            assert await receiver.closed == (0, None)
            assert bytes(receiver.out) == b"ready\n" + piece * 64
            await link.close()

    asyncio.run(scenario())


def test_lost_connection_says_why(places):
    async def scenario():
        async with serving() as server:
            link = link_to(server, key=places.key_file())
            await link.connect()
            receiver = Receiver()
            await link.open_pipe(receiver)
            server.policy.connections[0].abort()
            status, error = await receiver.closed
            assert status is None
            assert isinstance(error, ConnectionLostError)
            assert str(error) == "connection lost: closed by the other side"
            assert error.details.host == "web1"
            assert not link.connected
            with pytest.raises(ConnectionLostError):
                await link.open_pipe(Receiver())
            await link.connect()  # a link can be connected again
            assert (await run_script(link, b"echo back"))[1] == b"back\n"
            await link.close()

    asyncio.run(scenario())


class ClosesAtOnce(Policy):
    """Opens a session and closes it without a word, as often as told."""

    closing = 0

    def session_requested(self):
        if not self.closing:
            return Shell()
        self.closing -= 1
        return ClosedShell()


class ClosedShell(Shell):
    def session_started(self):
        self._chan.close()


def test_session_that_is_closed_is_no_lost_connection(places):
    async def scenario():
        async with serving(ClosesAtOnce([key("user")])) as server:
            link = link_to(server, key=places.key_file())
            await link.connect()
            server.policy.closing = 1
            receiver = Receiver()
            await link.open_pipe(receiver)
            status, error = await receiver.closed
            assert status is None
            assert type(error) is ConnectError
            assert str(error) == "SSH error (the server closed the session)"
            assert link.connected
            assert (await run_script(link, b"echo x"))[1] == b"x\n"
            await link.close()

    asyncio.run(scenario())


def test_sessions_that_are_closed_again_and_again(places):
    """Dropbear does that while another session of the connection is ending."""

    async def scenario():
        async with serving(ClosesAtOnce([key("user")])) as server:
            session = ShellSession(link_to(server, key=places.key_file()))
            await session.open()
            await session.submit([Command("kill -9 $$")])  # the next one needs a new shell
            server.policy.closing = 3
            [result] = await session.submit([Command("echo x")])
            assert server.policy.closing == 0
            assert len(server.policy.connections) == 1
            await session.close()
            return result.output.bytes_of(STDOUT)

    assert asyncio.run(scenario()) == b"x\n"


def test_silent_connection_is_given_up(places):
    config = places.config("ServerAliveInterval 1\nServerAliveCountMax 2")

    async def scenario():
        async with serving() as server, _Stopper(server.port) as stopper:
            link = link_to(server, key=places.key_file(), port=stopper.port, config_file=config)
            await link.connect()
            receiver = Receiver()
            await link.open_pipe(receiver)
            stopper.silent = True
            began = asyncio.get_running_loop().time()
            _, error = await asyncio.wait_for(receiver.closed, 5)
            assert str(error) == "connection lost: no answer for 2 s"
            assert asyncio.get_running_loop().time() - began < 3
            await asyncio.wait_for(link.close(), 2)

    asyncio.run(scenario())


class _Stopper:
    """Passes bytes on until it is told to be silent."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.silent = False
        self._writers = []

    async def _pump(self, reader, writer):
        while data := await reader.read(65536):
            while self.silent:
                await asyncio.sleep(0.05)
            writer.write(data)
        writer.close()

    async def _serve(self, reader, writer):
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers += [writer, back]
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer), return_exceptions=True)

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.silent = False
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0.1)


# -- what keeps a host from being reached ----------------------------------------------------


def test_refused(places):
    async def scenario():
        async with serving() as server:
            port = server.port
        return await _failure(link_to(server, port=port))

    error = asyncio.run(scenario())
    assert str(error).startswith("Could not connect (127.0.0.1 port ")
    assert "refused" in str(error)
    assert "sshd" in error.details.hint
    assert error.details.host == "web1"


async def _failure(link):
    with pytest.raises(ConnectError) as caught:
        await link.connect()
    await link.close()
    return caught.value


@pytest.mark.parametrize("name", ["no-such-host.invalid", "a" * 70 + ".invalid", "x..y"])
def test_unknown_name(places, name):
    async def scenario():
        async with serving() as server:
            return await _failure(link_to(server, hostname=name))

    assert str(asyncio.run(scenario())).startswith(f"Could not resolve hostname ({name}: ")


@pytest.mark.parametrize("name", ["-oProxyCommand=x", "a;touch x", "$(x)", "a b", "a\nb", "`x`", "a\x1b]0;b"])
@pytest.mark.parametrize("field", ["hostname", "user"])
def test_hostile_names_reach_no_shell(places, name, field):
    if field == "user" and name in ("$(x)", "a b"):
        pytest.skip("blanks and dollars occur in real user names; parentheses do not")
    marker = places.folder / "ran"
    config = places.config(f"ProxyCommand touch {marker} %r %h")

    async def scenario():
        async with serving() as server:
            return await _failure(link_to(server, config_file=config, **{field: name}))

    assert "not allowed" in str(asyncio.run(scenario()))
    assert not marker.exists()


def test_silent_server_times_out(places):
    async def scenario():
        with socket.create_server(("127.0.0.1", 0)) as quiet:
            async with serving() as server:
                return await _failure(link_to(server, port=quiet.getsockname()[1], connect_timeout=0.2))

    assert "no answer within 0.2 s while exchanging keys" in str(asyncio.run(scenario()))


@pytest.mark.parametrize(
    ("greeting", "expected"),
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "EOF error"), (b"SSH-1.5-old\r\n", "SSH error"), (b"", "EOF error")],
)
def test_something_that_is_no_ssh_server(places, greeting, expected):
    async def answer(reader, writer):
        writer.write(greeting)
        await writer.drain()
        writer.close()

    async def scenario():
        other = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with serving() as server:
            error = await _failure(link_to(server, port=other.sockets[0].getsockname()[1]))
        other.close()
        return error

    assert str(asyncio.run(scenario())).startswith(expected)


def test_no_algorithm_in_common(places):
    config = places.config("KexAlgorithms ecdh-sha2-nistp521")

    async def scenario():
        async with serving(kex_algs=["curve25519-sha256"]) as server:
            return await _failure(link_to(server, config_file=config))

    error = asyncio.run(scenario())
    assert str(error).startswith("SSH error (")
    assert "KexAlgorithms" in error.details.hint


def test_tries_again_when_a_host_is_not_there_yet(places):
    async def scenario():
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        async with serving() as server:
            link = link_to(server, key=places.key_file(), port=port, connect_retries=20, retry_min_delay=0.05)
            connecting = asyncio.ensure_future(link.connect())
            await asyncio.sleep(0.1)
            async with _Stopper(server.port) as late:
                late._server.close()
                again = await asyncio.start_server(late._serve, "127.0.0.1", port)
                await connecting
                await link.close()
                again.close()

    asyncio.run(scenario())


def test_does_not_try_again_with_the_same_wrong_password(places):
    async def scenario():
        policy = Policy(passwords={USER: "right"})
        async with serving(policy) as server:
            link = link_to(server, password=HiddenValue("wrong"), connect_retries=3, look_for_keys=False)
            error = await _failure(link)
            assert len(policy.connections) == 1
            return error

    error = asyncio.run(scenario())
    assert isinstance(error, AuthenticationError)
    assert "wrong" not in str(error)


# -- many sessions --------------------------------------------------------------------------


def test_waits_for_a_free_session_then_opens_another_connection(places, monkeypatch):
    monkeypatch.setattr(channels, "MAX_CHANNELS", 3)
    monkeypatch.setattr(channels.Slots.__init__, "__defaults__", (3,))
    monkeypatch.setattr(sessions, "PATIENCE", 0.2)

    async def scenario():
        async with serving() as server:
            link = link_to(server, key=places.key_file())
            await link.connect()
            receivers = [Receiver() for _ in range(4)]
            pipes = [await link.open_pipe(receiver) for receiver in receivers[:3]]
            asyncio.get_running_loop().call_later(0.05, pipes[0].write_eof)
            pipes.append(await link.open_pipe(receivers[3]))
            assert len(server.policy.connections) == 1  # it waited for the first to end
            extra = Receiver()
            pipes.append(await link.open_pipe(extra))
            assert len(server.policy.connections) == 2
            for pipe in pipes:
                pipe.write_eof()
            await asyncio.gather(*(receiver.closed for receiver in [*receivers, extra]))
            await link.close()

    asyncio.run(scenario())


def test_server_that_refuses_more_sessions(places, monkeypatch):
    monkeypatch.setattr(sessions, "PATIENCE", 0.2)

    async def scenario():
        async with serving(Stingy([key("user")])) as server:
            link = link_to(server, key=places.key_file())
            await link.connect()
            answers = await asyncio.gather(*(run_script(link, b"sleep 0.05; echo x") for _ in range(5)))
            assert [answer[1] for answer in answers] == [b"x\n"] * 5
            await link.close()

    asyncio.run(scenario())


def test_server_that_opens_no_session(places):
    class Closed(Policy):
        def session_requested(self):
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "go\x1b away")

    async def scenario():
        async with serving(Closed([key("user")])) as server:
            link = link_to(server, key=places.key_file())
            await link.connect()
            with pytest.raises(ConnectError, match=r"opens no session: go.x1b away"):
                await link.open_pipe(Receiver())
            assert await link.open_files() is None
            await link.close()

    asyncio.run(scenario())


def test_server_that_could_not_start_a_shell_just_now(places, monkeypatch):
    """A machine without a free process, for a moment."""
    monkeypatch.setattr(sessions, "_PAUSE", 0)

    starts = []

    async def scenario():
        async with serving() as server:
            link = link_to(server, key=places.key_file())
            start = sessions.Sessions._start_shell

            async def tired(*arguments, **options):
                starts.append(len(starts))
                if starts[-1] in (1, 2):
                    raise asyncssh.ChannelOpenError(asyncssh.OPEN_REQUEST_SESSION_FAILED, "Session request failed")
                await start(*arguments, **options)

            monkeypatch.setattr(sessions.Sessions, "_start_shell", tired)
            await link.connect()
            answers = [(await run_script(link, b"echo x"))[1] for _ in range(2)]
            await link.close()
            return answers

    assert asyncio.run(scenario()) == [b"x\n", b"x\n"]
    assert starts == [0, 1, 2, 3]


def test_many_hosts_log_in_at_the_same_time(places):
    async def scenario():
        shared = SSHShared(warn=lambda text: None)
        path = places.key_file()
        async with serving() as server:
            links = [link_to(server, shared, key=path) for _ in range(40)]
            await asyncio.gather(*(link.connect() for link in links))
            answers = await asyncio.gather(*(run_script(link, b"echo x") for link in links))
            assert {answer[1] for answer in answers} == {b"x\n"}
            await asyncio.gather(*(link.close() for link in links))
        assert places.known_hosts.read_text().count("\n") == 1

    asyncio.run(scenario())


# -- files ----------------------------------------------------------------------------------


def test_files(places, tmp_path):
    content = bytes(range(256)) * 20000

    async def scenario():
        async with serving(sftp_factory=True) as server:
            link = link_to(server, key=places.key_file())
            await link.connect()
            files = await link.open_files()
            path = str(tmp_path / "b\udcff x")
            await files.write(io.BytesIO(content), path)
            with pytest.raises(TransferError, match="cannot create"):
                await files.write(io.BytesIO(b""), path)
            back = io.BytesIO()
            await files.read(path, back)
            assert back.getvalue() == content
            await files.remove(path)
            await files.remove(path)
            with pytest.raises(TransferError, match="No such file"):
                await files.read(path, io.BytesIO())
            await link.close()

    asyncio.run(scenario())


def test_private_from_the_beginning(places, tmp_path):
    async def scenario():
        async with serving(sftp_factory=True) as server:
            link = link_to(server, key=places.key_file())
            await link.connect()
            await (await link.open_files()).write(io.BytesIO(b"secret"), str(tmp_path / "new"))
            await link.close()

    asyncio.run(scenario())
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


def test_no_sftp(places):
    async def scenario():
        async with serving() as server:
            link = link_to(server, key=places.key_file())
            await link.connect()
            assert await link.open_files() is None
            without = link_to(server, key=places.key_file(), sftp=False)
            await without.connect()
            assert await without.open_files() is None
            await asyncio.gather(link.close(), without.close())

    asyncio.run(scenario())


# -- other ways to get there ------------------------------------------------------------------


def test_jumps_are_shared_and_closed_with_the_last_target(places):
    async def scenario():
        hop_policy = Policy([key("user")])
        async with serving(hop_policy) as hop, serving() as server:
            config = places.config(
                f"Host hop\n HostName 127.0.0.1\n Port {hop.port}\n User {USER}\n IdentityFile {places.key_file()}\n"
                "Host target\n HostName 127.0.0.1\n ProxyJump hop"
            )
            shared = SSHShared(warn=lambda text: None)
            links = [
                link_to(server, shared, hostname="target", config_file=config, key=places.key_file()) for _ in "ab"
            ]
            await asyncio.gather(*(link.connect() for link in links))
            assert (await run_script(links[0], b"echo there"))[1] == b"there\n"
            assert len(hop_policy.connections) == 1
            await links[0].close()
            assert (await run_script(links[1], b"echo there"))[1] == b"there\n"
            assert not hop_policy.connections[0].is_closed()
            await links[1].close()
            await asyncio.wait_for(hop_policy.connections[0].wait_closed(), 2)

    asyncio.run(scenario())


def test_failures_on_the_way_name_the_jump_host(places):
    async def scenario():
        hop_policy = Policy([key("other")])
        async with serving(hop_policy) as hop, serving() as server:
            config = places.config(f"Host hop\n HostName 127.0.0.1\n Port {hop.port}\nHost target\n ProxyJump hop")
            refused = await _failure(link_to(server, hostname="target", config_file=config))
            hop_policy.keys, hop_policy.forwarding = [key("user")], False
            config = places.config(
                f"Host hop\n HostName 127.0.0.1\n Port {hop.port}\n IdentityFile {places.key_file()}\n"
                "Host blocked\n ProxyJump hop"
            )
            blocked = await _failure(link_to(server, hostname="blocked", config_file=config))
        return refused, blocked

    refused, blocked = asyncio.run(scenario())
    assert isinstance(refused, AuthenticationError)
    assert str(refused).startswith("jump host hop: Authentication error")
    assert "through the jump host" in str(blocked)


def test_proxy_command(places):
    async def scenario():
        async with serving() as server:
            relay = places.folder / "relay.py"
            relay.write_text(_RELAY)
            config = places.config(f"Host behind\n ProxyCommand {_PYTHON} {relay} 127.0.0.1 %p")
            link = link_to(server, hostname="behind", config_file=config, key=places.key_file())
            await link.connect()
            assert (await run_script(link, b"echo through"))[1] == b"through\n"
            await link.close()
            config = places.config("Host broken\n ProxyCommand echo no way >&2; exit 1")
            return await _failure(link_to(server, hostname="broken", config_file=config))

    error = asyncio.run(scenario())
    assert str(error).startswith("EOF error")
    assert str(error).endswith("no way")


_PYTHON = __import__("sys").executable
_RELAY = """
import os, selectors, socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
sel = selectors.DefaultSelector()
sel.register(0, 1); sel.register(s, 1)
while True:
    for key, _ in sel.select():
        data = os.read(0, 65536) if key.fileobj == 0 else s.recv(65536)
        if not data:
            sys.exit()
        s.sendall(data) if key.fileobj == 0 else os.write(1, data)
"""


def test_defaults_for_silence():
    assert connection.ALIVE_INTERVAL * connection.ALIVE_COUNT == 45
    assert issubclass(HostKeyError, ConnectError)

"""Jump hosts, proxy commands, limits of the server, and connections that break."""

from __future__ import annotations

import asyncio
import io
import time
from typing import TYPE_CHECKING

import pytest

from pyinfra._core.errors import ConnectError, ConnectionLostError

from .ssh_links import Client, Receiver, new_client, said

if TYPE_CHECKING:
    from tests.lab import Host, Lab


@pytest.fixture
def client(lab: Lab, tmp_path, monkeypatch) -> Client:
    return new_client(lab, tmp_path, monkeypatch)


# -- jump hosts -----------------------------------------------------------------------------


def test_two_hops(client: Client, lab: Lab, plain_hosts: list[Host]):
    near, far, target = plain_hosts
    client.config(
        client.entry(target, f"ProxyJump deploy@{near.name},{far.name}") + client.entry(near) + client.entry(far)
    )
    lab.partition(far, target)  # not to be reached from here
    assert client.says(target, "hostname; set -- $SSH_CONNECTION; echo $1") == (
        target.run(["hostname"]).stdout + f"{far.address}\n"
    )


def test_nested_hops(client: Client, lab: Lab, plain_hosts: list[Host]):
    near, far, target = plain_hosts
    client.config(
        client.entry(target, f"ProxyJump {far.name}") + client.entry(far, f"ProxyJump {near.name}") + client.entry(near)
    )
    lab.partition(far, target)
    assert client.says(target, "echo through") == "through\n"


def test_none_means_none(client: Client, plain_hosts: list[Host]):
    near, target = plain_hosts[:2]
    client.config(client.entry(target, "ProxyJump none") + client.entry(near) + f"Host *\n ProxyJump {near.name}\n")
    assert client.says(target, "set -- $SSH_CONNECTION; echo $1") != f"{near.address}\n"


def test_targets_share_the_jump_host(client: Client, hosts10: list[Host]):
    near, *targets = hosts10
    client.config(client.entry(near) + "".join(client.entry(one, f"ProxyJump {near.name}") for one in targets))

    def sessions():
        return {one.pid for one in near.processes() if one.name == "sshd" and "root" in " ".join(one.argv)}

    async def scenario():
        links = [client.link(one) for one in targets]
        earlier = sessions()  # of tests that are over: they may take a moment to end
        await asyncio.gather(*(link.connect() for link in links))
        logins = sessions() - earlier
        answers = await asyncio.gather(*(said(link, "hostname") for link in links))
        return logins, answers

    logins, answers = client.run(scenario)
    assert len(logins) == 1, logins
    assert answers == [one.run(["hostname"]).stdout for one in targets]


def test_unknown_key_of_a_jump_host(client: Client, plain_hosts: list[Host]):
    near, target = plain_hosts[:2]
    known = client.home / "only-target"
    known.write_text("".join(line + "\n" for line in client.lab.known_hosts.read_text().splitlines()
                             if line.startswith(target.address)))  # fmt: skip
    client.config(client.entry(target, f"ProxyJump {near.name}", known=known) + client.entry(near, known=known))
    error = client.fails(target)
    assert str(error).startswith(
        f"jump host {near.name}: SSH host key error (the host key of {near.address} is not known"
    )


def test_proxy_command(client: Client, lab: Lab, plain_hosts: list[Host]):
    near, target = plain_hosts[:2]
    command = f"ssh -F {lab.ssh_config} -W %h:%p {near.name}"
    client.config(client.entry(target, f"ProxyCommand {command}"))
    lab.partition(target)
    assert client.says(target, "set -- $SSH_CONNECTION; echo $1") == f"{near.address}\n"


def test_proxy_command_that_fails(client: Client, plain_hosts: list[Host]):
    client.config(client.entry(plain_hosts[0], "ProxyCommand echo 'no way, %r' >&2; exit 1"))
    assert "no way, root" in str(client.fails(plain_hosts[0]))


@pytest.mark.parametrize("name", ["-oProxyCommand=touch marker", "x;touch marker", "$(touch marker)", "`touch marker`"])
def test_hostile_names(client: Client, name, monkeypatch):
    monkeypatch.chdir(client.home)
    client.config("ProxyCommand nc %h %p")
    assert "not allowed" in str(client.fails(name))
    client.config("Host a\n HostName x;touch${IFS}marker\n ProxyCommand nc %h %p")
    assert "not allowed" in str(client.fails("a"))
    assert not (client.home / "marker").exists()


# -- limits ---------------------------------------------------------------------------------


def test_ten_hosts_at_once(client: Client, hosts10: list[Host]):
    client.config("".join(client.entry(host) for host in hosts10))

    async def scenario():
        links = [client.link(host) for host in hosts10]
        await asyncio.gather(*(link.connect() for link in links))
        return await asyncio.gather(*(said(link, "hostname") for link in links))

    assert client.run(scenario) == [host.run(["hostname"]).stdout for host in hosts10]


@pytest.mark.parametrize("allowed", [1, 3])
def test_few_sessions_per_connection(client: Client, lab: Lab, allowed):
    (host,) = lab.up(1, sshd={"MaxSessions": str(allowed)})
    try:
        client.config(client.entry(host))

        async def scenario():
            link = client.link(host)
            await link.connect()
            held = Receiver()
            pipe = await link.open_pipe(held)  # a session that stays, like the shell of a run
            answers = await asyncio.gather(*(said(link, f"echo {number}") for number in range(12)))
            files = await link.open_files()
            await files.write(io.BytesIO(b"content"), "/root/file")
            pipe.write(b"cat /root/file\n")
            pipe.write_eof()
            await held.closed
            return answers, bytes(held.out)

        answers, content = client.run(scenario)
        assert answers == [f"{number}\n" for number in range(12)]
        assert content == b"content"
    finally:
        lab.remove(host)


def test_server_that_turns_logins_away(client: Client, lab: Lab):
    (host,) = lab.up(1, sshd={"MaxStartups": "1:100:2"})
    try:
        client.config(client.entry(host))

        async def scenario():
            links = [client.link(host, connect_retries=20, retry_max_delay=0.3) for _ in range(6)]
            await asyncio.gather(*(link.connect() for link in links))

        client.run(scenario)
    finally:
        lab.remove(host)


# -- what breaks ----------------------------------------------------------------------------


def test_refused(client: Client, fresh_host: Host):
    client.config(client.entry(fresh_host))
    fresh_host.refuse()
    error = client.fails(fresh_host)
    assert str(error) == f"Could not connect ({fresh_host.address} port 22: Connection refused)"


def test_partitioned_host_is_given_up(client: Client, lab: Lab, plain_hosts: list[Host]):
    client.config(client.entry(plain_hosts[0], "ConnectTimeout 1"))
    lab.partition(plain_hosts[0])
    assert "no answer within 1 s while connecting" in str(client.fails(plain_hosts[0]))


def test_frozen_host_is_given_up(client: Client, fresh_host: Host):
    client.config(client.entry(fresh_host, "ConnectTimeout 1"))
    fresh_host.freeze()
    try:
        assert "no answer within 1 s while exchanging keys" in str(client.fails(fresh_host))
    finally:
        fresh_host.thaw()


def test_killed_connection_is_reported_at_once(client: Client, fresh_host: Host):
    client.config(client.entry(fresh_host))

    async def scenario():
        link = client.link(fresh_host)
        await link.connect()
        receiver = Receiver()
        (await link.open_pipe(receiver)).write(b"sleep 30\n")
        await asyncio.sleep(0.2)
        await asyncio.to_thread(fresh_host.cut)
        status, error = await asyncio.wait_for(receiver.closed, 15)
        assert status is None
        assert isinstance(error, ConnectionLostError)
        assert str(error).startswith("connection lost: ")
        await link.connect()
        assert await said(link, "echo again") == "again\n"

    client.run(scenario)


def test_silent_host_is_given_up_while_others_go_on(client: Client, lab: Lab, plain_hosts: list[Host]):
    silent, other = plain_hosts[:2]
    alive = ("ServerAliveInterval 1", "ServerAliveCountMax 2")
    client.config(client.entry(silent, *alive) + client.entry(other))

    async def scenario():
        links = [client.link(silent), client.link(other)]
        await asyncio.gather(*(link.connect() for link in links))
        receiver = Receiver()
        await links[0].open_pipe(receiver)
        await asyncio.to_thread(lab.partition, silent)
        answers = 0
        while not receiver.closed.done():
            assert await said(links[1], "echo on") == "on\n"
            answers += 1
        _, error = receiver.closed.result()
        assert str(error) == "connection lost: no answer for 2 s"
        assert answers > 5
        with pytest.raises(ConnectError):
            await links[0].open_pipe(Receiver())

    client.run(scenario)


def test_short_silence_is_survived(client: Client, lab: Lab, plain_hosts: list[Host]):
    host = plain_hosts[0]
    client.config(client.entry(host))

    async def scenario():
        link = client.link(host)
        await link.connect()
        receiver = Receiver()
        pipe = await link.open_pipe(receiver)
        await asyncio.to_thread(lab.partition, host)
        pipe.write(b"echo late\n")
        await asyncio.sleep(1)
        await asyncio.to_thread(lab.heal, host)
        pipe.write_eof()
        await asyncio.wait_for(receiver.closed, 20)
        return bytes(receiver.out)

    assert client.run(scenario) == b"late\n"


def test_round_trips_of_a_login(client: Client, lab: Lab, plain_hosts: list[Host]):
    host = plain_hosts[0]
    client.config(client.entry(host))

    async def scenario():
        link = client.link(host)
        await link.connect()  # files are read, names are known
        await link.close()
        began = time.monotonic()
        await link.connect()
        await said(link, "echo x")
        return time.monotonic() - began

    client.run(scenario)
    rtt = 500.0  # what the machine itself takes is little beside it, unless it has a lot to do: then it is asked again
    lab.rtt(rtt, host)
    took = next((one for _ in range(4) if (one := client.run(scenario) * 1000 / rtt) < 10), 99)
    # TCP, version, key exchange (2), service and key with its signature: 5. The session, held up once by the server's
    # way of sending, the shell and its first command: 4. A stall of 40 ms would be a fifth of a round trip.
    assert took < 10

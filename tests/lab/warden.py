"""The process that owns a lab: it starts hosts and the wire, answers requests, and takes everything down.

It ends on request, on SIGTERM, or when the process that wanted the lab ends, however that happens. Should it be killed
itself, the kernel kills all that it started, and the next lab removes the files. One thread, one request at a time.

    python -m tests.lab.warden NAME [PID OF THE OWNER]
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn

from tests.lab import kernel, keys, network, places, stale, wire
from tests.lab.fleet import Fleet
from tests.lab.places import LabError


class _Stop(Exception):
    """The lab is to end."""


class Warden:
    def __init__(self, name: str, owner: int | None) -> None:
        self._owner = os.pidfd_open(owner) if owner else None
        self._lock, net = stale.claim(name)
        self._name, self._net = name, net
        self._state = places.state(name)
        self._settings = wire.Settings()
        keys.make(self._state / "id", "lab")
        keys.make(self._state / "ca", "lab ca")
        pattern = [*net.pattern.split(","), "h*"]
        line = keys.known_hosts_line(pattern, (self._state / "ca.pub").read_text(), "@cert-authority")
        (self._state / "known_hosts_ca").write_text(line)
        self._control, self._wire_pid = self._start_wire()
        self._fleet = Fleet(name, net, self._wire_pid)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self._state / "socket"))
        self._server.listen(64)

    def _start_wire(self) -> tuple[socket.socket, int]:
        near = wire.open_tun(self._net.tun)
        network.ip(self._net.near_commands())
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

        def carry() -> None:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            ours.close()
            _log_to(self._state / "wire.log")
            network.run_wire(self._net, near, theirs)

        pid = kernel.fork(carry)
        theirs.close()
        os.close(near)  # the device lives as long as the wire
        if ours.recv(16) != b"ready":
            raise LabError(f"the wire did not start: {(self._state / 'wire.log').read_text()}")
        return ours, pid

    def serve(self) -> None:
        """Answer requests until the lab is to end."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._server, selectors.EVENT_READ)
            selector.register(self._control, selectors.EVENT_READ)
            if self._owner is not None:
                selector.register(self._owner, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select(timeout=1)]
                if self._control in ready or self._owner in ready:
                    raise _Stop
                if self._server in ready:
                    self._answer(self._server.accept()[0])
                self._fleet.reap()

    def _answer(self, client: socket.socket) -> None:
        with client:
            client.settimeout(5)
            with contextlib.suppress(OSError):  # a client that went away is no reason to end the lab
                request: dict[str, Any] = json.loads(client.makefile("rb").readline())
                try:
                    reply = getattr(self, f"_do_{request.pop('do')}")(**request)
                except (LabError, OSError, TypeError, AttributeError) as error:
                    reply = {"error": str(error) or repr(error)}
                except _Stop:
                    self.end()
                    client.sendall(b"{}\n")
                    raise
                client.sendall(json.dumps(reply or {}).encode() + b"\n")

    # requests; their arguments are the fields of the message

    def _do_up(self, **wanted: Any) -> dict[str, Any]:
        return {"hosts": self._fleet.start(**wanted)}

    def _do_list(self) -> dict[str, Any]:
        return {"hosts": self._fleet.rows(), "wire": json.loads(self._settings.to_json())}

    def _do_remove(self, names: list[str]) -> None:
        for address in self._fleet.stop(names):
            self._settings.hosts.pop(address, None)
            if address in self._settings.silent:
                self._settings.silent.remove(address)
        self._change_wire()

    def _do_rule(self, host: str | None, **changes: float) -> None:
        if host is None:
            rules = [self._settings.default, *self._settings.hosts.values()]
        else:  # starts as a copy of what holds for all
            address = self._fleet.address(host)
            rules = [self._settings.hosts.setdefault(address, wire.Rule(**vars(self._settings.default)))]
        for rule in rules:
            vars(rule).update(changes)
        self._change_wire()

    def _do_partition(self, hosts: list[str]) -> None:
        silent = {*self._settings.silent, *(self._fleet.address(host) for host in hosts)}
        self._settings.silent = sorted(silent)
        self._change_wire()

    def _do_heal(self, hosts: list[str]) -> None:
        healed = {self._fleet.address(host) for host in hosts} if hosts else set(self._settings.silent)
        self._settings.silent = [address for address in self._settings.silent if address not in healed]
        self._change_wire()

    def _do_calm(self) -> None:
        self._settings = wire.Settings()
        self._change_wire()

    def _do_down(self) -> NoReturn:
        raise _Stop

    def _change_wire(self) -> None:
        """Returns when the wire does as told."""
        self._control.send(self._settings.to_json().encode())
        self._control.recv(16)

    def end(self) -> None:
        """Kill everything, wait until it is gone, and remove the lab's folder."""
        self._fleet.kill()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._wire_pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        with contextlib.suppress(ChildProcessError):
            # orphans of the keepers come to this process, so when there is no child left, no process is
            while time.monotonic() < deadline:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    time.sleep(0.005)
        stale.remove_traces(self._name)


def _log_to(place: Path) -> None:
    """Print to a file from now on: whoever started this process does not listen any more."""
    with place.open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)


def _stop(*_: object) -> NoReturn:
    raise _Stop


def main(name: str, owner: int | None) -> None:
    os.chdir("/")
    kernel.adopt_orphans()
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        warden = Warden(name, owner)
    except (LabError, OSError) as error:
        stale.sweep()
        sys.exit(f"cannot start a lab: {error}")
    os.write(1, b"ready\n")
    _log_to(places.state(name) / "warden.log")
    try:
        warden.serve()
    except _Stop:
        pass
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if places.state(name).exists():
            warden.end()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None)

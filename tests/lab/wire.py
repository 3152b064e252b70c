"""A wire with delay, jitter, loss and silence, for kernels that lack sch_netem.

Two TUN devices, one in this machine's network and one in the router's namespace, are joined by a process. Every IPv4
packet read from one is held for half of the round-trip time and written to the other. Whole packets are delayed, so
everything above sees a true long link: handshakes, acknowledgements and window growth all pay for it.
"""

from __future__ import annotations

import contextlib
import fcntl
import heapq
import json
import os
import random
import select
import socket
import struct
import time
from dataclasses import asdict, dataclass, field
from typing import Any

_TUNSETIFF = 0x400454CA
_IFF_TUN = 0x0001
_IFF_NO_PI = 0x1000
_DESTINATION = slice(16, 20)
_SOURCE = slice(12, 16)


@dataclass
class Rule:
    rtt_ms: float = 0
    jitter_ms: float = 0
    loss_pct: float = 0


@dataclass
class Settings:
    """What the wire does: a rule for all hosts, rules for single ones, and those that are silent."""

    default: Rule = field(default_factory=Rule)
    hosts: dict[str, Rule] = field(default_factory=dict)  # by address
    silent: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Settings:
        raw: dict[str, Any] = json.loads(text)
        hosts = {address: Rule(**rule) for address, rule in raw["hosts"].items()}
        return cls(Rule(**raw["default"]), hosts, list(raw["silent"]))


def open_tun(name: str) -> int:
    """A TUN device of the current network namespace; it vanishes, with its routes, when the last user closes it."""
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(fd, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return fd


class Wire:
    def __init__(self, near: int, far: int, control: socket.socket) -> None:
        self._near, self._far, self._control = near, far, control
        self._queue: list[tuple[float, int, int, bytes]] = []  # due, number, where to, packet
        self._number = 0
        self._last_due = dict.fromkeys((near, far), 0.0)
        self._apply(Settings())

    def _apply(self, settings: Settings) -> None:
        def compiled(rule: Rule) -> tuple[float, float, float]:
            return rule.rtt_ms / 2000, rule.jitter_ms / 2000, rule.loss_pct / 100

        self._default = compiled(settings.default)
        self._rules = {socket.inet_aton(address): compiled(rule) for address, rule in settings.hosts.items()}
        self._rules.update((socket.inet_aton(address), (0.0, 0.0, 1.0)) for address in settings.silent)

    def run(self) -> None:
        """Carry packets until the controlling end closes."""
        near, far, control = self._near, self._far, self._control.fileno()
        while True:
            wait = max(0.0, self._queue[0][0] - time.monotonic()) if self._queue else None
            # select() takes microseconds; poll() and epoll would round delays to milliseconds
            ready = select.select((near, far, control), (), (), wait)[0]
            if near in ready:
                self._read(near, far, _DESTINATION)
            if far in ready:
                self._read(far, near, _SOURCE)
            if control in ready and not self._obey():
                return
            self._deliver()

    def _obey(self) -> bool:
        text = self._control.recv(1 << 20)
        if text:
            self._apply(Settings.from_json(text))
            self._control.send(b"done")
        return bool(text)

    def _read(self, source: int, target: int, host: slice) -> None:
        for _ in range(256):  # a bound, so that one busy direction does not starve the other
            try:
                packet = os.read(source, 65536)
            except BlockingIOError:
                return
            if packet[0] >> 4 != 4:
                continue
            delay, jitter, loss = self._rules.get(packet[host], self._default)
            if loss and random.random() < loss:
                continue
            if not delay and not jitter and not self._queue:
                _write(target, packet)
                continue
            due = time.monotonic() + delay
            if jitter:  # later, but never before the packet ahead: real jitter is queueing, which keeps the order
                due = self._last_due[target] = max(due + jitter * random.random(), self._last_due[target])
            self._number += 1
            heapq.heappush(self._queue, (due, self._number, target, packet))

    def _deliver(self) -> None:
        now = time.monotonic()
        while self._queue and self._queue[0][0] <= now:
            _, _, target, packet = heapq.heappop(self._queue)
            _write(target, packet)


def _write(target: int, packet: bytes) -> None:
    with contextlib.suppress(OSError):  # a full queue drops packets, as links do
        os.write(target, packet)

"""Addresses, and the commands that make the links.

    this machine --[TUN]-- wire process --[TUN]-- router namespace --[bridge]-- eth0 of each host

All of it hangs on processes: the TUN devices on the wire's, namespaces on those in them. Nothing is left when they die.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.lab import kernel, wire
from tests.lab.places import LabError

# Set aside for tests of network devices (RFC 2544), so no real network that this machine reaches uses it.
_WHOLE = ipaddress.IPv4Network("198.18.0.0/15")
_BITS = 20
SLOTS = 1 << (_BITS - _WHOLE.prefixlen)
_FIRST_HOST = 10  # addresses below belong to the two ends of the wire


@dataclass(frozen=True)
class Network:
    """One of the networks that labs side by side choose from."""

    slot: int

    @property
    def subnet(self) -> ipaddress.IPv4Network:
        return list(_WHOLE.subnets(new_prefix=_BITS))[self.slot]

    @property
    def tun(self) -> str:
        return f"pilab{self.slot}"

    @property
    def gate(self) -> str:
        """The address of this machine as hosts see it."""
        return str(self.subnet[1])

    @property
    def router(self) -> str:
        return str(self.subnet[2])

    @property
    def pattern(self) -> str:
        """All addresses of the hosts, as patterns of known_hosts."""
        first, second, third = str(self.subnet[0]).split(".")[:3]
        return ",".join(f"{first}.{second}.{int(third) + i}.*" for i in range(1 << (24 - _BITS)))

    def address(self, index: int) -> str:
        if _FIRST_HOST + index >= self.subnet.num_addresses - 1:
            raise LabError("this lab has used up its addresses")
        return str(self.subnet[_FIRST_HOST + index])

    def near_commands(self) -> str:
        return f"""\
link set {self.tun} up txqueuelen 10000
addr add {self.gate}/32 dev {self.tun}
route add {self.subnet} dev {self.tun} src {self.gate}
"""

    def router_commands(self) -> str:
        return f"""\
link set lo up
link set wire up txqueuelen 10000
route add {self.gate}/32 dev wire
link add br0 type bridge
addr add {self.router}/{_BITS} dev br0
link set br0 up
"""

    def host_commands(self, address: str) -> str:
        # The gate lies in the hosts' own subnet: without a route they would ask for it on the bridge, in vain.
        return f"""\
link set lo up
addr add {address}/{_BITS} dev eth0
link set eth0 up
route add {self.gate}/32 via {self.router}
route add default via {self.router}
"""


def link_commands(index: int, keeper: int) -> str:
    """In the router: a cable from the bridge to the namespace of a host's keeper."""
    return f"""\
link add v{index} type veth peer name eth0 netns {keeper}
link set v{index} master br0 up
"""


def free_slot(taken: Collection[int]) -> int:
    """A network that no other lab has and that this machine has no route into."""
    routes = list(_routes())
    for step in range(SLOTS):
        slot = (os.getpid() + step) % SLOTS
        if slot not in taken and not any(Network(slot).subnet.overlaps(route) for route in routes):
            return slot
    raise LabError("no free network for another lab")


def _routes() -> Iterator[ipaddress.IPv4Network]:
    for line in Path("/proc/net/route").read_text().splitlines()[1:]:
        columns = line.split()
        # written as they lie in the memory of a little-endian machine
        target, mask = (socket.inet_ntoa(int(columns[i], 16).to_bytes(4, "little")) for i in (1, 7))
        if mask != "0.0.0.0":
            yield ipaddress.IPv4Network(f"{target}/{mask}", strict=False)


def ip(commands: str, *, namespace_of: int | None = None) -> None:
    """Run `ip` commands, in the network namespace of a process if one is given."""
    enter = ["nsenter", f"--net=/proc/{namespace_of}/ns/net"] if namespace_of else []
    done = subprocess.run([*enter, "ip", "-batch", "-"], input=commands, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"ip: {done.stderr.strip()}\n{commands}")


def run_wire(network: Network, near: int, control: socket.socket) -> None:
    """Be the wire: make the router's namespace by entering it, and carry packets until `control` closes."""
    kernel.unshare(kernel.NEWNET)
    far = wire.open_tun("wire")
    ip(network.router_commands())
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    control.send(b"ready")
    wire.Wire(near, far, control).run()

"""A lab by hand: python -m tests.lab COMMAND; see README.md."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

from tests.lab import roots
from tests.lab.busybox import ensure_busybox
from tests.lab.debian import ensure_base
from tests.lab.host import Host
from tests.lab.lab import Lab
from tests.lab.places import LabError, state

_NAME = os.environ.get("LAB_NAME", "hand")


def _lab() -> Lab:
    return Lab.attach(_NAME)


def _host(lab: Lab, name: str) -> Host:
    for host in lab.hosts:
        if host.name == name:
            return host
    raise LabError(f"no such host: {name}")


def _some(lab: Lab, names: list[str]) -> list[Host]:
    return [_host(lab, name) for name in names]


def _base(_: argparse.Namespace) -> None:
    print(ensure_base())
    print(ensure_busybox())


def _up(given: argparse.Namespace) -> None:
    if state(_NAME).exists():
        lab = _lab()
    else:
        lab = Lab(_NAME)
        lab.start(stay=True)
    before = time.perf_counter()
    hosts = lab.up(given.hosts, given.kind, disk=given.disk)
    if given.rtt:
        lab.rtt(given.rtt)
    print(f"{len(hosts)} {given.kind} host(s) answer after {time.perf_counter() - before:.2f} s")


def _list(_: argparse.Namespace) -> None:
    for host in _lab().hosts:
        print(f"{host.name:5} {host.address:15} {host.kind}")


def _inventory(given: argparse.Namespace) -> None:
    data = {host.name: host.ssh_data(given.user) for host in _lab().hosts}
    print(json.dumps(data, indent=2))


def _exec(given: argparse.Namespace) -> None:
    argv = ["sh", "-c", *given.command] if len(given.command) == 1 else given.command
    done = _host(_lab(), given.host).run(argv, check=False)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    sys.exit(done.returncode)


def _ssh(given: argparse.Namespace) -> None:
    argv = ["ssh", "-F", str(_lab().ssh_config), "-l", given.user, given.host, *given.command]
    sys.exit(subprocess.run(argv, check=False).returncode)


def _rtt(given: argparse.Namespace) -> None:
    lab = _lab()
    lab.rtt(given.ms, _host(lab, given.host) if given.host else None, jitter=given.jitter)


def _loss(given: argparse.Namespace) -> None:
    lab = _lab()
    lab.loss(given.percent, _host(lab, given.host) if given.host else None)


def _partition(given: argparse.Namespace) -> None:
    lab = _lab()
    lab.partition(*_some(lab, given.hosts))


def _heal(given: argparse.Namespace) -> None:
    lab = _lab()
    lab.heal(*_some(lab, given.hosts))


def _fault(given: argparse.Namespace) -> None:
    """Those that are methods of a host without arguments, by their names."""
    for host in _some(_lab(), given.hosts):
        getattr(host, given.do)()


def _small(given: argparse.Namespace) -> None:
    _host(_lab(), given.host).small(given.path, given.size)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="do")

    def add(name: str, action: Callable[[argparse.Namespace], None], *words: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name)
        command.set_defaults(action=action)
        for word in words:
            command.add_argument(word.rstrip("*+"), nargs=word[-1] if word[-1] in "*+" else None)
        return command

    up = add("up", _up)
    up.add_argument("--hosts", type=int, default=1)
    up.add_argument("--kind", choices=["plain", "systemd", "busybox"], default="plain")
    up.add_argument("--rtt", type=float, default=0)
    up.add_argument("--disk", default="512m")
    add("list", _list)
    add("inventory", _inventory).add_argument("--user", default="root")
    add("exec", _exec, "host", "command+")
    add("ssh", _ssh, "host", "command*").add_argument("-l", dest="user", default="root")
    for name, action, amount in (("rtt", _rtt, "ms"), ("loss", _loss, "percent")):
        command = add(name, action)
        command.add_argument(amount, type=float)
        command.add_argument("--host")
        command.add_argument("--jitter", type=float, default=0)
    add("partition", _partition, "hosts+")
    add("heal", _heal, "hosts*")
    for name in ("refuse", "accept", "cut", "freeze", "thaw", "unsmall", "reboot"):
        add(name, _fault, "hosts+")
    small = add("small", _small, "host", "path")
    small.add_argument("size", nargs="?", default="64k")
    add("reset", lambda _: _lab().reset())
    add("down", lambda _: _lab().down())
    add("base", _base)
    add("clean", lambda _: roots.clean())
    return parser


def main() -> None:
    given = _parser().parse_args()
    try:
        given.action(given)
    except LabError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

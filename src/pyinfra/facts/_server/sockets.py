"""Which programs listen on which ports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactValueError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import not_understood
from pyinfra.facts._shell import script

from .lines import whole_number

_LIST = """if command -v ss >/dev/null 2>&1; then ss -lntup
elif command -v sockstat >/dev/null 2>&1; then sockstat -46l
elif [ -d /proc/self ] && command -v netstat >/dev/null 2>&1; then
netstat -lntup 2>/dev/null || netstat -lntu
else lsof -nP -iTCP -sTCP:LISTEN -iUDP; fi"""
_QUESTION = re.compile(r"\? ([0-9]+) ([a-z]+)\Z")
_NO_ONE: tuple[None, None] = (None, None)
_LARGEST_PORT = 65535

# Netid is left out by ss when only one protocol is asked for.
_SS = re.compile(
    r"(?:(?P<protocol>tcp|udp|sctp|dccp|mptcp)\s+)?(?:LISTEN|UNCONN)\s+[0-9]+\s+[0-9]+\s+(?P<local>\S+)\s+\S+(?P<rest>.*)\Z"
)
_SS_PROCESS = re.compile(r'users:\(\("(?P<name>.*?)",pid=(?P<pid>[0-9]+)')
_NETSTAT = re.compile(r"(?P<protocol>tcp|udp)[0-9]*\s+[0-9]+\s+[0-9]+\s+(?P<local>\S+)\s+\S+(?P<rest>.*)\Z")
_NETSTAT_PROCESS = re.compile(r"\s(?P<pid>[0-9]+)/(?P<name>[^\s:]+)")
_SOCKSTAT = re.compile(
    r"\S+\s+(?P<name>\S(?:.*?\S)?)\s+(?P<pid>[0-9]+|\?)\s+\S+\s+(?P<protocol>tcp|udp)[0-9]*\s+(?P<local>\S+)\s+\S+"
)
_LSOF = re.compile(
    r"(?P<name>\S+)\s+(?P<pid>[0-9]+)\s+\S+\s+\S+\s+IPv[46]\s+\S+\s+\S+\s+(?P<protocol>TCP|UDP)\s+(?P<local>[^\s>]+)"
    r"(?:\s\(LISTEN\))?\Z"
)

# The form of a line, and of the program in the rest of it, where that is a part of its own.
_FORMS = ((_SS, _SS_PROCESS), (_NETSTAT, _NETSTAT_PROCESS), (_SOCKSTAT, None), (_LSOF, None))


class Listener(NamedTuple):
    """A socket that waits for connections or datagrams."""

    protocol: str
    ip: str
    port: int
    process: str | None
    pid: int | None


class Port(FactBase[tuple[str, int] | tuple[None, None]]):
    """Name and process number of the program that listens on a port; ``(None, None)`` when none (that may be seen).

    Example:
        >>> host.get_fact(Port, port=22, protocol="tcp")
        ('sshd', 812)
    """

    cacheable = False

    def command(self, port: int, protocol: str = "tcp") -> StringCommand:
        return self.batch_command([{"port": port, "protocol": protocol}])

    def resources(self, port: int, protocol: str = "tcp") -> Iterable[Resource] | None:
        return None

    def describe(self, port: int, protocol: str = "tcp") -> str:
        return f"{protocol} port {port}"

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        questions = [_question(call["port"], call.get("protocol", "tcp")) for call in calls]
        return script(f"printf '%s\\n' {' '.join(questions)}\n", _LIST)

    def process(self, output: list[str]) -> tuple[str, int] | tuple[None, None]:
        if not output or _QUESTION.match(output[0]) is None:  # a listing of one port
            return next((answer for answer in map(_program, _listeners(output)) if answer != _NO_ONE), _NO_ONE)
        return self.batch_process([{}], output)[0]

    def batch_process(
        self, calls: Sequence[Mapping[str, Any]], output: list[str]
    ) -> list[tuple[str, int] | tuple[None, None]]:
        questions = [_QUESTION.match(line) for line in output[: len(calls)]]
        listeners = list(_listeners(output[len(calls) :]))
        answers: list[tuple[str, int] | tuple[None, None]] = []
        for number, question in enumerate(questions):
            if question is None:
                not_understood("port", output[number])
            asked = (question[2], int(question[1]))
            found = (_program(one) for one in listeners if (one.protocol, one.port) == asked)
            answers.append(next((answer for answer in found if answer != _NO_ONE), _NO_ONE))
        if len(answers) != len(calls):
            not_understood("port", "")
        return answers


class Ports(FactBase[list[dict[str, int | str]]]):
    """All listening sockets whose program is known."""

    cacheable = False

    @staticmethod
    def default() -> list[dict[str, int | str]]:
        return []

    def command(self) -> str:
        return _LIST

    def process(self, output: list[str]) -> list[dict[str, int | str]]:
        return [
            {"port": one.port, "ip": one.ip, "protocol": one.protocol, "process": one.process}
            for one in _listeners(output)
            if one.process is not None
        ]


def _question(port: Any, protocol: str) -> str:
    number = whole_number(port, "port")
    if not 0 <= number <= _LARGEST_PORT:
        raise FactValueError(f"{port} is not a port", argument="port")
    if not isinstance(protocol, str) or not re.fullmatch(r"[a-z]+", protocol):
        raise FactValueError(f"{protocol!r} is not a protocol", argument="protocol")
    return f"'? {number} {protocol}'"


def _program(listener: Listener) -> tuple[str, int] | tuple[None, None]:
    if listener.process is None or listener.pid is None:
        return _NO_ONE
    return (listener.process, listener.pid)


def _listeners(lines: Iterable[str]) -> Iterator[Listener]:
    """The sockets in the output of ss, netstat, sockstat or lsof. Headers and remarks are passed over."""
    for line in lines:
        listener = _listener(line.rstrip())
        if listener is not None:
            yield listener


def _listener(line: str) -> Listener | None:
    for pattern, process_pattern in _FORMS:
        match = pattern.match(line)
        if match is None:
            continue
        address = _address(match["local"])
        if address is None:
            continue
        process = match if process_pattern is None else process_pattern.search(match["rest"])
        if process is None or process["pid"] == "?":
            return Listener((match["protocol"] or "tcp").lower(), *address, None, None)
        return Listener((match["protocol"] or "tcp").lower(), *address, process["name"], int(process["pid"]))
    return None


def _address(text: str) -> tuple[str, int] | None:
    host, colon, port = text.rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port):
        return None
    return re.sub(r"%[^]]*", "", host).strip("[]") or "*", int(port)

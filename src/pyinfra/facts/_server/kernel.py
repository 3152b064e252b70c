"""Modules and settings of the running kernel."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, named, tree
from pyinfra._core.errors import FactValueError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import not_understood
from pyinfra.facts._shell import script, word

_INTEGER = re.compile(r"-?[0-9]+\Z", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9_][^\s=]*\Z")
_PAIR = re.compile(r"([A-Za-z0-9_][^\s=:]*(?::[^\s=:]+)*)(?: ?= ?|: )(.*)\Z|([A-Za-z0-9_][^\s=]*)\s*[=:]\Z")
_PROC_PAIR = re.compile(r"/proc/sys/([^:]+):(.*)\Z")
_SWAPPED = str.maketrans("./", "/.")
_KLD = re.compile(
    r"\s*(?P<id>[0-9]+)\s+(?P<refs>[0-9]+)\s+(?P<address>0x[0-9a-f]+)\s+(?P<size>[0-9a-f]+)\s+(?P<name>\S+)"
)
# The sysctl of procps takes twice the CPU of a grep for some thousand files, that of BusyBox less than its grep;
# elsewhere than on Linux there are no files. The first grep tells whether the second will do: a part of the files can
# never be read, so its status does not, and to look at what it prints costs a shell as much as to find it.
_ALL_SETTINGS = """PATH=$PATH:/sbin:/usr/sbin
if [ ! /bin/grep -ef /bin/busybox ] && grep -ars '' /proc/sys/kernel/ostype >/dev/null 2>&1
then LC_ALL=C grep -ars '' /proc/sys 2>/dev/null; :
else LC_ALL=C sysctl -a 2>/dev/null || [ -d /proc/sys ]; fi"""


class KernelModules(FactBase[dict[str, dict[str, Any]]]):
    """Loaded kernel modules, by name."""

    @staticmethod
    def default() -> dict[str, dict[str, Any]]:
        return {}

    def command(self) -> str:
        return "if [ -r /proc/modules ]; then cat /proc/modules; elif command -v kldstat >/dev/null; then kldstat; fi"

    def resources(self) -> Iterable[Resource] | None:
        return (named("kernel modules"),)

    def describe(self) -> str:
        return "kernel modules"

    def process(self, output: list[str]) -> dict[str, dict[str, Any]]:
        lines = [line for line in output if line.strip()]
        if lines and lines[0].split()[:2] == ["Id", "Refs"]:
            return dict(map(_from_kldstat, lines[1:]))
        return dict(map(_from_proc, lines))


def _from_proc(line: str) -> tuple[str, dict[str, Any]]:
    fields = line.split()
    if len(fields) < 5 or not _INTEGER.match(fields[1]) or not re.match(r"[0-9]+\Z|-\Z", fields[2]):
        not_understood("kernel modules", line)
    name, size, instances, depends, state = fields[:5]
    return name, {
        "size": size,
        "instances": None if instances == "-" else int(instances),  # a kernel that cannot unload does not count
        "state": state,
        "depends": [module for module in depends.split(",") if module not in ("", "-") and not module.startswith("[")],
    }


def _from_kldstat(line: str) -> tuple[str, dict[str, Any]]:
    match = _KLD.match(line)
    if match is None:
        not_understood("kernel modules", line)
    numbers = {"id": int(match["id"]), "refs": int(match["refs"])}
    return match["name"], {**numbers, "address": match["address"], "size": match["size"]}


class BuiltinModules(FactBase[set[str]]):
    """Names of the modules that are built into the kernel. For operations: not one of the public facts."""

    in_plans = False

    @staticmethod
    def default() -> set[str]:
        return set()

    def command(self) -> str:
        return (
            "{ read -r v </proc/sys/kernel/osrelease; } 2>/dev/null || exit 0\n"
            'f=/lib/modules/$v/modules.builtin; [ ! -r "$f" ] || cat "$f"'
        )

    def resources(self) -> Iterable[Resource] | None:
        return (tree("/lib/modules"), tree("/usr/lib/modules"))

    def describe(self) -> str:
        return "modules in the kernel"

    def process(self, output: list[str]) -> set[str]:
        names = (line.rpartition("/")[2].partition(".ko")[0] for line in output)
        return {name.replace("-", "_") for name in names if name}


class Sysctl(FactBase[dict[str, Any]]):
    """Kernel settings: integers, lists of integers, other text as it is. Keys that do not exist are left out.

    Example:
        >>> host.get_fact(Sysctl, keys=["net.ipv4.ip_forward", "net.ipv4.ip_local_port_range"])
        {'net.ipv4.ip_forward': 1, 'net.ipv4.ip_local_port_range': [32768, 60999]}
    """

    @staticmethod
    def default() -> dict[str, Any]:
        return {}

    def command(self, keys: str | list[str] | None = None) -> StringCommand:
        wanted = _key_list(keys)
        if not wanted:
            return script(_ALL_SETTINGS)
        # Without the program, Linux has the settings as files.
        files: list[Any] = []
        for key in wanted:
            files += [" ", word("/proc/sys/" + proc_path(key))]
        return script(
            "PATH=$PATH:/sbin:/usr/sbin; if command -v sysctl >/dev/null; then LC_ALL=C sysctl",
            [part for key in wanted for part in (" ", word(key))],
            " 2>/dev/null; else grep ^",
            files,
            " /dev/null 2>/dev/null; fi; :",
        )

    def resources(self, keys: str | list[str] | None = None) -> Iterable[Resource] | None:
        return (named("sysctl"), tree("/proc/sys"))

    def describe(self, keys: str | list[str] | None = None) -> str:
        return " ".join(["kernel settings", *_key_list(keys)])

    def process(self, output: list[str]) -> dict[str, Any]:
        texts: dict[str, str] = {}
        last = ""
        for line in output:
            key, value = _pair(line)
            if key:
                last = key
                # A setting of several lines repeats its name in each.
                texts[key] = f"{texts[key]}\n{value}" if key in texts else value
            elif last:
                texts[last] += f"\n{line}"
            elif line.strip():
                not_understood("sysctl", line)
        return {key: _value(text) for key, text in texts.items()}


def _key_list(keys: str | list[str] | None) -> list[str]:
    listed = [keys] if isinstance(keys, str) else list(keys or [])
    for key in listed:
        if not _KEY.match(key):
            raise FactValueError(f"{key!r} is not the name of a kernel setting", argument="keys")
    return listed


def proc_path(key: str) -> str:
    """Return where Linux has a setting, below ``/proc/sys``.

    The first of "." and "/" separates; the other then stands for a dot in a name (``net.ipv4.conf.eth0/1.mtu``).
    """
    first = re.search(r"[./]", key)
    return key if first is None or first.group() == "/" else key.translate(_SWAPPED)


@lru_cache(maxsize=4096)  # a kernel has more than a thousand settings, and most are the same on all hosts
def _pair(line: str) -> tuple[str, str]:
    match = _PROC_PAIR.match(line)
    if match is not None:
        return match[1].translate(_SWAPPED), match[2]
    match = _PAIR.match(line)
    if match is None:
        return "", ""
    return (match[1] or match[3]), (match[2] or "")


def _value(text: str) -> Any:
    if text.isdigit() and text.isascii():
        return int(text)
    pieces = text.split()
    if "\n" not in text and pieces and all(map(_INTEGER.match, pieces)):
        return int(pieces[0]) if len(pieces) == 1 else [int(piece) for piece in pieces]
    return text.strip()

"""What kind of system it is, and what its shell says of itself."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, named, path
from pyinfra._engine.facts.base import FactBase


def _kernel_text(file: str, option: str) -> str:
    """On Linux read a file, which costs no process."""
    return f"{{ read -r v </proc/sys/kernel/{file}; }} 2>/dev/null && printf '%s\\n' \"$v\" || uname {option}"


class Kernel(FactBase[str]):
    """Name of the kernel, such as ``"Linux"``."""

    def command(self) -> str:
        return _kernel_text("ostype", "-s")

    def resources(self) -> Iterable[Resource] | None:
        return ()


class KernelVersion(FactBase[str]):
    """Version of the running kernel."""

    def command(self) -> str:
        return _kernel_text("osrelease", "-r")

    def resources(self) -> Iterable[Resource] | None:
        return ()


class Os(FactBase[str]):
    """Name of the operating system, such as ``"Linux"`` or ``"FreeBSD"``."""

    def command(self) -> str:
        return _kernel_text("ostype", "-s")

    def resources(self) -> Iterable[Resource] | None:
        return ()


class OsVersion(FactBase[str]):
    """Version of the operating system, as ``uname -r`` gives it."""

    def command(self) -> str:
        return _kernel_text("osrelease", "-r")

    def resources(self) -> Iterable[Resource] | None:
        return ()


class Arch(FactBase[str]):
    """Architecture of the machine, such as ``"x86_64"``."""

    def command(self) -> str:
        return "uname -m"

    def resources(self) -> Iterable[Resource] | None:
        return ()


class MacosVersion(FactBase[str]):
    """Version of macOS."""

    def requires_command(self) -> str:
        return "sw_vers"

    def command(self) -> str:
        return "sw_vers -productVersion"

    def resources(self) -> Iterable[Resource] | None:
        return ()


class Hostname(FactBase[str]):
    """Name of the host."""

    def command(self) -> str:
        return _kernel_text("hostname", "-n")

    def resources(self) -> Iterable[Resource] | None:
        return (named("hostname"), path("/etc/hostname"))

    def describe(self) -> str:
        return "host name"


class Path(FactBase[str]):
    """The ``PATH`` that commands run with."""

    def command(self) -> str:
        return "printf '%s\\n' \"$PATH\""

    def resources(self) -> Iterable[Resource] | None:
        return ()


class TmpDir(FactBase[str]):
    """A directory for temporary files that can be written to; ``None`` when there is none."""

    def command(self) -> str:
        return (
            'for d in "$TMPDIR" /tmp /var/tmp /usr/tmp; do case $d in /*) '
            'if [ -d "$d" ] && [ -w "$d" ] && [ -x "$d" ]; then printf \'%s\\n\' "$d"; break; fi ;; esac; done'
        )

    def resources(self) -> Iterable[Resource] | None:
        return (path("/tmp"), path("/var/tmp"), path("/usr/tmp"))  # noqa: S108 - names of directories on the host


class Command(FactBase[str]):
    """The output of a shell command, run as it is.

    Example:
        >>> host.get_fact(Command, command="uptime -p")
        'up 3 weeks'
    """

    cacheable = False

    def command(self, command: str | StringCommand) -> str | StringCommand:
        return command

    def describe(self, command: str | StringCommand) -> str:
        return f"output of {command}"

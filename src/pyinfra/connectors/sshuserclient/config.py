"""SSH configuration under its old name."""

from __future__ import annotations

import logging
from typing import Any, TextIO

from pyinfra._transport.ssh.config.rules import Target
from pyinfra._transport.ssh.config.settings import ConfigReader
from pyinfra._transport.ssh.config.syntax import parse_text

__all__ = ["FakeInvoke", "FakeInvokeResult", "SSHConfig", "logger"]

logger = logging.getLogger("pyinfra")


class FakeInvokeResult:
    """The result of a command that was not run."""

    ok = False


class FakeInvoke:
    """Runs nothing."""

    @staticmethod
    def run(cmd: str, *args: Any, **kwargs: Any) -> FakeInvokeResult:
        """Return a failure."""
        return FakeInvokeResult()


class SSHConfig:
    """A configuration file that hosts can be looked up in.

    Args:
        path: the file; the usual ones when None.
    """

    def __init__(self, path: str | None = None) -> None:
        self.path = path
        self._reader = ConfigReader()

    def parse(self, file_obj: TextIO) -> None:
        """Read from an open file: its name is what counts.

        Raises:
            ConnectError: when a line cannot be understood.
        """
        self.path = file_obj.name
        parse_text(file_obj.read(), self.path)

    def lookup(self, hostname: str) -> dict[str, Any]:
        """Return what applies to a host, by lower-case keyword.

        Raises:
            ConnectError: when the configuration cannot be understood.
        """
        found = self._reader.read(Target(hostname), self.path)
        values: dict[str, Any] = {"hostname": found.hostname, "port": str(found.port), "user": found.user}
        if found.identity_files:
            values["identityfile"] = list(found.identity_files)
        if found.proxy_command:
            values["proxycommand"] = found.proxy_command
        if found.jumps:
            values["proxyjump"] = ",".join(hop.host for hop in found.jumps)
        return values

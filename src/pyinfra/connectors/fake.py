"""Hosts that run nothing, for trying out and testing deploys: ``@fake``, or ``@fake/web1,web2``.

Example:
    hosts = [("@fake/web1", {"fake_responses": {"uname": "Linux"}, "fake_delay": 0, "fake_delay_jitter": 0})]
"""

from __future__ import annotations

import logging
import os
import random
import re
from typing import TYPE_CHECKING, Any

from pyinfra.api.output import echo

from ._session_face import SessionFace
from .base import BaseConnector, ConnectorData, DataMeta
from .util import CommandOutput, OutputLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyinfra._transport.base import Request, Result, Session
    from pyinfra.api.host import Host
    from pyinfra.api.state import State

__all__ = [
    "DEFAULT_DELAY",
    "DEFAULT_DELAY_JITTER",
    "BaseConnector",
    "CommandOutput",
    "ConnectorData",
    "DataMeta",
    "FakeConnector",
    "FakeConnectorData",
    "OutputLine",
    "echo",
    "logger",
]

logger = logging.getLogger("pyinfra")

DEFAULT_DELAY = 0.5
DEFAULT_DELAY_JITTER = 0.4


class FakeConnectorData(ConnectorData):
    """Host data that a fake host reads."""

    fake_responses: dict[str | re.Pattern, Any]  # type: ignore[type-arg]
    fake_delay: float
    fake_delay_jitter: float


class FakeConnector(SessionFace):
    """A host that runs nothing and gives the answers that it was told.

    Args:
        state: the run.
        host: the host.

    Attributes:
        executed_commands: the commands that it was asked to run, with secrets masked.

    Example:
        >>> connector = FakeConnector(state, host)
        >>> connector.run_shell_command(StringCommand("uname"))
        (True, CommandOutput(1 lines))
    """

    handles_execution = True
    data_cls = FakeConnectorData
    data_meta = {  # noqa: RUF012 - as the public contract says
        "fake_responses": DataMeta(
            "Answers: a part of a command, or a compiled pattern, to text, lines, or a dict of stdout, stderr, success",
            {},
        ),
        "fake_delay": DataMeta("Seconds that a command takes", DEFAULT_DELAY),
        "fake_delay_jitter": DataMeta("Seconds that a command takes more or less, by chance", DEFAULT_DELAY_JITTER),
    }
    data: FakeConnectorData
    executed_commands: list[str]

    def __init__(self, state: State, host: Host) -> None:
        super().__init__(state, host)
        self.executed_commands = []
        self._delay = self._seconds("fake_delay", "PYINFRA_FAKE_DELAY", DEFAULT_DELAY)
        self._jitter = self._seconds("fake_delay_jitter", "PYINFRA_FAKE_DELAY_JITTER", DEFAULT_DELAY_JITTER)

    def _seconds(self, key: str, variable: str, default: float) -> float:
        """Host data counts before the environment, and that before the default."""
        value = self.host.data.get(key)
        return float(os.environ.get(variable, default) if value is None else value)

    @staticmethod
    def make_names_data(name: str | None = None) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        """Yield the hosts of a comma separated list of names, or the one called ``@fake``."""
        names = [part.strip() for part in name.split(",") if part.strip()] if name else []
        for part in names:
            yield f"@fake/{part}", {}, ["@fake"]
        if not names:
            yield "@fake", {}, ["@fake"]

    def make_session(self) -> Session:
        """Return a new session; nothing is opened yet."""
        from pyinfra._transport.memory import MemorySession

        slow = self._delay > 0 or self._jitter > 0
        return MemorySession(self._responder(), delay=self._time if slow else None, keep_requests=False)

    def _time(self, _request: Request) -> float:
        return max(0.0, self._delay + random.uniform(-self._jitter, self._jitter))  # noqa: S311 - not a secret

    def _responder(self) -> Callable[[Request], Result]:
        from pyinfra._transport.base import Command, Result
        from pyinfra._transport.memory import look_up, result_from, shown_text

        def respond(request: Request) -> Result:
            if not isinstance(request, Command):
                return Result(0, True)
            text = shown_text(request)
            self.executed_commands.append(text)
            responses = self.data["fake_responses"]
            return result_from(look_up(responses, text), request) if responses else Result(0, True)

        return respond

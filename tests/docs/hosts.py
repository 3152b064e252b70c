"""The hosts of the examples: every command succeeds, and they have the programs that Debian has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyinfra.connectors.fake import FakeConnector

PROGRAMS = "Linux\nuseradd\nusermod\nuserdel\ngroupadd\ngroupmod\ngroupdel\ngpasswd"


class ObligingConnector(FakeConnector):
    """A host that is content with everything."""

    def __init__(self, state: Any, host: Any) -> None:
        super().__init__(state, host)
        self.data["fake_responses"] = {"command -v $p": PROGRAMS}

    @staticmethod
    def make_names_data(name: str | None = None) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        """Yield this machine under its usual name."""
        yield "@local", {}, ["@local"]

"""A host that is nothing but its facts: enough to call the body of an operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyinfra.context import ctx_host


class StubHost:
    """Answers facts from a table: by class, or by class and arguments; the default of the fact otherwise."""

    name = "stub"

    def __init__(self, facts: Mapping[Any, Any] | None = None) -> None:
        self.facts = dict(facts or {})
        self.asked: list[type] = []
        self.notes: list[str] = []

    def get_fact(self, cls: Any, *args: Any, **kwargs: Any) -> Any:
        self.asked.append(cls)
        for key in ((cls, *args, *kwargs.values()), (cls, *list(kwargs.values())[:1]), cls):
            if key in self.facts:
                return self.facts[key]
        return cls.default()

    def noop(self, note: str) -> None:
        self.notes.append(note)

    def log(self, message: str, log_func: Any = None) -> None:
        self.notes.append(message)

    def get_temp_filename(self, key: str | None = None) -> str:
        return "/tmp/pyinfra-stub"


def commands_of(operation: Any, facts: Mapping[Any, Any] | None = None, **kwargs: Any) -> list[str]:
    """What the body of an operation yields on a host with these facts."""
    stub = StubHost(facts)
    with ctx_host.use(stub):
        made = list(operation._inner(**kwargs))
    return [command if isinstance(command, str) else str(command) for command in made]

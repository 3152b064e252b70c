"""What hosts that answer alike share is what each of them would have decided alone: for every operation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import Config, Inventory, PyinfraError, State
from pyinfra.api.connect import connect_all
from pyinfra.api.operation import add_op
from tests.system.hostile_values import public_operations, usual_arguments

OPERATIONS = public_operations()
# A host that answers nothing, one like it, one where every command fails, one that prints the same line to everything.
HOSTS: dict[str, Any] = {
    "empty": {},
    "empty too": {},
    "failing": {re.compile(""): {"success": False}},
    "failing too": {re.compile(""): {"success": False}},
    "odd": {re.compile(""): "1"},
}
_RANDOM = re.compile(r"pyinfra-[0-9a-f]{8,}|\b\d{10}\b")


def plans(hosts: list[str], operation: Any, arguments: dict[str, Any]) -> tuple[dict[str, Any], State]:
    """The commands on each host as texts; the error where there is one."""
    instant = {"fake_delay": 0, "fake_delay_jitter": 0}
    named = [(f"@fake/{name}", {"fake_responses": HOSTS[name]}) for name in hosts]
    state = State(Inventory((named, instant)), Config())
    connect_all(state)
    try:
        metas = add_op(state, operation, **arguments)
    except PyinfraError:
        metas = {}
    found: dict[str, Any] = {one.name.removeprefix("@fake/"): None for one in state.inventory}
    found.update({one.name.removeprefix("@fake/"): told(meta) for one, meta in metas.items()})
    return found, state


def told(meta: Any) -> Any:
    plan = meta.plan
    if plan is None:
        return None
    commands = [_RANDOM.sub("*", str(command)) for command in plan.commands]
    return commands, sorted(map(str, plan.promises)), plan.changes, plan.certainty, plan.live, plan.effects, plan.notes


@pytest.mark.parametrize("name", [name for name in OPERATIONS if not name.startswith("python.")])
def test_alone_and_together(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "file").write_text("content\n")
    monkeypatch.chdir(tmp_path)
    operation = OPERATIONS[name]
    arguments = {key: value() if callable(value) else value for key, value in usual_arguments(name, operation).items()}
    together, state = plans(list(HOSTS), operation, arguments)
    for one in HOSTS:
        alone, _ = plans([one], operation, arguments)
        assert together[one] == alone[one], one
    if name in ALWAYS_SHARED:
        decided = [next(iter(state.ops[one].values())).plan for one in state.inventory]
        assert decided[0] is decided[1]


# Fleets are made of these.
ALWAYS_SHARED = {
    "apt.packages", "crontab.crontab", "files.directory", "files.file", "files.line", "files.link", "server.group",
    "server.shell", "server.user", "systemd.service",
}  # fmt: skip

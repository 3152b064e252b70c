"""Hostile texts in every argument of every operation and every fact: all that is planned runs, and none is obeyed."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pyinfra.api import Config, FactBase, Inventory, PyinfraError, State, StringCommand, operation
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.facts import get_facts
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops

from .hostile_values import (
    PROGRAM,
    Call,
    calls_of_fact,
    calls_of_operation,
    example,
    public_facts,
    public_operations,
    usual_arguments,
)

if TYPE_CHECKING:
    from tests.lab import Host, Lab

# What calls Python functions reaches no shell.
OPERATIONS = {name: one for name, one in public_operations().items() if not name.startswith("python.")}
FACTS = public_facts()
_OBEYED = f"#!/bin/sh\n: >>/{PROGRAM}.obeyed\n"


class Target:
    """A host that is thrown away; it tells whether a text was obeyed, there or here."""

    def __init__(self, host: Host, here: Path) -> None:
        self.host = host
        self.here = here
        program = host.root / "usr/bin" / PROGRAM
        program.write_text(_OBEYED)
        program.chmod(0o755)
        host.sh("mkdir -p /tmp/walk")

    def obeyed(self) -> bool:
        """Whether a text was obeyed since this was last asked."""
        marks = [self.host.root / f"{PROGRAM}.obeyed", self.here / f"{PROGRAM}.obeyed"]
        found = [mark for mark in marks if mark.exists()]
        for mark in found:
            mark.unlink()
        return bool(found)

    @contextlib.contextmanager
    def run(self) -> Iterator[State]:
        data = {**self.host.ssh_data(), "ssh_connect_retries": 0}
        state = State(inventory=Inventory(([(self.host.name, data)], {})), config=Config(FAIL_PERCENT=100, RETRY=0))
        connect_all(state)
        try:
            yield state
        finally:
            disconnect_all(state)


@pytest.fixture(scope="module")
def targets(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Target]]:
    """Hosts for this module alone: nobody knows what becomes of them."""
    hosts = {"plain": lab.take(), "systemd": lab.up(1, "systemd")[0]}
    yield {kind: Target(host, tmp_path_factory.mktemp("here")) for kind, host in hosts.items()}
    lab.remove(*hosts.values())


@pytest.fixture
def target(targets: dict[str, Target], request: pytest.FixtureRequest) -> Target:
    """Where a call has something to do."""
    name = request.node.callspec.params["name"] if hasattr(request.node, "callspec") else ""
    return targets["systemd" if name.startswith("systemd.") or name == "server.service" else "plain"]


@pytest.fixture
def here(target: Target, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the calls are made: programs of this machine tell, too."""
    programs = target.here / "bin"
    programs.mkdir(exist_ok=True)
    (programs / PROGRAM).write_text(f"#!/bin/sh\n: >>{target.here}/{PROGRAM}.obeyed\n")
    (programs / PROGRAM).chmod(0o755)
    for name in ("templates/app.conf", "scripts/migrate.sh"):
        (target.here / name).parent.mkdir(exist_ok=True)
        (target.here / name).write_text("true\n")
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    monkeypatch.chdir(target.here)
    return target.here


def made(arguments: dict[str, Any]) -> dict[str, Any]:
    """Files that are read have to be new for each call."""
    return {name: value() if callable(value) else value for name, value in arguments.items()}


def plan(state: State, operation: Any, arguments: dict[str, Any]) -> str | None:
    """Plan a call; return why it was refused, or None."""
    try:
        add_op(state, operation, **made(arguments), _ignore_errors=True, _timeout=2)
    except PyinfraError as error:
        return str(error)
    finally:
        forget_failures(state)
    return None


def forget_failures(state: State) -> None:
    """The next call is another one's business."""
    state.failed_hosts.clear()
    state.active_hosts.update(state.activated_hosts)


def ask(target: Target, fact: type[FactBase[Any]], calls: list[Call]) -> set[str]:
    """Read a fact; return the arguments whose text was obeyed, or that are not refused as they should be."""
    bad: set[str] = set()
    with target.run() as state:
        for call in calls:
            try:
                get_facts(state, fact, kwargs=call.arguments)
            except PyinfraError:
                pass
            except Exception as error:  # noqa: BLE001 - an error that is none of ours is what is looked for
                bad.add(f"{call.argument}: {type(error).__name__}: {error}")
            forget_failures(state)
            if target.obeyed():
                bad.add(f"{call.argument}: obeyed")
    return bad


def walk(target: Target, operation: Any, calls: list[Call]) -> set[str]:
    """Plan and run calls; return the arguments whose text was obeyed, or that broke the planning."""
    bad: set[str] = set()
    with target.run() as state:
        for argument, some in groupby(calls, lambda call: call.argument):
            try:
                refused = [plan(state, operation, call.arguments) for call in some]
            except Exception as error:  # noqa: BLE001 - an error that is none of ours is what is looked for
                bad.add(f"{argument}: {type(error).__name__}: {error}")
                continue
            if None in refused:
                with contextlib.suppress(PyinfraError):
                    run_ops(state)
            if target.obeyed():
                bad.add(f"{argument}: obeyed")
    return bad


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_operation_obeys_its_arguments(name: str, target: Target, here: Path) -> None:
    usual = usual_arguments(name, OPERATIONS[name])
    with target.run() as state:
        assert plan(state, OPERATIONS[name], usual) is None, "the example is refused: nothing would be tried"
    assert not walk(target, OPERATIONS[name], calls_of_operation(name, OPERATIONS[name]))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", FACTS)
def test_no_fact_obeys_its_arguments(name: str, target: Target, here: Path) -> None:
    assert not ask(target, FACTS[name], calls_of_fact(name, FACTS[name]))


@operation()
def careless(path: str, lines: list[str] | None = None) -> Generator[StringCommand, None, None]:
    """Do what nobody should.

    Example:
        careless(path="/tmp/x", lines=["y"])
    """
    yield StringCommand(f"echo {' '.join(lines or [])}")
    yield StringCommand(f'ls "{path}"')


class Careless(FactBase[list[str]]):
    """What nobody should ask."""

    def command(self, user: str) -> str:
        return f"id '{user}'"


def test_the_walk_finds_what_is_careless(target: Target, here: Path) -> None:
    assert example(careless.__doc__ or "", "careless") == {"path": "/tmp/x", "lines": ["y"]}
    calls = calls_of_operation("careless", careless)
    assert {call.argument for call in calls} == {"path", "lines"}
    assert walk(target, careless, calls) == {"path: obeyed", "lines: obeyed"}
    assert ask(target, Careless, calls_of_fact("Careless", Careless)) == {"user: obeyed"}


def test_everything_is_walked() -> None:
    assert {"files.line", "server.user", "git.repo", "apt.packages"} <= OPERATIONS.keys()
    assert {"files.File", "git.GitBranch", "server.Which"} <= FACTS.keys()

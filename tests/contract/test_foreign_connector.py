"""A connector as other packages write them: blocking methods, and the helpers of ``pyinfra.connectors.util``."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pyinfra._engine.model import connector_registry
from pyinfra.api import Config, Inventory, State, StringCommand
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.exceptions import ConnectError
from pyinfra.api.facts import get_facts
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.connectors.base import BaseConnector, ConnectorData, DataMeta
from pyinfra.connectors.util import (
    CommandOutput,
    extract_control_arguments,
    make_unix_command_for_host,
    run_local_process,
)
from pyinfra.facts.files import File
from pyinfra.facts.server import Kernel
from pyinfra.operations import files, python, server

threads: set[str] = set()


class ForeignData(ConnectorData):
    foreign_refuses: bool


class ForeignConnector(BaseConnector):
    handles_execution = True
    data_cls = ForeignData
    data_meta = {"foreign_refuses": DataMeta("do not connect", False)}  # noqa: RUF012 - as people write it
    # many connectors keep something of that name
    session: Any = "not one of ours"

    @staticmethod
    def make_names_data(name: str) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        yield f"@foreign/{name}", {"_env": {"FROM_DATA": "yes"}}, ["@foreign"]

    def connect(self) -> None:
        if self.data["foreign_refuses"]:
            raise ConnectError("the foreign host refuses")

    def run_shell_command(
        self, command: StringCommand, print_output: bool = False, print_input: bool = False, **arguments: Any
    ) -> tuple[bool, CommandOutput]:
        threads.add(threading.current_thread().name)
        control = extract_control_arguments(arguments)
        made = make_unix_command_for_host(self.state, self.host, command, **arguments)
        status, output = run_local_process(
            made.get_raw_value(), stdin=control.get("_stdin"), timeout=control.get("_timeout")
        )
        return status in (control.get("_success_exit_codes") or [0]), output

    def put_file(self, filename_or_io: Any, remote_filename: str, *args: Any, **kwargs: Any) -> bool:
        if hasattr(filename_or_io, "read"):
            content = filename_or_io.read()
            Path(remote_filename).write_bytes(content if isinstance(content, bytes) else content.encode())
        else:
            shutil.copyfile(filename_or_io, remote_filename)
        return True

    def get_file(self, remote_filename: str, filename_or_io: Any, *args: Any, **kwargs: Any) -> bool:
        filename_or_io.write(Path(remote_filename).read_bytes())
        return True


connector_registry.connector_points()["foreign"] = f"{__name__}:ForeignConnector"


@pytest.fixture
def state() -> Iterator[State]:
    state = State(Inventory((["@foreign/a", "@foreign/b"], {})), Config())
    connect_all(state)
    yield state
    disconnect_all(state)


def test_operations_and_facts(state: State, tmp_path: Path):
    result = add_op(state, server.shell, commands=["echo $FROM_DATA $MORE", "printf '\\377'; exit 3"],
                    _success_exit_codes=[0, 3], _env={"FROM_DATA": "yes", "MORE": "of it"})  # fmt: skip
    run_ops(state)
    for meta in result.values():
        assert meta.did_change
        assert meta.stdout == "yes of it\n\udcff"
    assert set(get_facts(state, Kernel).values()) == {"Linux"}
    assert threads
    assert "MainThread" not in threads
    assert "pyinfra-engine" not in threads


def test_files_converge(state: State, tmp_path: Path):
    (one, _) = state.inventory
    source, dest, back = tmp_path / "source", tmp_path / "dir" / "dest", tmp_path / "back"
    source.write_bytes(bytes(range(256)))
    for changes in (True, False):
        metas = [
            add_op(state, files.put, src=str(source), dest=str(dest), mode="640", host=one)[one],
            add_op(state, files.get, src=str(dest), dest=str(back), host=one)[one],
        ]
        run_ops(state)
        assert [bool(meta.did_change) for meta in metas] == [changes, changes]
    assert dest.read_bytes() == back.read_bytes() == source.read_bytes()
    assert one.get_fact(File, path=str(dest))["mode"] == 640


def test_failures_and_callbacks(state: State):
    one, two = state.inventory
    failed = add_op(state, server.shell, commands=["exit 4"], host=one, _ignore_errors=True)[one]
    seen: list[str] = []

    def work() -> None:
        seen.append(server.shell(commands=["echo nested"]).stdout)

    add_op(state, python.call, function=work, host=two)
    slow = add_op(state, server.shell, commands=["sleep 5"], host=two, _timeout=1, _ignore_errors=True)[two]
    run_ops(state)
    assert failed.did_error
    assert slow.did_error
    assert seen == ["nested"]


def test_a_connector_that_refuses():
    state = State(Inventory((["@foreign/a", ("@foreign/b", {"foreign_refuses": True})], {})), Config())
    connect_all(state)
    assert [host.name for host in state.failed_hosts] == ["@foreign/b"]
    assert state.failures[0].message == "the foreign host refuses"

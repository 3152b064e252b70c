from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from pyinfra.api import Config, HiddenValue, Inventory, State, StringCommand
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.exceptions import InventoryError, PyinfraError
from pyinfra.connectors.local import LocalConnector


@pytest.fixture
def connector():
    inventory = Inventory((["@local"], {}))
    state = State(inventory=inventory, config=Config())
    connect_all(state)
    yield inventory.get_host("@local").connector
    disconnect_all(state)


def test_names() -> None:
    assert list(LocalConnector.make_names_data()) == [("@local", {}, ["@local"])]
    with pytest.raises(InventoryError, match="takes no name"):
        list(LocalConnector.make_names_data("x"))


def test_commands(connector: LocalConnector) -> None:
    ok, output = connector.run_shell_command(StringCommand("pwd; echo e >&2; exit 3"), _success_exit_codes=[3])
    assert (ok, output.stdout, output.stderr) == (True, str(Path.cwd()), "e")
    ok, output = connector.run_shell_command(
        StringCommand('echo "$A" && cat && pwd && exit 1'), _env={"A": HiddenValue("x y")}, _stdin="in", _chdir="/"
    )
    assert (ok, output.stdout_lines) == (False, ["x y", "in", "/"])


def test_printing(connector: LocalConnector, capfd: pytest.CaptureFixture[str]) -> None:
    from pyinfra.api.output import set_echo

    printed: list[str] = []
    set_echo(lambda message="", **_: printed.append(message))
    try:
        connector.run_shell_command(StringCommand("echo", HiddenValue("canary")), print_output=True, print_input=True)
    finally:
        set_echo(None)
    assert any("*MASKED*" in line for line in printed)
    assert not any(">>> echo canary" in line for line in printed)


def test_files(connector: LocalConnector, tmp_path) -> None:
    path = str(tmp_path / "it's")
    assert connector.put_file(io.StringIO("tëxt"), path) is True
    sink = io.BytesIO()
    assert connector.get_file(path, sink) is True
    assert sink.getvalue() == "tëxt".encode()
    with pytest.raises(OSError, match="No such"):
        connector.get_file(str(tmp_path / "nothing"), sink)
    with pytest.raises(PyinfraError, match="No such directory"):
        connector.put_file(sink, str(tmp_path / "nothing" / "file"))


@pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")
def test_rsync(connector: LocalConnector, tmp_path) -> None:
    (tmp_path / "a; b").mkdir()
    (tmp_path / "a; b" / "file").write_text("x")
    connector.check_can_rsync()
    assert connector.rsync(f"{tmp_path}/a; b/", f"{tmp_path}/c $(touch d)", ["-a", "--delete -v"]) is True
    assert (tmp_path / "c $(touch d)" / "file").read_text() == "x"
    with pytest.raises(OSError, match="rsync"):
        connector.rsync(f"{tmp_path}/nothing", f"{tmp_path}/e", [])

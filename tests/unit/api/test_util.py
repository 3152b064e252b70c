"""The small helpers, connector data, metadata, and what deploy files do on this machine."""

import logging
from types import SimpleNamespace
from typing import Any

import pytest

import pyinfra
from pyinfra import local
from pyinfra.api import Config, HiddenValue, PyinfraError
from pyinfra.api.exceptions import ConnectorDataTypeError
from pyinfra.api.host import HostData
from pyinfra.api.metadata import Plugin, Tag, parse_plugins
from pyinfra.api.output import is_output_active
from pyinfra.api.util import (
    format_exception,
    get_call_location,
    get_caller_frameinfo,
    get_kwargs_str,
    get_operation_order_from_stack,
    log_error_or_warning,
    log_host_command_error,
    make_hash,
    memoize,
    raise_if_bad_type,
    sha1_hash,
    try_int,
)
from pyinfra.connectors.base import BaseConnector, ConnectorData, DataMeta, host_to_connector_data
from pyinfra.context import ctx_config, ctx_host, ctx_state
from pyinfra.progress import progress_spinner


def test_hashes():
    assert make_hash({"a": 1, "b": [2]}) == make_hash({"b": [2], "a": 1})
    assert len({make_hash(value) for value in (1, "1", [1], ["1"], {"1": 1}, None, "None", (), [[]])}) == 9
    assert sha1_hash("a") == "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"


def test_memoize():
    calls = []

    @memoize
    def function(value, other=None):
        calls.append(value)
        return value

    assert [function(1), function(1), function(True), function([1]), function([1])] == [1, 1, True, [1], [1]]
    assert len(calls) == 4


def test_texts():
    assert get_kwargs_str({"a": 1, "password": "pw"}) == "a=1, password=*MASKED*"
    assert get_kwargs_str({}) == ""
    assert format_exception(ValueError("x", 1)) == "ValueError('x', 1)"
    assert [try_int("3"), try_int("x"), try_int(None)] == [3, "x", None]


def test_places():
    assert "test_util.py:" in get_call_location()
    assert get_caller_frameinfo().filename.endswith(".py")
    state = SimpleNamespace(current_deploy_filename=__file__, current_op_file_number=2)
    order = get_operation_order_from_stack(state)
    assert order[0] == 2
    assert len(order) == 2


def test_types():
    raise_if_bad_type({"a": [1]}, dict[str, list[int]], TypeError, "x")
    raise_if_bad_type(1, float, TypeError, "x")
    for value, kind in ((1.5, int), ("x", bool), ([1, "a"], list[int]), (None, str)):
        with pytest.raises(ValueError, match="x: it takes"):
            raise_if_bad_type(value, kind, ValueError, "x")
    with pytest.raises(TypeError) as raised:
        raise_if_bad_type(["hunter2"], str, TypeError, "x")
    assert "hunter2" not in str(raised.value)


def test_logs(caplog):
    host = SimpleNamespace(print_prefix="[h] ")
    with caplog.at_level(logging.INFO, "pyinfra"):
        log_error_or_warning(host, False, "it broke")
        log_error_or_warning(host, True, "it broke", continue_on_error=True, exception=ValueError("x"))
        log_host_command_error(host, TimeoutError(), 3)
    assert [record.getMessage() for record in caplog.records] == [
        "[h] Error: it broke",
        "[h] Error (ignored, execution continued): it broke ValueError('x',)",
        "[h] timeout of 3 seconds",
    ]


# -- connector data ------------------------------------------------------------------------


class Data(ConnectorData):
    port: int
    user: str
    ratio: float
    options: dict[str, Any]


META = {"port": DataMeta("port", 22), "user": DataMeta("user")}


def test_connector_data():
    data = HostData("h", {"port": 23, "ratio": 1, "options": None, "other": 1})
    assert host_to_connector_data(Data, META, data) == {"port": 23, "user": None, "ratio": 1, "options": None}
    for bad in ({"port": "23"}, {"port": True, "user": 3}, {"options": []}):
        with pytest.raises(ConnectorDataTypeError, match="Invalid connector data"):
            host_to_connector_data(Data, META, HostData("h", bad))


def test_base_connector():
    class Mine(BaseConnector):
        data_cls = Data
        data_meta = META

    connector = Mine(None, SimpleNamespace(data=HostData("h", {})))
    assert connector.data["port"] == 22
    assert not connector.handles_execution
    connector.connect()
    connector.disconnect()
    for call in (
        connector.check_can_rsync,
        lambda: connector.rsync("a", "b", []),
        lambda: connector.put_file("a", "b"),
        lambda: connector.get_file("a", "b"),
        lambda: connector.run_shell_command("x", False, False),
        lambda: next(Mine.make_names_data("x")),
    ):
        with pytest.raises(NotImplementedError):
            call()


# -- metadata ------------------------------------------------------------------------------


def test_metadata():
    text = '[pyinfra.plugins.apk]\npath = "x.py"\ntype = "operation"\ntags = ["package-manager"]\n'
    assert parse_plugins(text) == [Plugin("apk", "x.py", "operation", [Tag("package-manager")])]
    assert Tag("package-manager").title_case == "Package Manager"
    text = '[[pyinfra.plugins]]\nname = "a"\npath = "x.py"\ntype = "fact"\n'
    assert parse_plugins(text)[0].name == "a"
    for bad, message in (
        ("=", "no TOML"),
        ('[pyinfra.plugins.a]\npath = "x"\n', "has no type"),
        ('[pyinfra.plugins.a]\npath = "x"\ntype = "facts"\n', "did you mean fact"),
    ):
        with pytest.raises(PyinfraError, match=message):
            parse_plugins(bad)


# -- local ---------------------------------------------------------------------------------


def test_shell():
    assert local.shell("echo a; echo b") == "a\nb"
    assert local.shell(["echo a", "echo b"], splitlines=True) == ["a", "b"]
    with pytest.raises(PyinfraError, match="exit status 3") as raised:
        local.shell("echo why >&2; exit 3")
    assert raised.value.details.exit_status == 3
    assert raised.value.details.last_lines == ("why",)
    assert local.shell("echo a; exit 3", ignore_errors=True) == "a"


class FakeHost:
    def __init__(self):
        self.deploys = []
        self.seen = []

    def deploy(self, name, kwargs, data, in_deploy=True):
        from contextlib import nullcontext

        self.deploys.append((name, kwargs, data, in_deploy))
        return nullcontext()


def test_include(tmp_path, monkeypatch):
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "one.py").write_text(
        "from pyinfra import config, host, local\nconfig.SUDO = True\nlocal.include('./two.py')\n"
    )
    (tmp_path / "tasks" / "two.py").write_text("from pyinfra import config, host\nhost.seen.append(config.SUDO)\n")
    host = FakeHost()
    state = SimpleNamespace(cwd=str(tmp_path), current_exec_filename=None, config=Config())
    config = Config()
    with ctx_state.use(state), ctx_host.use(host), ctx_config.use(config):
        with pytest.raises(PyinfraError, match="import the file"):
            local.include("tasks/one.py")
        monkeypatch.setattr(pyinfra, "is_cli", True)
        local.include("tasks/one.py", data={"x": 1})
        with pytest.raises(PyinfraError, match=r"no file tasks/three\.py"):
            local.include("tasks/three.py")
    assert host.deploys == [("tasks/one.py", None, {"x": 1}, False), ("tasks/two.py", None, None, False)]
    assert host.seen == [True]
    assert config.SUDO is False


def test_spinner_is_silent_where_nobody_looks(capsys):
    assert not is_output_active()
    with progress_spinner(["a", "b"], prefix_message="x") as progress:
        progress("a")
        progress("nothing")
    assert capsys.readouterr().err == ""


def test_hidden_values_compare():
    assert HiddenValue("a") == HiddenValue("a")

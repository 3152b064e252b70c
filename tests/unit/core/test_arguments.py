"""Global arguments: one table that everything else agrees with; checked, and laid over one another."""

import inspect
import typing

import pytest

from pyinfra._core import arguments
from pyinfra._core.arguments import (
    GLOBAL_ARGUMENT_NAMES,
    GLOBAL_ARGUMENTS,
    check_types,
    data_layer,
    defaults,
    resolve,
    shown_arguments,
    split_arguments,
)
from pyinfra._core.errors import ArgumentTypeError
from pyinfra._core.secrets import HiddenValue
from pyinfra._engine.model.config import Config
from pyinfra._engine.model.host_data import HostData
from pyinfra._engine.model.operation_meta import OperationMeta
from pyinfra.api.arguments import (
    AllArguments,
    ConnectorArguments,
    ExecutionArguments,
    MetaArguments,
    all_argument_meta,
    all_global_arguments,
)
from pyinfra.api.arguments_typed import PyinfraOperation


def test_the_table_agrees_with_the_types():
    assert len(GLOBAL_ARGUMENTS) == 32
    assert set(AllArguments.__annotations__) == GLOBAL_ARGUMENT_NAMES == set(all_argument_meta)
    connector = {argument.name for argument in GLOBAL_ARGUMENTS.values() if argument.is_connector}
    assert set(ConnectorArguments.__annotations__) == connector
    execution = {argument.name for argument in GLOBAL_ARGUMENTS.values() if argument.is_execution}
    assert set(ExecutionArguments.__annotations__) == execution
    assert set(MetaArguments.__annotations__) == GLOBAL_ARGUMENT_NAMES - connector - execution
    parameters = list(inspect.signature(PyinfraOperation.__call__).parameters)
    assert parameters[1:-2] == list(GLOBAL_ARGUMENTS)
    assert typing.get_type_hints(AllArguments)["_timeout"] == int | None
    assert [name for name, _ in all_global_arguments()] == list(GLOBAL_ARGUMENTS)


def test_defaults_are_accepted_by_their_own_checks():
    for argument in GLOBAL_ARGUMENTS.values():
        assert argument.check(argument.default), argument.name


def test_config_names_are_settings():
    config = Config()
    for argument in GLOBAL_ARGUMENTS.values():
        if argument.config_name:
            assert getattr(config, argument.config_name) == argument.default


def test_split():
    given, own = split_arguments({"path": "/x", "_sudo": True, "name": "N", "_private": 1}, own=("_private",))
    assert given == {"_sudo": True, "name": "N"}
    assert own == {"path": "/x", "_private": 1}


def test_none_means_not_given_where_it_is_no_value():
    assert split_arguments({"_env": None, "_retries": None, "_chdir": None})[0] == {"_chdir": None}


@pytest.mark.parametrize("name", ["_suod", "_sudo_pasword", "_shell_exec", "_ignore_error", "_Sudo"])
def test_misspelt(name):
    with pytest.raises(ArgumentTypeError, match="did you mean _"):
        split_arguments({name: True})


def test_other_names_are_the_operations_own():
    assert split_arguments({"_frobnicate": 1})[1] == {"_frobnicate": 1}
    assert split_arguments({"_suod": 1}, own={"_suod"})[1] == {"_suod": 1}


_GOOD = [
    ("_sudo", True),
    ("_sudo_user", None),
    ("_sudo_password", HiddenValue("x")),
    ("_su_shell", False),
    ("_timeout", 0),
    ("_retry_delay", 0.5),
    ("_env", {"A": "1", "B": HiddenValue("2"), "C": 3}),
    ("_success_exit_codes", range(3)),
    ("_stdin", ["a", "b"]),
    ("_if", print),
    ("_if", [print]),
    ("_if", OperationMeta("h", None).did_change),
]
_BAD = [
    ("_sudo", "yes"),
    ("_sudo", 1),
    ("_sudo", None),
    ("_sudo_user", 0),
    ("_timeout", 1.5),
    ("_timeout", True),
    ("_timeout", -1),
    ("_retries", "3"),
    ("_env", {"A-B": "1"}),
    ("_env", {"A": None}),
    ("_env", "A=1"),
    ("_success_exit_codes", 0),
    ("_success_exit_codes", "01"),
    ("_success_exit_codes", [True]),
    ("_stdin", 5),
    ("_stdin", [5]),
    ("_if", True),
    ("_if", [True]),
    ("name", 3),
]


@pytest.mark.parametrize(("name", "value"), _GOOD)
def test_good_types(name, value):
    check_types({name: value})


@pytest.mark.parametrize(("name", "value"), _BAD)
def test_bad_types(name, value):
    with pytest.raises(ArgumentTypeError, match=f"{name} takes .* not {type(value).__name__}") as raised:
        check_types({name: value})
    assert raised.value.details.argument == name
    assert "test_arguments.py" in raised.value.details.place


def test_secrets_are_not_shown():
    for bad in ({"_sudo_password": ["hunter2"]}, {"_env": {"A-B": "hunter2"}}):
        with pytest.raises(ArgumentTypeError) as raised:
            check_types(bad)
        assert "hunter2" not in str(raised.value)
    assert "hunter2" not in str(shown_arguments({"_sudo_password": "hunter2", "_env": {"A": "hunter2"}, "_sudo": True}))


def _yes():
    return True


def _no():
    return False


def test_resolution_order():
    base = defaults(Config(SUDO=True, SUDO_USER="config", SHELL="bash", RETRY=2))
    data = {"_sudo_user": "data", "_chdir": "/data", "_timeout": 1}
    values = resolve({"_timeout": 3}, {"_chdir": "/deploy", "_timeout": 2, "_retries": None}, data, base)
    assert list(values) == list(GLOBAL_ARGUMENTS)
    assert values["_sudo"] is True
    assert values["_sudo_user"] == "data"
    assert values["_chdir"] == "/deploy"
    assert values["_timeout"] == 3
    assert values["_shell_executable"] == "bash"
    assert values["_retries"] == 2
    assert base["_timeout"] is None


def test_env(monkeypatch):
    monkeypatch.setenv("INHERITED", "yes")
    base = defaults(Config(ENV={"A": "config", "B": "config"}, INHERIT_ENV=["INHERITED", "NOT_THERE"]))
    assert resolve({}, None, {}, base)["_env"] == {"INHERITED": "yes", "A": "config", "B": "config"}
    values = resolve({"_env": {"A": "call"}}, {"_env": {"C": "deploy"}}, {"_env": {"D": "data"}}, base)
    assert values["_env"] == {"INHERITED": "yes", "A": "call", "B": "config"}


def test_conditions_of_deploys_come_before_those_of_the_call():
    base = defaults(Config())
    assert resolve({}, None, {}, base)["_if"] == []
    assert resolve({"_if": _yes}, {"_if": [_no]}, {}, base)["_if"] == [_no, _yes]
    assert resolve({}, {"_if": _no}, {}, base)["_if"] == [_no]
    assert resolve({}, {"_sudo": True}, {"_if": [_yes]}, base)["_if"] == [_yes]
    answer = OperationMeta("h", None).did_change  # has no truth value yet
    assert resolve({"_if": answer}, {"_if": [answer]}, {}, base)["_if"][1] is answer


def test_data_layer():
    data = HostData("h", {"_sudo": True, "x": 1}, lambda: {"_sudo": False, "_chdir": "/", "name": "web"})
    assert data_layer(data) == {"_sudo": True, "_chdir": "/"}
    data._sudo = None
    assert data_layer(data)["_sudo"] is None


def test_every_argument_is_described():
    assert all(argument.description.endswith(".") for argument in arguments.all_global_arguments())

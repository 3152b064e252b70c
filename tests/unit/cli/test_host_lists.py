"""Inventories in words: hosts, connectors, objects of modules, and all of them with commas between."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyinfra._core.errors import PyinfraError
from pyinfra.api.exceptions import InventoryError, NoConnectorError
from pyinfra_cli.exceptions import CliError
from pyinfra_cli.inventory import make_inventory, make_inventory_from_func, make_inventory_from_iterable
from pyinfra_cli.run.user_code import UserCodeError

from .modules import Write, working_directory


@pytest.fixture(autouse=True)
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    with working_directory(tmp_path, monkeypatch) as write:
        yield write


def names(text: str) -> list[str]:
    return [host.name for host in make_inventory(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web1", ["web1"]),
        ("web1,web2", ["web1", "web2"]),
        ("web1, web2,", ["web1", "web2"]),
        ("web1,web2,web1", ["web1", "web2"]),
        ("@local", ["@local"]),
        ("@local,web1,@fake/a", ["@local", "web1", "@fake/a"]),
        ("192.0.2.1,2001:db8::1,::1", ["192.0.2.1", "2001:db8::1", "::1"]),
        ("root@web1:22", ["root@web1:22"]),
        ("email.example.com", ["email.example.com"]),
        ("test.support", ["test.support"]),
        ("a;reboot", ["a;reboot"]),
        ("$(reboot)", ["$(reboot)"]),
        ("web1.", ["web1."]),
    ],
)
def test_hosts(text: str, expected: list[str]):
    assert names(text) == expected


def test_data_of_the_command_line():
    host = make_inventory("web1", override_data={"ssh_hostname": "192.0.2.1"}).get_host("web1")
    assert host.data.ssh_hostname == "192.0.2.1"


@pytest.mark.parametrize(
    "text", ["", ",", " , ", "-x", "web1,-oProxyCommand=x", "a b", "a\nb", "a\tb", "a\x1b[2J", "a/b"]
)
def test_what_is_no_host(text: str):
    with pytest.raises(InventoryError):
        make_inventory(text)


def test_no_such_connector():
    with pytest.raises(NoConnectorError, match="did you mean local"):
        make_inventory("web1,@locla")


def test_names_are_not_resolved(monkeypatch: pytest.MonkeyPatch):
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError(args)

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "gethostbyname", refuse)
    assert names("nowhere.invalid") == ["nowhere.invalid"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30).filter(lambda text: "/" not in text))  # a file that is there would be run
def test_any_words_give_hosts_or_an_error_that_is_meant(text: str):
    try:
        inventory = make_inventory(text)
    except (PyinfraError, CliError):
        return
    for host in inventory:
        assert host.name
        assert host.name.isprintable()
        assert not host.name.startswith("-")


# -- objects of modules --------------------------------------------------------------------

HOSTS = """
def groups():
    return {"web": ["web1", ("web2", {"n": 2})], "db": (["db1"], {"pg": 15})}

def hosts():
    return ["a", ("b", {"n": 1})]

def generated():
    yield "a"
    yield "b"

def everything():
    return {"all": (["a", "b"], {"user": "app"}), "web": ["b"]}

def nothing():
    return None

def late():
    yield "a"
    raise ValueError("late")

def broken():
    raise ValueError("broken")

def bad_group():
    return {"web": [1]}

a_list = ["x", "y"]
a_tuple = ("x", ("y", {"n": 1}))
a_pair = (["x"], {"user": "app"})
a_dictionary = {"web": ["x"]}
a_number = 5
"""


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("my.hosts:groups", ["web1", "web2", "db1"]),
        ("my.hosts.groups", ["web1", "web2", "db1"]),
        ("my.hosts:hosts", ["a", "b"]),
        ("my.hosts:generated", ["a", "b"]),
        ("my.hosts:everything", ["a", "b"]),
        ("my.hosts:a_list", ["x", "y"]),
        ("my.hosts.a_tuple", ["x", "y"]),
        ("my.hosts:a_pair", ["x"]),
        ("my.hosts:a_dictionary", ["x"]),
    ],
)
def test_objects(word: str, expected: list[str], write: Write):
    write("my/hosts.py", HOSTS)
    assert names(word) == expected


def test_groups_and_data_of_objects(write: Write):
    write("hosts.py", HOSTS)
    inventory = make_inventory("hosts:groups")
    assert inventory.get_host("web2").groups == ["web"]
    assert inventory.get_host("web2").data.n == 2
    assert inventory.get_host("db1").data.pg == 15
    assert make_inventory("hosts:everything").get_host("a").data.user == "app"
    assert make_inventory("hosts:a_pair").get_host("x").data.user == "app"


@pytest.mark.parametrize(
    ("word", "kind", "text"),
    [
        ("hosts:nothing", InventoryError, "hosts:nothing gives None"),
        ("hosts:a_number", InventoryError, "hosts:a_number gives 5"),
        ("hosts:bad_group", InventoryError, "the group 'web'"),
        ("hosts:grouqs", CliError, "did you mean hosts:groups"),
        ("hots:groups", CliError, "did you mean hosts:groups"),
        ("other:groups", CliError, "there is no other:groups: no module 'other'"),
    ],
)
def test_objects_that_are_no_inventory(word: str, kind: type[Exception], text: str, write: Write):
    write("hosts.py", HOSTS)
    with pytest.raises(kind) as caught:
        make_inventory(word)
    assert text in str(caught.value)


@pytest.mark.parametrize("word", ["hosts:broken", "hosts:late"])
def test_objects_that_raise(word: str, write: Write):
    path = write("hosts.py", HOSTS)
    with pytest.raises(UserCodeError) as caught:
        make_inventory(word)
    assert caught.value.filename == str(path)
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_module_that_raises(write: Write):
    write("hosts.py", "import nothing_of_the_kind\ndef groups(): pass\n")
    for word in ("hosts:groups", "hosts.groups"):
        with pytest.raises(UserCodeError):
            make_inventory(word)


def test_a_host_that_looks_like_a_module_runs_nothing(write: Write):
    write("web/__init__.py", "1 / 0\n")
    write("web/app.py", "1 / 0\n")
    assert names("web.app.example") == ["web.app.example"]
    assert names("web.example") == ["web.example"]


def test_everything_at_once(write: Write):
    write("inventory.py", "web = (['web1', ('x', {'a': 1})], {'port': 80})\n")
    write("hosts.py", "web = ['web3']\ndef groups():\n    return {'web': [('x', {'b': 2})], 'db': ['db1']}\n")
    inventory = make_inventory("extra,inventory.py,hosts:groups,@local,web1")
    assert [host.name for host in inventory] == ["extra", "web1", "x", "db1", "@local"]
    assert inventory.get_host("x").data.dict() == {"port": 80, "a": 1, "b": 2}
    assert inventory.get_host("extra").groups == []


# -- for programs --------------------------------------------------------------------------


def test_from_a_function():
    inventory = make_inventory_from_func(lambda: {"web": ["a", ("b", {"n": 1})]}, {"user": "app"})
    assert inventory.get_host("b").groups == ["web"]
    assert inventory.get_host("b").data.dict() == {"n": 1, "user": "app"}


def test_from_an_iterable():
    inventory = make_inventory_from_iterable(["a", ("b", {"n": 1})], {"user": "app"})
    assert inventory.get_host("b").data.dict() == {"n": 1, "user": "app"}
    with pytest.raises(InventoryError):
        make_inventory_from_iterable([5])  # type: ignore[list-item]


def test_old_names():
    from pyinfra.connectors.sshuserclient.client import get_ssh_config
    from pyinfra_cli import inventory

    assert inventory.get_ssh_config is get_ssh_config
    assert set(inventory.ALLOWED_HOST_TYPES) == {str, tuple}
    with pytest.raises(AttributeError):
        _ = inventory.nothing  # type: ignore[attr-defined]


def test_only_what_is_used_is_imported():
    code = (
        "import sys\n"
        "from pyinfra_cli.inventory import make_inventory\n"
        "make_inventory('@local')\n"
        "print([name for name in ('asyncssh', 'pyinfra.operations', 'pyinfra.facts', 'pyinfra.connectors.ssh') "
        "if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

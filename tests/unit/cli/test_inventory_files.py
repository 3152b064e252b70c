"""Inventories in files."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyinfra.api.exceptions import InventoryError, NoConnectorError
from pyinfra_cli.inventory import make_inventory, make_inventory_from_files
from pyinfra_cli.run.user_code import UserCodeError

from .modules import Write, working_directory


@pytest.fixture(autouse=True)
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    with working_directory(tmp_path, monkeypatch) as write:
        yield write


def test_lists_are_groups(write: Write):
    write(
        "inventories/prod.py",
        "web = ['web1', ('web2', {'port': 81})]\n"
        "db = (['db1', 'web1'], {'pg': 15})\n"
        "_hidden = ['x']\n"
        "nobody = []\n"
        "text = 'not hosts'\n"
        "pair = (1, 2)\n",
    )
    inventory = make_inventory("inventories/prod.py")
    assert [host.name for host in inventory] == ["web1", "web2", "db1"]
    assert {host.name: host.groups for host in inventory} == {
        "web1": ["prod", "web", "db"],
        "web2": ["prod", "web"],
        "db1": ["prod", "db"],
    }
    assert inventory.get_host("web2").data.port == 81
    assert inventory.get_host("web1").data.pg == 15
    assert inventory.get_group("nobody") == []
    assert len(inventory.get_group("all")) == 3


def test_all_gives_the_order_and_the_data_of_all(write: Write):
    write("inventory.py", "web = ['b']\nall = (['a', 'b'], {'user': 'app'})\n")
    inventory = make_inventory("inventory.py")
    assert [host.name for host in inventory] == ["a", "b"]
    assert inventory.get_host("a").data.user == "app"
    assert inventory.get_host("a").groups == ["inventory"]


def test_a_group_that_is_called_like_the_file(write: Write):
    write("web.py", "web = (['web1'], {'port': 80})\nother = ['b']\n")
    inventory = make_inventory("web.py")
    assert inventory.get_host("web1").groups == ["web"]
    assert inventory.get_host("b").groups == ["web", "other"]
    assert inventory.get_host("b").data.port == 80


def test_a_file_that_is_called_all(write: Write):
    write("all.py", "web = ['web1']\n")
    assert make_inventory("all.py").get_host("web1").groups == ["web"]


def test_lists_of_other_things_are_left_out(write: Write, caplog: pytest.LogCaptureFixture):
    write("inventory.py", "web = ['web1']\nports = [80, 443]\npairs = [(1, 2)]\n")
    with caplog.at_level(logging.WARNING, "pyinfra"):
        inventory = make_inventory("inventory.py")
    assert list(inventory.groups) == ["inventory", "web"]
    assert "'ports'" in caplog.text
    assert "'pairs'" in caplog.text


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("web = (['web1'], 'text')", "the data of the group 'web'"),
        ("web = [('web1', 'text')]", "'web1'"),
        ("web = [('web1', {}, 1)]", "the group 'web'"),
        ("web = ['']", "empty name"),
        ("web = ['a\\nb']", "control characters"),
        ("web = [' a']", "blank"),
        ("web = [('a', {'x': 1}), ('a', {'x': 2})]", "given twice"),
        ("self = ['a']", "cannot be called 'self'"),
    ],
)
def test_mistakes_have_a_place(line: str, text: str, write: Write):
    write("inventory.py", f"\n\n{line}\n")
    with pytest.raises(InventoryError) as caught:
        make_inventory("inventory.py")
    assert text in str(caught.value)
    assert "self" in text or caught.value.details.place == "inventory.py:3"


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("raise ValueError('x')\n", ValueError),
        ("import sys\nsys.exit(0)\n", SystemExit),
        ("web = [\n", SyntaxError),
        ("import nothing_of_the_kind\n", ModuleNotFoundError),
        ("open('nothing')\n", FileNotFoundError),
        ("\0", (SyntaxError, ValueError)),
    ],
)
def test_what_the_file_raises(source: str, cause: type, write: Write):
    write("inventory.py", source)
    with pytest.raises(UserCodeError) as caught:
        make_inventory("inventory.py")
    assert caught.value.filename == "inventory.py"
    assert isinstance(caught.value.__cause__, cause)


def test_bytes_that_are_no_text(tmp_path: Path):
    (tmp_path / "inventory.py").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserCodeError) as caught:
        make_inventory("inventory.py")
    assert isinstance(caught.value.__cause__, (SyntaxError, ValueError))


def test_the_traceback_begins_in_the_file(write: Write):
    write("inventory.py", "def f():\n    1 / 0\n\n\nf()\n")
    with pytest.raises(UserCodeError) as caught:
        make_inventory("inventory.py")
    cause = caught.value.__cause__
    assert cause is not None
    traceback = cause.__traceback__
    lines = []
    while traceback is not None:
        lines.append(traceback.tb_lineno)
        traceback = traceback.tb_next
    assert lines[-2:] == [5, 2]


def test_ctrl_c_stays_ctrl_c(write: Write):
    write("inventory.py", "raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        make_inventory("inventory.py")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that nobody can read")
def test_unreadable():
    Path("inventory.py").symlink_to("/proc/self/mem")
    with pytest.raises(InventoryError, match="cannot be read"):
        make_inventory("inventory.py")
    Path("group_data").mkdir()
    Path("group_data/all.py").symlink_to("/proc/self/mem")
    with pytest.raises(InventoryError, match=r"the group data file group_data/all\.py cannot be read"):
        make_inventory("web1")


def test_a_pipe():
    reader, writer = os.pipe()
    os.write(writer, b"web = ['web1']\n")
    os.close(writer)
    try:
        assert make_inventory(f"/dev/fd/{reader}").get_host("web1").groups[1:] == ["web"]
    finally:
        os.close(reader)


def test_a_link_in_a_circle():
    Path("inventory.py").symlink_to("inventory.py")
    with pytest.raises(InventoryError):
        make_inventory("inventory.py")


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("inventoyr.py", "did you mean inventory.py"),
        ("sub/hots.py", "did you mean sub/hosts.py"),
        ("no/where", "there is no inventory file no/where"),
        ("sub/", "is a directory"),
        ("./sub", "is a directory"),
    ],
)
def test_missing_files(word: str, text: str, write: Write):
    write("inventory.py", "")
    write("sub/hosts.py", "")
    with pytest.raises(InventoryError) as caught:
        make_inventory(word)
    assert text in str(caught.value)


def test_relative_to_another_directory(write: Write, tmp_path: Path):
    write("sub/hosts.py", "web = ['web1']\n")
    inventory = make_inventory_from_files("hosts.py", {"ssh_user": "app"}, str(tmp_path / "sub"))
    assert inventory.get_host("web1").data.ssh_user == "app"


def test_a_file_without_a_suffix_that_knows_where_it_is(write: Write, tmp_path: Path):
    write("hosts", "all = [__file__.rpartition('/')[0]]\n")
    assert [host.name for host in make_inventory("hosts")] == [str(tmp_path)]


def test_connectors(write: Write):
    write("inventory.py", "web = ['@local', ('@fake/a', {'x': 1})]\n")
    inventory = make_inventory("inventory.py")
    assert inventory.get_host("@local").groups.count("web") == 1
    assert inventory.get_host("@fake/a").data.x == 1
    write("inventory.py", "web = ['@lokal']\n")
    with pytest.raises(NoConnectorError, match="did you mean local"):
        make_inventory("inventory.py")


def test_ten_thousand_hosts(write: Write):
    write("inventory.py", "web = [(f'web{n}', {'n': n}) for n in range(9000)]\ndb = [f'db{n}' for n in range(1000)]\n")
    make_inventory("@local,other")
    began = time.process_time()
    inventory = make_inventory("inventory.py")
    assert time.process_time() - began < 2
    assert len(inventory) == 10_000
    assert inventory.get_host("web8999").groups == ["inventory", "web"]

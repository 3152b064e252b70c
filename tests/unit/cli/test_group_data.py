"""Data of groups in files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pyinfra.api.exceptions import InventoryError
from pyinfra.context import ctx_inventory
from pyinfra_cli.inventory import make_inventory
from pyinfra_cli.run.user_code import UserCodeError

from .modules import Write, working_directory


@pytest.fixture(autouse=True)
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    with working_directory(tmp_path, monkeypatch) as write:
        yield write


def test_later_files_go_over_earlier_ones(write: Write):
    write("inventories/prod.py", "web = (['web1'], {'port': 1, 'inline': 1})\n")
    write("group_data/web.py", "port = 2\nhere = 2\n")
    write("inventories/group_data/web.py", "port = 3\nthere = 3\n")
    write("more/web.py", "port = 4\nfolder = 4\n")
    write("extra/web.py", "port = 5\nfile = 5\n")

    def data(*extra: str) -> dict[str, int]:
        return make_inventory("inventories/prod.py", group_data_directories=extra).get_host("web1").data.dict()

    assert data() == {"port": 3, "inline": 1, "here": 2, "there": 3}
    assert data("more", "extra/web.py") == {"port": 5, "inline": 1, "here": 2, "there": 3, "folder": 4, "file": 5}


def test_one_folder_is_read_once(write: Write):
    write("inventory.py", "web = ['web1']\n")
    write("group_data/web.py", "import pathlib\nwith pathlib.Path('runs').open('a') as f:\n    f.write('x')\n")
    make_inventory("inventory.py", cwd=".")
    assert Path("runs").read_text() == "x"


@pytest.mark.parametrize("text", ["web1", "web1,web2", "hosts:make", "inventory.py,web2"])
def test_every_kind_of_inventory_has_it(text: str, write: Write):
    write("inventory.py", "web = ['web1']\n")
    write("hosts.py", "def make():\n    return ['web1']\n")
    write("group_data/all.py", "user = 'app'\n")
    assert make_inventory(text).get_host("web1").data.user == "app"


def test_layers(write: Write):
    write("prod.py", "web = [('web1', {'a': 'host'})]\nlast = ['web1']\n")
    for name, keys in {"all": "abcde", "prod": "abcd", "web": "abc", "last": "ab"}.items():
        write(f"group_data/{name}.py", "".join(f"{key} = {name!r}\n" for key in keys))
    data = make_inventory("prod.py", override_data={"z": "override"}).get_host("web1").data
    assert data.dict() == {"a": "host", "b": "last", "c": "web", "d": "prod", "e": "all", "z": "override"}


def test_groups_of_connectors(write: Write):
    write("group_data/@local.py", "here = True\n")
    write("group_data/other.py", "kept = True\n")
    inventory = make_inventory("@local")
    assert inventory.get_host("@local").data.here is True
    assert inventory.get_group_data("other") == {"kept": True}


def test_what_is_imported_is_no_data(write: Write):
    write("shared.py", "colour = 'red'\nsize = 1\ncount = 300\ndef helper():\n    return 5\n")
    write(
        "group_data/all.py",
        "import os\n"
        "import os.path as paths\n"
        "from dataclasses import dataclass\n"
        "from shared import *\n"
        "from shared import size\n"
        "import json as thing\n"
        "try:\n"
        "    import tomllib\n"
        "except ImportError:\n"
        "    tomllib = None\n"
        "__secret = _private = 1\n"
        "_sudo = True\n"
        "size = size + helper()\n"
        "home = os.sep\n"
        "def local_function():\n"
        "    return 1\n",
    )
    data = make_inventory("web1").get_host("web1").data.dict()
    assert list(data) == ["size", "_sudo", "home", "local_function"]
    assert data["size"] == 6


def test_dunder_all_decides(write: Write):
    write("shared.py", "colour = 'red'\n")
    write("group_data/all.py", "from shared import colour\n_private = 1\nother = 2\n__all__ = ['colour', '_private']\n")
    assert make_inventory("web1").get_host("web1").data.dict() == {"colour": "red", "_private": 1}
    write("group_data/all.py", "colour = 1\n__all__ = ['color']\n")
    with pytest.raises(InventoryError, match="did you mean colour"):
        make_inventory("web1")


def test_the_inventory_is_there_already(write: Write):
    write("inventory.py", "web = (['web1', 'web2'], {'port': 80})\n")
    write(
        "group_data/all.py",
        "from pyinfra import inventory\n"
        "peers = [host.name for host in inventory.get_group('web')]\n"
        "count = len(inventory)\n"
        "port = inventory.get_host('web1').data.port\n",
    )
    host = make_inventory("inventory.py").get_host("web1")
    assert (host.data.peers, host.data.count, host.data.port) == (["web1", "web2"], 2, 80)
    assert not ctx_inventory.isset()


def test_the_context_is_as_before_when_a_file_raises(write: Write):
    write("group_data/web.py", "\n\n1 / 0\n")
    with pytest.raises(UserCodeError) as caught:
        make_inventory("web1")
    assert not ctx_inventory.isset()
    assert caught.value.filename == "group_data/web.py"
    cause = caught.value.__cause__
    assert isinstance(cause, ZeroDivisionError)
    traceback = cause.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    assert traceback is not None
    assert traceback.tb_lineno == 3


@pytest.mark.parametrize("path", ["nothing", "nothing.py", "group_dat"])
def test_paths_that_are_not_there(path: str, write: Write):
    write("group_data/all.py", "user = 'app'\n")
    with pytest.raises(InventoryError) as caught:
        make_inventory("web1", group_data_directories=[path])
    assert f"there is no group data {path}" in str(caught.value)
    assert ("did you mean group_data" in str(caught.value)) == (path == "group_dat")


def test_a_missing_path_is_said_before_anything_else_happens(write: Write):
    with pytest.raises(InventoryError, match="no group data"):
        make_inventory("@nosuchconnector", group_data_directories=["nothing"])


def test_other_files_in_the_folder(write: Write):
    write("group_data/__init__.py", "1 / 0\n")
    write("group_data/notes.txt", "1 / 0\n")
    Path("group_data/.#web.py").symlink_to("someone@somewhere")
    make_inventory("web1")


def test_data_that_is_a_function(write: Write):
    write("inventory.py", "web = (['web1'], lambda: {'port': 80, 'user': 'web'})\n")
    write("group_data/web.py", "port = 81\n")
    assert make_inventory("inventory.py").get_host("web1").data.dict() == {"port": 81, "user": "web"}


def test_another_encoding(tmp_path: Path):
    (tmp_path / "group_data").mkdir()
    (tmp_path / "group_data/all.py").write_bytes("# -*- coding: latin-1 -*-\nname = 'Müller'\n".encode("latin-1"))
    assert make_inventory("web1").get_host("web1").data.name == "Müller"

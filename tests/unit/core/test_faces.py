from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
from unittest import mock

import pytest

FACE = """
from typing import TYPE_CHECKING

from pyinfra._core.faces import face

if TYPE_CHECKING:
    from collections import OrderedDict as Ordered

    from ._private.tools import saw
    from ._private import broken as missing

__all__ = ["saw"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__)
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    package = tmp_path / "workshop"
    (package / "_private").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "_private" / "__init__.py").touch()
    (package / "_private" / "tools.py").write_text("def saw():\n    return 'two halves'\n")
    (package / "public.py").write_text(FACE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("workshop.public")
    for name in [name for name in sys.modules if name.partition(".")[0] == "workshop"]:
        del sys.modules[name]


def test_imports_what_is_asked_for(module):
    assert "workshop._private.tools" not in sys.modules
    assert module.saw() == "two halves"
    assert "workshop._private.tools" in sys.modules
    assert "saw" in vars(module)  # the next one does not ask again


def test_other_names_and_packages(module):
    from collections import OrderedDict

    assert module.Ordered is OrderedDict


def test_star_imports_what_is_exported(module):
    names = {}
    exec("from workshop.public import *", names)
    assert names["saw"] is module.saw
    assert "Ordered" not in names


def test_lists_everything_without_importing_it(module):
    assert {"saw", "Ordered", "missing", "__all__"} <= set(dir(module))
    assert "workshop._private.tools" not in sys.modules


def test_what_is_not_there(module):
    with pytest.raises(AttributeError, match=r"module 'workshop\.public' has no attribute 'hammer'"):
        _ = module.hammer
    assert not hasattr(module, "__wrapped__")
    with pytest.raises(ImportError, match="hammer"):
        exec("from workshop.public import hammer")


def test_a_name_that_is_wrong_in_the_face_says_where(module):
    with pytest.raises(AttributeError, match=r"workshop\._private"):
        _ = module.missing


def test_can_be_replaced_for_a_while(module):
    with mock.patch("workshop.public.saw", return_value="still one"):
        assert module.saw() == "still one"
    assert module.saw() == "two halves"


def test_operations_pickle_by_their_public_names():
    from pyinfra.operations import server

    assert pickle.loads(pickle.dumps(server.shell)) is server.shell


def test_one_operation_does_not_import_the_others():
    program = "import sys\nfrom pyinfra.operations import server\nserver.shell\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True)
    loaded = done.stdout.split()
    assert "pyinfra.operations._server.running" in loaded
    assert not {"pyinfra.operations._server.user", "pyinfra.operations.files"} & set(loaded)

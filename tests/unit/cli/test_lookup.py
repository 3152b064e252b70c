"""What the names of operations, facts and functions mean."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyinfra.facts.files import File
from pyinfra.facts.server import Os
from pyinfra.operations import files, server
from pyinfra_cli.commands import check_call, get_facts_and_args, get_func_and_args
from pyinfra_cli.exceptions import CliError
from pyinfra_cli.run.user_code import UserCodeError
from pyinfra_cli.words.lookup import suggestion_for, try_import_module_attribute

from .modules import Write, working_directory

OPERATIONS, FACTS = "pyinfra.operations", "pyinfra.facts"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    with working_directory(tmp_path, monkeypatch) as write:
        yield write


@pytest.mark.parametrize("path", ["server.shell", "server:shell", "pyinfra.operations.server.shell"])
def test_operations_of_ours(path: str):
    assert try_import_module_attribute(path, prefix=OPERATIONS) is server.shell


@pytest.mark.parametrize("path", ["my.deploys.install", "my.deploys:install"])
def test_the_users_own(path: str, write: Write):
    write("my/deploys.py", "def install(): pass\n")
    assert try_import_module_attribute(path, prefix=OPERATIONS).__name__ == "install"


def test_ours_before_others_of_the_same_name(write: Write):
    write("files.py", "from pathlib import Path\nPath('ran').touch()\ndef file(): pass\ndef mine(): pass\n")
    assert try_import_module_attribute("files.file", prefix=OPERATIONS) is files.file
    assert not Path("ran").exists()
    assert try_import_module_attribute("files.mine", prefix=OPERATIONS).__name__ == "mine"
    assert try_import_module_attribute("files:file", prefix=OPERATIONS) is not files.file


@pytest.mark.parametrize(
    ("path", "prefix", "texts"),
    [
        ("servr.shell", OPERATIONS, ["there is no operation servr.shell", "did you mean server.shell"]),
        ("server.shel", OPERATIONS, ["server has no operation 'shel'", "did you mean server.shell"]),
        ("sever.shel", OPERATIONS, ["did you mean server.shell"]),
        ("server.os", FACTS, ["server has no fact 'os'", "did you mean server.Os"]),
        ("server._shell", OPERATIONS, ["server has no operation '_shell'"]),
        ("_server.shell", OPERATIONS, ["there is no operation _server.shell"]),
        ("nothing.like.it", OPERATIONS, ["no module 'nothing.like' was found"]),
        ("server", OPERATIONS, ["'server' is no name of the form module.operation"]),
        ("a b.c", None, ["'a b.c' is no name of the form module:name"]),
        ("", FACTS, ["'' is no name of the form module.fact"]),
        ("nothing:x", None, ["no module 'nothing'"]),
    ],
)
def test_nothing_of_that_name(path: str, prefix: str | None, texts: list[str]):
    with pytest.raises(CliError) as caught:
        try_import_module_attribute(path, prefix=prefix)
    for text in texts:
        assert text in caught.value.message
    assert try_import_module_attribute(path, prefix=prefix, raise_for_none=False) is None


def test_hints():
    def hint(path: str, prefix: str) -> str:
        with pytest.raises(CliError) as caught:
            try_import_module_attribute(path, prefix=prefix)
        return str(caught.value.hint)

    assert "pyinfra INVENTORY fact server.Os" in hint("server.Os", OPERATIONS)
    assert "pyinfra INVENTORY fact server.Os" in hint("server.os", OPERATIONS)
    assert "pyinfra INVENTORY server.shell" in hint("server.shell", FACTS)
    assert "server.group" in hint("server.xyz", OPERATIONS)
    assert "files" in hint("xyz.abc", OPERATIONS)


def test_suggestions_of_the_users_modules(write: Write):
    write("deploys.py", "raise SystemExit('imported')\ndef install(): pass\n")
    write("my/deploys.py", "def install(): pass\n")
    assert suggestion_for("deplois.instahl", OPERATIONS) == "deploys.install"
    assert suggestion_for("my.deplois:instahl", None) == "my.deploys:install"
    assert suggestion_for("my.deploys.instahl", OPERATIONS) == "my.deploys.install"


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("import nothing_of_the_kind\n", ModuleNotFoundError),
        ("import broken.inner\n", ModuleNotFoundError),
        ("from os import nothing_of_the_kind\n", ImportError),
        ("raise SystemExit(3)\n", SystemExit),
        ("1 +\n", SyntaxError),
        ("1 / 0\n", ZeroDivisionError),
    ],
)
def test_what_a_module_raises_is_not_taken_for_its_absence(source: str, cause: type, write: Write):
    path = write("broken.py", source)
    with pytest.raises(UserCodeError) as caught:
        try_import_module_attribute("broken.install", prefix=OPERATIONS)
    assert isinstance(caught.value.__cause__, cause)
    assert caught.value.filename == str(path)


def test_the_cause_keeps_its_traceback(write: Write):
    write("broken.py", "def f():\n    raise ValueError('x')\nf()\n")
    with pytest.raises(UserCodeError) as caught:
        try_import_module_attribute("broken.install")
    cause = caught.value.__cause__
    assert cause is not None
    lines = []
    traceback = cause.__traceback__
    while traceback is not None:
        lines.append((Path(traceback.tb_frame.f_code.co_filename).name, traceback.tb_lineno))
        traceback = traceback.tb_next
    assert lines[-2:] == [("broken.py", 3), ("broken.py", 2)]


def test_a_mistake_in_a_module_does_not_import_others():
    code = (
        "import sys\n"
        "from pyinfra_cli.words.lookup import try_import_module_attribute\n"
        "from pyinfra_cli.exceptions import CliError\n"
        "try:\n"
        "    try_import_module_attribute('fils.file', prefix='pyinfra.operations')\n"
        "except CliError as error:\n"
        "    print(error.message)\n"
        "unwanted = ('pyinfra.operations', 'pyinfra.facts', 'asyncssh')\n"
        "print([name for name in sys.modules if name.startswith(unwanted)])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    message, modules = done.stdout.splitlines()
    assert "did you mean files.file" in message
    assert modules == "[]"


# -- functions with arguments --------------------------------------------------------------


def test_functions_and_arguments():
    words = ["server.user", "app", "shell=/bin/sh", "_sudo=true", '"a=b"', "echo x=1"]
    function, (args, kwargs) = get_func_and_args(words)
    assert function is server.user
    assert args == ["app", "a=b", "echo x=1"]
    assert kwargs == {"shell": "/bin/sh", "_sudo": True}


def test_arguments_as_one_word_of_json():
    _, (args, kwargs) = get_func_and_args(["server.shell", '[[["a"]], {"_sudo": true}]'])
    assert (args, kwargs) == ([["a"]], {"_sudo": True})
    _, (args, kwargs) = get_func_and_args(["server.shell", '["a", "b"]'])
    assert (args, kwargs) == ([["a", "b"]], {})


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["pyinfra.facts.server.Os"], "is a fact"),
        (["pyinfra.operations.server"], "is no operation, but a module"),
        (["pyinfra.api.State"], "is no operation, but a class"),
        (["pyinfra.version.__version__"], "is no operation, but a str"),
    ],
)
def test_what_is_no_operation(words: list[str], text: str):
    with pytest.raises(CliError, match=text):
        get_func_and_args(words)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["server.shell", "uptime", "_suod=true"], "did you mean _sudo"),
        (["server.shell", "comands=uptime"], "did you mean commands"),
        (["server.shell"], "'commands' is missing"),
        (["server.shell", "FOO=1 make"], "no argument 'FOO'"),
        (["server.shell", "uptime", "_sudo=yes"], "_sudo"),
    ],
)
def test_arguments_are_compared_before_anything_is_connected(words: list[str], text: str):
    with pytest.raises(CliError) as caught:
        check_call(get_func_and_args(words))
    assert text in caught.value.message
    if "FOO" in text:
        assert "double quotes" in str(caught.value.hint)


def test_calls_that_are_right():
    check_call(get_func_and_args(["server.shell", "uptime", "_sudo=true"]))
    check_call(get_func_and_args(["server.user", "app", "name=Make the user"]))


# -- facts ---------------------------------------------------------------------------------


def test_facts_and_arguments():
    calls = get_facts_and_args(["server.Os", "files.File", "path=/etc/hosts", "_sudo=true"])
    assert [(call.cls, call.args, call.kwargs) for call in calls] == [
        (Os, (), {}),
        (File, (), {"path": "/etc/hosts", "_sudo": True}),
    ]
    assert [call.name for call in calls] == ["server.Os", "files.File"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["path=/x", "files.File"], "'path=/x' comes before any fact"),
        (["files.File"], "'path' is missing"),
        (["files.File", "pth=/x"], "no argument 'pth' (did you mean path?)"),
        (["files.File", "path=/x", "_suod=true"], "_sudo"),
        (["server.Os", "path=/x"], "no argument 'path'"),
        (["files.File", "/etc/hosts"], "'/etc/hosts' names no fact"),
        (["server.user"], "did you mean server.User"),
        (["pyinfra.operations.server.user"], "is no fact"),
        (["pyinfra.api.FactBase"], "base of other facts"),
    ],
)
def test_facts_that_cannot_be(words: list[str], text: str):
    with pytest.raises(CliError) as caught:
        get_facts_and_args(words)
    assert text in caught.value.message


def test_arguments_of_facts_have_names():
    with pytest.raises(CliError) as caught:
        get_facts_and_args(["files.File", "/etc/hosts"])
    assert "path=/etc/hosts" in str(caught.value.hint)

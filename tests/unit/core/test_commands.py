"""Commands render raw and masked, and compare by what they really are."""

import subprocess
from io import BytesIO, StringIO
from types import SimpleNamespace

import pytest

from pyinfra._core.commands import (
    FileDownloadCommand,
    FileUploadCommand,
    FunctionCommand,
    MaskString,
    QuoteString,
    RsyncCommand,
    StringCommand,
    WriteFileCommand,
    make_formatted_string_command,
)
from pyinfra._core.context import ctx_host
from pyinfra._core.secrets import HiddenValue
from pyinfra._engine.model.config import Config


def test_parts_are_joined():
    assert StringCommand("a", "b c", 3, None).get_raw_value() == "a b c 3 None"
    assert StringCommand("a", "b", _separator="").get_raw_value() == "ab"


def test_secrets_are_masked_everywhere_but_in_the_raw_text():
    command = StringCommand("login", QuoteString(HiddenValue("it's")), StringCommand("x", HiddenValue("pw")))
    assert command.get_raw_value() == "login 'it'\"'\"'s' x pw"
    for shown in (str(command), repr(command), f"{command}", command.get_masked_value()):
        assert "pw" not in shown
        assert "it'" not in shown
        assert "*MASKED*" in shown


def test_nested_quoting_runs():
    inner = StringCommand("printf", "%s", QuoteString("a 'b' \"c\""))
    line = StringCommand("sh", "-c", QuoteString(inner)).get_raw_value()
    assert subprocess.check_output(["sh", "-c", line], text=True) == "a 'b' \"c\""


def test_mask_string_is_masked_in_commands():
    secret = MaskString("pw")
    command = StringCommand("x", QuoteString(secret), secret)
    assert command.get_raw_value() == "x pw pw"
    assert "pw" not in str(command)
    assert "pw" not in repr(secret)


def test_equality_is_by_content():
    one, two = StringCommand("x", HiddenValue("a")), StringCommand("x", HiddenValue("b"))
    assert str(one) == str(two)
    assert one != two
    assert one == StringCommand("x", HiddenValue("a"))
    assert hash(one) == hash(StringCommand("x", HiddenValue("a")))
    assert StringCommand("x") != StringCommand("x", _sudo=True)
    assert StringCommand("x") != "x"
    assert FileUploadCommand("a", "b") != FileDownloadCommand("a", "b")


def test_uploads_from_memory_compare_by_content():
    assert FileUploadCommand(StringIO("a"), "/x") == FileUploadCommand(StringIO("a"), "/x")
    assert FileUploadCommand(StringIO("a"), "/x") != FileUploadCommand(StringIO("b"), "/x")
    assert FileUploadCommand(BytesIO(b"a"), "/x") != FileUploadCommand(StringIO("a"), "/x")
    assert WriteFileCommand("a", "/x", mode="600") != WriteFileCommand("a", "/x", mode="644")
    {FileUploadCommand(StringIO("a"), "/x"), RsyncCommand("a", "b", ["-a"]), FunctionCommand(print, [[]], {"a": {}})}


def test_reprs_do_not_show_content():
    assert repr(FileUploadCommand(StringIO("secret"), "/x")) == "FileUploadCommand(<StringIO>, '/x')"
    assert repr(WriteFileCommand("a", "/x", mode="600")) == "WriteFileCommand('a', '/x', mode='600')"
    assert repr(FunctionCommand(print, ["secret"], {})) == "FunctionCommand(print)"


@pytest.mark.parametrize(
    ("template", "args", "kwargs", "expected"),
    [
        ("test -e {0} && cat {0}", [QuoteString("a b")], {}, "test -e 'a b' && cat 'a b'"),
        ("{} {} {x}", [1, 2], {"x": 3}, "1 2 3"),
        ("--name={0} '{{}}  z'", [QuoteString("a b")], {}, "--name='a b' '{}  z'"),
        ("a\n   b\t c", [], {}, "a b c"),
        ("{0.stem:>5}", [SimpleNamespace(stem="x")], {}, "    x"),
    ],
)
def test_formatted(template, args, kwargs, expected):
    assert make_formatted_string_command(template, *args, **kwargs).get_raw_value() == expected


def test_formatted_keeps_secrets():
    command = make_formatted_string_command("x {0}", QuoteString(HiddenValue("pw")))
    assert command.get_raw_value() == "x pw"
    assert "pw" not in str(command)


def test_formatted_with_an_open_quotation():
    with pytest.raises(ValueError, match="quotation"):
        make_formatted_string_command("echo 'a")


class _Host:
    print_prefix = "[h] "

    def __init__(self):
        self.calls = []

    def run_shell_command(self, *args, **kwargs):
        self.calls.append((args, kwargs))
        return True, None

    put_file = get_file = rsync = run_shell_command


_STATE = SimpleNamespace(print_input=False, print_output=True, config=Config())


def test_execute_overlays_the_commands_own_arguments():
    host, given = _Host(), {"_sudo": True, "_timeout": 3}
    StringCommand("x", _sudo=False).execute(_STATE, host, given)
    assert host.calls[0][1] == {"print_input": False, "print_output": True, "_sudo": False, "_timeout": 3}
    assert given == {"_sudo": True, "_timeout": 3}


def test_functions():
    host, seen = _Host(), []

    def old(state, host, value):
        seen.append((host, value))
        return False

    def new(value):
        seen.append((ctx_host.get(), value))
        return False

    def raises():
        raise RuntimeError("no")

    assert FunctionCommand(old, [1], {}).execute(_STATE, host, {}) is False
    assert FunctionCommand(new, [], {"value": 2}).execute(_STATE, host, {}) is True
    assert FunctionCommand(raises, [], {}).execute(_STATE, host, {}) is False
    assert seen == [(host, 1), (host, 2)]
    assert not ctx_host.isset()

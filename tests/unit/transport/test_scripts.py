from __future__ import annotations

import pytest

from pyinfra._core.secrets import HiddenValue
from pyinfra._transport.base import Command, ExecOptions
from pyinfra._transport.scripts import command_script, needs_own_channel, setup_text, starts_background


@pytest.mark.parametrize(
    "text",
    [
        "sleep 1 &",
        "sleep 1&",
        "a & b",
        "a&b",
        "(a &)",
        "{ a & }",
        "a 2>&1 & b",
        "a && b &",
        "'&' &",
        'echo "it" &',
        "a \\& b & c",
        "a # no &\nb & c",
        "x=a#b & c",
        "a || b & wait",
    ],
)
def test_background(text: str) -> None:
    assert starts_background(text)


@pytest.mark.parametrize(
    "text",
    [
        "a && b",
        "a&&b",
        "a 2>&1",
        "a >&2",
        "a <&3",
        "a <&-",
        "a &> file",
        "a &>> file",
        "a |& b",
        "echo 'a & b'",
        'echo "a & b"',
        'echo "a \\" & b"',
        "echo a \\& b",
        "a # and & more",
        "# a & b",
        "curl 'http://x/?a=1&b=2'",
        "echo 'never closed &",
        "",
        "case x in a) b;& c) d;; esac",
    ],
)
def test_no_background(text: str) -> None:
    assert not starts_background(text)


def test_a_long_text_is_scanned_in_linear_time() -> None:
    assert not starts_background("echo 'a & b' && " * 50_000 + "true")
    assert not starts_background("\\" * 100_001 + "&")


def test_what_needs_a_channel() -> None:
    assert needs_own_channel(Command("tty", ExecOptions(pty=True)))
    assert needs_own_channel(Command("a &"))
    assert not needs_own_channel(Command("a", ExecOptions(stdin=b"x", timeout=3)))


def test_setup() -> None:
    options = ExecOptions(chdir="my dir", env=(("A", "it's"), ("B", HiddenValue("x y"))))
    assert setup_text(options) == """cd './my dir' && export 'A=it'"'"'s' 'B=x y'"""
    assert setup_text(options, environment=False) == "cd './my dir'"
    assert setup_text(ExecOptions()) == ""


def test_another_shell_gets_its_text_as_it_is() -> None:
    assert command_script(Command("x", ExecOptions(shell="bash -l"))).runner == 'bash -l -c "$_pi_x"'
    for request in (
        Command("x" * 200_000, ExecOptions(shell="bash")),
        Command("x", ExecOptions(shell="bash"), masked="*"),
    ):
        assert "<&3" in command_script(request).runner

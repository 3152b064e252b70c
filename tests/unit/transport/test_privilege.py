"""Becoming another user, with programs that only pretend to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from pyinfra._core.output import STDOUT
from pyinfra._core.secrets import HiddenValue
from pyinfra._transport.base import Command, ExecOptions, FailureKind, Identity, Method, PrivilegeStep, Result
from pyinfra._transport.local import LocalLink
from pyinfra._transport.privilege import AskPassword, Conversation, Marks, command_line, effective
from pyinfra._transport.session import ShellSession

SUDO = PrivilegeStep(Method.SUDO)
ROOT = Identity("root", 0)
ALICE = Identity("alice", 1000)
MARKS = Marks("n" * 32)


@pytest.mark.parametrize(
    ("steps", "identity", "left"),
    [
        ([SUDO], ROOT, []),
        ([SUDO], ALICE, [SUDO]),
        ([SUDO], None, [SUDO]),
        ([PrivilegeStep(Method.DOAS, "alice")], ALICE, []),
        ([PrivilegeStep(Method.SUDO, "toor")], Identity("toor", 0), [PrivilegeStep(Method.SUDO, "toor")]),
        ([PrivilegeStep(Method.SUDO, login=True)], ROOT, [PrivilegeStep(Method.SUDO, login=True)]),
        ([PrivilegeStep(Method.SU, "root", shell="bash")], ROOT, [PrivilegeStep(Method.SU, "root", shell="bash")]),
        ([SUDO, PrivilegeStep(Method.SU, "db")], ROOT, [PrivilegeStep(Method.SU, "db")]),
        ([SUDO, PrivilegeStep(Method.SU, "root")], ALICE, [SUDO]),
    ],
)
def test_steps_that_change_nothing(
    steps: list[PrivilegeStep], identity: Identity | None, left: list[PrivilegeStep]
) -> None:
    assert effective(tuple(steps), identity) == tuple(left)


INNER = f"echo; echo ={MARKS.nonce}:; exec sh"
START = f"echo; echo ={MARKS.nonce}@$$; exec "


@pytest.mark.parametrize(
    ("step", "root", "line"),
    [
        (SUDO, False, f"sudo -S -p '[{MARKS.nonce}-0] ' -H sh -c '{INNER}'"),
        (
            PrivilegeStep(Method.SUDO, "a b", login=True, preserve_env=True),
            False,
            f"sudo -S -p '[{MARKS.nonce}-0] ' -H -i -E -u 'a b' sh -c '{INNER}'",
        ),
        (PrivilegeStep(Method.DOAS, "db"), False, f"doas -n -u db sh -c '{INNER}'"),
        (PrivilegeStep(Method.DZDO), False, f"dzdo -H -n sh -c '{INNER}'"),
        (PrivilegeStep(Method.SU), True, f"""su root -c 'exec sh -c '"'"'{INNER}'"'"''"""),
        (
            PrivilegeStep(Method.SU, "db", login=True, preserve_env=True, shell="bash"),
            False,
            f'env _pi_lc="${{LC_ALL-}}" LC_ALL=C su -l -m -s "$(command -v bash)" db -c '
            f"""'exec sh -c '"'"'{INNER}'"'"''""",
        ),
    ],
)
def test_command_lines(step: PrivilegeStep, root: bool, line: str) -> None:
    assert command_line((step,), MARKS, root=root) == START + line


def test_passwords_are_in_no_command_line() -> None:
    steps = tuple(PrivilegeStep(method, password=HiddenValue("canary")) for method in Method)
    assert "canary" not in command_line(steps, MARKS, root=False)


def test_a_refusal_that_quotes_the_command_is_not_taken_for_success() -> None:
    conversation = Conversation((SUDO,), MARKS)
    conversation.feed(f"Sorry, user a may not run 'sh -c {INNER}' as root\n".encode())
    assert not conversation.ready
    assert MARKS.nonce not in conversation.said()
    conversation.feed(f"\n={MARKS.nonce}:\n".encode())
    assert conversation.ready


def test_prompts() -> None:
    sudo = Conversation((SUDO,), MARKS)
    sudo.feed(b"We trust you have received the usual lecture.\nPassword: ")
    assert sudo.prompt() is None  # not the one that was asked for
    sudo.feed(f"[{MARKS.nonce}-0".encode())
    assert sudo.prompt() is None
    sudo.feed(b"] ")
    assert sudo.prompt() == 0
    sudo.answered()
    assert sudo.prompt() is None
    su = Conversation((SUDO, PrivilegeStep(Method.SU, "db")), MARKS)
    su.feed(b"Password: ")
    assert su.prompt() == 1


# -- with programs that pretend --------------------------------------------------------------

# Speaks as sudo does; $KIND says what it makes of the caller. It notes what it was called with.
FAKE_SUDO = r"""#!/bin/sh
{ printf '%s\n' "$@"; cat /proc/$$/environ | tr '\0' '\n'; } >>"$NOTES"
while [ $# -gt 0 ]; do
  case $1 in -p) prompt=$2; shift 2;; -u) shift 2;; -*) shift;; *) break;; esac
done
ask() { printf %s "$prompt" >&2; read -r given; }
case $KIND in
  free) ;;
  right) ask; [ "$given" = canary ] || { echo 'Sorry, try again.' >&2; ask; exit 1; };;
  refuses) echo 'alice is not in the sudoers file.' >&2; exit 1;;
  silent) sleep 5;;
  quotes) echo "not allowed to execute '$*'" >&2; exit 1;;
esac
exec "$@"
"""


@pytest.fixture
def pretending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that makes sudo pretend and runs commands with it."""
    program = tmp_path / "sudo"
    program.write_text(FAKE_SUDO)
    program.chmod(0o755)
    notes = tmp_path / "notes"
    notes.touch()
    monkeypatch.setenv("NOTES", str(notes))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def run(
        kind: str, texts: Sequence[str], password: str | None = None, ask: AskPassword | None = None
    ) -> tuple[list[Result], str]:
        monkeypatch.setenv("KIND", kind)
        step = PrivilegeStep(Method.SUDO, "nobody", password=None if password is None else HiddenValue(password))

        async def body() -> list[Result]:
            session = ShellSession(LocalLink("web1"), ask_password=ask, open_timeout=1)
            await session.open()
            try:
                return await session.submit([Command(text, ExecOptions(privilege=(step,))) for text in texts])
            finally:
                await session.close()

        return asyncio.run(body()), notes.read_text()

    return run


def test_a_password_goes_to_the_prompt_only(pretending) -> None:
    results, notes = pretending("right", ["echo a", "cat; echo b"], "canary")
    assert [result.output.bytes_of(STDOUT) for result in results] == [b"a\n", b"b\n"]
    assert "canary" not in notes
    assert notes.count("-S\n") == 1  # one program for all commands


def test_a_password_that_nobody_asks_for_is_not_sent(pretending) -> None:
    results, _ = pretending("free", ['cat; read x; echo "got $x"', "set"], "canary")
    assert results[0].output.bytes_of(STDOUT) == b"got \n"
    assert b"canary" not in results[1].output.bytes_of(STDOUT)


@pytest.mark.parametrize(
    ("kind", "password", "message", "hint"),
    [
        ("right", "bad", "wrong sudo password", None),
        ("right", "two\nlines", "sudo needs a password", "set _sudo_password or configure NOPASSWD"),
        ("right", None, "sudo needs a password", "set _sudo_password or configure NOPASSWD"),
        ("refuses", "canary", "sudo failed: alice is not in the sudoers file.", None),
        ("silent", None, "sudo did not answer within 1 seconds", None),
        ("quotes", None, "sudo failed: not allowed to execute 'sh -c echo; echo ; exec sh'", None),
    ],
)
def test_failures(pretending, kind: str, password: str | None, message: str, hint: str | None) -> None:
    [result], _ = pretending(kind, ["echo a", "echo b"], password)
    assert result.failure is not None
    assert result.failure.kind is FailureKind.PRIVILEGE
    assert (result.failure.message, result.failure.hint) == (message, hint)


def test_asking(pretending) -> None:
    questions: list[tuple[str, Method]] = []

    async def ask(host: str, step: PrivilegeStep) -> HiddenValue | None:
        questions.append((host, step.method))
        return HiddenValue("canary")

    results, _ = pretending("right", ["echo a", "echo b"], ask=ask)
    assert [result.ok for result in results] == [True, True]
    assert questions == [("web1", Method.SUDO)]


def test_a_program_that_is_not_there() -> None:
    async def body() -> list[Result]:
        session = ShellSession(LocalLink())
        await session.open()
        try:
            step = PrivilegeStep(Method.DZDO, "nobody")
            return await session.submit([Command("x", ExecOptions(privilege=(step,)))])
        finally:
            await session.close()

    [result] = asyncio.run(body())
    assert result.failure is not None
    assert result.failure.message == "dzdo is not installed on the host"


def test_refresh_opens_a_new_shell(pretending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIND", "free")
    options = ExecOptions(privilege=(PrivilegeStep(Method.SUDO, "nobody"),))

    async def body() -> list[bytes]:
        session = ShellSession(LocalLink())
        await session.open()
        pids = []
        try:
            for refresh in (False, False, True):
                if refresh:
                    await session.refresh()
                [result] = await session.submit([Command("echo $$", options)])
                pids.append(result.output.bytes_of(STDOUT))
        finally:
            await session.close()
        return pids

    first, second, third = asyncio.run(body())
    assert first == second != third

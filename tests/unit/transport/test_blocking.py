from __future__ import annotations

import asyncio
import io
import threading
from typing import Any

import pytest

from pyinfra._core.errors import ConnectError
from pyinfra._core.output import STDERR, STDOUT, CommandOutput, OutputLine
from pyinfra._core.secrets import HiddenValue
from pyinfra._transport.base import (
    Command,
    Download,
    ExecOptions,
    FailureKind,
    Method,
    PrivilegeStep,
    Request,
    Result,
    Upload,
)
from pyinfra._transport.blocking import BlockingSession, arguments_from


class Connector:
    """A connector as other packages write them."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any, dict[str, Any]]] = []
        self.threads: set[int] = set()
        self.error: Exception | None = None
        self.go_on = threading.Event()

    def _note(self, *call: Any) -> None:
        self.threads.add(threading.get_ident())
        self.calls.append(call)  # type: ignore[arg-type]
        if self.error is not None:
            raise self.error

    def connect(self) -> None:
        self._note("connect", None, {})

    def disconnect(self) -> None:
        self._note("disconnect", None, {})

    def run_shell_command(
        self, command: Any, print_output: bool, print_input: bool, **arguments: Any
    ) -> tuple[bool, CommandOutput]:
        self._note(command.get_raw_value(), str(command), arguments)
        text = command.get_raw_value()
        if text == "slow":
            self.go_on.wait(60)
        return text != "false", CommandOutput([OutputLine("stdout", "out \udcff"), OutputLine("stderr", "err")])

    def put_file(self, filename_or_io: Any, remote_filename: str, **arguments: Any) -> bool:
        self._note("put", (filename_or_io.read(), remote_filename), arguments)
        return not remote_filename.startswith("/no")

    def get_file(self, remote_filename: str, filename_or_io: Any, **arguments: Any) -> bool:
        self._note("get", remote_filename, arguments)
        filename_or_io.write(b"content")
        return True


@pytest.fixture
def connector() -> Connector:
    return Connector()


def submit(connector: Connector, *batch: Request) -> list[Result]:
    async def body() -> list[Result]:
        session = BlockingSession(connector, asyncio.to_thread)
        await session.open()
        try:
            return await session.submit(batch)
        finally:
            await session.close()

    return asyncio.run(body())


def test_commands(connector: Connector) -> None:
    seen: list[tuple[int, bytes]] = []
    options = ExecOptions(success_exit_codes=(3,))
    results = submit(
        connector,
        Command("secret", masked="***", on_output=lambda stream, data: seen.append((stream, data))),
        Command("x", options),
        Command("false"),
        Command("not this"),
    )
    assert [(result.status, result.ok) for result in results] == [(0, True), (3, True), (1, False)]
    assert results[0].output.bytes_of(STDOUT) == b"out \xff\n"
    assert seen == [(STDOUT, b"out \xff\n"), (STDERR, b"err\n")]
    assert [call[:2] for call in connector.calls] == [
        ("connect", None), ("secret", "***"), ("x", "x"), ("false", "false"), ("disconnect", None)
    ]  # fmt: skip
    assert threading.get_ident() not in connector.threads


def test_files(connector: Connector) -> None:
    sink = io.BytesIO()
    upload = Upload(io.BytesIO(b"data"), "/a b", mode="640", user="me", group="us", backup_suffix=".old")
    assert [result.ok for result in submit(connector, upload, Download("/x", sink))] == [True, True]
    assert sink.getvalue() == b"content"
    assert [call[0] for call in connector.calls[1:-1]] == [
        "if [ -f '/a b' ]; then cp -p '/a b' '/a b.old'; fi",
        "put",
        "chown me:us '/a b' && chmod 640 '/a b'",
        "get",
    ]
    [result] = submit(connector, Upload(io.BytesIO(b"data"), "/no"))
    assert result.failure is not None
    assert result.failure.kind is FailureKind.TRANSFER


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectError("gone"), FailureKind.LOST),
        (TimeoutError(), FailureKind.TIMEOUT),
        (ZeroDivisionError("odd"), FailureKind.LOST),
    ],
)
def test_exceptions_are_failures(connector: Connector, error: Exception, kind: FailureKind) -> None:
    async def body() -> Result:
        session = BlockingSession(connector, asyncio.to_thread)
        connector.error = error
        return (await session.submit([Command("x")]))[0]

    result = asyncio.run(body())
    assert not result.ok
    assert result.failure is not None
    assert result.failure.kind is kind


def test_connecting(connector: Connector) -> None:
    connector.error = OSError("no route")
    session = BlockingSession(connector, asyncio.to_thread)
    with pytest.raises(ConnectError, match="no route"):
        asyncio.run(session.open())
    asyncio.run(session.close())  # never raises


def test_interrupt_stops_waiting(connector: Connector) -> None:
    async def body() -> Result:
        session = BlockingSession(connector, asyncio.to_thread)
        answer = asyncio.ensure_future(session.submit([Command("slow"), Command("not this")]))
        await asyncio.sleep(0.05)
        await session.interrupt()
        [result] = await answer
        assert not connector.go_on.is_set()
        connector.go_on.set()
        return result

    result = asyncio.run(body())
    assert result.failure is not None
    assert result.failure.kind is FailureKind.INTERRUPTED


def test_options_become_arguments() -> None:
    sudo = PrivilegeStep(Method.SUDO, "app", login=True, preserve_env=True, password=HiddenValue("pw"))
    options = ExecOptions(
        privilege=(PrivilegeStep(Method.DOAS, "d"), PrivilegeStep(Method.DZDO), sudo, PrivilegeStep(Method.SU, "db")),
        shell=None,
        chdir="/srv",
        env=(("A", HiddenValue("b")),),
        success_exit_codes=(0, 1),
        timeout=3,
        pty=True,
        stdin=b"a\nb\n",
        temp_dir="/t",
    )
    assert arguments_from(options) == {
        "_shell_executable": None,
        "_doas": True,
        "_doas_user": "d",
        "_dzdo": True,
        "_dzdo_user": None,
        "_sudo": True,
        "_sudo_user": "app",
        "_use_sudo_login": True,
        "_preserve_sudo_env": True,
        "_sudo_password": "pw",
        "_su_user": "db",
        "_use_su_login": False,
        "_preserve_su_env": False,
        "_su_shell": None,
        "_su_password": None,
        "_chdir": "/srv",
        "_env": {"A": HiddenValue("b")},
        "_success_exit_codes": [0, 1],
        "_timeout": 3,
        "_get_pty": True,
        "_stdin": ["a", "b"],
        "_temp_dir": "/t",
    }
    assert arguments_from(ExecOptions()) == {"_shell_executable": "sh"}

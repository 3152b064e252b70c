"""The session on links that can be cut, fall silent or be refused."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from pyinfra._core.errors import ConnectError
from pyinfra._core.output import STDOUT
from pyinfra._transport.base import (
    Command,
    Download,
    ExecOptions,
    FailureKind,
    Identity,
    Link,
    Method,
    PrivilegeStep,
    Result,
    Upload,
)
from pyinfra._transport.framing import Printing
from pyinfra._transport.session import ShellSession

from .links import BreakableLink, ScriptedLink

T = TypeVar("T")


def with_session(link: Link, body: Callable[[ShellSession], Awaitable[T]]) -> T:
    async def everything() -> T:
        session = ShellSession(link, open_timeout=5)
        await session.open()
        try:
            async with asyncio.timeout(20):
                return await body(session)
        finally:
            await session.close()

    return asyncio.run(everything())


def text(result: Result) -> bytes:
    return result.output.bytes_of(STDOUT)


def kind(result: Result) -> FailureKind | None:
    return None if result.failure is None else result.failure.kind


def test_identity() -> None:
    async def body(session: ShellSession) -> tuple[Identity | None, bytes]:
        [result] = await session.submit([Command("id -u; id -un")])
        return session.identity, text(result)

    identity, said = with_session(BreakableLink(), body)
    assert identity is not None
    assert said == f"{identity.uid}\n{identity.user}\n".encode()


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (ScriptedLink(b"This account is not available.\n"), "it said: This account is not available"),
        (ScriptedLink(b"", None, ConnectionResetError("gone")), "gone"),
        (BreakableLink(("/bin/false",)), "exit status 1"),
    ],
)
def test_what_is_no_shell(link: Link, words: str) -> None:
    with pytest.raises(ConnectError, match=words) as caught:
        asyncio.run(ShellSession(link).open())
    assert caught.value.details.host == link.name


def test_noise_of_profiles() -> None:
    link = BreakableLink(before=b"echo 'Last login: never'; printf 'no newline'; echo warning >&2; set -e -u -x -v\n")

    async def body(session: ShellSession) -> list[Result]:
        return await session.submit([Command('echo "ok$nothing"; false; echo on')])

    [result] = with_session(link, body)
    assert text(result) == b"ok\non\n"


def test_a_lost_connection_is_made_again_once() -> None:
    link = BreakableLink()

    async def body(session: ShellSession) -> tuple[list[Result], list[Result], list[Result]]:
        running = asyncio.ensure_future(session.submit([Command("echo a; sleep 5"), Command("echo no")]))
        await asyncio.sleep(0.2)
        link.cut()
        lost = await running
        back = await session.submit([Command("echo back")])
        link.cut()
        link.refuse = True
        return lost, back, await session.submit([Command("echo no")])

    lost, back, refused = with_session(link, body)
    assert len(lost) == 1
    assert kind(lost[0]) is FailureKind.LOST
    assert lost[0].failure is not None
    assert lost[0].failure.message == "connection lost: reset by peer"
    assert text(lost[0]) == b"a\n"
    assert text(back[0]) == b"back\n"
    assert kind(refused[0]) is FailureKind.NOT_STARTED
    assert link.connects == 4  # the first, the one that came back, and two that were refused


def test_a_loss_that_shows_when_a_pipe_is_opened() -> None:
    link = BreakableLink()

    async def body(session: ShellSession) -> list[Result]:
        link.down = True  # nobody has noticed yet
        [first] = await session.submit([Command("sleep 0 & wait")])
        [second] = await session.submit([Command("echo x")])
        return [first, second]

    first, second = with_session(link, body)
    assert first.ok  # nothing had begun, so the connection was made again
    assert text(second) == b"x\n"


def test_a_silent_host_does_not_hold_up_an_interruption() -> None:
    link = BreakableLink()

    async def body(session: ShellSession) -> tuple[float, list[Result]]:
        loop = asyncio.get_running_loop()
        running = asyncio.ensure_future(session.submit([Command("sleep 4")]))
        await asyncio.sleep(0.2)
        link.silent = True
        began = loop.time()
        await session.interrupt()
        return loop.time() - began, await running

    seconds, [result] = with_session(link, body)
    assert seconds < 2
    assert kind(result) is FailureKind.INTERRUPTED


def test_a_silent_host_does_not_hold_up_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyinfra._transport.ending._KILL_TIME", 0.3)
    monkeypatch.setattr("pyinfra._transport.ending._AFTERMATH", 0.1)
    link = BreakableLink()

    async def body(session: ShellSession) -> list[Result]:
        running = asyncio.ensure_future(session.submit([Command("sleep 3", ExecOptions(timeout=0.2))]))
        await asyncio.sleep(0.1)
        link.silent = True
        return await running

    [result] = with_session(link, body)
    assert kind(result) is FailureKind.TIMEOUT
    assert result.failure is not None
    assert "could not be ended" in (result.failure.hint or "")


def test_nothing_happens_on_a_closed_session() -> None:
    async def body() -> list[Result]:
        session = ShellSession(BreakableLink())
        await session.open()
        await session.close()
        await session.interrupt()
        await session.refresh()
        await session.close()
        return await session.submit([Command("x")])

    [result] = asyncio.run(body())
    assert kind(result) is FailureKind.NOT_STARTED


def test_another_thread_may_submit() -> None:
    async def body(session: ShellSession) -> list[Result]:
        made: list[Awaitable[list[Result]]] = []
        thread = threading.Thread(target=lambda: made.append(session.submit([Command("echo x")])))
        thread.start()
        thread.join()
        return await made[0]

    assert text(with_session(BreakableLink(), body)[0]) == b"x\n"


def test_whoever_stops_waiting_does_not_disturb_others() -> None:
    async def body(session: ShellSession) -> bytes:
        first = asyncio.ensure_future(session.submit([Command("sleep 0.2; echo a")]))
        second = asyncio.ensure_future(session.submit([Command("echo b")]))
        await asyncio.sleep(0.05)
        first.cancel()
        return text((await second)[0])

    assert with_session(BreakableLink(), body) == b"b\n"


def test_steps_that_change_nothing_cost_nothing() -> None:
    link = BreakableLink()

    async def body(session: ShellSession) -> list[Result]:
        assert session.identity is not None
        me = session.identity.user
        privileges = [(PrivilegeStep(Method.SUDO, me),), (PrivilegeStep(Method.SU, me), PrivilegeStep(Method.DOAS, me))]
        return [
            (await session.submit([Command("id -un", ExecOptions(privilege=privilege))]))[0] for privilege in privileges
        ]

    results = with_session(link, body)
    assert [result.ok for result in results] == [True, True]
    assert link.opened == 1


def test_a_shell_that_cannot_print_gets_content_through_the_pipe() -> None:
    async def body(session: ShellSession) -> tuple[list[Result], bytes]:
        assert session._shells is not None
        session._shells.printing = Printing.NOT
        sink = io.BytesIO()
        path = "/tmp/pyinfra-test-printing"
        return await session.submit(
            [
                Upload(io.BytesIO(b"a\0b"), path),
                Download(path, sink),
                Command(f"rm {path}; cat", ExecOptions(stdin=b"in\0put")),
            ]
        ), sink.getvalue()

    results, content = with_session(BreakableLink(), body)
    assert [result.failure for result in results] == [None] * 3
    assert content == b"a\0b"
    assert text(results[2]) == b"in\0put"


def test_a_source_that_cannot_tell_its_length(tmp_path) -> None:
    class Endless(io.RawIOBase):
        def __init__(self) -> None:
            self._left = [b"x" * 70_000] * 3

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            piece = self._left.pop() if self._left else b""
            buffer[: len(piece)] = piece
            return len(piece)

    async def body(session: ShellSession) -> list[Result]:
        source = io.BufferedReader(Endless(), buffer_size=100_000)
        return await session.submit([Upload(source, str(tmp_path / "file"))])  # type: ignore[arg-type]

    [result] = with_session(BreakableLink(), body)
    assert result.ok, result.failure
    assert (tmp_path / "file").stat().st_size == 210_000


def test_a_source_is_read_from_where_it_is(tmp_path) -> None:
    source = io.BytesIO(b"0123456789")
    source.seek(4)

    async def body(session: ShellSession) -> list[Result]:
        return await session.submit([Upload(source, str(tmp_path / "file"))])

    with_session(BreakableLink(), body)
    assert (tmp_path / "file").read_bytes() == b"456789"
    assert not source.closed


def test_few_pipes_linger_for_background_children() -> None:
    link = BreakableLink()

    async def body(session: ShellSession) -> int:
        for _ in range(6):
            await session.submit([Command("sleep 1 & :")])
        assert session._shells is not None
        return len(session._shells.live)

    assert with_session(link, body) <= 1 + 3


def test_content_that_is_not_taken_is_never_run(tmp_path) -> None:
    marker = tmp_path / "marker"
    content = f"touch {marker}\n".encode() * 20_000
    link = BreakableLink(before=b"trap '' XFSZ; ulimit -f 100\n")

    async def body(session: ShellSession) -> list[Result]:
        results = await session.submit([Upload(io.BytesIO(content), str(tmp_path / "file"))])
        await session.submit([Command("sleep 0.2")])
        return results

    [result] = with_session(link, body)
    assert kind(result) is FailureKind.TRANSFER
    assert result.failure is not None
    assert "File too large" in result.failure.message
    assert list(tmp_path.iterdir()) == []

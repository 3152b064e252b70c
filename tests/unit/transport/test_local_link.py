from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from pyinfra._core.errors import ConnectError
from pyinfra._core.output import STDERR, STDOUT
from pyinfra._transport.base import Pipe
from pyinfra._transport.local import LocalLink


class Receiver:
    """Keeps what it gets."""

    def __init__(self) -> None:
        self.data: dict[int, bytes] = {STDOUT: b"", STDERR: b""}
        self.closed: asyncio.Future[tuple[int | None, Exception | None]] = asyncio.get_running_loop().create_future()

    def data_received(self, stream: int, data: bytes) -> None:
        self.data[stream] += data

    def pipe_closed(self, status: int | None, error: Exception | None) -> None:
        self.closed.set_result((status, error))  # raises when called twice


async def run(text: bytes, *, pty: bool = False, link: LocalLink | None = None) -> tuple[int | None, bytes, bytes]:
    link = link or LocalLink()
    receiver = Receiver()
    pipe = await link.open_pipe(receiver, pty=pty)
    pipe.write(text)
    if not pty:
        pipe.write_eof()
    async with asyncio.timeout(10):
        status, error = await receiver.closed
    assert error is None
    return status, receiver.data[STDOUT], receiver.data[STDERR]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"echo a; echo b >&2; exit 3", (3, b"a\n", b"b\n")),
        (b"kill -9 $$", (-9, b"", b"")),
        (b"", (0, b"", b"")),
        (b"head -c 300000 /dev/zero; exit 1", (1, bytes(300_000), b"")),
        (b"sleep 5 & echo x", (0, b"x\n", b"")),  # a child that holds the pipe does not hold up the end
    ],
)
def test_pipes(text: bytes, expected: tuple[int, bytes, bytes]) -> None:
    assert asyncio.run(run(text)) == expected


def test_a_terminal() -> None:
    status, out, err = asyncio.run(run(b"tty; [ -t 1 ] && [ -t 2 ] && echo both; echo err >&2; exit 4\n", pty=True))
    assert status == 4
    assert out.startswith(b"/dev/")
    assert out.endswith(b"\nboth\nerr\n")
    assert b"\r" not in out
    assert err == b""


def test_children_start_clean() -> None:
    inherited = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(inherited, True)
    try:
        _, out, _ = asyncio.run(
            run(b"ls /proc/$$/fd; grep -E 'Sig(Ign|Blk)' /proc/self/status; ps -o sid= -p $$; echo $$")
        )
    finally:
        os.close(inherited)
    *descriptors, ignored, blocked, session, pid = out.decode().split("\n")[:-1]
    assert set(descriptors) <= {"0", "1", "2", "10"} | {str(n) for n in (255,)}
    masks = {line.split(":")[0]: int(line.split(":")[1], 16) for line in (ignored, blocked)}
    assert not any(masks[name] & 1 << (signal.SIGPIPE - 1) for name in masks)
    assert session.strip() == pid


def descriptors() -> set[str]:
    return {path.name for path in Path("/dev/fd").iterdir()}


def test_no_descriptor_is_left() -> None:
    async def body() -> None:
        for pty in (False, True):
            await run(b"exit 0\n", pty=pty)

    asyncio.run(body())
    before = descriptors()
    asyncio.run(body())
    assert descriptors() == before


def test_much_is_written_without_blocking() -> None:
    async def body() -> bytes:
        receiver = Receiver()
        pipe = await LocalLink().open_pipe(receiver)
        pipe.write(b"sleep 0.1; wc -c <<'X'\n")
        for _ in range(100):
            pipe.write(b"y" * 65535 + b"\n")
            await pipe.drain()
        pipe.write(b"X\n")
        pipe.write_eof()
        await receiver.closed
        return receiver.data[STDOUT]

    assert asyncio.run(body()).strip() == b"6553600"


def test_abort_and_close() -> None:
    async def body() -> None:
        link = LocalLink()
        receivers = [Receiver(), Receiver()]
        pipes: list[Pipe] = [await link.open_pipe(receiver) for receiver in receivers]
        pipes[0].abort()
        pipes[0].abort()
        assert not receivers[0].closed.done()  # it follows
        await link.close()
        for receiver in receivers:
            assert await receiver.closed == (None, None)
        for pipe in pipes:
            pipe.write(b"x")
            pipe.write_eof()
            await pipe.drain()

    asyncio.run(body())


def test_no_shell() -> None:
    link = LocalLink("here", ("/no/such/shell",))
    with pytest.raises(ConnectError, match="/no/such/shell"):
        asyncio.run(link.connect())

    async def body() -> None:
        await link.open_pipe(Receiver())

    with pytest.raises(ConnectError, match="/no/such/shell"):
        asyncio.run(body())


def test_somebody_else_may_reap_children(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(pid: int, flags: int) -> tuple[int, int]:
        raise ChildProcessError

    monkeypatch.setattr("pyinfra._transport.local.os.waitpid", gone)
    assert asyncio.run(run(b"echo x"))[:2] == (255, b"x\n")


def test_without_process_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("pyinfra._transport.local.os.pidfd_open")
    assert asyncio.run(run(b"echo x; exit 5"))[:2] == (5, b"x\n")


def test_children_that_outlive_their_shell_may_go_on_writing(tmp_path: Path) -> None:
    marker = tmp_path / "marker"

    async def body() -> bytes:
        link = LocalLink()
        text = f"(trap - PIPE; sleep 0.2; head -c 200000 /dev/zero; touch {marker}) & echo x"
        _, out, _ = await run(text.encode(), link=link)
        for _ in range(50):
            await asyncio.sleep(0.02)
            if marker.exists():
                break
        await link.close()
        return out

    assert asyncio.run(body()) == b"x\n"
    assert marker.exists()

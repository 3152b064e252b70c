"""Commands on this machine, for deploy code and for blocking connectors."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from typing import IO, Any

from pyinfra._core.display import visible
from pyinfra._core.output import (
    STDERR,
    STDOUT,
    CapturedOutput,
    CommandOutput,
    OutputLine,
    decode,
    encode,
)
from pyinfra._engine.controller.styling import echo, format_text

# How long output is waited for after the process has ended: a child that it left behind may hold it open for ever.
_AFTER_END = 1.0
_CHUNK = 65536


def run_local_process(
    command: str,
    stdin: Any = None,
    timeout: float | None = None,
    print_output: bool = False,
    print_prefix: str = "",
) -> tuple[int, CommandOutput]:
    """Run a command with ``sh`` and wait for it.

    Args:
        command: shell command line.
        stdin: text, list of texts, or something with ``readlines``.
        timeout: seconds, after which the command and all its children are killed.
        print_output: print lines as they come.
        print_prefix: before each of these lines.

    Returns:
        Exit status and output.

    Raises:
        TimeoutError: it did not end in time.
    """
    process = subprocess.Popen(  # noqa: S602 - a shell command line is what this function takes
        encode(command),
        shell=True,
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with _Collector(process, print_output, print_prefix) as collector:
        if stdin is not None:
            _in_thread(write_stdin, stdin, process.stdin)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"the command did not end within {timeout} seconds") from None
        return status, CommandOutput.of(collector.finish())


class _Collector:
    """Reads both streams of a process in threads, and leaves no process behind."""

    def __init__(self, process: subprocess.Popen[bytes], print_output: bool, prefix: str) -> None:
        self._process = process
        self._printer = _LinePrinter(prefix) if print_output else None
        self._capture = CapturedOutput()
        self._lock = threading.Lock()
        self._ended = False
        self._threads = [
            _in_thread(self._read, stream, pipe)
            for stream, pipe in ((STDOUT, process.stdout), (STDERR, process.stderr))
            if pipe is not None
        ]

    def _read(self, stream: int, pipe: IO[bytes]) -> None:
        with pipe:
            while data := os.read(pipe.fileno(), _CHUNK):
                with self._lock:
                    if self._ended:
                        return
                    self._capture.append(stream, data)
                    if self._printer is not None:
                        self._printer.feed(stream, data)

    def finish(self) -> CapturedOutput:
        """Return what was read."""
        deadline = time.monotonic() + _AFTER_END
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        with self._lock:
            self._ended = True
            if self._printer is not None:
                self._printer.end()
        return self._capture

    def __enter__(self) -> _Collector:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.finish()


def _in_thread(function: Callable[..., Any], *args: Any) -> threading.Thread:
    thread = threading.Thread(target=function, args=args, name="pyinfra-local", daemon=True)
    thread.start()
    return thread


class _LinePrinter:
    """Prints whole lines of pieces of output."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._rest = {STDOUT: b"", STDERR: b""}

    def feed(self, stream: int, data: bytes) -> None:
        """More output came."""
        *lines, self._rest[stream] = (self._rest[stream] + data).split(b"\n")
        for line in lines:
            print_line(self._prefix, OutputLine("stdout" if stream == STDOUT else "stderr", decode(line)))

    def end(self) -> None:
        """Nothing more will come."""
        for stream, rest in self._rest.items():
            if rest:
                self.feed(stream, b"\n")


def print_line(prefix: str, line: OutputLine) -> None:
    """Print one line of a command's output; standard error in red."""
    text = visible(line.line)
    echo(f"{prefix}{format_text(text, 'red') if line.buffer_name == 'stderr' else text}", err=True)


def write_stdin(stdin: Any, buffer: Any) -> None:
    """Write what ``_stdin`` was given to a file and close it. Each item ends with a newline.

    Args:
        stdin: text, list of texts, or something with ``readlines``; None for nothing.
        buffer: binary file. One that is closed at the other end is fine.
    """
    if stdin is None:
        return
    if hasattr(stdin, "readlines"):
        stdin = stdin.readlines()
    items = [stdin] if isinstance(stdin, (str, bytes)) else stdin
    with contextlib.suppress(BrokenPipeError, ConnectionError):
        for item in items:
            data = item if isinstance(item, bytes) else encode(str(item))
            buffer.write(data if data.endswith(b"\n") else data + b"\n")
    with contextlib.suppress(BrokenPipeError, ConnectionError):
        buffer.close()


# -- for connectors that have two files to read from ---------------------------------------


def read_buffer(
    name: str,
    io: Iterable[Any],
    output_queue: queue.Queue[OutputLine],
    print_output: bool = False,
    print_func: Callable[[str], str] | None = None,
) -> None:
    """Put every line of a file into a queue.

    Args:
        name: ``"stdout"`` or ``"stderr"``.
        io: the file: lines as bytes or text.
        output_queue: where the lines go.
        print_output: print them too.
        print_func: styles a line for printing.
    """
    for raw in io:
        text = (decode(raw) if isinstance(raw, bytes) else str(raw)).rstrip("\n")
        output_queue.put(OutputLine(name, text))
        if print_output:
            shown = visible(text)
            echo(print_func(shown) if print_func is not None else shown, err=True)


def read_output_buffers(
    stdout_buffer: Iterable[Any],
    stderr_buffer: Iterable[Any],
    timeout: float | None,
    print_output: bool,
    print_prefix: str,
) -> CommandOutput:
    """Read both files of a command until they end.

    Args:
        stdout_buffer: lines as bytes or text.
        stderr_buffer: lines as bytes or text.
        timeout: seconds.
        print_output: print lines as they come.
        print_prefix: before each of these lines.

    Raises:
        TimeoutError: they did not end in time. Ending the command is up to the caller.
        Exception: whatever reading raised.
    """
    lines: queue.Queue[OutputLine] = queue.Queue()
    errors: list[BaseException] = []
    styles: dict[str, Callable[[str], str]] = {
        "stdout": lambda line: f"{print_prefix}{line}",
        "stderr": lambda line: f"{print_prefix}{format_text(line, 'red')}",
    }

    def read(name: str, buffer: Iterable[Any]) -> None:
        try:
            read_buffer(name, buffer, lines, print_output, styles[name])
        except BaseException as error:  # noqa: BLE001 - raised again where it belongs
            errors.append(error)

    buffers = {"stdout": stdout_buffer, "stderr": stderr_buffer}
    threads = [_in_thread(read, name, buffer) for name, buffer in buffers.items()]
    deadline = None if timeout is None else time.monotonic() + timeout
    for thread in threads:
        thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            raise TimeoutError(f"the command did not end within {timeout} seconds")
    if errors:
        raise errors[0]
    return CommandOutput([lines.get() for _ in range(lines.qsize())])

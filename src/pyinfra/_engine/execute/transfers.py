"""From upload and download commands to requests: local files are opened late and written whole or not at all."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, cast

from pyinfra._core.commands import FileDownloadCommand, FileUploadCommand, WriteFileCommand
from pyinfra._core.output import decode, encode
from pyinfra._transport.base import Download, ExecOptions, Result, Upload


def upload_request(command: FileUploadCommand, options: ExecOptions, opened: ExitStack) -> Upload:
    """Open what is to be sent."""
    request = Upload(_open_source(command.src, opened), str(command.dest), options)
    if isinstance(command, WriteFileCommand):
        request.mode = None if command.mode is None else str(command.mode)
        request.user, request.group = command.user, command.group
        request.backup_suffix, request.replaces = command.backup_suffix, command.replaces
    return request


def _open_source(source: Any, opened: ExitStack) -> BinaryIO:
    if not hasattr(source, "read"):
        return opened.enter_context(Path(source).open("rb"))
    # The same object may be sent to many hosts at once, so each gets the content as a stream of its own.
    source.seek(0)
    content = source.read()
    source.seek(0)
    return io.BytesIO(encode(content) if isinstance(content, str) else content)


def download_request(
    command: FileDownloadCommand, options: ExecOptions, opened: ExitStack
) -> tuple[Download, Callable[[Result], None]]:
    """Make a place for what is fetched, and the step that puts it where it belongs."""
    if hasattr(command.dest, "write"):
        spool = tempfile.SpooledTemporaryFile(max_size=1 << 20)  # noqa: SIM115 - closed with the others
        sink = cast("BinaryIO", opened.enter_context(spool))
        return Download(str(command.src), sink, options), lambda result: _pour(sink, command.dest)
    path = Path(command.dest)
    handle, name = tempfile.mkstemp(prefix=".pyinfra-", dir=path.parent)
    opened.callback(Path(name).unlink, missing_ok=True)
    file = opened.enter_context(os.fdopen(handle, "wb"))
    return Download(str(command.src), file, options), lambda result: _replace(file, Path(name), path)


def _pour(sink: BinaryIO, target: Any) -> None:
    sink.seek(0)
    content = sink.read()
    try:
        target.write(content)
    except TypeError:  # a text stream
        target.write(decode(content))
    if hasattr(target, "seek"):
        target.seek(0)


def _replace(file: BinaryIO, temporary: Path, path: Path) -> None:
    file.flush()
    if path.exists():
        temporary.chmod(path.stat().st_mode & 0o7777)
    else:
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
    temporary.replace(path)

"""Files over SFTP, with many requests in flight."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, BinaryIO, cast

import asyncssh

from pyinfra._core.errors import ConnectionLostError, TransferError
from pyinfra._core.output import encode

from .unreachable import printable

if TYPE_CHECKING:
    from collections.abc import Callable

# One piece is split into requests that travel together; two pieces are on their way at a time.
PIECE = 1024 * 1024
_CREATE = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_EXCL
_PRIVATE = 0o600


class SFTPFiles:
    """The files that the login user can reach.

    Args:
        client: a started SFTP client.
        explain: turns the error of a lost connection into one with its cause.
    """

    def __init__(self, client: asyncssh.SFTPClient, explain: Callable[[Exception | None], ConnectionLostError]) -> None:
        self._client = client
        self._explain = explain

    async def write(self, source: BinaryIO, path: str) -> None:
        """Create a file that must not exist, readable by its owner only, and fill it.

        Args:
            source: read from its present position.
            path: on the host.

        Raises:
            TransferError: when it cannot be written; what was written of it is removed.
            ConnectionLostError: when the connection ended.
        """
        remote = encode(path)
        try:
            file = await self._client.open(remote, _CREATE, asyncssh.SFTPAttrs(permissions=_PRIVATE), encoding=None)
        except (OSError, asyncssh.Error) as error:
            raise self._failed("create", path, error) from error
        try:
            await _copy_in(source, file)
            await file.close()
        except (OSError, asyncssh.Error) as error:
            await self._drop(file, remote)
            raise self._failed("write", path, error) from error
        except BaseException:
            await self._drop(file, remote)
            raise

    async def _drop(self, file: asyncssh.SFTPClientFile, remote: bytes) -> None:
        try:
            await file.close()
            await self._client.remove(remote)
        except (OSError, asyncssh.Error):
            return  # the connection is gone, or the file

    async def read(self, path: str, sink: BinaryIO) -> None:
        """Copy a file into ``sink``.

        Raises:
            TransferError: when it cannot be read.
            ConnectionLostError: when the connection ended.
        """
        try:
            file = await self._client.open(encode(path), asyncssh.FXF_READ, encoding=None)
            try:
                offset = 0
                while data := cast("bytes", await file.read(PIECE, offset)):
                    sink.write(data)
                    offset += len(data)
            finally:
                await file.close()
        except (OSError, asyncssh.Error) as error:
            raise self._failed("read", path, error) from error

    async def remove(self, path: str) -> None:
        """Remove a file; one that is missing is fine.

        Raises:
            TransferError: when it cannot be removed.
            ConnectionLostError: when the connection ended.
        """
        try:
            await self._client.remove(encode(path))
        except asyncssh.SFTPNoSuchFile:
            return
        except (OSError, asyncssh.Error) as error:
            raise self._failed("remove", path, error) from error

    def _failed(self, what: str, path: str, error: Exception) -> Exception:
        if isinstance(error, asyncssh.SFTPConnectionLost | asyncssh.SFTPNoConnection | asyncssh.DisconnectError):
            return self._explain(error if isinstance(error, asyncssh.DisconnectError) else None)
        reason = error.reason if isinstance(error, asyncssh.Error) else str(error)
        return TransferError(f"cannot {what} {path}: {printable(reason)}")


async def _copy_in(source: BinaryIO, file: asyncssh.SFTPClientFile) -> None:
    offset = 0
    behind: asyncio.Task[int] | None = None
    try:
        while data := source.read(PIECE):
            following = asyncio.ensure_future(file.write(data, offset))
            offset += len(data)
            behind, previous = following, behind
            if previous is not None:
                await previous
        if behind is not None:
            await behind
    except BaseException:
        if behind is not None:
            behind.cancel()
            await asyncio.gather(behind, return_exceptions=True)
        raise

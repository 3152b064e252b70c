"""The old SCP client. Files travel over SFTP or the shell now; this keeps its name working over those."""

from __future__ import annotations

from pathlib import PurePath
from typing import IO, Any, AnyStr

__all__ = ["SCPClient", "SCPException", "asbytes", "asunicode"]


class SCPException(Exception):
    """A file could not be copied."""


def asbytes(s: bytes | str | PurePath) -> bytes:
    """Return text or a path as bytes."""
    return s if isinstance(s, bytes) else str(s).encode("utf-8", "surrogateescape")


def asunicode(s: bytes | str) -> str:
    """Return bytes as text."""
    return s.decode("utf-8", "surrogateescape") if isinstance(s, bytes) else s


class SCPClient:
    """Copies single files.

    Args:
        transport: what :meth:`SSHConnector.get_file_transfer_connection` returned.
        buff_size: without meaning now.
        socket_timeout: without meaning now.
    """

    def __init__(self, transport: Any, buff_size: int = 16384, socket_timeout: float = 10.0) -> None:
        self.transport = transport
        self.buff_size = buff_size
        self.socket_timeout = socket_timeout

    @property
    def channel(self) -> Any:
        """What carries the files."""
        return self.transport

    def putfo(
        self, fl: IO[AnyStr], remote_path: str | bytes, mode: str | bytes = "0644", size: int | None = None
    ) -> None:
        """Copy an open file to the host.

        Raises:
            SCPException: when it cannot be written.
        """
        try:
            self.transport.putfo(fl, asunicode(remote_path))
        except OSError as error:
            raise SCPException(str(error)) from error

    def getfo(self, remote_path: str, fl: IO[Any]) -> IO[Any]:
        """Copy a file of the host into an open file.

        Raises:
            SCPException: when it cannot be read.
        """
        try:
            self.transport.getfo(remote_path, fl)
        except OSError as error:
            raise SCPException(str(error)) from error
        return fl

    def close(self) -> None:
        """Nothing to close: the connection belongs to the connector."""

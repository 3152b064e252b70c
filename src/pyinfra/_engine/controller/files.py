"""Files on this machine: opened from a path or an object, and their digests."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from contextlib import AbstractContextManager
from io import BytesIO, StringIO
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from pyinfra._core.context import current_file
from pyinfra._core.errors import OperationValueError
from pyinfra._core.output import decode, encode

BLOCKSIZE = 65536
# A file that changed so recently may change again without its time stamps showing it.
_SETTLED_AFTER_NS = 1_000_000_000

_sums: dict[tuple[str, str], tuple[tuple[int, ...], str]] = {}


class get_file_io(AbstractContextManager[IO[Any]]):
    """Opens a path, or takes an open file as it is; text or bytes as the mode says, from the beginning.

    A file that was given open is left open, and at its beginning.

    Args:
        filename_or_io: path, or an object with ``read``.
        mode: as for ``open``.

    Example:
        with get_file_io(StringIO("text")) as file:
            file.read()  # b"text"
    """

    filename_or_io: str | IO[Any]
    mode: str

    def __init__(self, filename_or_io: str | IO[Any], mode: str = "rb") -> None:
        if not (isinstance(filename_or_io, (str, os.PathLike)) or hasattr(filename_or_io, "read")):
            kind = type(filename_or_io).__name__
            raise TypeError(f"a path or an open file is needed, not {kind}")
        self.filename_or_io = filename_or_io
        self.mode = mode
        self._opened: IO[Any] | None = None
        self._rewinds = False

    def __enter__(self) -> IO[Any]:
        source = self.filename_or_io
        if isinstance(source, (str, os.PathLike)):
            encoding = None if "b" in self.mode else "utf-8"
            self._opened = open(source, self.mode, encoding=encoding)  # noqa: PTH123 - closed in __exit__
            return self._opened
        self._rewinds = _rewind(source)
        return _converted(source, binary="b" in self.mode) if "r" in self.mode else source

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None
        elif self._rewinds and not isinstance(self.filename_or_io, (str, os.PathLike)):
            _rewind(self.filename_or_io)

    @property
    def cache_key(self) -> str | None:
        """The path, where there is one."""
        return str(self.filename_or_io) if isinstance(self.filename_or_io, (str, os.PathLike)) else None


def _rewind(file: IO[Any]) -> bool:
    try:
        file.seek(0)
    except (AttributeError, OSError, ValueError):  # a pipe, or something that only looks like a file, or closed
        return False
    return True


def _converted(file: IO[Any], binary: bool) -> IO[Any]:
    """The same content as text or bytes. Only text files in memory and those opened as text need it."""
    is_text = isinstance(file, StringIO) or (hasattr(file, "encoding") and not isinstance(file, BytesIO))
    if binary and is_text:
        return BytesIO(encode(file.read()))
    if not binary and not is_text:
        content = file.read()
        return StringIO(decode(content) if isinstance(content, bytes) else content)
    return file


# -- digests -------------------------------------------------------------------------------


def file_sum(filename_or_io: str | IO[Any], algorithm: str) -> str:
    """Return the digest of a file, in hexadecimal. Known digests are used while the file's time and size stay the same.

    Args:
        filename_or_io: path, or an open file.
        algorithm: as ``hashlib`` calls it.
    """
    if not isinstance(filename_or_io, (str, os.PathLike)):
        return _digest(filename_or_io, algorithm)
    path = os.path.realpath(filename_or_io)
    stamp = _stamp(path)
    known = _sums.get((path, algorithm))
    if known is not None and known[0] == stamp:
        return known[1]
    digest = _digest(path, algorithm)
    if _stamp(path) == stamp and time.time_ns() - max(stamp[:2]) > _SETTLED_AFTER_NS:
        _sums[path, algorithm] = stamp, digest
    return digest


def _stamp(path: str) -> tuple[int, ...]:
    found = Path(path).stat()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev


def _digest(filename_or_io: str | IO[Any], algorithm: str) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with get_file_io(filename_or_io) as file:
        while block := file.read(BLOCKSIZE):
            digest.update(block if isinstance(block, bytes) else encode(block))
    return digest.hexdigest()


def get_file_sha1(filename_or_io: str | IO[Any]) -> str:
    """Return the SHA-1 digest of a file."""
    return file_sum(filename_or_io, "sha1")


def get_file_sha256(filename_or_io: str | IO[Any]) -> str:
    """Return the SHA-256 digest of a file."""
    return file_sum(filename_or_io, "sha256")


def get_file_md5(filename_or_io: str | IO[Any]) -> str:
    """Return the MD5 digest of a file."""
    return file_sum(filename_or_io, "md5")


# -- paths ---------------------------------------------------------------------------------


def get_path_permissions_mode(pathname: str) -> str:
    """Return the permissions of a file as ``chmod`` takes them: ``"644"``."""
    return f"{stat.S_IMODE(Path(pathname).stat().st_mode):o}"


def get_file_path(state: Any, filename: str) -> str:
    """Return where a file named in a deploy is.

    Args:
        state: the run.
        filename: absolute; or beginning with ``./``, then beside the file that is being run; or below ``state.cwd``.
    """
    if "\0" in filename:
        raise OperationValueError(f"no file can have the name {filename!r}")
    path = Path(filename)
    if path.is_absolute():
        return str(path)
    running = current_file.get() or state.current_exec_filename
    if filename.startswith("./") and running:
        return str(Path(running).parent / path)
    return str(Path(state.cwd or "") / path)

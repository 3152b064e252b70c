"""What is uploaded: a file of this machine, or something with a ``read`` method."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import IO, Any

from pyinfra import state
from pyinfra._engine.controller.files import file_sum
from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.api.util import get_file_io, get_file_path, get_path_permissions_mode

SMALL = 1024 * 1024  # bytes; what is larger is compared by digest, and never shown


class Source:
    """A file of this machine, looked at while planning and never changed.

    Args:
        src: path, or an open file.
        name: what it is called where it is put into a directory; None for something without a name.
        assumed: the file may only be made later: then nothing is known of it.
    """

    def __init__(self, src: str | IO[Any], name: str | None, assumed: bool = False) -> None:
        self.src = src
        self.name = name
        self.assumed = assumed

    @classmethod
    def checked(cls, src: Any, add_deploy_dir: bool, assume_exists: bool) -> Source:
        """Make one of the arguments of an operation.

        Raises:
            OperationTypeError: it is neither a path nor an open file.
            OperationValueError: there is no such file.
        """
        if hasattr(src, "read"):
            return cls(src, None)
        if not isinstance(src, (str, os.PathLike)):
            kind = type(src).__name__
            raise OperationTypeError(f"src must be a path or an open file, not {kind}: {src!r}", argument="src")
        given = os.fspath(src)
        path = get_file_path(state, given) if add_deploy_dir else given
        known = os.path.isfile(path)  # noqa: PTH113 - also false for what Path would raise an error for
        if not known and not assume_exists:
            raise LocalFileError(given, path)
        return cls(path, os.path.basename(given), assumed=not known)  # noqa: PTH119 - a name as it was given

    @classmethod
    def of_text(cls, text: str, name: str | None) -> Source:
        """Make one of a text."""
        return cls(StringIO(text), name)

    def digest(self, algorithm: str) -> str:
        """Return the digest of the content, as ``hashlib`` calls the algorithm."""
        return file_sum(self.src, algorithm)

    def data(self) -> bytes | None:
        """Return the content, unless it is large or not known yet."""
        if self.assumed:
            return None
        with get_file_io(self.src) as file:
            data: bytes = file.read(SMALL + 1)
        return data if len(data) <= SMALL else None

    @property
    def size(self) -> int | None:
        """Size in bytes, when it is known."""
        if isinstance(self.src, (str, os.PathLike)):
            return None if self.assumed else Path(self.src).stat().st_size
        data = self.data()
        return None if data is None else len(data)

    def mode(self) -> str | None:
        """Return the permissions of the file on this machine.

        Raises:
            OperationValueError: it is no file on this machine.
        """
        if not isinstance(self.src, (str, os.PathLike)):
            raise OperationValueError("mode=True takes the permissions of src, which is no file", argument="mode")
        return None if self.assumed else get_path_permissions_mode(str(self.src))

    def stat(self, argument: str) -> os.stat_result:
        """Return what this machine knows of the file."""
        if not isinstance(self.src, (str, os.PathLike)) or self.assumed:
            raise OperationValueError(f"{argument}=True takes the time of src, which is no file", argument=argument)
        return Path(self.src).stat()


class LocalFileError(OperationValueError, OSError):
    """A file of this machine is not there. An ``OSError`` too, as it has always been."""

    def __init__(self, given: str, path: str) -> None:
        kind = "is a directory" if os.path.isdir(path) else "does not exist"  # noqa: PTH112 - see above
        super().__init__(
            f"src {given!r}: the file {path} {kind} on this machine",
            argument="src",
            hint="paths are relative to the directory of the deploy; assume_exists=True for a file that is made later",
        )

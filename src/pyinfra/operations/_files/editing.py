"""Texts on the host that are worked out on this machine: read whole, changed, and written back in one step."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from pyinfra import host
from pyinfra._core.output import decode, encode
from pyinfra._core.records import Record
from pyinfra.api import OperationError, WriteFileCommand
from pyinfra.api.planning import prefetch, promise
from pyinfra.facts._files.contents import FileContent, FileText
from pyinfra.facts.files import File
from pyinfra.operations.util.files import get_timestamp

from .attributes import Attributes
from .entries import promise_entry
from .line import digest
from .sources import SMALL
from .uploading import Commands, promise_content, tell_content

_LARGEST = 12 * 1024 * 1024  # bytes; the output of one command is kept up to 16 MiB


class PresentText(Record):
    """A text file as it is.

    Attributes:
        path: on the host.
        found: the ``File`` fact; None where there is nothing, or a link leads to the file.
        data: its bytes; None where there is none.
    """

    path: str
    found: Mapping[str, Any] | None
    data: bytes | None

    @classmethod
    def read(cls, path: str) -> PresentText:
        """Read a file, in one round trip unless it is large.

        Raises:
            OperationError: something else is there, or it is too large to be edited.
        """
        prefetch(FileText, path=path)
        found = host.get_fact(File, path=path)
        content = host.get_fact(FileText, path=path)
        if content is False:
            raise OperationError(f"{path} exists and is not a file")
        if content is not None and content.data is None:
            content = host.get_fact(FileText, path=path, max_size=_LARGEST)
        if content and content.data is None:
            raise OperationError(f"{path} is too large to be edited: {content.size} bytes")
        return cls(path, found or None, content.data if content else None)

    @property
    def text(self) -> str:
        """All of it; bytes that are not UTF-8 come back as they were."""
        return decode(self.data or b"")

    def become(self, text: str, *, backup: bool = False) -> Commands:
        """Yield what writes another text, and say what will be there. Owner and permissions stay.

        Args:
            text: all of it.
            backup: keep the old file beside it, under its name with the time.
        """
        after = encode(text)
        unowned = Attributes()
        tell_content(self.path, self.found, after, unowned)
        yield WriteFileCommand(
            BytesIO(after),
            self.path,
            backup_suffix=f".{get_timestamp()}" if backup else None,
            replaces="-" if self.data is None else digest(self.data),
        )
        promise_content(self.path, after)
        if len(after) > SMALL:
            promise(FileText, FileContent(len(after), None), path=self.path)
            promise(FileText, FileContent.of(after), path=self.path, max_size=_LARGEST)
        if self.found or self.data is None:  # otherwise a link leads to the file
            attributes = {**unowned.after(self.found), "size": len(after), "atime": None, "mtime": None}
            promise_entry(self.path, File, attributes)

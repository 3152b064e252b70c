"""Operations on files.

Example:
    from pyinfra.operations import files

    files.directory(path="/etc/app", mode="755", _sudo=True)
    files.put(src="app.conf", dest="/etc/app/app.conf", mode="644", _sudo=True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyinfra._core.faces import face

if TYPE_CHECKING:
    from pyinfra.facts.files import MARKER_BEGIN_DEFAULT, MARKER_DEFAULT, MARKER_END_DEFAULT

    from ._files.block import block
    from ._files.copy import copy
    from ._files.directory import directory
    from ._files.download import download
    from ._files.file import file
    from ._files.flags import flags
    from ._files.get import get
    from ._files.line import line
    from ._files.link import link
    from ._files.move import move
    from ._files.put import put
    from ._files.replace import replace
    from ._files.rsync import rsync, show_rsync_warning
    from ._files.sync import sync
    from ._files.template import template
    from ._files.unarchive import unarchive

__all__ = [
    "MARKER_BEGIN_DEFAULT",
    "MARKER_DEFAULT",
    "MARKER_END_DEFAULT",
    "block",
    "copy",
    "directory",
    "download",
    "file",
    "flags",
    "get",
    "line",
    "link",
    "move",
    "put",
    "replace",
    "rsync",
    "show_rsync_warning",
    "sync",
    "template",
    "unarchive",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__)

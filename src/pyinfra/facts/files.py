"""Facts about files.

Example:
    >>> host.get_fact(File, path="/etc/motd")
    {'user': 'root', 'group': 'root', 'mode': 644, 'size': 286, ...}
"""

from __future__ import annotations

from ._faces import publish
from ._files.block import MARKER_BEGIN_DEFAULT, MARKER_DEFAULT, MARKER_END_DEFAULT, Block
from ._files.contents import FileContents
from ._files.find import FindDirectories, FindFiles, FindFilesBase, FindLinks
from ._files.flags import Flags
from ._files.hashes import HashFileFactBase, Md5File, Sha1File, Sha256File, Sha384File
from ._files.modes import CHAR_TO_PERMISSION
from ._files.search import FindInFile
from ._files.stat import Directory, File, Link, Socket
from ._files.stat_output import BSD_STAT_COMMAND, LINUX_STAT_COMMAND, LS_COMMAND, LS_REGEX, STAT_REGEX, FileDict
from ._frames import EXISTS, MISSING

__all__ = [
    "BSD_STAT_COMMAND",
    "CHAR_TO_PERMISSION",
    "EXISTS",
    "LINUX_STAT_COMMAND",
    "LS_COMMAND",
    "LS_REGEX",
    "MARKER_BEGIN_DEFAULT",
    "MARKER_DEFAULT",
    "MARKER_END_DEFAULT",
    "MISSING",
    "STAT_REGEX",
    "Block",
    "Directory",
    "File",
    "FileContents",
    "FileDict",
    "FindDirectories",
    "FindFiles",
    "FindFilesBase",
    "FindInFile",
    "FindLinks",
    "Flags",
    "HashFileFactBase",
    "Link",
    "Md5File",
    "Sha1File",
    "Sha256File",
    "Sha384File",
    "Socket",
]

publish(globals(), __all__)

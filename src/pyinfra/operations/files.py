"""Operations on files.

Example:
    from pyinfra.operations import files

    files.directory(path="/etc/app", mode="755", _sudo=True)
    files.put(src="app.conf", dest="/etc/app/app.conf", mode="644", _sudo=True)
"""

from __future__ import annotations

from ._files.directory import directory
from ._files.file import file
from ._files.get import get
from ._files.line import line
from ._files.link import link
from ._files.put import put
from ._files.template import template

__all__ = ["directory", "file", "get", "line", "link", "put", "template"]

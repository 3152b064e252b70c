"""Operations by which a host reaches other machines with its own ssh.

Example:
    from pyinfra.operations import ssh

    ssh.keyscan(hostname="backup.example.org")
    ssh.upload(hostname="backup.example.org", filename="/srv/dump.gz", user="backup")
"""

from __future__ import annotations

from ._ssh.command import command
from ._ssh.files import download, upload
from ._ssh.keyscan import keyscan

__all__ = ["command", "download", "keyscan", "upload"]

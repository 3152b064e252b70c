"""The old name of the SSH client."""

from .client import SSHClient

__all__ = ["SSHClient"]

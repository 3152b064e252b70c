"""The old name of a way to send files."""

from .client import SCPClient

__all__ = ["SCPClient"]

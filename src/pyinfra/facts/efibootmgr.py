"""Facts about what UEFI firmware boots.

Example:
    >>> host.get_fact(EFIBootMgr)["BootOrder"]
    [1, 0]
"""

from __future__ import annotations

import re
from typing import TypedDict

from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase

from ._faces import publish

__all__ = ["EFIBootMgr", "EFIBootMgrInfoDict"]

BootEntry = tuple[bool, str]


class EFIBootMgrInfoDict(TypedDict):
    """The entries by number: whether each is active, and its name; which was booted, and which will be."""

    BootNext: int | None
    BootCurrent: int | None
    Timeout: int | None
    BootOrder: list[int] | None
    Entries: dict[int, BootEntry]


class UnexpectedLine(FactProcessError, ValueError):
    """efibootmgr printed something that it does not print."""


_ENTRY = re.compile(r"Boot([0-9A-Fa-f]{4})([* ])\s?([^\t]*)")
_NUMBER = re.compile(r"(BootNext|BootCurrent):\s*([0-9A-Fa-f]{4})\s*\Z")
_TIMEOUT = re.compile(r"Timeout:\s*(\d{1,9}) seconds?\s*\Z")
_ORDER = re.compile(r"BootOrder:\s*([0-9A-Fa-f]{4}(?:,[0-9A-Fa-f]{4})*)?\s*\Z")
# memory that is mirrored; how data of an entry goes on; an order that is not set
_OTHER = re.compile(r"\s*\Z|Mirror|No (?:BootOrder|Timeout|BootNext)|\s+(?:dp|data):")


class EFIBootMgr(FactBase["EFIBootMgrInfoDict | None"]):
    """What the firmware boots; ``None`` without UEFI.

    Example:
        >>> host.get_fact(EFIBootMgr)
        {'BootNext': None, 'BootCurrent': 1, 'Timeout': 3, 'BootOrder': [1, 0], 'Entries': {1: (True, 'debian')}}
    """

    def command(self) -> str:
        return "[ ! -d /sys/firmware/efi ] || efibootmgr"

    def requires_command(self) -> str:
        return "efibootmgr"

    def process(self, output: list[str]) -> EFIBootMgrInfoDict | None:
        if not output:
            return None
        found: EFIBootMgrInfoDict = {
            "BootNext": None, "BootCurrent": None, "Timeout": None, "BootOrder": None, "Entries": {},
        }  # fmt: skip
        for line in output:
            if number := _NUMBER.match(line):
                found["BootNext" if number[1] == "BootNext" else "BootCurrent"] = int(number[2], 16)
            elif timeout := _TIMEOUT.match(line):
                found["Timeout"] = int(timeout[1])
            elif order := _ORDER.match(line):
                found["BootOrder"] = [int(part, 16) for part in (order[1] or "").split(",") if part]
            elif entry := _ENTRY.match(line):
                found["Entries"][int(entry[1], 16)] = (entry[2] == "*", entry[3].strip())
            elif not _OTHER.match(line):
                raise UnexpectedLine(f"efibootmgr: not understood: {line!r}")
        return found


publish(globals(), __all__)

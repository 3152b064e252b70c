"""``Mounts``: mounted file systems."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypedDict

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, named
from pyinfra._core.effects import path as path_resource
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import not_understood
from pyinfra.facts._shell import script, word

_OCTAL = re.compile(rb"\\([0-7]{3})")
_BSD_LINE = re.compile(r"(?P<device>.+?) on (?P<point>/.*?)(?: type (?P<type>\S+))? \((?P<options>[^()]*)\)\Z")


class MountsDict(TypedDict):
    """What is mounted at a directory."""

    device: str
    type: str
    options: list[str]


class Mounts(FactBase[dict[str, MountsDict]]):
    """What is mounted, by directory; of several at the same place the one on top."""

    @staticmethod
    def default() -> dict[str, MountsDict]:
        return {}

    def command(self) -> str:
        return (
            "if [ -r /proc/self/mountinfo ]; then cat /proc/self/mountinfo\n"
            "else case $(uname -s) in FreeBSD) mount --libxo json ;; *) LC_ALL=C mount ;; esac; fi"
        )

    def resources(self) -> Iterable[Resource] | None:
        return (named("mounts"),)

    def process(self, output: list[str]) -> dict[str, MountsDict]:
        lines = [line for line in output if line.strip()]
        if lines and lines[0].lstrip().startswith("{"):
            return _from_json("\n".join(lines))
        mounts: dict[str, MountsDict] = {}
        for line in lines:
            point, mount = _from_mountinfo(line) if re.match(r"[0-9]+ [0-9]+ [0-9]+:", line) else _from_bsd(line)
            mounts.pop(point, None)
            mounts[point] = mount
        return mounts


class MountPoint(FactBase[str]):
    """A directory as mounts have it, without links on the way. For operations: not one of the public facts."""

    in_plans = False

    def command(self, path: str) -> StringCommand:
        return script("p=", word(path), '\ncd -P -- "$p" 2>/dev/null && pwd -P && exit\nprintf \'%s\\n\' "$p"')

    def resources(self, path: str) -> Iterable[Resource]:
        steps = path.split("/")
        return [path_resource("/".join(steps[:number])) for number in range(2, len(steps) + 1)]

    def describe(self, path: str) -> str:
        return f"place of {path}"

    def process(self, output: list[str]) -> str:
        return "\n".join(output)


def _from_mountinfo(line: str) -> tuple[str, MountsDict]:
    left, separator, right = line.partition(" - ")
    fields, kind = left.split(" "), right.split(" ")
    if not separator or len(fields) < 6 or len(kind) != 3:
        not_understood("mounts", line)
    options = fields[5].split(",")
    options += [option for option in kind[2].split(",") if option not in ("ro", "rw", "") and option not in options]
    mount: MountsDict = {"device": _decoded(kind[1]), "type": kind[0], "options": [_decoded(o) for o in options]}
    return _decoded(fields[4]), mount


def _decoded(text: str) -> str:
    """Blanks, newlines and backslashes are written as octal numbers."""
    data = text.encode("utf-8", "surrogateescape")
    return _OCTAL.sub(lambda match: bytes([int(match[1], 8) & 255]), data).decode("utf-8", "surrogateescape")


def _from_bsd(line: str) -> tuple[str, MountsDict]:
    match = _BSD_LINE.match(line)
    if match is None:
        not_understood("mounts", line)
    options = [option.strip() for option in match["options"].split(",") if option.strip()]
    kind = match["type"] or (options.pop(0) if options else "")  # OpenBSD names it, FreeBSD and macOS put it first
    return match["point"], {"device": match["device"], "type": kind, "options": options}


def _from_json(text: str) -> dict[str, MountsDict]:
    import json

    try:
        listed: Any = json.loads(text)["mount"]
        entries: list[Any] = listed.get("mounted") or listed.get("fstab") or []
        return dict(map(_from_entry, entries))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FactProcessError(f"mounts: not understood: {text[:200]!r}") from error


def _from_entry(entry: Any) -> tuple[str, MountsDict]:
    options = entry.get("opts") or entry.get("options") or []
    if isinstance(options, str):
        options = options.split(",")
    point = entry["node"] if "node" in entry else entry["mntpoint"]
    device = entry["special"] if "special" in entry else entry["device"]
    return str(point), {"device": str(device), "type": str(entry["fstype"]), "options": list(map(str, options))}

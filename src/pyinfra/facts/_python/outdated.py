"""Packages of Python of which there are newer versions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from packaging.utils import canonicalize_name

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import AVAILABLE, PACKAGES
from pyinfra._lib.packages.pip import pip_words
from pyinfra._lib.packages.pipx import PIPX
from pyinfra._lib.packages.requirements import same_version
from pyinfra._lib.packages.uv import TOOLS, uv
from pyinfra.facts._newest import NewerVersions, after_mark, if_it_works, json_in
from pyinfra.facts._shell import script, word, words
from pyinfra.facts.pip import PipPackages

_OUTDATED_TOOL = re.compile(r"(\S+) v\S+(?: \[required: (.*?)\])? \[latest: (\S+)\]")


class OutdatedPip(FactBase["dict[str, str] | None"]):
    """Newer versions of the packages of a pip; None when nobody knows.

    Args:
        pip: its name or path.
        options: where to look for newer versions.
    """

    in_plans = False

    def command(self, pip: str, options: Sequence[str] = ()) -> StringCommand:
        listing = "--disable-pip-version-check list --outdated --format json"
        return StringCommand(pip_words(pip), listing, words(map(word, options)), "2>/dev/null || :")

    def requires_command(self, pip: str, options: Sequence[str] = ()) -> str | None:
        return PipPackages().requires_command(pip)

    def resources(self, pip: str, options: Sequence[str] = ()) -> Iterable[Resource]:
        return [*PipPackages().resources(pip), AVAILABLE]

    def process(self, output: list[str]) -> dict[str, str] | None:
        return _latest(json_in(output))


class OutdatedUv(FactBase["dict[str, str] | None"]):
    """Newer versions of the packages of an environment; None when nobody knows.

    Args:
        options: which environment, and where to look for newer versions.
    """

    in_plans = False

    def command(self, options: Sequence[str] = ()) -> StringCommand:
        return StringCommand("uv pip list --outdated --format json", words(map(word, options)), "2>/dev/null || :")

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "uv"

    def resources(self, *args: Any, **kwargs: Any) -> Iterable[Resource]:
        return [uv().resource, AVAILABLE, PACKAGES]

    def process(self, output: list[str]) -> dict[str, str] | None:
        return _latest(json_in(output))


class OutdatedPipx(FactBase["dict[str, str] | None"]):
    """Newer versions of programs that pipx installed; None when nobody knows.

    Args:
        packages: their names.
    """

    in_plans = False

    def command(self, packages: Sequence[str]) -> StringCommand:
        told = 'o=$(pipx runpip "$name" list --outdated --format json 2>/dev/null) || exit 0'
        return script(
            "for name in ",
            words(map(word, packages)),
            f'; do\n{told}\necho "= $name"; printf "%s\\n" "$o"\ndone\necho .',
        )

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "pipx"

    def resources(self, *args: Any, **kwargs: Any) -> Iterable[Resource]:
        return [PIPX.resource, AVAILABLE, PACKAGES]

    def process(self, output: list[str]) -> dict[str, str] | None:
        newer: dict[str, str] = {}
        for name, rows in zip(output[:-1:2], output[1::2], strict=False):
            latest = _latest(json_in([rows]))
            if latest is None:
                return None
            newer.update({name[2:]: latest[one] for one in latest if f"= {canonicalize_name(one)}" == name})
        return newer if output[-1:] == ["."] else None


class OutdatedTools(NewerVersions):
    """Newer versions of the tools of uv; None when nobody knows.

    Args:
        pinned: of those, too, that were asked for in another version than the newest.
    """

    manager = TOOLS

    def command(self, pinned: bool = True) -> StringCommand:
        return if_it_works("uv tool list --outdated", *([] if pinned else [" --show-version-specifiers"]))

    def process(self, output: list[str]) -> dict[str, str] | None:
        lines = after_mark(output)
        found = [_OUTDATED_TOOL.match(line) for line in lines or ()]
        newer = {one[1]: one[3] for one in found if one and (not one[2] or same_version(one[2].strip(), one[3]))}
        return None if lines is None else newer


def _latest(rows: Any) -> dict[str, str] | None:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    told = {row.get("name"): row.get("latest_version") for row in rows}
    return {name: version for name, version in told.items() if isinstance(name, str) and isinstance(version, str)}

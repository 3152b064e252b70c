"""uv: packages of environments, and tools."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyinfra._lib.packages.newest import touched
from pyinfra.api import QuoteString, StringCommand
from pyinfra.api.planning import named

from .listing import PackageVersions, by_pattern
from .managers import PackageManager
from .pip import parse_list
from .requirements import same_version

UV_CMD = "uv"
PYTHONS = named("uv pythons")

_TOOL = by_pattern(r"^([A-Za-z0-9][A-Za-z0-9._-]*) v(\S+)")


def parse_tools(lines: Iterable[str]) -> PackageVersions:
    """Read what ``uv tool list`` prints: ``ruff v0.1.0``, and what programs it has below."""
    return _TOOL(lines)


def uv(options: str = "", place: Sequence[QuoteString] = ()) -> PackageManager:
    """Return how packages of an environment are managed.

    Args:
        options: more options for ``install``, as they are.
        place: those of them that say which environment it is, for ``uninstall``.
    """
    own = named("uv packages")
    install = StringCommand("uv pip install --no-progress", *([options] if options else []))
    remove = StringCommand("uv pip uninstall --no-progress", *place)
    return PackageManager(
        program=UV_CMD, parse=parse_list, install=install, upgrade=StringCommand(install, "--upgrade"), remove=remove,
        same_version=same_version, resource=own, touches=touched(own),
    )  # fmt: skip


_OWN = named("uv tools")
TOOLS = PackageManager(
    program=UV_CMD, listing="uv tool list", parse=parse_tools, install="uv tool install --no-progress",
    upgrade="uv tool install --upgrade --no-progress", upgrade_all="uv tool upgrade --all --no-progress",
    remove="uv tool uninstall --no-progress", same_version=same_version, one_by_one=True, resource=_OWN,
    touches=touched(_OWN),
)  # fmt: skip

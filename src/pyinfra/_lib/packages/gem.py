"""gem: RubyGems."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyinfra._lib.packages.newest import touched
from pyinfra.api.planning import named

from .listing import PackageVersions
from .managers import PackageManager

# "rake (13.0.6, default: 12.3.3 ruby java)": versions, for other platforms than Ruby's own with their names.
GEM_REGEX = r"^([A-Za-z0-9._-]+) \(([^()]+)\)$"
_VERSION = re.compile(r"(?:default: )?([0-9][0-9A-Za-z.-]*)(?: [A-Za-z0-9_. -]+)?\Z")
_ROW = re.compile(GEM_REGEX)


def parse_list(lines: Iterable[str]) -> PackageVersions:
    """Read what ``gem list`` prints."""
    packages: PackageVersions = {}
    for line in lines:
        row = _ROW.match(line)
        if row is None:
            continue
        found = {match[1] for match in map(_VERSION.match, row[2].split(", ")) if match is not None}
        if found:
            packages.setdefault(row[1], set()).update(found)
    return packages


def same_version(wanted: str, version: str) -> bool:
    """Whether two texts are one version: ``13.0`` is ``13.0.0``."""
    return re.sub(r"(\.0)+\Z", "", wanted) == re.sub(r"(\.0)+\Z", "", version)


_GEMS = named("gems")
# Of several versions, and of their programs, gem would ask what to do with them.
GEM = PackageManager(
    program="gem",
    listing="gem list --local",
    parse=parse_list,
    install="gem install",
    upgrade="gem update",
    remove="gem uninstall --all --executables",
    remove_versions=True,
    version_join=":",
    same_version=same_version,
    resource=_GEMS,
    touches=touched(_GEMS),
)

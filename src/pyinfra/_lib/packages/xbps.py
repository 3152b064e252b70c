"""xbps, of Void."""

from __future__ import annotations

from .listing import PackageVersions, by_pattern
from .managers import PackageManager

XBPS_REGEX = r"^ii (\S+)-([^-\s]+_[0-9]+)(?:\s|$)"  # "ii bash-5.2.015_1       The GNU Bourne Again Shell"
_UPDATE = r"^(\S+)-([^-\s]+_[0-9]+) (?:update|install|downgrade) "  # "bash-5.2.021_1 update x86_64 https://..."

XBPS = PackageManager(
    program="xbps-query",
    listing="xbps-query -l",
    parse=by_pattern(XBPS_REGEX),
    install="xbps-install -y -u",
    remove="xbps-remove -y",
    update="xbps-install -S -y",
    upgrade_all="xbps-install -y -u",
)


def parse_steps(lines: list[str]) -> dict[str, str]:
    """Read what ``xbps-install -un`` prints: versions by name, empty for what is removed."""
    found: PackageVersions = by_pattern(_UPDATE)(lines)
    removed = by_pattern(_UPDATE.replace("update|install|downgrade", "remove"))(lines)
    return {**dict.fromkeys(removed, ""), **{name: max(versions) for name, versions in found.items()}}

"""pipx."""

from __future__ import annotations

from pyinfra._lib.packages.newest import touched
from pyinfra.api.planning import named

from .listing import by_pattern
from .managers import PackageManager
from .requirements import same_version

PIPX_REGEX = r"^([A-Za-z0-9][A-Za-z0-9._-]*) (\S+)$"

_PROGRAMS = named("pipx packages")
PIPX = PackageManager(
    program="pipx",
    # Some versions say "nothing has been installed" in that list, with a face; it does not match.
    listing="pipx list --short",
    parse=by_pattern(PIPX_REGEX),
    install="pipx install",
    upgrade="pipx upgrade",
    upgrade_all="pipx upgrade-all",
    remove="pipx uninstall",
    same_version=same_version,
    one_by_one=True,
    resource=_PROGRAMS,
    touches=touched(_PROGRAMS),
)

"""cargo: programs of Rust."""

from __future__ import annotations

from pyinfra._lib.packages.newest import touched
from pyinfra._lib.packages.semver import within
from pyinfra.api.planning import named

from .listing import by_pattern
from .managers import PackageManager

# "ripgrep v13.0.0:", from elsewhere "ripgrep v13.0.0 (/root/ripgrep):"; below each are its programs.
CARGO_REGEX = r"^([A-Za-z0-9_-]+) v([0-9][0-9A-Za-z.+-]*)(?: \(.*\))?:$"

_CRATES = named("crates")
CARGO = PackageManager(
    program="cargo",
    listing="cargo install --list",
    parse=by_pattern(CARGO_REGEX),
    install="cargo install",
    upgrade="cargo install",
    remove="cargo uninstall",
    version_join="@",
    same_version=within,
    resource=_CRATES,
    touches=touched(_CRATES),
)

"""zypper."""

from __future__ import annotations

from .managers import PackageManager
from .rpm import same_version

_ALWAYS = "--non-interactive"
_KEYS = "--gpg-auto-import-keys"


def zypper(install_global: str | None = None, remove_global: str | None = None, older: bool = False) -> PackageManager:
    """Return how packages are managed with zypper.

    Args:
        install_global: options that stand before the verb, for installing.
        remove_global: the same, for removing.
        older: older versions, too; without that zypper leaves newer ones as they are, and says that all is well.
    """
    return PackageManager(
        program="zypper",
        install=_command(install_global, _KEYS, "install -y --oldpackage" if older else "install -y"),
        upgrade=_command(None, _KEYS, "update -y"),
        remove=_command(remove_global, "remove -y"),
        upgrade_all=_command(None, _KEYS, "update -y"),
        same_version=same_version,
        remove_versions=True,
    )


def _command(options: str | None, *words: str) -> str:
    return " ".join(["zypper", *([options] if options else []), _ALWAYS, *words])

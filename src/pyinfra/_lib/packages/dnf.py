"""dnf, and yum, which takes the same words."""

from __future__ import annotations

import re

from .managers import PackageManager
from .rpm import same_version, split_version


def dnf(program: str = "dnf", nobest: bool = False) -> PackageManager:
    """Return how packages are managed with dnf.

    Args:
        program: what takes its words: ``dnf``, ``yum``.
        nobest: not only the newest versions, where those cannot be installed.
    """
    return PackageManager(
        program=program,
        install=f"{program} install -y --nobest" if nobest else f"{program} install -y",
        upgrade=f"{program} update -y",
        remove=f"{program} remove -y",
        upgrade_all=f"{program} update -y",
        same_version=same_version,
        remove_versions=True,
    )


def written_for_dnf(text: str) -> str:
    """Return how dnf wants a package: ``nginx-1.22`` for ``nginx=1.22``, ``nginx >= 1.22`` for ``nginx>=1.22``."""
    name, version = split_version(text)
    if version is None:
        return text
    comparison = re.match(r"[<>]=?", version)
    if comparison is None:
        return f"{name}-{version}"
    return f"{name} {comparison.group()} {version[comparison.end() :]}"

"""apt."""

from __future__ import annotations

from fnmatch import fnmatchcase

from pyinfra.api import QuoteString, StringCommand

from .managers import PackageManager

# Changed configuration files are kept. Somebody else who installs something is waited for, and apt says so. Without
# a terminal of its own dpkg draws no progress.
_OPTIONS = (
    '-o Dpkg::Options::="--force-confdef" -o Dpkg::Options::="--force-confold" '
    "-o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0"
)


def same_version(wanted: str, version: str) -> bool:
    """Whether a version is the wanted one, which may be a pattern: ``nginx=1.22.*``."""
    return fnmatchcase(version, wanted)


def apt_get(*words: str | QuoteString | StringCommand, force: bool = False) -> StringCommand:
    """Return a command of ``apt-get`` that asks nobody anything."""
    forced = ("--force-yes",) if force else ()
    return StringCommand("DEBIAN_FRONTEND=noninteractive apt-get -y", *forced, _OPTIONS, *words)


def apt(force: bool = False, no_recommends: bool = False, allow_downgrades: bool = False,
        purge: bool = False) -> PackageManager:  # fmt: skip
    """Return how packages are managed with apt.

    Args:
        force: install what is not authenticated.
        no_recommends: without the packages that are only recommended.
        allow_downgrades: older versions, too.
        purge: remove configuration files, too.
    """
    options = ["--no-install-recommends"] * no_recommends + ["--allow-downgrades"] * allow_downgrades
    return PackageManager(
        program="apt-get",
        install=apt_get("install", *options, force=force),
        upgrade=apt_get("install", *options, force=force),
        remove=apt_get("purge" if purge else "remove", force=force),
        update=apt_get("update"),
        upgrade_all=apt_get("upgrade"),
        version_join="=",
        same_version=same_version,
    )

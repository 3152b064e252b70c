"""Formulae, casks and taps of Homebrew.

Example:
    from pyinfra.operations import brew

    brew.packages(packages=["git", "python@3.12"], update=True)
    brew.casks(casks=["firefox"])
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra._lib.packages.brew import BREW
from pyinfra._lib.packages.brew import casks as _casks
from pyinfra._lib.packages.ensuring import update_commands, upgrade_commands
from pyinfra.api import StringCommand, operation
from pyinfra.facts.brew import BrewItemKind

from ._brew.formulae import cask_words, casks_commands, formulae
from ._brew.taps import tap_commands, trust_commands

__all__ = ["cask_args", "cask_upgrade", "casks", "packages", "tap", "trust", "update", "upgrade"]

Commands = Generator[StringCommand, None, None]


def cask_args() -> tuple[str, str]:
    """Return what stands before and after the verb in commands about casks: that depends on how new Homebrew is.

    Example:
        >>> cask_args()
        ('', ' --cask')
    """
    return cask_words()


@operation(is_idempotent=False)
def update() -> Commands:
    """Fetch the newest Homebrew, and the lists of formulae and casks.

    Example:
        brew.update()
    """
    yield from update_commands(BREW)


@operation(is_idempotent=False)
def upgrade() -> Commands:
    """Upgrade all formulae that are not pinned, and casks where Homebrew does so by itself.

    Example:
        brew.upgrade()
    """
    yield from upgrade_commands(BREW)


@operation(is_idempotent=False)
def cask_upgrade() -> Commands:
    """Upgrade all casks that do not update themselves.

    Example:
        brew.cask_upgrade()
    """
    yield from upgrade_commands(_casks(cask_words()))


@operation()
def packages(
    packages: str | list[str] | None = None,
    present: bool = True,
    latest: bool = False,
    update: bool = False,
    upgrade: bool = False,
) -> Commands:
    """Ensure that formulae are installed, or that they are not.

    Another name of an installed formula, like ``python3``, counts for it.

    Args:
        packages: names: ``git``, ``python@3.12``, ``hashicorp/tap/terraform``.
        present: whether they shall be installed.
        latest: the newest versions of those that are not pinned.
        update: fetch the lists before.
        upgrade: upgrade everything before.

    Raises:
        OperationValueError: something cannot be the name of a formula.

    Example:
        brew.packages(packages=["git", "python@3.12"], latest=True)
    """
    yield from formulae(packages, present, latest, update, upgrade)


@operation()
def casks(
    casks: str | list[str] | None = None,
    present: bool = True,
    latest: bool = False,
    upgrade: bool = False,
) -> Commands:
    """Ensure that casks are installed, or that they are not.

    Args:
        casks: names: ``firefox``, ``temurin@17``.
        present: whether they shall be installed.
        latest: the newest versions of them, of those that update themselves, too.
        upgrade: upgrade all casks before.

    Raises:
        OperationValueError: something cannot be the name of a cask.

    Example:
        brew.casks(casks=["firefox", "temurin@17"])
    """
    yield from casks_commands(casks, present, latest, upgrade)


@operation()
def tap(src: str | None = None, present: bool = True, trusted: bool | None = False, url: str | None = None) -> Commands:
    """Ensure that a repository of formulae is tapped, or that it is not.

    Args:
        src: its name: ``hashicorp/tap``; the last two parts of ``url`` when it is not given.
        present: whether it shall be tapped.
        trusted: whether Homebrew may run what comes from there; None leaves that as it is.
        url: where it is, if not in the usual place.

    Raises:
        OperationValueError: ``src`` is no name of a tap.

    Example:
        brew.tap(src="hashicorp/tap", trusted=True)
    """
    yield from tap_commands(src, present, trusted, url)


@operation()
def trust(items: str | list[str], kind: BrewItemKind | str, trusted: bool) -> Commands:
    """Ensure that Homebrew trusts something that is not its own, or that it does not.

    Args:
        items: names of it, with the tap: ``hashicorp/tap/terraform``.
        kind: what it is, as a ``BrewItemKind`` or its value: ``casks``, ``commands``, ``formulae``, ``taps``.
        trusted: whether it shall be trusted.

    Raises:
        OperationValueError: a name is empty or cannot be one, or there is no such kind.

    Example:
        brew.trust(items=["hashicorp/tap/terraform"], kind="formulae", trusted=True)
    """
    yield from trust_commands(items, kind, trusted)

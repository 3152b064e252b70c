"""Flatpaks.

Example:
    from pyinfra.operations import flatpak

    flatpak.packages(packages=["org.gnome.Calculator"], remote="flathub", _sudo=True)
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._lib.packages import Decision, Installed, carry_out, decide, parse_items
from pyinfra._lib.packages.deciding import check_name
from pyinfra._lib.packages.flatpak import flatpak
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand, operation
from pyinfra.api.planning import promise
from pyinfra.facts._flatpak.installed import InstalledFlatpaks

__all__ = ["packages"]


@operation()
def packages(
    packages: str | list[str] | None = None, remote: str | None = None, present: bool = True
) -> Generator[StringCommand, None, None]:
    """Ensure that applications and runtimes are installed, or that they are not.

    Args:
        packages: their ids, with architecture and branch where these matter: ``org.gnome.Calculator``,
            ``org.gnome.Platform//45``.
        remote: the repository that they are installed from; flatpak looks for them without it.
        present: whether they shall be installed.

    Raises:
        OperationValueError: something cannot be the name of a package, or of a repository.

    Example:
        flatpak.packages(packages=["org.gnome.Calculator"], remote="flathub")
    """
    items = parse_items(packages, None)
    manager = flatpak(_checked(remote))
    if not items:
        return
    installed = host.get_fact(InstalledFlatpaks)
    decision = decide(items, installed, present)
    yield from carry_out(manager, decision, installed)
    if decision:
        promise(InstalledFlatpaks, _after(decision, installed), exact=False)


def _checked(remote: Any) -> str | None:
    if remote is None:
        return None
    try:
        check_name(remote)
    except OperationTypeError:
        raise OperationTypeError(f"remote must be a name, not {remote!r}", argument="remote") from None
    except OperationValueError:
        raise OperationValueError(f"{remote!r} cannot be the name of a repository", argument="remote") from None
    return str(remote)


def _after(decision: Decision, installed: Installed) -> dict[str, Any]:
    """What is gone is gone under all its names; of what is new the branch is not known."""
    gone = {ref for item in decision.remove for ref in installed[item.name] or ()}
    left = {name: (refs or set()) - gone for name, refs in installed.items()}
    found: dict[str, Any] = {name: refs for name, refs in left.items() if refs or installed[name] is None}
    new = {_id(item.name) for item in decision.install}
    return {name: None if _id(name) in new else refs for name, refs in found.items()} | {
        item.name: None for item in decision.install
    }


def _id(name: str) -> str:
    parts = name.split("/")
    return parts[1] if parts[0] in ("app", "runtime") and len(parts) > 1 else parts[0]

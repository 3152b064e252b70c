"""What dpkg will say once something was installed, upgraded or removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyinfra._lib.packages.deciding import Decision, after
from pyinfra.api.planning import promise
from pyinfra.facts._apt.installed import Debs, InstalledDebs
from pyinfra.facts._apt.updates import Steps


def promise_decision(
    debs: Debs,
    decision: Decision,
    known: Mapping[str, str] | None = None,
    versions: Mapping[str, set[str] | None] | None = None,
) -> None:
    """Say what will be installed after a decision. What is installed or removed with it is for apt to decide.

    Args:
        debs: what is installed.
        decision: what will be done.
        known: versions that packages will have, by name.
        versions: what is installed by then, if that is something else.
    """
    found = after(decision, debs["versions"] if versions is None else versions, known)
    for item in (*decision.install, *decision.upgrade, *decision.remove):
        for name in _other_names(item.name, debs):
            found.pop(name, None)
            if item.name in found:
                found[name] = found[item.name]
    promise_debs(debs, found)


def promise_debs(debs: Debs, versions: Mapping[str, Any]) -> None:
    """Say what will be installed.

    Args:
        debs: what is installed.
        versions: what will be; None for versions that nobody knows.
    """
    provided: Any = dict.fromkeys(debs["provided"])
    after: Debs = {**debs, "versions": dict(versions), "provided": provided, "configured": None}
    promise(InstalledDebs, after, exact=False)


def upgraded(debs: Debs, steps: Steps | None) -> dict[str, Any]:
    """Return versions after an upgrade; None for those that nobody knows.

    Args:
        debs: what is installed.
        steps: what the upgrade would do; None when nobody knows.
    """
    if steps is None:
        return dict.fromkeys(debs["versions"])
    versions: dict[str, Any] = dict(debs["versions"])
    for name, (_, then) in steps.items():
        for one in (name, *_other_names(name, debs)):
            versions.pop(one, None)
            if then is not None:
                versions[one] = {then}
    return versions


def _other_names(name: str, debs: Debs) -> list[str]:
    """Names of the same package; one without an architecture is of the host's own, or of none."""
    bare, _, architecture = name.partition(":")
    own = ("all", debs["architecture"])
    if architecture and architecture not in own:
        return []
    return [one for one in (bare, *(f"{bare}:{own_one}" for own_one in own)) if one != name and one in debs["versions"]]

"""flatpak."""

from __future__ import annotations

from pyinfra.api import QuoteString, StringCommand
from pyinfra.api.planning import named, tree

from .managers import PackageManager

FLATPAKS = named("flatpaks")


def flatpak(remote: str | None = None) -> PackageManager:
    """Return how packages are managed with flatpak.

    Args:
        remote: the repository that they come from; None to have flatpak look for them.
    """
    return PackageManager(
        program="flatpak",
        install=StringCommand("flatpak install --noninteractive", *([QuoteString(remote)] if remote else [])),
        remove="flatpak uninstall --noninteractive",
        resource=FLATPAKS,
        touches=(FLATPAKS, *map(tree, ("/home", "/root", "/var"))),
    )


def spellings(ref: str) -> list[str]:
    """Return what a package may be called: ``app/org.a.B/x86_64/stable``, ``org.a.B//stable``, ``org.a.B``.

    Args:
        ref: its whole name, with or without ``app`` or ``runtime`` before it.
    """
    kind, _, rest = ref.partition("/")
    if kind not in ("app", "runtime"):
        kind, rest = "", ref
    parts = rest.split("/")
    if len(parts) != 3:
        return [ref]
    name, arch, branch = parts
    short = [name, f"{name}/{arch}", f"{name}//{branch}", f"{name}/{arch}/{branch}"]
    return [*short, *(f"{kind}/{text}" for text in short if kind)]
